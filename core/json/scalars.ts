// Strings and numbers of the strict parser: RFC 8259 sections 6 and 7, less what does not survive a round trip through
// RFC 8785 (lone surrogates, numbers that a double would alter or cannot hold).

import type { Cursor } from '../strict-json.ts';
import { Refusal } from './place.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '"', '\\': '\\', '/': '/' },
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
};
const HEX4 = /^[0-9a-fA-F]{4}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: section 7 forbids exactly these unescaped.
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/** Reads from the opening quote to behind the closing one. */
export function readString(cursor: Cursor): string {
  const start = cursor.at++;
  let value = '';
  for (;;) {
    value += matchAt(PLAIN, cursor);
    const char = cursor.text[cursor.at];
    if (char === '"') break;
    if (char === undefined) throw new Refusal('The text ends inside a string.');
    if (char !== '\\') throw new Refusal('A control character in a string must be escaped.');
    value += readEscape(cursor);
  }
  cursor.at++;
  // Escaped or raw, alone or in the wrong order: such text has no UTF-8 form, so no digest.
  if (!value.isWellFormed()) throw new Refusal('The string holds half of a surrogate pair.', start);
  return value;
}

function readEscape(cursor: Cursor): string {
  const char = cursor.text[cursor.at + 1] ?? '';
  const simple = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
  const digits = cursor.text.slice(cursor.at + 2, cursor.at + 6);
  if (simple === undefined && (char !== 'u' || !HEX4.test(digits))) throw new Refusal('This escape is not JSON.');
  cursor.at += simple === undefined ? 6 : 2;
  return simple ?? String.fromCharCode(Number.parseInt(digits, 16));
}

/** Reads a number; -0 becomes 0. */
export function readNumber(cursor: Cursor): number {
  const start = cursor.at;
  const text = matchAt(NUMBER, cursor);
  if (text === '' || /[0-9.eE+-]/.test(cursor.text[cursor.at] ?? ''))
    throw new Refusal('This number is not JSON.', start);
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Refusal('The number is too large for a double.', start);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Refusal('Integers beyond 9007199254740991 lose digits; send this one as a string.', start);
  }
  if (value === 0 && /^[^eE]*[1-9]/.test(text)) throw new Refusal('The number is too small for a double.', start);
  return value === 0 ? 0 : value;
}

function matchAt(pattern: RegExp, cursor: Cursor): string {
  pattern.lastIndex = cursor.at;
  const text = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.at += text.length;
  return text;
}
