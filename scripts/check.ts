// `npm run check`: types of both compilations, then lint and format. Prints all that is wrong.
import { given } from './arguments.ts';
import { runTool, type Tool } from './child.ts';

/** What is run, in this order. */
export const CHECKS: readonly (readonly [Tool, ...string[]])[] = [
  ['tsc', '-p', '.'],
  ['tsc', '-p', 'dashboard'],
  ['biome', 'ci', '--colors=off', '.'],
];

/** Runs them all; the exit code of the first that failed, or 0. */
export function check(): number {
  const codes = CHECKS.map(([tool, ...args]) => runTool(tool, args));
  return codes.find((code) => code !== 0) ?? 0;
}

if (import.meta.main) {
  given({ usage: 'npm run check', does: 'Checks types, lint and format. Prints all that is wrong.' });
  process.exitCode = check();
}
