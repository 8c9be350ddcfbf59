// Wall clocks: what a clock on the wall of a time zone shows at an instant, and when it shows something. The zone's rules
// are the host's tables; what comes out is recorded with the request, so nobody has to compute it again.

/** A date and a time of day as a wall clock shows them; month and day from 1. */
export interface WallTime {
  year: number;
  month: number;
  day: number;
  minutes: number;
}

const MINUTE_MS = 60_000;
const MAX_KEPT = 50;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Memoised by name: making one costs a hundred times what using it costs. Throws RangeError for an unknown zone. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  if (formats.size >= MAX_KEPT) formats.clear();
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    ...numeric,
    second: 'numeric',
    hourCycle: 'h23',
    timeZone: zone,
  });
  formats.set(zone, format);
  return format;
}

/** Whether the host has tables for this zone; names such as `Europe/Berlin` and `UTC`, no bare offsets. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds since the epoch if the clock in the zone were one of UTC. */
function shownAsUtc(zone: string, ms: number): number {
  const parts = formatOf(zone).formatToParts(ms);
  const part = (type: string) => Number(parts.find((one) => one.type === type)!.value);
  const second = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return second + (((ms % 1000) + 1000) % 1000);
}

/** What the clock in the zone shows at an instant (milliseconds since the epoch); seconds are left out. */
export function wallTimeAt(zone: string, ms: number): WallTime {
  const shown = new Date(shownAsUtc(zone, ms));
  const [year, month, day] = [shown.getUTCFullYear(), shown.getUTCMonth() + 1, shown.getUTCDate()];
  return { year, month, day, minutes: shown.getUTCHours() * 60 + shown.getUTCMinutes() };
}

/**
 * When the clock in the zone shows this, in milliseconds since the epoch. What it shows twice (clocks go back) is the
 * first time; what it never shows (clocks go forward) is the moment of the jump's end, as if they had not.
 */
export function instantOf(zone: string, { year, month, day, minutes }: WallTime): number {
  const wanted = Date.UTC(year, month - 1, day) + minutes * MINUTE_MS;
  const offsetAt = (ms: number) => shownAsUtc(zone, ms) - ms;
  // The offsets a day before and after are the two that can hold at this moment.
  const tries = [-1, 1].map((days) => wanted - offsetAt(wanted + days * 24 * 60 * MINUTE_MS));
  const fitting = tries.filter((ms) => shownAsUtc(zone, ms) === wanted);
  return fitting.length > 0 ? Math.min(...fitting) : Math.max(...tries);
}
