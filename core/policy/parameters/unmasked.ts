// What was covered, for who has it: the pointers of an answer say where `(hidden)` stands for a value, and whoever sent the
// value puts it back to compare. It stays small: the SDK carries it to every agent.
import { isObject, type Json, type JsonObject } from '../../json.ts';

/** What is read in the place of a hidden value. `hidden` beside the params says where it stands for one. */
export const HIDDEN = '(hidden)';

/**
 * A value as it is shown, with the caller's own wherever the mark stands: an edit may have taken a place away together with
 * what held it. Where the caller has none, nothing stands: such params are nobody's. What comes of it proves nothing yet:
 * whoever asks compares the digest that the capability names.
 */
export function unmasked(shown: Json, own: Json | undefined): Json {
  if (shown === HIDDEN) return own as Json;
  if (typeof shown !== 'object' || shown === null) return shown;
  const parts = Object.entries(shown).map(([key, inner]): [string, Json] => [
    key,
    unmasked(inner, (own as JsonObject | undefined)?.[key]),
  ]);
  return Array.isArray(shown) ? parts.map(([, inner]) => inner) : Object.fromEntries(parts);
}

const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const inside = (value: Json | undefined, key: string): Json | undefined => {
  const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  return holds ? (value as JsonObject)[key] : undefined;
};

/** Whether the mark stands there. */
export const standsAt = (shown: JsonObject, pointer: string): boolean =>
  keysOf(pointer).reduce<Json | undefined>(inside, shown) === HIDDEN;

/** Params without the members at these pointers: what is judged later must not take the mark for a value. */
export function withoutHidden(shown: JsonObject, hidden: readonly string[]): JsonObject {
  if (hidden.length === 0) return shown;
  const left = structuredClone(shown);
  for (const pointer of hidden) {
    const keys = keysOf(pointer);
    const last = keys.pop();
    const holder = keys.reduce<Json | undefined>(inside, left);
    // An item of a list keeps its place, and those after it theirs.
    if (last !== undefined && isObject(holder)) delete holder[last];
  }
  return left;
}
