// Params against a schema: every place that does not fit, by JSON pointer below `/params`. Pure and total. Each value
// meets exactly one schema, so the time is linear in the params; patterns draw on a budget of their own.
import { canonicalize } from '../../canonical.ts';
import { call, insideLibrary } from '../../condition/functions.ts';
import { matchCost } from '../../condition/pattern.ts';
import { Unusable } from '../../condition/values.ts';
import { pointerOf } from '../../json/place.ts';
import { isObject, type Json, type JsonObject } from '../../json.ts';
import type { ProblemPlace } from '../../problems.ts';
import { MAX_PARAMETER_FAULTS, MAX_SCHEMA_STEPS } from '../bounds.ts';
import { oneOfWords } from '../suggestion.ts';
import { isMultiple } from './decimal.ts';
import { formatHolds } from './format.ts';
import { type ParameterSchema, type SchemaType, schemaOfProperty, typesOf } from './model.ts';

type Path = readonly (string | number)[];

/** One validation under way. */
interface Run {
  faults: ProblemPlace[];
  /** The params are as readers see them: what stands in the place of a hidden value is not held to its schema. */
  masked: boolean;
  /** Steps that patterns may still take. */
  steps: number;
}

/** JSON Schema's types: 1.0 is an integer, an integer is a number. */
const IS: Record<SchemaType, (value: Json) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

const complain = (run: Run, path: Path, detail: string): void => {
  run.faults.push({ pointer: pointerOf(['params', ...path]), detail });
};

const typeName = (value: Json): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`;

function judgeValue(run: Run, schema: ParameterSchema, value: Json, path: Path): void {
  if (run.faults.length >= MAX_PARAMETER_FAULTS) return;
  if (run.masked && schema.writeOnly) return;
  const types = typesOf(schema);
  if (!types.some((type) => IS[type](value))) {
    complain(run, path, `must be of type ${oneOfWords(types)}; it is ${typeName(value)}.`);
    return;
  }
  const { const: only, enum: allowed } = schema;
  if (only !== undefined && only !== value) complain(run, path, `must be ${JSON.stringify(only)}.`);
  if (allowed && !allowed.some((one) => one === value))
    complain(
      run,
      path,
      `must be one of ${allowed
        .map((one) => JSON.stringify(one))
        .join(', ')
        .slice(0, 200)}.`,
    );
  if (typeof value === 'number') judgeNumber(run, schema, value, path);
  else if (typeof value === 'string') judgeText(run, schema, value, path);
  else if (Array.isArray(value)) judgeList(run, schema, value, path);
  else if (typeof value === 'object' && value !== null) judgeObject(run, schema, value, path);
}

function judgeNumber(run: Run, schema: ParameterSchema, value: number, path: Path): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (minimum !== undefined && value < minimum) complain(run, path, `must be at least ${minimum}.`);
  if (maximum !== undefined && value > maximum) complain(run, path, `must be at most ${maximum}.`);
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    complain(run, path, `must be more than ${exclusiveMinimum}.`);
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    complain(run, path, `must be less than ${exclusiveMaximum}.`);
  if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    complain(run, path, `must be a multiple of ${multipleOf}.`);
}

/** Lengths count characters (RFC 8259's, so code points: JSON Schema validation 6.3.1). */
function judgeText(run: Run, schema: ParameterSchema, value: string, path: Path): void {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format } = schema;
  const length = [...value].length;
  if (length < minLength) complain(run, path, `must have at least ${minLength} characters.`);
  if (length > maxLength) complain(run, path, `must have at most ${maxLength} characters.`);
  if (format && !formatHolds(format, value)) complain(run, path, `must be a ${format}.`);
  if (pattern === undefined) return;
  run.steps -= matchCost(pattern, value.length);
  if (run.steps < 0) complain(run, path, 'is more text than can be held against the patterns of this action.');
  else if (!patternHolds(pattern, value)) complain(run, path, `must match ${pattern}.`);
}

function patternHolds(pattern: string, value: string): boolean {
  try {
    return insideLibrary(() => call('matches', value, [pattern])) === true;
  } catch (error) {
    // A schema of a stored policy that this engine no longer takes lets nothing through.
    if (error instanceof Unusable) return false;
    throw error;
  }
}

function judgeList(run: Run, schema: ParameterSchema, value: Json[], path: Path): void {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, uniqueItems, items } = schema;
  if (value.length < minItems) complain(run, path, `must have at least ${minItems} entries.`);
  if (value.length > maxItems) complain(run, path, `must have at most ${maxItems} entries.`);
  if (uniqueItems && new Set(value.map(canonicalize)).size < value.length) complain(run, path, 'says something twice.');
  if (items) for (const [index, item] of value.entries()) judgeValue(run, items, item, [...path, index]);
}

function judgeObject(run: Run, schema: ParameterSchema, value: JsonObject, path: Path): void {
  const { required = [], minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema;
  const names = Object.keys(value);
  for (const name of required) if (!Object.hasOwn(value, name)) complain(run, [...path, name], 'is missing.');
  if (names.length < minProperties) complain(run, path, `must have at least ${minProperties} fields.`);
  if (names.length > maxProperties) complain(run, path, `must have at most ${maxProperties} fields.`);
  for (const name of names) {
    const property = schemaOfProperty(schema, name);
    if (property === false) complain(run, [...path, name], 'is not a parameter of this action.');
    else if (property !== true) judgeValue(run, property, value[name]!, [...path, name]);
  }
}

/**
 * Where `params` do not fit the schema; null: nothing is asked of them.
 *
 * @param masked whether they are as readers see them, hidden values covered (hidden.ts): for a verifier
 * @returns at most 20 places with pointers that begin with `/params`; none: they fit
 */
export function faultsOfParams(schema: ParameterSchema | null, params: JsonObject, masked = false): ProblemPlace[] {
  if (schema === null) return [];
  const run: Run = { faults: [], masked, steps: MAX_SCHEMA_STEPS };
  judgeValue(run, { type: 'object', ...schema }, params, []);
  return run.faults.slice(0, MAX_PARAMETER_FAULTS);
}
