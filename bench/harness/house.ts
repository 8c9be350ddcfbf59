// One running Worker for a measurement: workerd driven by Miniflare directly (the proxy of `wrangler dev` would dominate),
// the real configuration of wrangler.toml, a database with the real migrations, state in memory of a temporary place.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';
import { ensureSecrets } from '../../scripts/local-secrets.ts';
import { ROOT } from '../../scripts/paths.ts';
import { type Place, temporaryPlace } from '../../scripts/place.ts';
import type { Counts } from '../worker/meter.ts';
import { bundle } from './bundle.ts';

export interface House {
  place: Place;
  base_url: string;
  miniflare: Miniflare;
  db: Awaited<ReturnType<Miniflare['getD1Database']>>;
  /** Of the metered Worker: counts since the last reset, once nothing is under way any more. */
  counts(): Promise<Counts>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

const bundles = new Map<string, Promise<string>>();

/** The bundle of an entry, made once per run. */
function codeOf(entry: string): Promise<string> {
  const made = bundles.get(entry) ?? bundle(entry).then(({ code }) => code);
  bundles.set(entry, made);
  return made;
}

/**
 * Starts an entry on a free port.
 *
 * @param entry from the root, such as `bench/worker/bare.ts`
 * @param empty no table in D1: for what is measured from the very beginning
 */
export async function openHouse(entry: string, { empty = false } = {}): Promise<House> {
  const place = await temporaryPlace();
  await ensureSecrets(place);
  const [script, { workerOptions }] = [await codeOf(entry), unstable_getMiniflareWorkerOptions(place.config)];
  const { modulesRules: _rules, ...options } = workerOptions as Record<string, unknown>;
  const worker = { ...options, name: 'bench', modules: true, script, rootPath: ROOT };
  // Straight to the Worker: Miniflare's own front would be measured with it.
  const direct = { unsafeDirectSockets: [{ host: '127.0.0.1', port: place.port }] };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...{ log: new Log(LogLevel.ERROR), cf: false, telemetry: { enabled: false } },
      workers: [{ ...worker, ...direct }],
    } as never),
  );
  await miniflare.ready;
  const db = await miniflare.getD1Database('DB');
  if (!empty) await migrate(db);
  const url = (path: string) => `${place.base_url}/__bench/${path}`;
  return {
    ...{ place, base_url: place.base_url, miniflare, db },
    reset: async () => void (await fetch(url('reset'), { method: 'POST' })),
    counts: () => settledCounts(url('counts')),
    close: () => miniflare.dispose(),
  };
}

async function migrate(db: House['db']): Promise<void> {
  const directory = join(ROOT, 'migrations');
  const files = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  for (const file of files.sort()) {
    const statements = readFileSync(join(directory, file), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) await db.prepare(statement).run();
  }
}

const QUIET_MS = 150;

/** Reads until two readings are the same: what goes on after an answer (deliveries) belongs to it. */
async function settledCounts(url: string): Promise<Counts> {
  for (let before = ''; ; ) {
    const text = await (await fetch(url)).text();
    if (text === before) return JSON.parse(text) as Counts;
    before = text;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}
