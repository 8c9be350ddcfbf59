// Values that are never shown (`writeOnly: true` in a parameter's schema): what stands in their place, where they are, and
// how an edit of the rest gets them back. The request's object keeps them; every event, answer, list, message and intent
// holds the masked form. Invariant: the masked form says nothing of a hidden value, not even its length or its type.
import { pointerOf } from '../../json/place.ts';
import { isObject, type Json, type JsonObject } from '../../json.ts';
import type { ProblemPlace } from '../../problems.ts';
import { type ParameterSchema, schemaOfProperty } from './model.ts';
import { HIDDEN } from './unmasked.ts';

export { HIDDEN };

type Path = readonly (string | number)[];
type Schema = ParameterSchema | boolean | undefined;

/** Each part of a value with the schema that it meets. */
function partsOf(schema: ParameterSchema, value: Json): [string | number, Json, Schema][] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item, schema.items]);
  if (!isObject(value)) return [];
  return Object.entries(value).map(([name, inner]) => [name, inner, schemaOfProperty(schema, name)]);
}

function pathsIn(schema: Schema, value: Json, path: Path): Path[] {
  if (typeof schema !== 'object') return [];
  if (schema.writeOnly) return [path];
  return partsOf(schema, value).flatMap(([key, inner, of]) => pathsIn(of, inner, [...path, key]));
}

/** Where params hold hidden values, as JSON pointers below params, sorted; none without a schema that says so. */
export const hiddenIn = (schema: ParameterSchema | null | undefined, params: JsonObject): string[] =>
  schema
    ? pathsIn(schema, params, [])
        .map((path) => pointerOf(path))
        .sort()
    : [];

function mask(schema: Schema, value: Json): Json {
  if (typeof schema !== 'object') return value;
  if (schema.writeOnly) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => mask(schema.items, item));
  if (!isObject(value)) return value;
  return Object.fromEntries(partsOf(schema, value).map(([key, inner, of]) => [key, mask(of, inner)]));
}

/** The params as readers see them; the same object where nothing is hidden. */
export const masked = (schema: ParameterSchema | null | undefined, params: JsonObject): JsonObject =>
  hiddenIn(schema, params).length === 0 ? params : (mask(schema!, params) as JsonObject);

/** Whether somewhere in what this schema describes a value is hidden. */
export const hides = (schema: Schema): boolean =>
  typeof schema === 'object' &&
  (schema.writeOnly === true ||
    [...Object.values(schema.properties ?? {}), schema.additionalProperties, schema.items].some(hides));

/**
 * Whether reading at this path reads a hidden value: one at it, above it, or inside of it.
 *
 * @param path names of members; `null` for an item of a list, or a name that is computed
 */
export function readsHidden(schema: Schema, path: readonly (string | null)[]): boolean {
  if (typeof schema !== 'object') return false;
  const [name, ...rest] = path;
  if (schema.writeOnly || name === undefined || name === null) return hides(schema);
  const inner = [schemaOfProperty(schema, name), ...(schema.items ? [schema.items] : [])];
  return inner.some((one) => readsHidden(one, rest));
}

interface Back {
  faults: ProblemPlace[];
}

const no = (back: Back, path: Path, detail: string): null => {
  back.faults.push({ pointer: pointerOf(['params', ...path]), detail });
  return null;
};

/** One value of an edit, with what is hidden in it taken from the value that stands. */
function back(to: Back, schema: Schema, stands: Json | undefined, given: Json, path: Path): Json {
  if (typeof schema !== 'object' || !hides(schema)) return given;
  if (schema.writeOnly) {
    if (given !== HIDDEN || stands === undefined) return no(to, path, 'is hidden: no edit changes it.');
    return stands;
  }
  if (Array.isArray(given)) return backList(to, schema, stands, given, path);
  if (!isObject(given)) return given;
  return backObject(to, schema, isObject(stands) ? stands : {}, given, path);
}

/** Which entry a hidden value belongs to is known by its place alone. */
function backList(to: Back, schema: ParameterSchema, stands: Json | undefined, given: Json[], path: Path): Json {
  if (!Array.isArray(stands) || stands.length !== given.length)
    return no(to, path, 'holds hidden values: an edit leaves all of its entries in their places.');
  return given.map((item, index) => back(to, schema.items, stands[index], item, [...path, index]));
}

function backObject(to: Back, schema: ParameterSchema, stands: JsonObject, given: JsonObject, path: Path): JsonObject {
  for (const [name, , of] of partsOf(schema, stands))
    if (typeof of === 'object' && of.writeOnly && !Object.hasOwn(given, name))
      no(to, [...path, name], 'is hidden: no edit removes it.');
  return Object.fromEntries(
    Object.entries(given).map(([name, inner]) => {
      const own = Object.hasOwn(stands, name) ? stands[name] : undefined;
      return [name, back(to, schemaOfProperty(schema, name), own, inner, [...path, name])];
    }),
  );
}

/**
 * The params of an edit, as a reviewer wrote them in the masked form, with the hidden values that stand.
 *
 * @returns the places where the edit touches a hidden value; or the params
 */
export function restored(
  schema: ParameterSchema | null | undefined,
  stands: JsonObject,
  given: JsonObject,
): { params: JsonObject } | { faults: ProblemPlace[] } {
  if (!schema || !hides(schema)) return { params: given };
  const to: Back = { faults: [] };
  const params = back(to, schema, stands, given, []) as JsonObject;
  return to.faults.length > 0 ? { faults: to.faults } : { params };
}
