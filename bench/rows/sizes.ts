// What has to be sent before anything works: the Worker as it is uploaded, the review page's JavaScript as a phone loads
// it cold, the SDK as an app bundles it. All gzipped.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { ensureDashboard } from '../../scripts/dashboard-build.ts';
import { DASHBOARD, ROOT } from '../../scripts/paths.ts';
import { PRODUCTION, type Row } from '../context.ts';
import { bundle } from '../harness/bundle.ts';
import { atMost, type Line } from '../line.ts';

const kB = (code: string | Uint8Array): number => gzipSync(code, { level: 9 }).length / 1_000;

/** What review.html loads before it can show anything: its scripts and what they are told to preload. */
function reviewPage(): number {
  const html = readFileSync(join(DASHBOARD, 'dist/review.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path!);
  if (scripts.length === 0) throw new Error('review.html loads no script');
  return scripts.reduce((total, path) => total + kB(readFileSync(join(DASHBOARD, 'dist', path))), 0);
}

/** As an app would bundle it, with everything that the module exports. */
async function sdk(entry: string): Promise<number> {
  const rollupOptions = {
    input: join(ROOT, entry),
    preserveEntrySignatures: 'strict',
    output: { format: 'es' },
  } as const;
  const result = await build({
    ...{ configFile: false, logLevel: 'silent' },
    build: { write: false, minify: true, target: 'es2024', rollupOptions },
  });
  const { output } = result as unknown as { output: { code: string }[] };
  return kB(output.map(({ code }) => code).join(''));
}

const dependenciesOf = (path: string): number =>
  Object.keys((JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { dependencies?: object }).dependencies ?? {})
    .length;

const line = (figure: string, unit: string, value: number, target: Line['target'], note?: string): Line => ({
  ...{ figure, unit, samples: [value], baseline: null, target },
  ...(note === undefined ? {} : { note }),
});

export const sizes: Row = {
  name: 'sizes',
  async measure() {
    const [worker] = [await bundle(PRODUCTION)];
    if (existsSync(join(DASHBOARD, 'src'))) await ensureDashboard();
    return [
      {
        ...line('Worker, gzip', 'kB', kB(worker.code), atMost(400), 'as wrangler.toml bundles it'),
        baseline: { arm: 'the five libraries alone', value: 214, how: 'from performance.md' },
      },
      line('review page JavaScript, cold, gzip', 'kB', reviewPage(), atMost(120)),
      line('SDK, gzip', 'kB', await sdk('sdk/src/index.ts'), atMost(12)),
      line('SDK, dependencies', 'packages', dependenciesOf('sdk/package.json'), atMost(0)),
    ];
  },
};
