// Child processes of the scripts: tools of node_modules run on the Node that this runs on, so that no other is needed.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES, ROOT } from './paths.ts';

/** What a package calls a binary → the file to run. Not the link in .bin: on Windows that is a batch file. */
function binaryOf(pkg: string, name: string): string {
  const { bin } = JSON.parse(readFileSync(join(MODULES, pkg, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  return join(MODULES, pkg, typeof bin === 'string' ? bin : bin[name]!);
}

/** Tool → command line. Those written in JavaScript run on this Node. */
const TOOLS = {
  wrangler: () => [process.execPath, binaryOf('wrangler', 'wrangler')],
  vite: () => [process.execPath, binaryOf('vite', 'vite')],
  vitest: () => [process.execPath, binaryOf('vitest', 'vitest')],
  tsc: () => [process.execPath, binaryOf('typescript', 'tsc')],
  biome: () => [process.execPath, binaryOf('@biomejs/biome', 'biome')],
  assentry: () => [process.execPath, join(ROOT, 'cli/bin/assentry.js')],
} satisfies Record<string, () => string[]>;

export type Tool = keyof typeof TOOLS;

/** The command line of a tool: file and first arguments. */
export const toolCommand = (tool: Tool): [string, ...string[]] => TOOLS[tool]() as [string, ...string[]];

/** What an offline start needs to be quiet. */
export const QUIET = {
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  NODE_NO_WARNINGS: '1',
  NO_UPDATE_NOTIFIER: '1',
};

interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a tool on this terminal; answers its exit code. */
export function runTool(tool: Tool, args: readonly string[], { cwd = ROOT, env = {} }: RunOptions = {}): number {
  const [file, ...first] = toolCommand(tool);
  const { status } = spawnSync(file, [...first, ...args], { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  return status ?? 1;
}

/** Runs a tool in silence; throws with all that it said if it fails. */
export async function runQuietly(tool: Tool, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const [file, ...first] = toolCommand(tool);
  const { cwd = ROOT, env = {} } = options;
  const child = spawn(file, [...first, ...args], { cwd, env: { ...process.env, ...QUIET, ...env } });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (code !== 0) throw new Error(`${tool} ${args[0] ?? ''} failed with ${code}:\n${said}`);
  return said;
}
