// The strict JSON of contract.md "Conventions": RFC 8259 and nothing that two parsers read differently. What passes has
// one RFC 8785 form, so a digest over it means what the sender wrote. JSON.parse cannot do this: it takes the last of
// two equal keys, rounds 2^53+1 and keeps lone surrogates. Invariant: a value or a place, never a guess.
import { fromUtf8, utf8 } from './encoding.ts';
import { placeAt, pointerOf, Refusal } from './json/place.ts';
import { readNumber, readString } from './json/scalars.ts';
import type { Json, JsonObject } from './json.ts';
import { MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_JSON_NODES } from './limits.ts';
import { fail, ok, type Result } from './problems.ts';

export interface JsonLimits {
  max_bytes: number;
  max_depth: number;
  max_nodes: number;
}

const LIMITS: JsonLimits = { max_bytes: MAX_BODY_BYTES, max_depth: MAX_JSON_DEPTH, max_nodes: MAX_JSON_NODES };

/** Where the parser stands. `path` names the value being read, for the pointer of an error. */
export interface Cursor {
  readonly text: string;
  at: number;
  readonly path: (string | number)[];
}

interface Parser extends Cursor {
  readonly limits: JsonLimits;
  nodes: number;
}

/** Keys that reach an object's prototype in careless code further on (prototype pollution). */
const DANGEROUS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const LITERALS: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * Text → JSON value. Fails with `malformed-json` and the place (pointer, line, column), or `payload-too-large` when the
 * text is more UTF-8 bytes than allowed. `limits` replaces single limits. `-0` becomes 0, as RFC 8785 prints it.
 */
export function parseStrictJson(text: string, limits: Partial<JsonLimits> = {}): Result<Json> {
  const parser: Parser = { text, at: 0, path: [], nodes: 0, limits: { ...LIMITS, ...limits } };
  if (isLonger(text, parser.limits.max_bytes)) return tooLarge(parser.limits.max_bytes);
  try {
    const value = readValue(parser);
    skipSpace(parser);
    if (parser.at < text.length) throw new Refusal('Only one value is allowed; something follows it.');
    return ok(value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(parser, error);
  }
}

/** The same from bytes of the wire, which must be UTF-8 without a byte order mark. */
export function parseStrictJsonBytes(bytes: Uint8Array, limits: Partial<JsonLimits> = {}): Result<Json> {
  const max_bytes = limits.max_bytes ?? LIMITS.max_bytes;
  if (bytes.length > max_bytes) return tooLarge(max_bytes);
  const text = fromUtf8(bytes);
  return text === null ? fail('malformed-json', 'The body is not UTF-8.') : parseStrictJson(text, limits);
}

/** A UTF-16 unit is one to three bytes: count only where that does not settle it. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * 3 > bytes && utf8(text).length > bytes);

const tooLarge = (max_bytes: number) =>
  fail('payload-too-large', `The body has more than ${max_bytes} bytes; send large things as a link and a digest.`);

function refused(parser: Parser, refusal: Refusal): Result<never> {
  const place = placeAt(parser.text, refusal.at ?? parser.at);
  const pointer = pointerOf(parser.path);
  const where = `line ${place.line}, column ${place.column}`;
  const detail = `${refusal.message} At ${where}${pointer === '' ? '' : `, in ${pointer}`}.`;
  return fail('malformed-json', detail, { errors: [{ pointer, detail: refusal.message, ...place }] });
}

/** RFC 8259 section 2: exactly these four characters are white space. */
function skipSpace(parser: Parser): void {
  for (let code = parser.text.charCodeAt(parser.at); ; code = parser.text.charCodeAt(++parser.at)) {
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
  }
}

function readValue(parser: Parser): Json {
  skipSpace(parser);
  if (++parser.nodes > parser.limits.max_nodes) throw new Refusal(`More than ${parser.limits.max_nodes} values.`);
  const char = parser.text[parser.at];
  if (char === '"') return readString(parser);
  if (char === '{') return readObject(parser);
  if (char === '[') return readArray(parser);
  if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) return readNumber(parser);
  return readLiteral(parser);
}

function readLiteral(parser: Parser): Json {
  const literal = LITERALS.find(([word]) => parser.text.startsWith(word, parser.at));
  if (literal === undefined) {
    const end = parser.at >= parser.text.length;
    throw new Refusal(end ? 'The text ends where a value is expected.' : 'A value is expected here.');
  }
  parser.at += literal[0].length;
  return literal[1];
}

function enter(parser: Parser): void {
  if (parser.path.length >= parser.limits.max_depth) {
    throw new Refusal(`Nested deeper than ${parser.limits.max_depth} levels.`);
  }
  parser.at++;
  skipSpace(parser);
}

/** After a member: true when another one follows, false at the end. */
function continues(parser: Parser, close: string): boolean {
  skipSpace(parser);
  const char = parser.text[parser.at];
  if (char !== ',' && char !== close) throw new Refusal(`Expected "," or "${close}" here.`);
  parser.at++;
  skipSpace(parser);
  return char === ',';
}

function readArray(parser: Parser): Json[] {
  const items: Json[] = [];
  enter(parser);
  if (closes(parser, ']')) return items;
  do {
    parser.path.push(items.length);
    items.push(readValue(parser));
    parser.path.pop();
  } while (continues(parser, ']'));
  return items;
}

function readObject(parser: Parser): JsonObject {
  const object: JsonObject = {};
  enter(parser);
  if (closes(parser, '}')) return object;
  do {
    const key = readKey(parser, object);
    parser.path.push(key);
    object[key] = readValue(parser);
    parser.path.pop();
  } while (continues(parser, '}'));
  return object;
}

function closes(parser: Parser, close: string): boolean {
  if (parser.text[parser.at] !== close) return false;
  parser.at++;
  return true;
}

/** A key as a message can hold it: quoted, escaped, cut. */
const named = (key: string): string => JSON.stringify(key.length > 64 ? `${key.slice(0, 63).toWellFormed()}…` : key);

function readKey(parser: Parser, object: JsonObject): string {
  const start = parser.at;
  if (parser.text[start] !== '"') throw new Refusal('A key in double quotes is expected here.');
  const key = readString(parser);
  if (DANGEROUS.has(key)) throw new Refusal(`The key ${named(key)} is not allowed: give it another name.`, start);
  if (Object.hasOwn(object, key)) throw new Refusal(`The key ${named(key)} stands twice in the same object.`, start);
  skipSpace(parser);
  if (parser.text[parser.at] !== ':') throw new Refusal('Expected ":" after the key.');
  parser.at++;
  return key;
}
