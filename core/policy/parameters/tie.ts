// A tie: what the resource of a call must be, made of its params (`resource: "channel:{channel}"` of an entry under
// `parameters`). Without one, resource and params are two words for one fact, and a rule on one is passed by the other.
// Invariant: a resource has one reading under its template, because a placeholder is a whole segment and its value has no
// separator; resource and params are compared exactly, so that what is merely alike is refused.

import { sameJson } from '../../canonical.ts';
import { SEPARATORS } from '../../glob.ts';
import { pointerOf } from '../../json/place.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { ProblemPlace } from '../../problems.ts';
import type { ParameterSchema } from './model.ts';

/** What a door has in its hands. */
export interface Call {
  resource: string;
  params: JsonObject;
}

type Piece = { text: string } | { param: string };

/** `repo:{owner}/{name}` → its literal texts and the names of its params, in order. */
export const piecesOf = (template: string): Piece[] =>
  [...template.matchAll(/\{([^{}]*)\}|[^{}]+|[{}]/g)].map(([text, param]) =>
    param === undefined ? { text: text! } : { param },
  );

const namesIn = (template: string): string[] =>
  piecesOf(template).flatMap((piece) => ('param' in piece ? [piece.param] : []));

/** Params that make the resource: no reviewer changes them, because that would be another resource. */
export const tiedIn = (schema: ParameterSchema | null | undefined): string[] =>
  schema?.resource === undefined ? [] : namesIn(schema.resource);

const ownOf = (params: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(params, name) ? params[name] : undefined;

const ONE_SEGMENT =
  'makes the resource, so it is text without `.`, `:`, `/`, `*` and without blanks at its ends, or a whole number.';

/** How a value stands in a resource; null: it cannot. */
function segmentOf(value: Json | undefined): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : null;
  if (typeof value !== 'string' || value === '' || value !== value.trim()) return null;
  return [...value].some((char) => SEPARATORS.has(char) || char === '*') ? null : value;
}

/** Where a call's params cannot make its resource, or make another one; none without a tie. */
export function faultsOfTie(schema: ParameterSchema | null | undefined, { resource, params }: Call): ProblemPlace[] {
  const template = schema?.resource;
  if (template === undefined) return [];
  const faults = namesIn(template).flatMap((name): ProblemPlace[] => {
    const value = ownOf(params, name);
    const detail = value === undefined ? 'is missing: the resource is made of it.' : ONE_SEGMENT;
    return segmentOf(value) === null ? [{ pointer: pointerOf(['params', name]), detail }] : [];
  });
  if (faults.length > 0) return faults;
  const made = piecesOf(template)
    .map((piece) => ('text' in piece ? piece.text : segmentOf(ownOf(params, piece.param))))
    .join('');
  return made === resource ? [] : [{ pointer: '/resource', detail: `must be ${made}: that is what the params say.` }];
}

/** Where an edit touches what makes the resource, even if the resource would read the same. */
export const faultsOfTiedEdit = (
  schema: ParameterSchema | null | undefined,
  before: JsonObject,
  after: JsonObject,
): ProblemPlace[] =>
  tiedIn(schema)
    .filter((name) => !sameJson(ownOf(before, name) ?? null, ownOf(after, name) ?? null))
    .map((name) => ({ pointer: pointerOf(['params', name]), detail: 'makes the resource: no edit changes it.' }));
