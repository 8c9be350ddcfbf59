// RFC 8785 (JSON Canonicalization Scheme): the one text of a JSON value. Everything that is hashed or signed goes
// through here. What JSON does not hold (undefined, NaN, functions, lone surrogates) is a broken invariant: it throws.
import serialize from 'canonicalize';
import { utf8 } from './encoding.ts';
import type { Json } from './json.ts';

/** `JSON.stringify` would drop these silently, and a dropped field is another digest. */
function refuseForeign(value: unknown, pointer: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return;
  if (typeof value !== 'object') throw new TypeError(`${typeof value} is not JSON, at "${pointer}"`);
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) refuseForeign(value[at], `${pointer}/${at}`);
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  // A null prototype, or any realm's Object.prototype (structured clone may bring another one): nothing richer.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw new TypeError(`not JSON, at "${pointer}"`);
  for (const [key, member] of Object.entries(value)) refuseForeign(member, `${pointer}/${key}`);
}

/** Interfaces have no index signature, so the compiler cannot see them as JSON: `refuseForeign` looks as it runs. */
type Plain = Json | object;

/** The canonical text: keys sorted by UTF-16 code units, shortest numbers, no spaces. `-0` is written `0`. */
export function canonicalize(value: Plain): string {
  refuseForeign(value, '');
  const text = serialize(value);
  if (text === undefined) throw new TypeError('not JSON');
  return text;
}

/** The canonical text as UTF-8: what is hashed. */
export const canonicalBytes = (value: Plain): Uint8Array => utf8(canonicalize(value));

/** Whether two values have one canonical text, so one digest. What JSON does not hold throws. */
export const sameJson = (one: Plain, other: Plain): boolean => canonicalize(one) === canonicalize(other);
