// Changes: proposed by a person or a key (changes/proposed.ts), signed by as many administrators as it takes
// (changes/signed.ts), applied when sealed (changes/applied.ts). Here is what these share, how a change is shown, and how
// one ends that nobody is to sign.

import { hmacSha256 } from '#sha256';
import { ADMINISTERS, type Change, type ChangeKind, type ChangeSecret, type Credential } from '../../core/authority.ts';
import { signaturesNeeded } from '../../core/change.ts';
import { instantMs } from '../../core/duration.ts';
import { utf8 } from '../../core/encoding.ts';
import { derivedId, type IdPrefix } from '../../core/ids.ts';
import type { Digest, Json, JsonObject } from '../../core/json.ts';
import { SECRET_REPLAY_SECONDS } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Plan } from './kinds/kind.ts';
import { KINDS } from './kinds.ts';
import { activeWith } from './people.ts';
import { authenticate, idOf, personWith, readerWith } from './principals.ts';
import type { ChangeRecord } from './records.ts';
import { draft, idKey, nowInstant, organizationOf, type Room, record } from './room.ts';

export interface Answered {
  change: Change;
  secret?: ChangeSecret;
  /** The same call was answered before. */
  replayed?: boolean;
}

/** What only the object knows of a change is not shown; one that waits for the ledger still shows as proposed. */
export function viewOf({ body_digest: _b, sealing, needs_owner: _o, giver: _g, ...change }: ChangeRecord): Change {
  const late = change.status === 'proposed' && !sealing && change.expires_at <= nowInstant();
  return { ...change, status: late ? 'expired' : change.status, applied_at: sealing ? null : change.applied_at };
}

export const notFound = () => fail('not-found', 'There is no such change.');

/** Ids of a change's making: the same change names them the same each time. */
const minter =
  (room: Room, change: string) =>
  (prefix: IdPrefix): string =>
    derivedId(prefix, hmacSha256(idKey(room), utf8(`assentry/change/v1\u0000${change}\u0000${prefix}`)));

/** The plan of what a change wishes, made from the state as it is now. */
export const planOf = (
  room: Room,
  id: string,
  { kind, ...wish }: { kind: ChangeKind; target: string | null; value: JsonObject; by: string },
) => KINDS[kind].plan(room, { ...wish, mint: minter(room, id) });

export const baseMoved = () =>
  fail('base-moved', 'What this change is based on has moved. Look at it as it is now and propose again.');

/** How many must sign, as things stand now. */
export const needed = (room: Room, kind: ChangeKind, plan: Pick<Plan, 'letsApprove'>): number =>
  signaturesNeeded(kind, {
    administrators: activeWith(room, ADMINISTERS).length,
    letsApprove: plan.letsApprove,
    settings: organizationOf(room).settings,
  });

/** Also recorded for each signature but the last: then `signers` says who has signed so far. */
export function proposedEvent(change: ChangeRecord, by: string, name: string, intents: Digest[] = []) {
  const { id, kind, target, before_digest, after_digest, expires_at, signatures } = change;
  const signers = signatures.map(({ signer }) => signer);
  const about = { change: id, target, before_digest, after_digest, signers, intent_digests: intents, kind, expires_at };
  return draft('change.proposed', by, about, { value: change.value as Json, proposer_name: name });
}

/** The change and what is shown once of it, for whoever applied it: for ten minutes or until its first use. */
export function answer(room: Room, id: string, replayed: boolean): Result<Answered> {
  const change = room.store.changes.get(id)!;
  const view = { change: viewOf(change), ...(replayed ? { replayed } : {}) };
  const secretOf = KINDS[change.kind].secret;
  if (change.status !== 'applied' || !secretOf || (change.kind === 'member' && change.before !== null)) return ok(view);
  if (change.kind === 'webhook_endpoint' && change.before !== null) return ok(view);
  const late = Date.now() > instantMs(change.applied_at!) + SECRET_REPLAY_SECONDS * 1000;
  const secret = late ? null : secretOf(room, change);
  if (secret) return ok({ ...view, secret });
  return fail(
    'secret-already-shown',
    'The change is applied and its secret was shown. Revoke it and make another one.',
  );
}

/** A change that waits for its signatures. */
export const viewed = (room: Room, { id, replayed }: { id: string; replayed: boolean }): Answered => ({
  change: viewOf(room.store.changes.get(id)!),
  ...(replayed ? { replayed } : {}),
});

export function getChange(room: Room, question: { credential: Credential; id: string }): Result<Change> {
  const by = readerWith(room, question.credential, ['admin:read', 'changes:propose']);
  if (!by.ok) return by;
  const change = room.store.changes.get(question.id);
  const own = by.value.kind === 'person' || by.value.scopes.includes('admin:read');
  return change && (own || change.proposed_by === idOf(by.value)) ? ok(viewOf(change)) : notFound();
}

/** Ends a change that nobody is to sign: an administrator, or whoever proposed it. */
export function rejectChange(
  room: Room,
  question: { credential: Credential; id: string; reason?: string | null },
): Result<Change> {
  const by = authenticate(room, question.credential);
  if (!by.ok) return by;
  const change = room.store.changes.get(question.id);
  if (!change) return notFound();
  const rights = change.proposed_by === idOf(by.value) ? by : personWith(room, question.credential, ADMINISTERS);
  if (!rights.ok) return rights;
  if (viewOf(change).status !== 'proposed' || change.sealing) return closed(change);
  const rejected = room.store.changes.put({ ...change, status: 'rejected' });
  const { id, kind, target, before_digest, after_digest } = change;
  const signers = change.signatures.map(({ signer }) => signer);
  const about = { change: id, kind, target, before_digest, after_digest, signers, intent_digests: [] };
  record(room, [draft('change.rejected', idOf(by.value), about, { reason: question.reason ?? '' })]);
  return ok(viewOf(rejected));
}

export const closed = (change: ChangeRecord) =>
  fail('change-closed', `This change is ${viewOf(change).status}. Propose it again if it is still wanted.`);
