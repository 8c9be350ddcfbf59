// How business time is written: calendars, and timeouts that count by one.
import { isObject } from '../../json.ts';
import { MIN_DEADLINE_SECONDS } from '../../limits.ts';
import { MAX_HOLIDAYS, MAX_TIMEOUT_SECONDS } from '../bounds.ts';
import type { BusinessTime, Calendar } from '../model.ts';
import { deadline, id, moment } from '../parts.ts';
import { duration, list, type Read, record, refuse, text, word } from '../reader.ts';
import { minutesOf, WEEKDAYS, type Weekday } from './business.ts';
import { isZone } from './zone.ts';

const zone: Read<string> = (value, at) =>
  typeof value === 'string' && isZone(value)
    ? value
    : refuse(at, 'A time zone is a name such as Europe/Berlin or UTC.', 'UTC');

const time: Read<string> = (value, at) =>
  typeof value === 'string' && minutesOf(value) !== null
    ? value
    : refuse(at, 'A time of day is written "09:00", in quotes, up to "24:00".', '00:00');

const date = text(10, /^\d{4}-\d\d-\d\d$/, ' Write "2026-12-25".');
const holiday: Read<string> = (value, at) => {
  const read = date(value, at);
  if (read !== '') moment(read, at);
  return read;
};

const WORKING: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const written = record({
  zone: [zone],
  days: [list(word(WEEKDAYS), WEEKDAYS.length, 1), WORKING],
  from: [time],
  to: [time],
  holidays: [list(holiday, MAX_HOLIDAYS), []],
});

/** `{ zone: Europe/Berlin, days: [mon, tue], from: "09:00", to: "17:00", holidays: ["2026-12-25"] }` */
export const calendar: Read<Calendar> = (value, at) => {
  const { holidays, ...rest } = written(value, at);
  if ((minutesOf(rest.from) ?? 0) >= (minutesOf(rest.to) ?? 1))
    at.report([...at.path, 'to'], 'A working day ends after it begins, on the same date.');
  return holidays.length > 0 ? { ...rest, holidays } : rest;
};

/** A timeout as written: by every clock, or by a calendar; one of the two is null. */
export interface WrittenTimeout {
  seconds: number | null;
  business: BusinessTime | null;
}

const businessTime = record({ business: [duration(MIN_DEADLINE_SECONDS, MAX_TIMEOUT_SECONDS)], calendar: [id] });

/** `4h`, or `{ business: 4h, calendar: office }`. */
export const timeout: Read<WrittenTimeout | null> = (value, at) => {
  if (value === null) return null;
  if (!isObject(value)) return { seconds: deadline(value, at), business: null };
  const { business: seconds, calendar: name } = businessTime(value, at);
  return { seconds: null, business: { seconds, calendar: name } };
};
