// Reading a parameter schema at publication: each keyword is one that we judge, in a place where it can hold. A keyword
// that JSON Schema would ignore (`minimum` of a text, a misspelt `requird`) is refused, because nobody would notice that
// it protects nothing. Invariant: what passes here is judged in time linear in the parameters.
import { canonicalBytes } from '../../canonical.ts';
import { patternError } from '../../condition/kinds.ts';
import { patternStates } from '../../condition/pattern.ts';
import { isObject, type Json } from '../../json.ts';
import { MAX_NAME_CHARS } from '../../limits.ts';
import { MAX_ENUM, MAX_MESSAGE_CHARS, MAX_SCHEMA_BYTES, MAX_SCHEMA_PATTERN_STATES } from '../bounds.ts';
import { type At, flag, inside, list, type Read, refuse, text, whole, word } from '../reader.ts';
import { suggestion } from '../suggestion.ts';
import { FORMATS, NARROWINGS, type ParameterSchema, type Plain, SCHEMA_TYPES } from './model.ts';
import { checkHidden } from './secrecy.ts';
import { checkSense } from './sense.ts';

const COUNT = 100_000;
const count = whole(0, COUNT);

const number: Read<number> = (value, at) =>
  typeof value === 'number' ? value : refuse(at, 'This must be a number.', 0);

const positive: Read<number> = (value, at) =>
  typeof value === 'number' && value > 0 ? value : refuse(at, 'This must be a number above zero.', 1);

/** One word, or a list of different ones. */
const words =
  <T extends string>(allowed: readonly T[]): Read<T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) return [word(allowed)(value, at)];
    const read = list(word(allowed), allowed.length, 1)(value, at);
    return new Set(read).size === read.length ? read : refuse(at, 'This list says something twice.', []);
  };

const plain: Read<Plain> = (value, at) =>
  value === null || typeof value !== 'object'
    ? value
    : refuse(
        at,
        'This must be text, a number, true, false or null: objects and lists have schemas of their own.',
        null,
      );

const values = list(plain, MAX_ENUM, 1);

/** Refused if it can cost more than its text is worth: the engine is linear, but each character costs each state. */
const pattern: Read<string> = (value, at) => {
  if (typeof value !== 'string') return refuse(at, 'A pattern is a regular expression, written as text.', '');
  if (patternStates(value) > MAX_SCHEMA_PATTERN_STATES) return refuse(at, 'This pattern repeats too much.', '');
  const wrong = patternError(value);
  return wrong === undefined ? value : refuse(at, `This pattern cannot be used: ${wrong}.`, '');
};

const properties: Read<object> = (value, at) => {
  if (!isObject(value)) return refuse(at, 'This must be an object: the name of a parameter and its schema.', {});
  for (const [name, schema] of Object.entries(value)) subschema(schema, inside(at, name));
  return value;
};

const names: Read<string[]> = (value, at) => list(text(MAX_NAME_CHARS), COUNT)(value, at);
const orFlag: Read<unknown> = (value, at) => (typeof value === 'boolean' ? value : subschema(value, at));
const title = text(MAX_NAME_CHARS);
const described = text(MAX_MESSAGE_CHARS);

/** Every keyword that is judged or shown. */
const KEYWORDS: { [Key in keyof Omit<ParameterSchema, 'resource' | 'sentence' | 'messages'>]-?: Read<unknown> } = {
  ...{ title, description: described, type: words(SCHEMA_TYPES), enum: values, const: plain },
  ...{ properties, required: names, additionalProperties: orFlag, minProperties: count, maxProperties: count },
  ...{ items: (value, at) => subschema(value, at), minItems: count, maxItems: count, uniqueItems: flag },
  ...{ minimum: number, maximum: number, exclusiveMinimum: number, exclusiveMaximum: number },
  ...{ multipleOf: positive, minLength: count, maxLength: count, pattern, format: word(FORMATS) },
  currency: title,
  narrow: words(NARROWINGS),
  writeOnly: flag,
};

/** Why a keyword of JSON Schema is no part of this, for those that people will miss. */
const ABSENT: Record<string, string> = {
  $ref: 'Write the schema out: references are no part of parameter schemas, and nothing is ever fetched.',
  ...Object.fromEntries(
    ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas', 'patternProperties'].map((key) => [
      key,
      `\`${key}\` is no part of parameter schemas: each value meets one schema. A rule with \`when\` can say more.`,
    ]),
  ),
};

function subschema(value: Json, at: At): ParameterSchema {
  if (!isObject(value)) return refuse(at, 'A schema is an object such as { type: integer, minimum: 1 }.', {});
  for (const [key, entry] of Object.entries(value)) {
    const read = Object.hasOwn(KEYWORDS, key) ? KEYWORDS[key as keyof typeof KEYWORDS] : undefined;
    const known = Object.keys(KEYWORDS);
    if (read) read(entry, inside(at, key));
    else
      at.report(
        [...at.path, key],
        ABSENT[key] ?? `"${key}" is not judged here, so it may not stand here.${suggestion(key, known)}`,
      );
  }
  return value as ParameterSchema;
}

/** The schema of an action's `params`, which are always an object. */
export const parameterSchema: Read<ParameterSchema> = (value, at) => {
  const bytes = canonicalBytes(value).length;
  if (bytes > MAX_SCHEMA_BYTES)
    return refuse(at, `A schema has at most ${MAX_SCHEMA_BYTES} bytes; this: ${bytes}.`, {});
  let wrong = false;
  const noting: At = {
    path: at.path,
    report: (...place) => {
      wrong = true;
      at.report(...place);
    },
  };
  const schema = subschema(value, noting);
  if (!wrong) checkSense({ type: 'object', ...schema }, at);
  if (!wrong) checkHidden(schema, at);
  return schema;
};
