import { expect, it } from 'vitest';
import { span, timeLeft } from '../../../cli/src/output.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

it('never says a rest that is a whole of what stands before it', () => {
  const units: Record<string, number> = { s: 1, min: 60, h: 3_600, d: 86_400 };
  for (let ms = 0; ms < 3 * DAY; ms += 1_117.3) {
    const [first, second] = [...timeLeft(ms).matchAll(/(\d+) (\w+)/g)].map(
      ([, count, unit]) => Number(count) * units[unit!]!,
    );
    const [, , unit] = /^(\d+) (\w+)/.exec(timeLeft(ms))!;
    if (second !== undefined) expect(second, timeLeft(ms)).toBeLessThan(units[unit!]!);
    expect(Math.abs((first! + (second ?? 0)) * SECOND - ms), timeLeft(ms)).toBeLessThan(HOUR);
  }
});

it.each([
  [13 * HOUR - 300, '13 h'],
  [13 * HOUR - 60_000, '12 h 59 min'],
  [DAY - 1, '1 d'],
  [2 * DAY - 400, '2 d'],
  [DAY + HOUR, '1 d 1 h'],
  [HOUR - 300, '1 h'],
  [59_600, '1 min'],
])('%d ms left is %s', (ms, text) => {
  expect(timeLeft(ms)).toBe(text);
  expect(span(0)).toBe('0 s');
});
