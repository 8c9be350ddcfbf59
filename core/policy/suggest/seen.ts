// What the values at one place were, over all requests so far: plain ones, numbers, objects key by key, and how often
// the place was empty. It only remembers; which condition comes of it is bounds.ts. Memory is bounded: whatever is more
// than a condition could hold is remembered as too much, never dropped.
import { canonicalize } from '../../canonical.ts';
import { isObject, type Json, type JsonObject } from '../../json.ts';
import { MAX_ALTERNATIVES, MAX_CONDITION_CHARS } from '../bounds.ts';

/** More keys than that are data. */
const MAX_KEYS = 30;
/** A condition over deeper nesting cannot be read by people. */
const MAX_DEPTH = 5;

/** One place. */
export interface Seen {
  /** Requests in which something stood here. */
  times: number;
  /** Null, texts, booleans and lists of plain values, by their canonical form. */
  plain: Map<string, Json>;
  /** How long those are, written one after the other. */
  chars: number;
  numbers: Numbers | null;
  object: Fields | null;
  /** Why no condition can tell what stood here, as a clause that follows the name of the place; null: one can. */
  trouble: string | null;
}
interface Numbers {
  least: number;
  most: number;
  /** Every one was an integer that JSON holds exactly. */
  areWhole: boolean;
  /** Different ones, one more than can be written out at most. */
  values: Set<number>;
}

/** The keys of an object. */
export interface Fields {
  /** Objects seen here: a key that was seen less often was missing in some. */
  times: number;
  keys: Map<string, Seen>;
  trouble: string | null;
}

export const noFields = (): Fields => ({ times: 0, keys: new Map(), trouble: null });
export const nothing = (): Seen => ({
  times: 0,
  plain: new Map(),
  chars: 0,
  numbers: null,
  object: null,
  trouble: null,
});

/** Notes one more object. */
export function seeFields(fields: Fields, object: JsonObject, depth = 0): void {
  fields.times++;
  for (const [key, value] of Object.entries(object)) {
    const seen = fields.keys.get(key) ?? nothing();
    if (!fields.keys.has(key) && fields.keys.size >= MAX_KEYS) {
      fields.trouble = `had more than ${MAX_KEYS} different keys`;
      continue;
    }
    fields.keys.set(key, seen);
    see(seen, value, depth + 1);
  }
}

/** Notes one more value. */
export function see(seen: Seen, value: Json, depth = 0): void {
  seen.times++;
  if (typeof value === 'number') seen.numbers = numbersWith(seen.numbers, value);
  else if (isObject(value)) seeObject(seen, value, depth);
  else if (isPlain(value)) seePlain(seen, value);
  else seen.trouble = 'was a list that holds objects';
  if (seen.object && seen.times > seen.object.times) seen.trouble = 'was an object now and something else then';
}

function seeObject(seen: Seen, value: JsonObject, depth: number): void {
  if (depth >= MAX_DEPTH) {
    seen.trouble = `was nested deeper than ${MAX_DEPTH} levels`;
    return;
  }
  seen.object ??= noFields();
  seeFields(seen.object, value, depth);
}

function seePlain(seen: Seen, value: Json): void {
  const text = canonicalize(value);
  if (seen.plain.has(text)) return;
  seen.plain.set(text, value);
  seen.chars += text.length;
  if (seen.plain.size <= MAX_ALTERNATIVES && seen.chars <= MAX_CONDITION_CHARS) return;
  seen.trouble = 'had more different values, or longer ones, than a condition holds';
  seen.plain.clear();
}

/** What can be written out: no object anywhere in it. */
const isPlain = (value: Json): boolean => (Array.isArray(value) ? value.every(isPlain) : !isObject(value));

function numbersWith(before: Numbers | null, value: number): Numbers {
  const { least, most, areWhole, values } = before ?? {
    least: value,
    most: value,
    areWhole: true,
    values: new Set<number>(),
  };
  if (values.size <= MAX_ALTERNATIVES) values.add(value === 0 ? 0 : value);
  return {
    least: Math.min(least, value),
    most: Math.max(most, value),
    areWhole: areWhole && Number.isSafeInteger(value),
    values,
  };
}
