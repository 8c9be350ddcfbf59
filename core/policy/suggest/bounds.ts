// What was the same in everything that a group of requests held: the condition under which a suggested pattern lets the
// like of them through, and nothing wider. Top-level parameters alone; what nests or differs in kind bounds nothing.
import { globMatches } from '../../glob.ts';
import type { Json, JsonObject } from '../../json.ts';
import { MAX_CONDITION_CHARS } from '../bounds.ts';

/** What one parameter was, over all requests so far; null: it differs in a way that no bound tells. */
type Seen = { kind: 'number'; least: number; most: number } | { kind: 'same'; value: string | boolean } | null;

export interface Shape {
  params: Map<string, Seen>;
  metadata: Map<string, Seen>;
}

/** Longer text is no setting but content. */
const MAX_VALUE_CHARS = 100;
/** More keys than that are data. */
const MAX_KEYS = 30;

const seenOf = (value: Json): Seen =>
  typeof value === 'number'
    ? { kind: 'number', least: value, most: value }
    : (typeof value === 'string' && value.length <= MAX_VALUE_CHARS) || typeof value === 'boolean'
      ? { kind: 'same', value }
      : null;

function merged(one: Seen, other: Seen): Seen {
  if (one?.kind === 'number' && other?.kind === 'number')
    return { kind: 'number', least: Math.min(one.least, other.least), most: Math.max(one.most, other.most) };
  return one?.kind === 'same' && other?.kind === 'same' && one.value === other.value ? one : null;
}

const mapOf = (object: JsonObject): Map<string, Seen> =>
  new Map(
    Object.entries(object)
      .slice(0, MAX_KEYS)
      .map(([key, value]) => [key, seenOf(value)]),
  );

export const shapeOf = (params: JsonObject, metadata: JsonObject): Shape => ({
  params: mapOf(params),
  metadata: mapOf(metadata),
});

/** The shape of both: keys that only one has are dropped. */
export const common = (one: Shape, other: Shape): Shape => ({
  params: commonKeys(one.params, other.params),
  metadata: commonKeys(one.metadata, other.metadata),
});

const commonKeys = (one: Map<string, Seen>, other: Map<string, Seen>): Map<string, Seen> =>
  new Map([...one].flatMap(([key, seen]) => (other.has(key) ? [[key, merged(seen, other.get(key)!)]] : [])));

const IDENTIFIER = /^[a-z_][a-zA-Z0-9_]*$/;

/** CEL: each parameter there, and within what was seen. Null when nothing bounds it. */
export function conditionFor({ params }: Shape): string | null {
  const clauses = [...params]
    .filter(([key, seen]) => seen !== null && IDENTIFIER.test(key))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, seen]) => `has(param.${key}) && ${clauseOf(`param.${key}`, seen!)}`);
  const kept = clauses.filter((_, at) => clauses.slice(0, at + 1).join(' && ').length <= MAX_CONDITION_CHARS);
  return kept.length === 0 ? null : kept.join(' && ');
}

const clauseOf = (name: string, seen: NonNullable<Seen>): string =>
  seen.kind === 'same'
    ? `${name} == ${JSON.stringify(seen.value)}`
    : seen.least === seen.most
      ? `${name} == ${seen.most}`
      : `${name} >= ${seen.least} && ${name} <= ${seen.most}`;

/** Metadata that was always the same, for the match. A text that would read as a pattern is left out. */
export const metadataFor = ({ metadata }: Shape): { [key: string]: string | number | boolean } =>
  Object.fromEntries(
    [...metadata].flatMap(([key, seen]): [string, string | number | boolean][] =>
      seen?.kind === 'same' && !String(seen.value).includes('*')
        ? [[key, seen.value]]
        : seen?.kind === 'number' && seen.least === seen.most
          ? [[key, seen.most]]
          : [],
    ),
  );

/** What resources have in common, so far. */
export interface Resources {
  kind: string;
  /** null: there were several. */
  only: string | null;
  /** Whether `*` after the kind meets all of them: none has parts. */
  areFlat: boolean;
}

export function resourcesOf(resource: string): Resources {
  const kind = resource.slice(0, resource.indexOf(':'));
  return { kind, only: resource, areFlat: globMatches(`${kind}:*`, resource) };
}

export const commonResources = (one: Resources, other: Resources): Resources => ({
  kind: one.kind,
  only: one.only === other.only ? one.only : null,
  areFlat: one.areFlat && other.areFlat,
});

/** The one resource, else its kind. A name that would read as a pattern is not taken for one. */
export const resourceGlob = ({ kind, only, areFlat }: Resources): string =>
  only !== null && !only.includes('*') ? only : `${kind}:${areFlat ? '*' : '**'}`;
