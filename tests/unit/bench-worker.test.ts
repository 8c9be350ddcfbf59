// The bench runs the production Worker's objects with a meter around them, and a bare Worker under the same configuration:
// one class of objects that either does not export stops every row that it is for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { BARE, METERED, PRODUCTION } from '../../bench/context.ts';
import { measured } from '../../bench/line.ts';

const textOf = (path: string) => readFileSync(path, 'utf8');
const classes = [
  ...new Set([...textOf('wrangler.toml').matchAll(/class_name\s*=\s*"(\w+)"/g)].map(([, name]) => name)),
];

it.each([METERED, BARE, PRODUCTION])(
  'exports every class of objects that the Worker is configured with: %s',
  (path) => {
    const exported = [...textOf(path).matchAll(/^export (?:class |\{ )(\w+)/gm)].map(([, name]) => name);
    expect(classes.length).toBeGreaterThan(3);
    expect(exported).toEqual(expect.arrayContaining(classes));
  },
);

it('has no other Worker that runs under that configuration', () => {
  const entries = readdirSync('bench/worker').filter((name) =>
    /^export default \{/m.test(textOf(join('bench/worker', name))),
  );
  expect(entries.map((name) => `bench/worker/${name}`).sort()).toEqual([BARE, METERED].sort());
});

describe('a row that cannot be measured', () => {
  it('is no line: without samples, with one that is none, or with nothing to compare it with', () => {
    const line = { figure: 'x', unit: 'ms', baseline: null, target: null };
    expect(measured('row', { ...line, samples: [1] })).toMatchObject({ measured: 1 });
    for (const samples of [[], [Number.NaN], [Number.POSITIVE_INFINITY]])
      expect(() => measured('row', { ...line, samples })).toThrow('x');
    const baseline = { arm: 'bare Worker', value: Number.NaN, how: 'measured' } as const;
    expect(() => measured('row', { ...line, samples: [1], baseline })).toThrow('bare Worker was not measured');
  });

  it('fails the bench, which says so, and leaves the other rows alone', async () => {
    const report = { machine: {}, at: '', lines: [], not_measured: [{ row: 'cpu', reason: 'no such export' }] };
    vi.doMock('../../bench/run.ts', () => ({ bench: async () => report, shown: () => 'the table' }));
    const [said, failed] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')].map((spy) => spy.mockReturnValue());
    const [code, argv] = [process.exitCode, process.argv];
    process.argv = [...argv.slice(0, 2), 'cpu'];
    try {
      await import('../../scripts/bench.ts');
      expect(process.exitCode).toBe(1);
      expect([said!.mock.calls, failed!.mock.calls]).toEqual([
        [['the table']],
        [['FAILED: cpu was not measured: no such export']],
      ]);
    } finally {
      [process.exitCode, process.argv] = [code, argv];
      vi.restoreAllMocks();
    }
  });
});
