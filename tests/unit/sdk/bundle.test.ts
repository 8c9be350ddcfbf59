import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { describe, expect, it } from 'vitest';

/** Bundled for a browser, as an app would, with everything that the module exports. */
async function bundle(input: string): Promise<string> {
  const rollupOptions = { input, preserveEntrySignatures: 'strict', output: { format: 'es' } } as const;
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: true, target: 'es2024', rollupOptions },
  });
  const { output } = result as unknown as { output: { code: string }[] };
  return output.map(({ code }) => code).join('');
}

const LIMITS: [entry: string, kilobytes: number][] = [
  ['sdk/src/index.ts', 12],
  ['sdk/src/verify.ts', 9],
];

describe('the SDK in a bundle', () => {
  it.each(LIMITS)('%s stays under %d kB gzipped and imports nothing', async (entry, kilobytes) => {
    const code = await bundle(entry);
    expect(code).not.toMatch(/\bimport\s*[({"'`*]|\bimport\s+\w|\brequire\(|node:/);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(kilobytes * 1000);
  });
});
