// The facts in their fixed slots: every signed parameter, each with its path, what matters first. Nothing is left out:
// what is signed is what can be read here.
import type { Json, JsonObject } from '../../../core/json.ts';
import { money } from './money.ts';

export interface Fact {
  /** Dotted path inside params, as the agent named it. */
  path: string;
  label: string;
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

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** `order_id` → `Order id`. Only the shape changes: the letters are the agent's. */
export const labelOf = (path: string): string => {
  const words = path.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Any JSON value as it reads best on one slot: text bare, the rest as JSON. */
export const plain = (json: Json): string => (typeof json === 'string' ? json : JSON.stringify(json, null, 2));

/** Every leaf of `params`, money first, then who and how much, then the order in which they came. */
export function factsOf(params: JsonObject, before: JsonObject | null = null): Fact[] {
  return leaves(params, before, '')
    .map((fact, at) => ({ fact, rank: rankOf(fact), at }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ fact }) => fact);
}

function leaves(params: JsonObject, before: JsonObject | null, prefix: string): Fact[] {
  return Object.entries(params).flatMap(([key, json]) => {
    const path = `${prefix}${key}`;
    const earlier = before?.[key];
    if (isObject(json) && Object.keys(json).length > 0)
      return leaves(json, isObject(earlier) ? earlier : null, `${path}.`);
    return [
      factOf(path, json, params.currency, earlier, isObject(before) ? (before.currency ?? params.currency) : undefined),
    ];
  });
}

function factOf(
  path: string,
  json: Json,
  currency: Json | undefined,
  earlier: Json | undefined,
  earlierCurrency?: Json,
): Fact {
  const amount = /amount|total|price|fee|balance/.test(path) ? money(json, currency) : null;
  const was = earlier === undefined || plain(earlier) === plain(json) ? null : earlier;
  return {
    path,
    label: labelOf(path),
    text: amount ?? plain(json),
    raw: amount === null ? null : `${plain(json)} minor units`,
    was: was === null ? null : ((amount === null ? null : money(was, earlierCurrency)) ?? plain(was)),
    weight: amount === null ? 'plain' : 'big',
  };
}

function rankOf(fact: Fact): number {
  const leaf = fact.path.split('.').at(-1) ?? '';
  const rank = FIRST.findIndex((pattern) => pattern.test(leaf));
  return rank === -1 ? FIRST.length : rank;
}
