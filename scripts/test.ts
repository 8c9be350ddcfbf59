// `npm test`: types, lint, then every test, with vitest's own summary last; all of it runs, whatever fails first.
// Arguments go to vitest.
import { check } from './check.ts';
import { runTool } from './child.ts';
import { ensureDashboard } from './dashboard-build.ts';

async function test(args: readonly string[]): Promise<number> {
  // Help is vitest's own, and nothing else happens then.
  if (args.some((arg) => arg === '--help' || arg === '-h')) return runTool('vitest', ['run', ...args]);
  const checked = check();
  await ensureDashboard();
  const tested = runTool('vitest', ['run', ...args]);
  return tested || checked;
}

process.exitCode = await test(process.argv.slice(2));
