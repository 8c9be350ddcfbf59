// A value of params as phrases: text and numbers as they are, money where the policy's schema says so, lists as words with
// their count, an object by what names it. Never JSON: the facts below the sentence hold all of it.
import { pointerOf } from '../json/place.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { amountTexts } from '../policy/parameters/amounts.ts';
import type { ParameterSchema } from '../policy/parameters/model.ts';
import { HIDDEN_PHRASE, missing, ours, type Phrase, textValue } from './phrase.ts';

export type Keys = readonly (string | number)[];

/** What a sentence reads: the effective params, what policy says of them, and where values are covered. */
export interface Said {
  params: JsonObject;
  money: ReadonlyMap<string, string>;
  hidden: ReadonlySet<string>;
}

export const saidOf = (params: JsonObject, schema: ParameterSchema | null, hidden: readonly string[]): Said => ({
  params,
  money: amountTexts(params, schema),
  hidden: new Set(hidden),
});

/** So many entries of a list are named; the rest is counted. */
const NAMED_ENTRIES = 2;
/** By what an object is named, first match first. */
const NAMES = [
  'name',
  'email',
  'address',
  'title',
  'subject',
  'label',
  'id',
  'file_id',
  'path',
  'url',
  'key',
  'sku',
  'username',
  'date_time',
  'dateTime',
  'date',
  'phone',
  'text',
  'value',
];

export const valueAt = ({ params }: Said, keys: Keys): Json | undefined =>
  keys.reduce<Json | undefined>((value, key) => {
    const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    return holds ? (value as JsonObject)[key] : undefined;
  }, params);

const grouped = (number: number): string => new Intl.NumberFormat('en', { maximumFractionDigits: 20 }).format(number);

/** Whether nothing stands there that a sentence could say. */
export const isNothing = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * The value at a place, as it is said.
 *
 * @param name what is missing where nothing stands there
 */
export function phrasesAt(said: Said, keys: Keys, name: string): Phrase[] {
  const pointer = pointerOf(keys);
  if (said.hidden.has(pointer)) return [HIDDEN_PHRASE];
  const value = valueAt(said, keys);
  if (isNothing(value)) return [missing(name)];
  const amount = said.money.get(pointer);
  if (amount !== undefined) return [{ kind: 'plain', text: amount }];
  if (typeof value === 'string') return [textValue(value)];
  if (typeof value === 'number') return [{ kind: 'plain', text: grouped(value) }];
  if (typeof value === 'boolean') return [{ kind: 'plain', text: value ? 'yes' : 'no' }];
  return Array.isArray(value) ? listOf(said, keys, value) : [objectOf(said, keys, value as JsonObject)];
}

/** `a, b and 3 more`: the count is of all that is not named. */
function listOf(said: Said, keys: Keys, list: readonly Json[]): Phrase[] {
  const named = list.length === NAMED_ENTRIES + 1 ? list.length : Math.min(list.length, NAMED_ENTRIES);
  const rest = list.length - named;
  return list.slice(0, named).flatMap((_, at) => {
    const last = at === list.length - 1;
    const before = at === 0 ? [] : [ours(last ? ' and ' : ', ')];
    const after = rest > 0 && at === named - 1 ? [ours(` and ${rest.toLocaleString('en')} more`)] : [];
    return [...before, ...entryOf(said, [...keys, at]), ...after];
  });
}

/** A list inside of a list is only counted. */
function entryOf(said: Said, keys: Keys): Phrase[] {
  const value = valueAt(said, keys);
  if (Array.isArray(value) && !said.hidden.has(pointerOf(keys)))
    return [ours(counted(value.length, 'entry', 'entries'))];
  return phrasesAt(said, keys, 'value');
}

const counted = (count: number, one: string, many: string): string =>
  `(${count.toLocaleString('en')} ${count === 1 ? one : many})`;

function objectOf(said: Said, keys: Keys, value: JsonObject): Phrase {
  const named = NAMES.find((name) => ['string', 'number'].includes(typeof value[name]) && Object.hasOwn(value, name));
  if (named === undefined || value[named] === '')
    return ours(counted(isObject(value) ? Object.keys(value).length : 0, 'field', 'fields'));
  return phrasesAt(said, [...keys, named], named)[0]!;
}
