// `npm run check`: types of both compilations, then lint and format. Prints what is wrong, ends with the first failure.
import { runTool, type Tool } from './child.ts';

/** What is run, in this order. */
export const CHECKS: readonly (readonly [Tool, ...string[]])[] = [
  ['tsc', '-p', '.'],
  ['tsc', '-p', 'dashboard'],
  ['biome', 'ci', '.'],
];

/** The exit code of the first check that fails, or 0. */
export function check(): number {
  for (const [tool, ...args] of CHECKS) {
    const code = runTool(tool, args);
    if (code !== 0) return code;
  }
  return 0;
}

if (import.meta.main) process.exitCode = check();
