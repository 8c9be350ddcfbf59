// Durations as people write them, instants as the wire carries them. Seconds and milliseconds are told apart by name.
import type { Instant } from './json.ts';
import { MAX_DURATION_SECONDS } from './limits.ts';
import { fail, ok, type Result } from './problems.ts';

const UNIT_SECONDS: Record<string, number> = { d: 86_400, h: 3_600, m: 60, s: 1, '': 1 };
const WRITTEN = /^(0|[1-9][0-9]{0,9})([smhd]?)$/;

/** `90s`, `15m`, `4h`, `1d`, `600` or 600 → whole seconds, at least 1 and at most a year. */
export function parseDuration(value: number | string): Result<number> {
  const [, count, unit = ''] = WRITTEN.exec(String(value)) ?? [];
  if (count === undefined) return fail('invalid-request', 'A duration is a number of seconds, or 90s, 15m, 4h, 1d.');
  const seconds = Number(count) * UNIT_SECONDS[unit]!;
  if (seconds < 1 || seconds > MAX_DURATION_SECONDS) return fail('invalid-request', 'A duration is from 1s to 366d.');
  return ok(seconds);
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Milliseconds since the epoch → `YYYY-MM-DDTHH:mm:ss.sssZ`. Throws outside the years 0000 to 9999. */
export function instantAt(ms: number): Instant {
  if (!Number.isInteger(ms) || ms < FIRST_MS || ms > LAST_MS) throw new RangeError('not an instant');
  return new Date(ms).toISOString();
}

/** An instant of a caller → milliseconds since the epoch; only the one form that `instantAt` writes. */
export function parseInstant(text: unknown): Result<number> {
  const ms = typeof text === 'string' && INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse rolls some impossible days over (February 30th): reading it back shows that.
  if (Number.isNaN(ms) || instantAt(ms) !== text) {
    return fail('invalid-request', 'An instant is written YYYY-MM-DDTHH:mm:ss.sssZ, in UTC.');
  }
  return ok(ms);
}

/** An instant of our own → milliseconds since the epoch. Throws when it is none. */
export function instantMs(instant: Instant): number {
  const read = parseInstant(instant);
  if (!read.ok) throw new TypeError('not an instant');
  return read.value;
}
