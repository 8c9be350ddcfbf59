// `npm test`: types, lint, then every test, with vitest's own summary last. Arguments go to vitest.
import { check } from './check.ts';
import { runTool } from './child.ts';
import { ensureDashboard } from './dashboard-build.ts';

async function test(args: readonly string[]): Promise<number> {
  const checked = check();
  if (checked !== 0) return checked;
  await ensureDashboard();
  return runTool('vitest', ['run', ...args]);
}

process.exitCode = await test(process.argv.slice(2));
