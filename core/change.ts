// A change of policy, people or keys, as pure data: its digests, its words, and how many must sign. What a kind of change
// may say is change/value.ts; what it does is the organisation's object.
import type { Change, ChangeKind, OrganizationSettings } from './authority.ts';
import { canonicalize, sameJson } from './canonical.ts';
import { digestOf } from './digest.ts';
import type { ChangeIntent } from './intent.ts';
import { type Digest, isObject, type Json, type JsonObject } from './json.ts';

/** Before and after of the target alone, with their digests: what a signature is over. */
export interface Difference {
  before: Json;
  after: Json;
  before_digest: Digest;
  after_digest: Digest;
  /** In words, one sentence or line each. */
  diff: string[];
}

/** Compares the target before and after. `words`: what a policy's lines mean, from whoever has both of them read. */
export function difference(kind: ChangeKind, before: Json, after: Json, words: readonly string[] = []): Difference {
  const digests = { before_digest: digestOf(before), after_digest: digestOf(after) };
  return { before, after, ...digests, diff: inWords(kind, before, after, words) };
}

/** What is signed, from the object's or the page's own state; nonce and times are the server's. */
export function changeIntent(
  of: {
    organization: string;
    rp_id: string;
    signer: string;
    change: Pick<Change, 'id' | 'kind' | 'target' | 'before_digest' | 'after_digest'>;
  },
  given: Pick<ChangeIntent, 'nonce' | 'issued_at' | 'expires_at'>,
): ChangeIntent {
  const { organization, rp_id, signer, change } = of;
  const { id, kind, target, before_digest, after_digest } = change;
  const { nonce, issued_at, expires_at } = given;
  const about = { change: id, change_kind: kind, target, before_digest, after_digest, signer };
  return { v: 1, kind: 'change', organization, rp_id, ...about, nonce, issued_at, expires_at };
}

/**
 * How many administrators must sign: two, where there are two, for somebody new who may approve and for whatever the
 * organisation lists (policy.md "Changing policy, people and keys"). One otherwise.
 */
export function signaturesNeeded(
  kind: ChangeKind,
  facts: { administrators: number; letsApprove: boolean; settings: OrganizationSettings },
): number {
  const wanted = facts.letsApprove || facts.settings.four_eyes.includes(kind);
  return wanted && facts.administrators >= 2 ? 2 : 1;
}

const named = (value: Json): string => {
  const document = value as JsonObject | null;
  return String(document?.name ?? document?.email ?? document?.url ?? document?.id ?? '');
};

/** Kind → the sentence that heads its words. */
const HEADINGS: Record<ChangeKind, (before: Json, after: Json) => string> = {
  policy: (before, after) =>
    `Policy version ${(before as JsonObject).version} becomes ${(after as JsonObject).version}.`,
  invitation: (_before, after) => `Invites ${named(after)} as ${listed((after as JsonObject).roles!)}.`,
  member: (before, after) => (before === null ? `Enrols ${named(after)}.` : `Changes the member ${named(before)}.`),
  recovery: (_before, after) => `Lets ${named(after)} enrol a new passkey; all earlier ones end when it is used.`,
  group: (before, after) => verb('the group', before, after),
  service_account: (before, after) => verb('the service account', before, after),
  api_key: (_before, after) => `Creates the API key ${named(after)} with ${listed((after as JsonObject).scopes!)}.`,
  webhook_endpoint: (before, after) => verb('the webhook endpoint', before, after),
  oidc_issuer: (before, after) => verb('the identity provider', before, after),
  organization: () => 'Changes the settings of the organisation.',
  erasure: (_before, after) =>
    `Erases for good what is personal in ${(after as JsonObject).request}: parameters, context, comments, names, signed texts.`,
  delegation: (_before, after) => {
    const { from_name, to_name, expires_at } = after as JsonObject;
    return `${from_name} lends ${to_name} the right to decide, until ${expires_at}.`;
  },
  stop_lift: (before) => `Lifts the stop of ${(before as JsonObject | null)?.target ?? 'nothing'}.`,
};

const verb = (what: string, before: Json, after: Json): string =>
  before === null
    ? `Creates ${what} ${named(after)}.`
    : `${after === null ? 'Removes' : 'Changes'} ${what} ${named(before)}.`;

function inWords(kind: ChangeKind, before: Json, after: Json, words: readonly string[]): string[] {
  const heading = HEADINGS[kind](before, after);
  if (kind === 'policy') return [heading, ...words, ...lineDiff(sourceOf(before), sourceOf(after))];
  return [heading, ...fieldDiff(before, after)];
}

const sourceOf = (document: Json): string => String((document as JsonObject | null)?.source ?? '');

/** `name: old → new`, `members: + usr_…`, one line per field that differs. */
function fieldDiff(before: Json, after: Json): string[] {
  const old: JsonObject = isObject(before) ? before : {};
  const fresh: JsonObject = isObject(after) ? after : {};
  const fields = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort();
  return fields
    .filter((field) => !sameJson(old[field] ?? null, fresh[field] ?? null))
    .filter((field) => !(isNothing(old[field]) && isNothing(fresh[field])))
    .map((field) => `${field}: ${changed(old[field] ?? null, fresh[field] ?? null)}`);
}

/** Absent, null and an empty list read alike: between them nothing has changed for people. */
const isNothing = (value: Json | undefined): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

function changed(old: Json, fresh: Json): string {
  if (!Array.isArray(old) || !Array.isArray(fresh)) return `${written(old)} → ${written(fresh)}`;
  const added = fresh.filter((item) => !old.some((other) => sameJson(other, item)));
  const gone = old.filter((item) => !fresh.some((other) => sameJson(other, item)));
  return (
    [...added.map((item) => `+ ${written(item)}`), ...gone.map((item) => `− ${written(item)}`)].join(', ') || 'order'
  );
}

const written = (value: Json): string =>
  value === null
    ? 'nothing'
    : typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? listed(value)
        : canonicalize(value);

const listed = (value: Json): string =>
  Array.isArray(value) && value.length > 0 ? value.map(written).join(', ') : 'nothing';

/** Beyond this, two documents are compared by what is left after the common start and end, as a whole. */
const MAX_COMPARED_LINES = 600;

/** `- 12: old`, `+ 12: new`: a shortest line difference, after the common start and end. */
export function lineDiff(before: string, after: string): string[] {
  const old = before.split('\n');
  const fresh = after.split('\n');
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++;
  let end = 0;
  while (end < old.length - start && end < fresh.length - start && old.at(-1 - end) === fresh.at(-1 - end)) end++;
  return middleDiff(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end), start);
}

function middleDiff(old: string[], fresh: string[], offset: number): string[] {
  const small = old.length <= MAX_COMPARED_LINES && fresh.length <= MAX_COMPARED_LINES;
  const common = small ? commonLengths(old, fresh) : null;
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < fresh.length) {
    if (common && i < old.length && j < fresh.length && old[i] === fresh[j]) {
      i++;
      j++;
    } else if (i < old.length && (j >= fresh.length || !common || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push(`- ${offset + i + 1}: ${old[i++]}`);
    } else {
      lines.push(`+ ${offset + j + 1}: ${fresh[j++]}`);
    }
  }
  return lines;
}

/** Length of the longest common subsequence from (i, j) on. */
function commonLengths(old: string[], fresh: string[]): Uint16Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = fresh.length - 1; j >= 0; j--)
      table[i]![j] = old[i] === fresh[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
  return table;
}
