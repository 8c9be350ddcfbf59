// Time that counts only while people work: when so many seconds of business time have passed. Pure but for the host's
// tables of time zones. Invariant: never later than the longest time that anybody may be made to wait.
import { MAX_TIMEOUT_SECONDS } from '../bounds.ts';
import type { Calendar } from '../model.ts';
import { instantOf, wallTimeAt } from './zone.ts';

const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * 60_000;
/** As `Date` numbers them. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** `09:00` → minutes since midnight; `24:00` is the end of the day. Null for anything else. */
export function minutesOf(text: string): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return hours === undefined || total > DAY_MINUTES ? null : total;
}

/** A date that counts up; at noon of UTC, so that no clock change moves it. */
const dateAt = (noon_ms: number) => {
  const date = new Date(noon_ms);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

/** When work begins and ends on that date, in milliseconds since the epoch; null on a day off. */
function windowOn({ zone, days, from, to, holidays = [] }: Calendar, noon_ms: number): [number, number] | null {
  const noon = new Date(noon_ms);
  const off = !days.includes(WEEKDAYS[noon.getUTCDay()]!) || holidays.includes(noon.toISOString().slice(0, 10));
  if (off) return null;
  const at = (time: string) => instantOf(zone, { ...dateAt(noon_ms), minutes: minutesOf(time) ?? 0 });
  return [at(from), at(to)];
}

/**
 * How long it is, by any clock, until `seconds` of business time have passed.
 *
 * @param now_ms milliseconds since the epoch
 * @returns whole seconds, at most MAX_TIMEOUT_SECONDS; a zone that this host does not know counts every second
 */
export function businessSeconds(calendar: Calendar, seconds: number, now_ms: number): number {
  try {
    return Math.min(MAX_TIMEOUT_SECONDS, Math.floor((endOf(calendar, seconds, now_ms) - now_ms) / 1000));
  } catch (error) {
    // Sooner is the safe side: what nobody decided is not approved.
    if (error instanceof RangeError) return seconds;
    throw error;
  }
}

function endOf(calendar: Calendar, seconds: number, now_ms: number): number {
  const { year, month, day } = wallTimeAt(calendar.zone, now_ms);
  const latest = now_ms + MAX_TIMEOUT_SECONDS * 1000;
  let left_ms = seconds * 1000;
  for (let noon = Date.UTC(year, month - 1, day, 12); noon - DAY_MS < latest; noon += DAY_MS) {
    const window = windowOn(calendar, noon);
    if (!window) continue;
    const begins = Math.max(window[0], now_ms);
    const open_ms = Math.max(0, window[1] - begins);
    if (open_ms >= left_ms) return begins + left_ms;
    left_ms -= open_ms;
  }
  return latest;
}
