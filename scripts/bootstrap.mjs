// The door of every npm script: plain JavaScript that any Node from 20 on can run. It installs what the lockfile names
// if it is not there, then runs scripts/<name>.ts on the Node that the lockfile brings (24), or on the host's where no
// such package exists. Invariant: nothing is installed when what is there fits the lockfile.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'node_modules', '.bin');
/** The first Node that wrangler runs on; from 22.18 on it reads TypeScript without a flag. */
const OLDEST = [22, 12];
const STRIPS_TYPES = [22, 18];

const read = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages;

/** Whether node_modules holds every package of the lockfile in its version (optional ones may be missing). */
function isInstalled() {
  if (!existsSync(join(ROOT, 'node_modules/.package-lock.json'))) return false;
  const there = read('node_modules/.package-lock.json');
  const fits = ([path, wanted]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = there[path];
    if (wanted.link) return found !== undefined;
    return found === undefined ? Boolean(wanted.optional || wanted.peer) : found.version === wanted.version;
  };
  return Object.entries(read('package-lock.json')).every(fits);
}

/** `npm ci`, on the host's own Node: the one in node_modules is about to be replaced. */
function install() {
  console.error('Installing what package-lock.json names (once; about a minute) …');
  const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const options = { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' };
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], options);
  if (status !== 0) stop('npm ci failed; what it said stands above.');
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

const isBefore = ([major, minor], [otherMajor, otherMinor]) =>
  major < otherMajor || (major === otherMajor && minor < otherMinor);

/** The Node to run on, and the flags that it needs. */
function runtime() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const bundled = join(ROOT, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(bundled)) return { node: bundled, flags: [] };
  const host = process.versions.node.split('.').map(Number);
  if (isBefore(host, OLDEST)) {
    stop(
      `Node ${OLDEST.join('.')} or newer is needed on ${process.platform}-${process.arch}; this is ${process.version}.`,
    );
  }
  return { node: process.execPath, flags: isBefore(host, STRIPS_TYPES) ? ['--experimental-strip-types'] : [] };
}

/** What package.json names; anything else would be a file that is no script. */
const SCRIPTS = ['start', 'reset', 'setup-link', 'demo', 'check', 'test', 'bench', 'rebuild', 'rollover'];

const [name, ...rest] = process.argv.slice(2);
if (!SCRIPTS.includes(name)) stop(`There is no script ${name}. Scripts: ${SCRIPTS.join(', ')}.`);
if (!isInstalled()) install();
const { node, flags } = runtime();
const child = spawn(node, [...flags, join(ROOT, 'scripts', `${name}.ts`), ...rest], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}`, NODE_NO_WARNINGS: '1' },
});
// A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone has to be handed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm hands no signal on to what its shell runs: whoever ends npm leaves this without its parent, and then it ends too.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
