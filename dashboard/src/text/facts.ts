// The facts in their fixed slots: every signed parameter, each with its path, what matters first. Nothing is left out:
// what is signed is what can be read here.

import { pointerOf } from '../../../core/json/place.ts';
import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { fieldsOf, type ParameterField } from '../../../core/policy/parameters/fields.ts';
import type { ParameterSchema } from '../../../core/policy/parameters/model.ts';
import { money } from './money.ts';

export interface Fact {
  /** Dotted path inside params, as the agent named it. */
  path: string;
  /** The title that the policy's schema gives it, else its path made readable. */
  label: string;
  /** The agent's own name for it, where the label is another. */
  named: string | null;
  text: string;
  /** What `text` was made from, when it is not the same (money in minor units). */
  raw: string | null;
  /** The value before a reviewer's edit, or the agent's own "before"; null if there is none. */
  was: string | null;
  weight: 'big' | 'plain';
}

const FIRST = [
  /amount|total|price|fee/,
  /^(to|recipient|customer|account|iban|email)/,
  /rows|records|count/,
  /version|environment/,
];

/** `order_id` → `Order id`. Only the shape changes: the letters are the agent's. */
export const labelOf = (path: string): string => {
  const words = path.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Any JSON value as it reads best on one slot: text bare, the rest as JSON. */
export const plain = (json: Json): string => (typeof json === 'string' ? json : JSON.stringify(json, null, 2));

/** Every leaf of `params`, money first, then who and how much, then the order in which they came. */
export function factsOf(
  params: JsonObject,
  before: JsonObject | null = null,
  schema: ParameterSchema | null = null,
): Fact[] {
  const fields = new Map(fieldsOf(schema).map((field) => [field.pointer, field]));
  return leaves(params, [])
    .map((keys, at) => ({ fact: factOf(keys, params, before, fields.get(pointerOf(keys)) ?? null), at }))
    .map(({ fact, at }) => ({ fact, rank: rankOf(fact), at }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ fact }) => fact);
}

type Keys = readonly string[];

/** Where the leaves are: an object that holds something is no leaf. */
function leaves(params: JsonObject, prefix: Keys): Keys[] {
  return Object.entries(params).flatMap(([key, json]) =>
    isObject(json) && Object.keys(json).length > 0 ? leaves(json, [...prefix, key]) : [[...prefix, key]],
  );
}

/** The value under these keys, if every one of them is an object's own. */
function valueAt(params: JsonObject | null, keys: Keys): Json | undefined {
  let value: Json | undefined = params ?? undefined;
  for (const key of keys) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

function factOf(keys: Keys, params: JsonObject, before: JsonObject | null, field: ParameterField | null): Fact {
  const path = keys.join('.');
  const json = valueAt(params, keys)!;
  const earlier = valueAt(before, keys);
  const isMoney = field?.format ? field.format === 'minor-units' : /amount|total|price|fee|balance/.test(path);
  const amount = isMoney ? money(json, currencyFor(field, params)) : null;
  const was = earlier === undefined || plain(earlier) === plain(json) ? null : earlier;
  const earlierCurrency = currencyFor(field, before) ?? currencyFor(field, params);
  return {
    path,
    label: field?.title ?? labelOf(path),
    named: field?.title && field.title !== labelOf(path) ? path : null,
    text: amount ?? plain(json),
    raw: amount === null ? null : `${plain(json)} minor units`,
    was: was === null ? null : ((amount === null ? null : money(was, earlierCurrency)) ?? plain(was)),
    weight: amount === null ? 'plain' : 'big',
  };
}

/** Pointers of params that are money, with the amount readable: `/amount` → `€2,400.00`. */
export function moneyByPointer(params: JsonObject, schema: ParameterSchema | null): Map<string, string> {
  const fields = new Map(fieldsOf(schema).map((field) => [field.pointer, field]));
  const amounts = leaves(params, []).map((keys) => {
    const { raw, text } = factOf(keys, params, null, fields.get(pointerOf(keys)) ?? null);
    return [pointerOf(keys), raw === null ? null : text] as const;
  });
  return new Map(amounts.filter((amount): amount is readonly [string, string] => amount[1] !== null));
}

/** Where the schema says, else beside the amount at the top. */
function currencyFor(field: ParameterField | null, params: JsonObject | null): Json | undefined {
  if (!field?.currency) return valueAt(params, ['currency']);
  if ('code' in field.currency) return field.currency.code;
  return valueAt(params, field.currency.path);
}

function rankOf(fact: Fact): number {
  const leaf = fact.path.split('.').at(-1) ?? '';
  const rank = FIRST.findIndex((pattern) => pattern.test(leaf));
  return rank === -1 ? FIRST.length : rank;
}
