// Reading JSON into a shape, with every problem at its place: small readers that are put together in tables
// (core/policy/schema.ts). A reader never throws and never stops early: it reports, and returns something of its type.

import { parseDuration } from '../duration.ts';
import { isObject, type Json } from '../json.ts';
import { keyHint } from './hints/keys.ts';
import { durationHint, flagHint, listHint, objectHint, textHint, wordHint } from './hints/values.ts';
import type { Path } from './source.ts';
import { oneOfWords, suggestion } from './suggestion.ts';

/** Where a reader stands, and where it reports to. */
export interface At {
  path: Path;
  report(path: Path, detail: string, offset?: number): void;
}
export type Read<T> = (value: Json, at: At) => T;

/** The place of a part. */
export const inside = (at: At, part: string | number): At => ({ ...at, path: [...at.path, part] });

/** Reports at this place and returns what stands in for the value. */
export function refuse<T>(at: At, detail: string, instead: T): T {
  at.report(at.path, detail);
  return instead;
}

/** Text of 1 to `most` characters, of the given form. */
export const text =
  (most: number, form?: RegExp, says = ''): Read<string> =>
  (value, at) => {
    if (typeof value !== 'string' || value === '') return refuse(at, `This must be text.${textHint(value)}${says}`, '');
    if (value.length > most) return refuse(at, `At most ${most} characters.`, '');
    return form && !form.test(value) ? refuse(at, `"${value.slice(0, 80)}" does not fit here.${says}`, '') : value;
  };

/** One of some words; `aliases` are other spellings. */
export const word =
  <T extends string>(allowed: readonly T[]): Read<T> =>
  (value, at) => {
    const found = allowed.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    const hint = wordHint(value, allowed) || (typeof value === 'string' ? suggestion(value, allowed) : '');
    return refuse(at, `This must be ${oneOfWords(allowed)}.${hint}`, allowed[0]!);
  };

/** A whole number from `least` to `most`. */
export const whole =
  (least: number, most: number): Read<number> =>
  (value, at) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : refuse(at, `This must be a whole number from ${least} to ${most}.`, least);

export const flag: Read<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : refuse(at, `This must be true or false.${flagHint(value)}`, false);

/** `90s`, `15m`, `4h`, `1d` or a number of seconds → seconds. */
export const duration =
  (least: number, most: number): Read<number> =>
  (value, at) => {
    const read = typeof value === 'number' || typeof value === 'string' ? parseDuration(value) : null;
    if (!read?.ok) {
      const detail = `A duration is a number of seconds, or such as 90s, 15m, 4h, 1d.${durationHint(value)}`;
      return refuse(at, detail, least);
    }
    return read.value >= least && read.value <= most
      ? read.value
      : refuse(at, `This must be from ${least} seconds to ${most} seconds; it is ${read.value}.`, least);
  };

/** A list of at least `least` and at most `most`. */
export const list =
  <T>(item: Read<T>, most: number, least = 0): Read<T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) return refuse(at, `This must be a list.${listHint(value, at.path)}`, []);
    if (value.length < least) return refuse(at, 'This list is empty.', []);
    if (value.length > most) return refuse(at, `At most ${most} entries.`, []);
    return value.map((entry, index) => item(entry, inside(at, index)));
  };

/** One, or a list of them. */
export const oneOrMore =
  <T>(item: Read<T>, most: number): Read<T[]> =>
  (value, at) =>
    Array.isArray(value) ? list(item, most, 1)(value, at) : [item(value, at)];

/** An object with keys of the writer's choice. */
export const dictionary =
  <T>(item: Read<T>, most: number): Read<{ [key: string]: T }> =>
  (value, at) => {
    if (!isObject(value)) return refuse(at, 'This must be an object.', {});
    const entries = Object.entries(value);
    if (entries.length > most) return refuse(at, `At most ${most} entries.`, {});
    return Object.fromEntries(entries.map(([key, entry]) => [key, item(entry, inside(at, key))]));
  };

/** Key → its reader, and what stands for it when it is left out; a key without that must be there. */
export type Shape<T> = { [Key in keyof T]: readonly [Read<T[Key]>] | readonly [Read<T[Key]>, T[Key]] };

/** An object with exactly these keys. */
export const record =
  <T>(shape: Shape<T>): Read<T> =>
  (value, at) => {
    const given = isObject(value) ? value : refuse(at, `This must be an object.${objectHint(value, at.path)}`, {});
    const keys = Object.keys(shape);
    for (const key of Object.keys(given)) {
      if (!keys.includes(key)) at.report([...at.path, key], `Unknown key "${key}".${unknownHint(at.path, key, keys)}`);
    }
    const read = (key: string) => field(shape[key as keyof T], key, given, at, isObject(value));
    return Object.fromEntries(keys.map((key) => [key, read(key)])) as T;
  };

/** What was probably meant, else what is known here. */
const unknownHint = (path: Path, key: string, keys: readonly string[]): string =>
  keyHint(path, key) || suggestion(key, keys) || ` Known here: ${keys.join(', ')}.`;

function field<T>(
  entry: readonly [Read<T>] | readonly [Read<T>, T],
  key: string,
  given: object,
  at: At,
  tell: boolean,
): T {
  const [read, fallback] = entry;
  if (Object.hasOwn(given, key)) return read((given as { [key: string]: Json })[key]!, inside(at, key));
  // What reports a missing key is not asked for a value: nothing is read after a report.
  if (entry.length === 1 && tell) at.report(at.path, `"${key}" is missing.`);
  return fallback as T;
}
