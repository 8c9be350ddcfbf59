// One running stack: the Pages dashboard and the Worker with its objects, D1, queue and alarms. Not the seed. Invariant:
// whoever starts it can end it, all of it. A place of tests runs in a process group of its own, which kill9() takes as a
// whole; the checkout's own stays in the terminal's group, so that what ends the terminal's job ends it, too.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { QUIET, runQuietly, toolCommand } from './child.ts';
import { DASHBOARD } from './paths.ts';
import type { Place } from './place.ts';

const READY_TIMEOUT_MS = 90_000;
/** What wrangler says when waiting longer changes nothing. */
const HOPELESS = 'Build failed';
const POLL_MS = 100;
const STOP_TIMEOUT_MS = 5_000;

export interface Server {
  pid: number;
  /** Resolves with the exit code when the process is gone, however that came. */
  ended: Promise<number | null>;
  stop(): Promise<void>;
  /** SIGKILL to the whole process group: what a crash looks like. */
  kill9(): Promise<void>;
}

/** Applies the migrations that the local D1 has not seen. */
export async function migrate(place: Place): Promise<void> {
  const args = ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', place.state, '-c', place.config];
  await runQuietly('wrangler', args, { env: { CI: 'true' } });
}

/** Starts the stack of a place and waits until the Worker answers. Throws with the end of its log if it does not. */
export async function serve(place: Place): Promise<Server> {
  await refuseTakenPort(place);
  mkdirSync(dirname(place.log), { recursive: true });
  const child = spawnServer(place);
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const server = { pid: child.pid!, ended, ...endings(place, child, ended) };
  const answered = await Promise.race([untilAnswers(place), ended.then(() => false)]);
  if (answered) return server;
  await server.kill9();
  throw new Error(`The server did not come up. The end of its log:\n${endOfLog(place)}`);
}

function spawnServer(place: Place): ChildProcess {
  const [file, ...first] = toolCommand('wrangler');
  // Pages wants to run in its own directory, and its own configuration first.
  const configs = ['-c', 'wrangler.toml', '-c', place.config];
  const state = ['--persist-to', place.state, '--port', String(place.port), '--inspector-port', '0'];
  const quiet = ['--log-level', 'warn', '--show-interactive-dev-session', 'false'];
  const log = openSync(place.log, 'w');
  return spawn(file, [...first, 'pages', 'dev', ...configs, ...state, ...quiet], {
    cwd: DASHBOARD,
    env: { ...process.env, ...QUIET },
    stdio: ['ignore', log, log],
    detached: place.own_group,
  });
}

function endings(place: Place, child: ChildProcess, ended: Promise<unknown>): Pick<Server, 'stop' | 'kill9'> {
  const signal = (name: NodeJS.Signals) => {
    try {
      if (place.own_group) process.kill(-child.pid!, name);
      else child.kill(name);
    } catch {
      // The group is already gone, which is what was wanted.
    }
  };
  const kill9 = async () => {
    signal('SIGKILL');
    await ended;
  };
  const stop = async () => {
    signal('SIGTERM');
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, STOP_TIMEOUT_MS).unref())]);
    await kill9();
  };
  return { stop, kill9 };
}

/** The Worker's status for a call that needs a credential; null while nobody answers. */
async function workerStatus(place: Place): Promise<number | null> {
  const url = `${place.base_url}/v1/organization`;
  return fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    (response) => response.arrayBuffer().then(() => response.status),
    () => null,
  );
}

async function untilAnswers(place: Place): Promise<boolean> {
  const until = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < until) {
    const status = await workerStatus(place);
    if (status !== null && status < 500) return true;
    if (endOfLog(place).includes(HOPELESS)) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

async function refuseTakenPort(place: Place): Promise<void> {
  if ((await workerStatus(place)) === null) return;
  throw new Error(`Port ${place.port} is taken. Choose another one: PORT=${place.port + 10} npm start`);
}

function endOfLog(place: Place): string {
  return readFileSync(place.log, 'utf8').split('\n').slice(-40).join('\n');
}
