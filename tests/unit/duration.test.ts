import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantAt, instantMs, parseDuration, parseInstant } from '../../core/duration.ts';

describe('durations', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['4h', 14_400],
    ['1d', 86_400],
    ['600', 600],
    [600, 600],
    [1, 1],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: seconds });
  });

  it.each([
    '',
    '0',
    0,
    -1,
    1.5,
    '1.5h',
    '01m',
    '1w',
    '1 h',
    'h',
    '1H',
    '1e3',
    '1h30m',
    '367d',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '٣s',
  ])('refuses %s', (text) => {
    expect(parseDuration(text)).toMatchObject({ ok: false, problem: { code: 'invalid-request' } });
  });
});

describe('instants', () => {
  it('are written with milliseconds and read back', () => {
    expect(instantAt(0)).toBe('1970-01-01T00:00:00.000Z');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59.999Z') }), (ms) => {
        expect(instantMs(instantAt(ms))).toBe(ms);
      }),
    );
  });

  it.each([
    '2026-02-30T00:00:00.000Z',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.000+00:00',
    '2026-01-01',
    '2026-01-01T24:00:00.000Z',
    '',
    5,
    null,
  ])('refuse %s', (text) => {
    expect(parseInstant(text).ok).toBe(false);
    expect(() => instantMs(text as string)).toThrow();
  });

  it('throws outside the years 0000 to 9999', () => {
    for (const ms of [Number.NaN, 0.5, 253_402_300_800_000]) expect(() => instantAt(ms)).toThrow();
  });
});
