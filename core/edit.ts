// What an edit of an action is, in the form that people sign: the params that would run, the digest of the action with
// them, and every field that differs from what the agent asked. Pure and the same on page, server, SDK and verifier.
// Invariant: the same two params always give the same diff.
import { sameJson } from './canonical.ts';
import { type ActionParts, actionDigest } from './digest.ts';
import { pointerOf } from './json/place.ts';
import { type Digest, isObject, type Json, type JsonObject } from './json.ts';
import { masked } from './policy/parameters/hidden.ts';
import type { ParameterSchema } from './policy/parameters/model.ts';

/** One field that differs. The side that does not exist is null, and `kind` tells it from a null that was there. */
export interface FieldChange {
  /** RFC 6901 JSON Pointer into params. */
  pointer: string;
  kind: 'added' | 'removed' | 'changed';
  from: Json;
  to: Json;
}

/** The effective action where it is not the one that was asked; `diff` is against what was asked, whoever edited when. */
export interface Edited {
  params: JsonObject;
  action_digest: Digest;
  diff: FieldChange[];
}

const byPointer = (one: FieldChange, other: FieldChange): number => (one.pointer < other.pointer ? -1 : 1);

/** Every field that differs, sorted by pointer. Objects are entered; a list is one value, because its places move. */
export const diffOf = (before: JsonObject, after: JsonObject): FieldChange[] =>
  changesIn(before, after, '').sort(byPointer);

function changesIn(before: JsonObject, after: JsonObject, prefix: string): FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const [from, to] = [own(before, key), own(after, key)];
    return changesAt(`${prefix}${pointerOf([key])}`, from, to);
  });
}

const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

function changesAt(pointer: string, from: Json | undefined, to: Json | undefined): FieldChange[] {
  if (from === undefined) return [{ pointer, kind: 'added', from: null, to: to! }];
  if (to === undefined) return [{ pointer, kind: 'removed', from, to: null }];
  if (isObject(from) && isObject(to)) return changesIn(from, to, pointer);
  return sameJson(from, to) ? [] : [{ pointer, kind: 'changed', from, to }];
}

/**
 * The edit of an action as it is signed.
 *
 * @param asked the action as the agent asked it
 * @param params those that would run instead
 * @param schema what hides some of them: the digest is over the true values, the signed params and the diff hold the mark
 */
export const editedAction = (
  asked: ActionParts,
  params: JsonObject,
  schema: ParameterSchema | null | undefined = null,
): Edited => ({
  params: masked(schema, params),
  action_digest: actionDigest({ ...asked, params }),
  diff: diffOf(masked(schema, asked.params), masked(schema, params)),
});
