// Delegations as they are kept: which are in force for somebody, how they are listed, and that one ends. How one comes to
// be is kinds/delegation.ts, who may end it narrowing.ts. Invariant: what has ended, or was signed with a key that was
// taken away, is in force for nobody.
import { inForceSince, type Lent } from '../../core/delegation.ts';
import type { Instant, JsonObject } from '../../core/json.ts';
import type { DelegationRecord } from './records.ts';
import { draft, nowInstant, type Room, record } from './room.ts';

type Status = 'planned' | 'active' | 'expired' | 'ended';

/** A key that was taken away lends nothing: the delegation may have been the thief's. */
function statusOf(room: Room, made: DelegationRecord, now: Instant): Status {
  if (made.ended_at !== null || room.store.passkeys.get(made.passkey)?.status !== 'active') return 'ended';
  if (now >= made.expires_at) return 'expired';
  return now >= inForceSince(made.starts_at, made.created_at) ? 'active' : 'planned';
}

/** Delegations of or to somebody that have not ended. */
export function openDelegations(room: Room, side: 'from' | 'to', user: string): DelegationRecord[] {
  const now = nowInstant();
  return room.store.delegations
    .list([side, '=', user])
    .filter((made) => ['planned', 'active'].includes(statusOf(room, made, now)));
}

/** What others lent this person and is in force now, as facts carry it. */
export function lentTo(room: Room, user: string): Lent[] {
  const now = nowInstant();
  return room.store.delegations
    .list(['to', '=', user])
    .filter((made) => statusOf(room, made, now) === 'active')
    .map(({ id, from, scope, starts_at, created_at, expires_at }) => {
      return { id, from, scope, since: inForceSince(starts_at, created_at), until: expires_at };
    });
}

/** A row of the list. */
export function delegationView(room: Room, made: DelegationRecord) {
  const named = (id: string) => ({ id, name: room.store.members.get(id)?.name ?? '' });
  const { id, scope, starts_at, expires_at, created_at, ended_at, ended_by, change } = made;
  const times = { starts_at: inForceSince(starts_at, created_at), expires_at, created_at, ended_at, ended_by };
  const status = statusOf(room, made, nowInstant());
  return { id, from: named(made.from), to: named(made.to), scope, status, ...times, change };
}

/** Ends those that fit, each with its event. Only inside `transact`. */
export function endDelegations(
  room: Room,
  fits: (made: DelegationRecord) => boolean,
  by: string,
  personal: JsonObject,
): void {
  for (const made of room.store.delegations.list().filter((one) => one.ended_at === null && fits(one))) {
    room.store.delegations.put({ ...made, ended_at: nowInstant(), ended_by: by });
    record(room, [draft('delegation.ended', by, { delegation: made.id, from: made.from, to: made.to }, personal)]);
  }
}
