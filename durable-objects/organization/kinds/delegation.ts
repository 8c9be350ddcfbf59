// A delegation: the one change that is somebody's own to give. Its maker signs, whoever administers: nobody delegates for
// somebody else, and no key does. It lends what its maker is asked as directly, for thirty days at most.
import type { DelegationScope } from '../../../core/delegation.ts';
import { instantMs } from '../../../core/duration.ts';
import { asJson, type Instant, type Json } from '../../../core/json.ts';
import { MAX_DELEGATION_AHEAD_SECONDS, MAX_DELEGATION_SECONDS, MAX_DELEGATIONS } from '../../../core/limits.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';
import { openDelegations } from '../delegations.ts';
import { groupNames, mayApprove } from '../people.ts';
import type { MemberRecord } from '../records.ts';
import { draft, nowInstant, type Room } from '../room.ts';
import { afterOf, type Kind, type Plan, plain, type Wish, wrong } from './kind.ts';

interface Document {
  id: string;
  from: string;
  from_name: string;
  to: string;
  to_name: string;
  scope: DelegationScope;
  starts_at: Instant | null;
  expires_at: Instant;
}

interface Value {
  from?: string;
  to: string;
  scope?: Partial<DelegationScope>;
  starts_at?: Instant | null;
  expires_at: Instant;
}

const ANYTHING: DelegationScope = { actions: null, resources: null, sources: null, max_risk: null };
const decides = (room: Room, { id, roles }: MemberRecord): boolean => mayApprove(roles, groupNames(room, id));

function planDelegation(room: Room, { target, value, mint, by }: Wish): Result<Plan> {
  if (target !== null) return wrong('/target', 'a delegation is not changed: end it and make another');
  const { to, from = by, scope = {}, starts_at = null, expires_at } = value as unknown as Value;
  if (from !== by)
    return fail(
      'forbidden',
      'Nobody delegates for somebody else: whoever lends the right to decide signs in and does.',
      {
        errors: [{ pointer: '/value/from', detail: 'is somebody else' }],
      },
    );
  const [giver, taker] = [room.store.members.get(from), room.store.members.get(to)];
  if (giver?.status !== 'active' || !decides(room, giver))
    return fail('forbidden', 'You decide nothing yourself, and what others lent you cannot be lent on.');
  if (taker?.status !== 'active' || to === from) return wrong('/value/to', 'it is lent to another active member');
  if (!decides(room, taker)) return wrong('/value/to', `${taker.name} is no reviewer: a change of roles makes one`);
  const full = { ...ANYTHING, ...scope };
  const fault = faultOfTimes(starts_at, expires_at) ?? faultOfSources(giver, full) ?? tooMany(room, from, to);
  if (fault !== null) return fault;
  const names = { from_name: giver.name, to_name: taker.name };
  const after: Document = { id: mint('del'), from, ...names, to, scope: full, starts_at, expires_at };
  return ok({ ...plain(after.id, null, asJson(after)), giver: from });
}

/** Time-boxed: whoever is away for longer hands the role over. */
function faultOfTimes(starts_at: Instant | null, expires_at: Instant) {
  const now_ms = Date.now();
  const start_ms = Math.max(now_ms, starts_at === null ? now_ms : instantMs(starts_at));
  const end_ms = instantMs(expires_at);
  if (end_ms <= start_ms) return wrong('/value/expires_at', 'it ends before it begins');
  if (end_ms - start_ms > MAX_DELEGATION_SECONDS * 1000) return wrong('/value/expires_at', 'it lasts 30 days at most');
  if (start_ms - now_ms > MAX_DELEGATION_AHEAD_SECONDS * 1000)
    return wrong('/value/starts_at', 'it begins within 90 days');
  return null;
}

/** Only what is held directly: `sources` of a member never hold what was lent (policy.md "never chained"). */
function faultOfSources(giver: MemberRecord, { sources }: DelegationScope) {
  const foreign = sources?.find((source) => !Object.hasOwn(giver.sources, source));
  return foreign === undefined ? null : wrong('/value/scope/sources', `you are not ${foreign} yourself`);
}

function tooMany(room: Room, from: string, to: string) {
  const [given, taken] = [openDelegations(room, 'from', from), openDelegations(room, 'to', to)];
  if (Math.max(given.length, taken.length) < MAX_DELEGATIONS) return null;
  return wrong('/value/to', `${MAX_DELEGATIONS} delegations of one person, or to one, are the most: end some first`);
}

/** The key with which its maker signed. */
const passkeyOf = (signatures: { signer: string; passkey: string }[], from: string): string =>
  signatures.find(({ signer }) => signer === from)!.passkey;

export const delegation: Kind = {
  plan: planDelegation,
  event: (change, shared, by) => {
    const { id, from, from_name, to, to_name, scope, starts_at, expires_at } = afterOf<Document>(change);
    const about = { delegation: id, from, to, starts_at, expires_at, passkey: passkeyOf(change.signatures, from) };
    const personal = { ...shared.personal, scope: scope as unknown as Json, from_name, to_name };
    return draft('delegation.created', by, { ...shared.skeleton, ...about }, personal);
  },
  apply: (room, change) => {
    const { id, from, to, scope, starts_at, expires_at } = afterOf<Document>(change);
    const passkey = passkeyOf(change.signatures, from);
    const made = { id, from, to, scope, starts_at, expires_at, change: change.id, passkey };
    room.store.delegations.put({ ...made, created_at: nowInstant(), ended_at: null, ended_by: null });
  },
};
