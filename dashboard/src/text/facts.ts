// The facts in their fixed slots: every signed parameter, each with its exact path, what matters first. Nothing is left
// out: what is signed is what can be read here. A number is money only where the policy's schema says so.
import { sameJson } from '../../../core/canonical.ts';
import { alikeAt, pathText } from '../../../core/display/path.ts';
import { pointerOf } from '../../../core/json/place.ts';
import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { type Amount, amountsOf, amountTexts } from '../../../core/policy/parameters/amounts.ts';
import { fieldsOf } from '../../../core/policy/parameters/fields.ts';
import { hiddenIn } from '../../../core/policy/parameters/hidden.ts';
import type { ParameterSchema } from '../../../core/policy/parameters/model.ts';

export interface Fact {
  /** Where it stands, and nothing else does: `params.to.account`, `params["to.account"]`. */
  path: string;
  /** The title that the policy's schema gives it, else its names made readable. */
  label: string;
  text: string;
  /** What `text` alone does not say: what an amount was made from, that a text only looks like a number. */
  notes: string[];
  /** The value before a reviewer's edit, or the agent's own "before"; null if there is none. */
  was: string | null;
  /** Paths that could be taken for this one. */
  alike: string[];
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

/** Any JSON value as it reads best on one slot: text bare, the rest as JSON, indented so that the deepest is no gap. */
export const plain = (json: Json): string => (typeof json === 'string' ? json : JSON.stringify(json, null, 1));

/** What the bare text of a value does not say of it. */
export function noteOf(json: Json): string | null {
  if (typeof json !== 'string') return null;
  if (json === '') return 'empty text';
  return readsAsJson(json) ? 'text' : null;
}

/** `5`, `true`, `["a"]`: a text that would look the same as another kind of value. */
function readsAsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

type Keys = readonly string[];

/** What all facts of one request are read from. */
interface Source {
  params: JsonObject;
  before: JsonObject | null;
  titles: ReadonlyMap<string, string | null>;
  amounts: readonly Amount[];
  amountsBefore: ReadonlyMap<string, string>;
  alike: ReadonlyMap<string, string[]>;
  /** Pointers at which policy hides a value. */
  hidden: readonly string[];
}

/** Every leaf of `params`, money first, then who and how much, then the order in which they came. */
export function factsOf(
  params: JsonObject,
  before: JsonObject | null = null,
  schema: ParameterSchema | null = null,
  alike: ReadonlyMap<string, string[]> = new Map(),
): Fact[] {
  const source: Source = {
    params,
    before,
    amounts: amountsOf(params, schema),
    alike,
    hidden: hiddenIn(schema, params),
    // What does not say its currency had the same.
    amountsBefore: amountTexts({ ...params, ...before }, schema),
    titles: new Map(fieldsOf(schema).map(({ pointer, title }) => [pointer, title])),
  };
  return leaves(params, [])
    .map((keys, at) => ({ fact: factOf(keys, source), rank: rankOf(keys), at }))
    .map((ranked) => ({ ...ranked, rank: ranked.fact.weight === 'big' ? -1 : ranked.rank }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ fact }) => fact);
}

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

function factOf(keys: Keys, source: Source): Fact {
  const pointer = pointerOf(keys);
  const path = ['params', ...keys];
  const json = valueAt(source.params, keys)!;
  const amount = source.amounts.find((one) => one.pointer === pointer)?.text ?? null;
  return {
    path: pathText(path),
    label: source.titles.get(pointer) ?? labelOf(keys.join(' › ')),
    text: amount ?? plain(json),
    notes: notesOf(json, amount, pointer, source),
    was: wasOf(keys, json, amount, source),
    alike: alikeBelow(path, json, source),
    weight: amount === null ? 'plain' : 'big',
  };
}

const HIDDEN_NOTE = 'Policy hides this value: only the resource gets it. This page cannot compute a digest over it.';

function notesOf(json: Json, amount: string | null, pointer: string, { amounts, hidden }: Source): string[] {
  const covered = hidden.some((at) => at === pointer || at.startsWith(`${pointer}/`));
  const inside = amounts.filter((one) => one.pointer.startsWith(`${pointer}/`));
  const own = amount === null ? noteOf(json) : `${plain(json)} minor units`;
  return [
    ...(covered ? [HIDDEN_NOTE] : own === null ? [] : [own]),
    ...inside.map(({ path, text }) => `${pathText(['params', ...path])} is ${text}`),
  ];
}

/** Names that are alike on the way to a value, or inside it. */
function alikeBelow(path: readonly string[], json: Json, { alike }: Source): string[] {
  const own = alikeAt(alike, path);
  if (own.length > 0 || typeof json !== 'object') return own;
  const inside = [...alike].find(([at]) => at.startsWith(`${pathText(path)}[`));
  return inside ? [`${inside[0]} and ${inside[1].join(', ')}`] : [];
}

function wasOf(keys: Keys, json: Json, amount: string | null, source: Source): string | null {
  const earlier = valueAt(source.before, keys);
  if (earlier === undefined || sameJson(earlier, json)) return null;
  const text = (amount === null ? null : source.amountsBefore.get(pointerOf(keys))) ?? plain(earlier);
  return text === plain(json) ? JSON.stringify(earlier) : text;
}

function rankOf(keys: Keys): number {
  const rank = FIRST.findIndex((pattern) => pattern.test(keys.at(-1) ?? ''));
  return rank === -1 ? FIRST.length : rank;
}
