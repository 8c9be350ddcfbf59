import { expect, it } from 'vitest';
import { MAX_ATTEMPTS, pauseAfter } from '../../../worker/delivery/backoff.ts';

const nominal = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, at) => pauseAfter(at + 1, 0.5)!);

it('waits longer after each failure, half a day at most', () => {
  expect(nominal[0]).toBe(5_000);
  for (const [at, pause] of nominal.entries()) expect(pause).toBeGreaterThanOrEqual(nominal[at - 1] ?? 0);
  expect(Math.max(...nominal)).toBe(12 * 3_600_000);
});

it('goes on for a day at least, and ends', () => {
  expect(nominal.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(24 * 3_600_000);
  expect(pauseAfter(MAX_ATTEMPTS, 0)).toBeNull();
});

it('spreads receivers by a quarter to both sides', () => {
  expect(pauseAfter(1, 0)).toBe(3_750);
  expect(pauseAfter(1, 0.999999)).toBe(6_250);
});
