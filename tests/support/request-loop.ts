// Every member of a bundle's request document, at every depth: altered, removed, renamed, and with one beside it. What no
// mutation may do unseen is change what the document says; what no event determines must be named as such.
import { sameJson } from '../../core/canonical.ts';
import { birthOf, type Case, votesOf } from '../../core/evidence/case.ts';
import type { EvidenceBundle } from '../../core/evidence/forms.ts';
import { checkHistory } from '../../core/evidence/history.ts';
import { checkRequest } from '../../core/evidence/request.ts';
import { Tally } from '../../core/evidence/tally.ts';
import type { Json, JsonObject } from '../../core/json.ts';

/** The committed list: members that no event determines. `*` stands for a list's place. */
export const ASSERTED_MEMBERS: readonly string[] = [
  // Where the operator says that people can review it.
  'review_url',
  // Whether something waits to be sealed: no sealed event can say so.
  'ledger/pending',
  // What policy lets a reviewer edit now: no event holds it. Only while it is pending.
  'editable',
  // The authenticator's word to the operator when it was used last.
  'decisions/*/assurance/backed_up',
  // Said beside a report of "not started", which is no event of its own.
  'outcome/detail',
  'outcome/evidence',
  // Of an erased request: what it told the agent to do was a part of what is erased.
  'on_rejection',
];

/** Members that came to a form alone: a document that lacks one is an older one, if it says nothing, and it is named. */
const ABSENT_MEMBERS: readonly string[] = ['next_escalation', 'hidden'];

interface Mutation {
  what: string;
  path: readonly string[];
  request: JsonObject;
}

type Container = Json[] | JsonObject;
const isContainer = (value: Json | undefined): value is Container => typeof value === 'object' && value !== null;

/** Every place in a value, the containers included. */
function* places(value: Json, path: string[] = []): Generator<string[]> {
  if (path.length > 0) yield path;
  if (!isContainer(value)) return;
  for (const [name, part] of Object.entries(value)) yield* places(part, [...path, name]);
}

const at = (value: Json, path: readonly string[]): Json =>
  path.reduce<Json>((part, name) => (part as JsonObject)[name]!, value);

/** Other values than this one, of its own kind and of others. */
function others(value: Json): Json[] {
  const more: Json[] = [null, true, false, 0, '', 'x', [], {}];
  if (typeof value === 'string') more.push(`${value}x`, value.slice(1), value.toUpperCase());
  if (typeof value === 'number') more.push(value + 1, -value, String(value));
  if (Array.isArray(value)) more.push([...value, value[0] ?? 'x'], value.slice(1), [...value].reverse());
  return more.filter((other) => !sameJson(other, value));
}

/** @param tried whether the member at a path is mutated */
export function* mutations(request: JsonObject, tried = (_path: readonly string[]) => true): Generator<Mutation> {
  for (const path of places(request)) {
    if (!tried(path)) continue;
    const name = path.at(-1)!;
    const changing = (what: string, change: (parent: JsonObject) => void, where = path): Mutation => {
      const copy = structuredClone(request);
      change(at(copy, path.slice(0, -1)) as JsonObject);
      return { what, path: where, request: copy };
    };
    const value = at(request, path);
    for (const other of others(value))
      yield changing(`altered to ${JSON.stringify(other).slice(0, 40)}`, (parent) => {
        parent[name] = other;
      });
    const parent = at(request, path.slice(0, -1));
    if (Array.isArray(parent)) continue;
    yield changing('removed', (owner) => delete owner[name]);
    yield changing('renamed', (owner) => {
      owner[`${name}_`] = owner[name]!;
      delete owner[name];
    });
    yield changing(
      'joined by another member',
      (owner) => {
        owner[`${name}_2`] = owner[name]!;
      },
      [...path.slice(0, -1), `${name}_2`],
    );
  }
}

const matches = (pattern: string, path: readonly string[]): boolean => {
  const parts = pattern.split('/');
  return parts.length <= path.length && parts.every((part, place) => part === '*' || part === path[place]);
};

/** The checks of a bundle's document, again and again over other documents. */
export function verifierOf(bundle: EvidenceBundle): (request: JsonObject) => Tally {
  const life = checkHistory(bundle, new Tally());
  const parts = { birth: birthOf(bundle), votes: votesOf(bundle), life } as Omit<Case, 'bundle' | 'tally'>;
  return (request) => {
    const tally = new Tally();
    checkRequest({ ...parts, bundle: { ...bundle, request }, tally });
    return tally;
  };
}

/** Mutations that are neither found nor of a member that the claims name as asserted or withheld, each in words. */
export function unnoticed(bundle: EvidenceBundle): string[] {
  const check = verifierOf(bundle);
  const withheld = namedIn(check(bundle.request), 'not-replayable');
  return [...mutations(bundle.request)].flatMap(({ what, path, request }) => {
    const tally = check(request);
    if (tally.claims.some(({ status, field }) => status === 'failed' && field?.startsWith('/request/'))) return [];
    const listed = [...ASSERTED_MEMBERS, ...(what === 'removed' ? ABSENT_MEMBERS : []), ...withheld].find((pattern) =>
      matches(pattern, path),
    );
    const name = path.slice(0, listed?.split('/').length).join('/');
    const named = [...namedIn(tally, 'asserted'), ...namedIn(tally, 'not-replayable')].includes(name);
    return listed !== undefined && named ? [] : [`${path.join('/')} ${what}`];
  });
}

/** The members that the claims about the document name, of one status. */
const namedIn = ({ claims }: Tally, status: string): string[] =>
  claims
    .filter((one) => one.claim === 'request' && one.status === status)
    .flatMap(({ detail }) => detail.slice(detail.indexOf(':') + 2, detail.indexOf('.')).split(', '));
