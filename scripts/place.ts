// Where one local stack lives: its configuration, secrets, state, port. The checkout's own place is what `npm start`
// uses; a temporary place is a world of its own (own secrets, own state), so that tests never touch the other.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEV_JSON, ROOT } from './paths.ts';

export interface Place {
  /** wrangler's configuration of the Worker; its secrets are in `.dev.vars` beside it. */
  config: string;
  dev_vars: string;
  state: string;
  dev_json: string;
  log: string;
  port: number;
  base_url: string;
  /** Its server runs in a process group of its own. */
  own_group: boolean;
}

export const DEFAULT_PORT = 8787;

/** PORT, or the usual one. Throws for what is no port. */
export function portAsked(text = process.env.PORT): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : Number.NaN;
  // The next port is the demo's merchant's.
  if (port < 65_535) return port;
  throw new Error(`PORT must be a port from 1 to 65534, not "${text}".`);
}

/** The checkout's own place. `localhost`, not 127.0.0.1: it is the RP id of the passkeys. */
export function checkoutPlace(port: number = DEFAULT_PORT): Place {
  return {
    config: join(ROOT, 'wrangler.toml'),
    dev_vars: join(ROOT, '.dev.vars'),
    state: join(ROOT, '.wrangler/state'),
    dev_json: DEV_JSON,
    log: join(ROOT, '.assentry/server.log'),
    port,
    base_url: `http://localhost:${port}`,
    own_group: false,
  };
}

/** Whether anything speaks HTTP there. */
export const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  );

/** Below the range that systems hand out for outgoing connections: a port stays free while its server is down. */
const LOWEST_PORT = 20_000;
const PORTS = 10_000;

/** Whether nothing listens on a port of this machine. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, 'localhost', () => server.close(() => resolve(true)));
  });

/** A port that nothing listens on now, nor on the next one, where the seeded webhook endpoint is. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

/** A new place under the system's directory for temporary files, on a free port. */
export async function temporaryPlace(): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), 'assentry-'));
  mkdirSync(join(directory, 'state'));
  writeFileSync(join(directory, 'wrangler.toml'), movableConfig());
  const port = await freePort();
  return {
    config: join(directory, 'wrangler.toml'),
    dev_vars: join(directory, '.dev.vars'),
    state: join(directory, 'state'),
    dev_json: join(directory, 'dev.json'),
    log: join(directory, 'server.log'),
    port,
    base_url: `http://localhost:${port}`,
    own_group: process.platform !== 'win32',
  };
}

/** The checkout's configuration with absolute paths, so that it can stand anywhere. */
const movableConfig = (): string =>
  readFileSync(join(ROOT, 'wrangler.toml'), 'utf8').replace(
    /^(main|migrations_dir) = "([^"]+)"/gm,
    (_line, key: string, path: string) => `${key} = ${JSON.stringify(join(ROOT, path))}`,
  );
