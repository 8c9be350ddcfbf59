// Bundles an entry with wrangler itself, so that what is measured is what would be deployed.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runQuietly } from '../../scripts/child.ts';
import { ROOT } from '../../scripts/paths.ts';

/**
 * @param entry from the root, such as `worker/index.ts`
 * @param flags wrangler's, such as `--minify`
 * @returns the one module that would be uploaded, and what wrangler said
 */
export async function bundle(entry: string, flags: readonly string[] = []): Promise<{ code: string; said: string }> {
  const out = mkdtempSync(join(tmpdir(), 'assentry-bench-'));
  const said = await runQuietly('wrangler', ['deploy', join(ROOT, entry), '--dry-run', '--outdir', out, ...flags]);
  return { code: readFileSync(join(out, `${entry.split('/').at(-1)!.replace(/\.ts$/, '')}.js`), 'utf8'), said };
}
