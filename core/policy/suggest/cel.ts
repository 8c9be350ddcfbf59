// JSON as it is written in a condition: values, and the places where they stand.
import type { Json } from '../../json.ts';

/** Words that CEL keeps for itself: `param.in` does not parse. */
const RESERVED = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(
    ' ',
  ),
);

const isIdentifier = (key: string): boolean => /^[A-Za-z_]\w*$/.test(key) && !RESERVED.has(key);

/** `param.amount`, `param["to-account"]`. */
export const place = (owner: string, key: string): string =>
  isIdentifier(key) ? `${owner}.${key}` : `${owner}[${JSON.stringify(key)}]`;

/** A condition that says whether the key is there. */
export const present = (owner: string, key: string): string =>
  isIdentifier(key) ? `has(${owner}.${key})` : `(${JSON.stringify(key)} in ${owner})`;

/** An integer as an integer, anything else as a double: 1e20 written out would be an integer that is too large. */
export function numberText(value: number): string {
  const text = String(value === 0 ? 0 : value);
  return Number.isSafeInteger(value) || /[.e]/.test(text) ? text : `${text}.0`;
}

/** A value without objects. */
export const valueText = (value: Json): string =>
  typeof value === 'number'
    ? numberText(value)
    : Array.isArray(value)
      ? `[${value.map(valueText).join(', ')}]`
      : JSON.stringify(value);
