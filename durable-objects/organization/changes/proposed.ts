// A change is proposed: judged in its shape, planned from the state as it is, recorded with its digests. A person's waits
// for signatures; in a test organisation a key with `changes:propose` applies at once.
import { hmacSha256 } from '#sha256';
import { ADMINISTERS, CHANGE_KINDS, type ChangeKind, type Credential } from '../../../core/authority.ts';
import { canonicalBytes } from '../../../core/canonical.ts';
import { checkValue, normalValue } from '../../../core/change/value.ts';
import { difference } from '../../../core/change.ts';
import { digestOf } from '../../../core/digest.ts';
import { instantAt, instantMs } from '../../../core/duration.ts';
import { derivedId } from '../../../core/ids.ts';
import type { Digest, JsonObject } from '../../../core/json.ts';
import { CHANGE_LIFETIME_SECONDS, MAX_OPEN_CHANGES } from '../../../core/limits.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';
import { baseMoved, needed, planOf, proposedEvent } from '../changes.ts';
import type { Plan } from '../kinds/kind.ts';
import { authenticate, idOf, personWith } from '../principals.ts';
import type { ChangeRecord } from '../records.ts';
import { idKey, mintId, nowInstant, organizationOf, type Room, record } from '../room.ts';
import { applyNow } from './applied.ts';

export interface Proposal {
  credential: Credential;
  kind: ChangeKind;
  target?: string | null;
  value: JsonObject;
  /** What the caller thinks the target is now: `before_digest` of an earlier look, or the digest of the policy. */
  base_digest?: Digest | null;
  /** Idempotency-Key. */
  idempotency?: string | null;
}

interface Proposer {
  id: string;
  name: string;
  /** A key of a test organisation: its change needs nobody. */
  appliesAtOnce: boolean;
}

/** Kinds that everybody proposes for themselves, and no key for anybody. */
const OWN: readonly ChangeKind[] = ['delegation'];

function proposerOf(room: Room, { credential, kind }: Pick<Proposal, 'credential' | 'kind'>): Result<Proposer> {
  const known = authenticate(room, credential);
  if (!known.ok) return known;
  const by = known.value;
  if (OWN.includes(kind))
    return by.kind === 'person'
      ? ok({ id: by.user, name: by.name, appliesAtOnce: false })
      : fail('forbidden', 'No API key lends anybody’s right to decide: whose right it is signs in and does.');
  if (by.kind === 'machine') {
    if (!by.scopes.includes('changes:propose'))
      return fail('forbidden', 'This needs an API key with the scope changes:propose.');
    return ok({ id: idOf(by), name: by.name, appliesAtOnce: organizationOf(room).kind === 'test' });
  }
  const person = personWith(room, credential, ADMINISTERS);
  return person.ok ? ok({ id: by.user, name: by.name, appliesAtOnce: false }) : person;
}

/** Whether somebody may propose changes at all. */
export const mayPropose = (room: Room, proposal: Proposal): Result<unknown> => proposerOf(room, proposal);

/** Whether a proposal will want to be applied by this very call. */
export const appliesAtOnce = (room: Room, proposal: Proposal): boolean => {
  const by = proposerOf(room, proposal);
  return by.ok && by.value.appliesAtOnce;
};

/** Records what somebody wishes; the id of the change. Only inside `transact`. */
export function propose(room: Room, proposal: Proposal): Result<{ id: string; replayed: boolean }> {
  const by = proposerOf(room, proposal);
  if (!by.ok) return by;
  const { kind, idempotency } = proposal;
  const value = normalValue(proposal.value);
  const target = proposal.target ?? null;
  if (!CHANGE_KINDS.includes(kind)) return fail('invalid-request', `There is no kind of change called ${kind}.`);
  const body_digest = digestOf({ kind, target, value: proposal.value, base_digest: proposal.base_digest ?? null });
  const id = idempotency ? idFor(room, by.value.id, idempotency) : mintId('chg');
  const earlier = room.store.changes.get(id);
  if (earlier) return repeated(earlier, body_digest);
  if (!by.value.appliesAtOnce && openBy(room, by.value.id) >= MAX_OPEN_CHANGES) return tooMany();
  const wish = { kind, target, value, by: by.value.id };
  const planned = checkedPlan(room, id, wish, proposal.base_digest ?? null);
  if (!planned.ok) return planned;
  const change = write(room, { id, kind, value, body_digest }, planned.value, by.value);
  record(room, [proposedEvent(change, by.value.id, by.value.name)]);
  if (by.value.appliesAtOnce) applyNow(room, change, []);
  return ok({ id, replayed: false });
}

/** How many of somebody's changes wait for a signature. */
const openBy = (room: Room, proposer: string): number =>
  room.store.changes
    .list(['status', '=', 'proposed'])
    .filter(({ proposed_by, expires_at }) => proposed_by === proposer && expires_at > nowInstant()).length;

const tooMany = () =>
  fail('too-many-pending', `${MAX_OPEN_CHANGES} of your changes wait for a signature: sign or reject some first.`, {
    retry_after_seconds: 3_600,
  });

const idFor = (room: Room, principal: string, idempotency: string): string =>
  derivedId('chg', hmacSha256(idKey(room), canonicalBytes(['change', principal, idempotency])));

const repeated = (earlier: ChangeRecord, body_digest: Digest): Result<{ id: string; replayed: boolean }> =>
  earlier.body_digest === body_digest
    ? ok({ id: earlier.id, replayed: true })
    : fail('idempotency-mismatch', 'This Idempotency-Key came before with another change.');

function checkedPlan(
  room: Room,
  id: string,
  wish: { kind: ChangeKind; target: string | null; value: JsonObject; by: string },
  base_digest: Digest | null,
): Result<Plan> {
  const checked = checkValue(wish.kind, wish.value, wish.target === null);
  if (!checked.ok) return checked;
  const planned = planOf(room, id, wish);
  if (!planned.ok || base_digest === null) return planned;
  const { before } = planned.value;
  const bases = [digestOf(before), wish.kind === 'policy' ? (before as JsonObject).digest : null];
  return bases.includes(base_digest) ? planned : baseMoved();
}

function write(
  room: Room,
  of: { id: string; kind: ChangeKind; value: JsonObject; body_digest: Digest },
  plan: Plan,
  by: Proposer,
): ChangeRecord {
  const now = nowInstant();
  return room.store.changes.put({
    id: of.id,
    kind: of.kind,
    target: plan.target,
    status: 'proposed',
    value: of.value,
    ...difference(of.kind, plan.before, plan.after, plan.words),
    warnings: plan.warnings.map(({ pointer, detail, line, column }) => ({
      ...{ pointer, detail },
      ...(line === undefined || column === undefined ? {} : { line, column }),
    })),
    proposed_by: by.id,
    proposed_at: now,
    expires_at: instantAt(instantMs(now) + CHANGE_LIFETIME_SECONDS * 1000),
    signatures_needed: by.appliesAtOnce ? 0 : needed(room, of.kind, plan),
    signatures: [],
    applied_at: null,
    body_digest: of.body_digest,
    sealing: false,
    needs_owner: plan.needsOwner,
    ...(plan.giver === undefined ? {} : { giver: plan.giver }),
  });
}
