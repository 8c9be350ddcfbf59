// What an approval rested on besides the call itself: metadata and context that let policy allow it (constraints), and
// the state that the agent named (precondition). A token that names any of them is good only for a call that states them.
// Invariant: what the call does not state is never taken to fit.
import { sameJson } from '../../../core/canonical.ts';
import type { AuthorizationDetail } from '../../../core/claims.ts';
import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { refuse } from './jws.ts';

/** What the call states. Undefined: nothing is said about it; null: the call has none. */
export interface StatedBindings {
  metadata?: JsonObject | null;
  context?: JsonObject | null;
  precondition?: JsonObject | null;
}

/** Throws unless everything that the token rests on is stated by the call, with the same value. */
export function assertBindings({ constraints, precondition }: AuthorizationDetail, call: StatedBindings): void {
  if (!isObject(constraints) || precondition === undefined) refuse('not-an-action');
  for (const [name, value] of Object.entries(constraints)) assertConstraint(name, value, call);
  if (precondition !== null && call.precondition === undefined) refuse('precondition-not-compared');
  if (!sameJson(precondition, call.precondition ?? null)) refuse('wrong-precondition');
}

function assertConstraint(name: string, value: Json, call: StatedBindings): void {
  const { root, keys } = pathOf(name) ?? refuse('constraint-unknown');
  const stated = call[root];
  if (stated === undefined) refuse('constraints-not-compared');
  // A proposal without metadata is judged as one whose metadata is empty; without context, as one whose context is null.
  const whole = root === 'metadata' ? (stated ?? {}) : stated;
  if (!sameJson(valueAt(whole, keys), value)) refuse('wrong-constraints');
}

interface Path {
  root: 'metadata' | 'context';
  keys: (string | number)[];
}

const NAME = /^(metadata|context)((?:\.[A-Za-z_]\w*|\["(?:[^"\\]|\\.)*"\]|\[\d{1,9}\])*)$/;
const STEP = /\.([A-Za-z_]\w*)|\[("(?:[^"\\]|\\.)*"|\d+)\]/g;

/** `context.records`, `metadata["a key"]`, `context.items[0].price`: as policy names what it read. */
function pathOf(name: string): Path | null {
  const [, root, rest = ''] = NAME.exec(name) ?? [];
  if (root === undefined) return null;
  const keys = [...rest.matchAll(STEP)].map(([, field, key]) => field ?? (JSON.parse(key!) as string | number));
  return { root: root as Path['root'], keys };
}

/** Null where there is nothing: policy records the same for what it looked for in vain. */
function valueAt(value: Json, keys: Path['keys']): Json {
  return keys.reduce<Json>((part, key) => {
    const own = typeof part === 'object' && part !== null && Object.hasOwn(part, key) && typeof key === keyKind(part);
    return own ? ((part as JsonObject)[key] ?? null) : null;
  }, value);
}

const keyKind = (of: Json[] | JsonObject): 'number' | 'string' => (Array.isArray(of) ? 'number' : 'string');
