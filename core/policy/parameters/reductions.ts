// Which differences between two params are reductions that the schema allows, and in which words others are refused. What
// is not named as one is not. Imports no engine, because the review page judges by it while somebody types.
import { canonicalize, sameJson } from '../../canonical.ts';
import { pointerOf } from '../../json/place.ts';
import { isObject, type Json, type JsonObject } from '../../json.ts';
import type { ProblemPlace } from '../../problems.ts';
import { type Narrowing, narrowingsOf, type ParameterSchema, schemaOfProperty } from './model.ts';

type Path = readonly (string | number)[];
/** undefined: not there. */
type Side = Json | undefined;

const same = (one: Side, other: Side): boolean =>
  one === undefined || other === undefined ? one === other : sameJson(one, other);

/** Zero is not crossed: a refund of less than nothing is no smaller refund. */
const sameSide = (before: number, after: number): boolean => (before >= 0 ? after >= 0 : after <= 0);

const numbers = (before: Side, after: Side, holds: (before: number, after: number) => boolean): boolean =>
  typeof before === 'number' && typeof after === 'number' && sameSide(before, after) && holds(before, after);

/** Entries left out, none added, none moved. All of them gone is another thing: many tools read an empty list as "all". */
function isPart(before: Side, after: Side): boolean {
  if (!Array.isArray(before) || !Array.isArray(after) || after.length === 0) return false;
  const whole = before.map(canonicalize);
  let from = 0;
  return after.every((item) => {
    const at = whole.indexOf(canonicalize(item), from);
    from = at + 1;
    return at >= 0;
  });
}

const REDUCES: Record<Narrowing, (before: Side, after: Side) => boolean> = {
  lower: (before, after) => numbers(before, after, (one, other) => other < one),
  higher: (before, after) => numbers(before, after, (one, other) => other > one),
  subset: isPart,
  remove: (before, after) => before !== undefined && after === undefined,
  off: (before, after) => before === true && after === false,
};

const SAYS: Record<Narrowing, string> = {
  lower: 'lowered, not below zero',
  higher: 'raised, not above zero if it was below',
  subset: 'shortened to some of its entries, at least one',
  remove: 'removed',
  off: 'switched off',
};

const detailOf = (allowed: readonly Narrowing[]): string =>
  allowed.length === 0
    ? 'may not be changed.'
    : `may only be ${allowed.map((narrowing) => SAYS[narrowing]).join(', or ')}.`;

function compare(schema: ParameterSchema | null, before: Side, after: Side, path: Path): ProblemPlace[] {
  if (same(before, after)) return [];
  const allowed = schema === null ? [] : narrowingsOf(schema);
  if (allowed.some((narrowing) => REDUCES[narrowing](before, after))) return [];
  if (schema?.properties && isObject(before) && isObject(after)) return compareFields(schema, before, after, path);
  if (schema?.items && Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) => compare(schema.items!, item, after[index], [...path, index]));
  return [{ pointer: pointerOf(['params', ...path]), detail: detailOf(allowed) }];
}

function compareFields(schema: ParameterSchema, before: JsonObject, after: JsonObject, path: Path): ProblemPlace[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const own = (side: JsonObject, name: string): Side => (Object.hasOwn(side, name) ? side[name] : undefined);
  return names.flatMap((name) => {
    const property = schemaOfProperty(schema, name);
    return compare(typeof property === 'object' ? property : null, own(before, name), own(after, name), [
      ...path,
      name,
    ]);
  });
}

/**
 * Where `after` is more than `before`, or other than it.
 *
 * @returns places with pointers that begin with `/params`
 */
export const widenings = (schema: ParameterSchema | null, before: JsonObject, after: JsonObject): ProblemPlace[] =>
  compareFields(schema ?? {}, before, after, []);
