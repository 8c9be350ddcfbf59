// A duration that meets a timer of the platform. Longer than 31 bits of milliseconds, such a timer fires at once; NaN
// does the same. Long waits go through sdk/src/timers.ts; every other timer of this tree has a constant, and a small one.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as limits from '../../core/limits.ts';
import { callAfter, LONGEST_TIMER_MS, timeoutSignal, waitSeconds } from '../../sdk/src/timers.ts';

const DAY_MS = 24 * 3_600_000;

describe('a wait of any length', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([0, 1, DAY_MS, LONGEST_TIMER_MS, LONGEST_TIMER_MS + 1, 30 * DAY_MS, 366 * DAY_MS])(
    'ends after %d ms, once, and not before',
    (ms) => {
      const done = vi.fn();
      callAfter(ms, done);
      vi.advanceTimersByTime(Math.max(0, ms - 1));
      expect(done).toHaveBeenCalledTimes(ms === 0 ? 1 : 0);
      vi.advanceTimersByTime(1);
      expect(done).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(366 * DAY_MS);
      expect(done).toHaveBeenCalledTimes(1);
    },
  );

  it('can be ended in any of its parts', () => {
    const done = vi.fn();
    const end = callAfter(60 * DAY_MS, done);
    vi.advanceTimersByTime(30 * DAY_MS);
    end();
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(done).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('does not abort a call of thirty days at once', async () => {
  const [long, short] = [timeoutSignal(30 * DAY_MS), timeoutSignal(20)];
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([long.aborted, short.aborted]).toEqual([false, true]);
  expect(short.reason).toMatchObject({ name: 'TimeoutError' });
});

const NONE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -0.5, '30d' as never];
it.each(NONE)('refuses %s as a length of time', (value) => {
  for (const use of [callAfter, timeoutSignal, waitSeconds] as ((ms: number, act: () => void) => unknown)[])
    expect(() => use(value, () => undefined)).toThrow(TypeError);
});

describe('every other timer of the tree', () => {
  const ROOT = join(import.meta.dirname, '../..');
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => /^(cli|core|dashboard|durable-objects|scripts|sdk|worker)\/.*\.(ts|tsx|mjs|js)$/.test(path))
    .filter((path) => path !== 'sdk/src/timers.ts' && !path.endsWith('.d.ts'));

  /** What is given as the time, where it is no constant, and why it is bounded. */
  const BOUNDED: Record<string, string> = {
    'worker/requests/watch.ts timeout_ms': 'at most MAX_WAIT_SECONDS, or the pause between signs of life',
    'durable-objects/ledger/publication.ts limit_ms': 'its callers pass a constant',
    'dashboard/src/api/client.ts milliseconds': 'at most five seconds',
    'dashboard/src/api/live.ts RECONNECT_MS[Math.min(failures++, RECONNECT_MS.length - 1)]': 'a table of seconds',
  };

  it('is given a constant below 2³¹ ms, or a time that is bounded where it is made', () => {
    const found = files.flatMap((path) =>
      timesIn(readFileSync(join(ROOT, path), 'utf8')).map((time) => ({ path, time })),
    );
    expect(found.length).toBeGreaterThan(10);
    const unbounded = found.filter(({ path, time }) => !isSmall(path, time) && !(`${path} ${time}` in BOUNDED));
    expect(unbounded).toEqual([]);
  });

  /** The last argument of each call that starts a timer. */
  function timesIn(source: string): string[] {
    return [...source.matchAll(/\b(?:setTimeout|setInterval|AbortSignal\.timeout)\(/g)].map(({ index, 0: call }) => {
      const start = index + call.length;
      let depth = 1;
      let at = start;
      let last = start;
      for (; depth > 0; at++) {
        if ('([{'.includes(source[at]!)) depth++;
        if (')]}'.includes(source[at]!)) depth--;
        if (source[at] === ',' && depth === 1 && source.slice(at + 1).trimStart()[0] !== ')') last = at + 1;
      }
      return source
        .slice(last, at - 1)
        .trim()
        .replace(/,$/, '');
    });
  }

  const numberIn = (text: string): number => (/^[0-9_]+$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN);

  function isSmall(path: string, time: string): boolean {
    if (!Number.isNaN(numberIn(time))) return numberIn(time) < LONGEST_TIMER_MS;
    if (!/^[A-Z][A-Z_]+$/.test(time)) return false;
    const shared = (limits as Record<string, unknown>)[time];
    const [, own = ''] = new RegExp(`const ${time} = ([0-9_ *]+);`).exec(readFileSync(join(ROOT, path), 'utf8')) ?? [];
    const value =
      typeof shared === 'number' ? shared : own.split('*').reduce((all, one) => all * numberIn(one.trim()), 1);
    return value > 0 && value < LONGEST_TIMER_MS;
  }
});
