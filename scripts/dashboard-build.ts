// Builds the dashboard into dashboard/dist when any of its sources is newer than what was built last.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './child.ts';
import { DASHBOARD, ROOT } from './paths.ts';

/** What the build reads, from the root. */
const SOURCES = ['dashboard', 'core', 'sdk'];
/** What is made, not written, and what the build does not read. */
const OTHER = new Set(['node_modules', 'dist', 'functions', '.wrangler']);

function newestAt(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = readdirSync(path).filter((name) => !OTHER.has(name));
  return Math.max(0, ...inside.map((name) => newestAt(join(path, name))));
}

/** Whether dist is there and newer than every source. */
export function isDashboardFresh(): boolean {
  const built = newestAt(join(DASHBOARD, 'dist/index.html'));
  return built > 0 && SOURCES.every((source) => newestAt(join(ROOT, source)) <= built);
}

/** Builds if need be; throws with Vite's own words if that fails. */
export async function ensureDashboard(): Promise<void> {
  if (!isDashboardFresh()) await runQuietly('vite', ['build', '--logLevel', 'warn'], { cwd: DASHBOARD });
}
