// Passkeys of members: used (and their counter kept), and taken away. How they come to be is enrolment.ts. The public
// key and its enrolment entry are what a decision cites; nothing here is read from D1.
import type { Passkey, Standing, UnsoundPasskey, VerifiedAssertion } from '../../core/authority.ts';
import { parseUserHandle } from '../../core/credential.ts';
import { standingOfKey } from '../../core/passkey/enrolled-key.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { endDelegations } from './delegations.ts';
import { endLinks, linksSignedWith } from './links.ts';
import { standingOf } from './people.ts';
import { draft, nowInstant, organizationOf, type Room, record } from './room.ts';
import { endSessions } from './sessions.ts';

const failed = (reason: string) =>
  fail('ceremony-failed', 'This passkey cannot be used here. Use a passkey that is enrolled and not revoked.', {
    reason,
  });

/**
 * Takes a verified assertion into account: whose key, still active, counter not behind. Only inside `transact`.
 *
 * A counter of a device-bound key that does not grow means a clone (WebAuthn 3 section 6.1.1); 0 and 0 is normal.
 */
export function usePasskey(room: Room, user: string, verified: VerifiedAssertion): Result<Passkey> {
  const passkey = room.store.passkeys.get(verified.passkey);
  if (!passkey || passkey.user !== user || passkey.status !== 'active')
    return failed('not an active key of this person');
  if (standingOf(room, user)?.active !== true) return failed('not an active member');
  const counts = passkey.counter > 0 || verified.new_counter > 0;
  if (passkey.device_type === 'singleDevice' && counts && verified.new_counter <= passkey.counter)
    return failed('the counter did not grow: a cloned key');
  return ok(noteUse(room, passkey, verified));
}

/** Keeps the counter, only ever upwards, and the backed-up flag. */
export function noteUse(
  room: Room,
  passkey: Passkey,
  seen: Pick<VerifiedAssertion, 'new_counter' | 'backed_up'>,
): Passkey {
  return room.store.passkeys.put({
    ...passkey,
    counter: Math.max(passkey.counter, seen.new_counter),
    backed_up: seen.backed_up,
    last_used_at: nowInstant(),
  });
}

/** Whether a key is still too new to decide what is high or critical, or to change anything. */
export const isRestricted = (passkey: Passkey): boolean =>
  passkey.restricted_until !== null && passkey.restricted_until > nowInstant();

/** For sign-in: whose credential this is. The user handle must name this organisation and the key's own person. */
export function standingByCredential(
  room: Room,
  question: { credential_id: string; user_handle: string },
): Result<{ standing: Standing; passkey: Passkey }> {
  const handle = parseUserHandle(question.user_handle);
  const [passkey] = room.store.passkeys.list(['credential_id', '=', question.credential_id]);
  const standing = passkey ? standingOf(room, passkey.user) : null;
  const own = handle?.organization === organizationOf(room).id && handle.user === passkey?.user;
  if (passkey?.status !== 'active' || !standing?.active || !own)
    return fail('unauthenticated', 'This passkey is not known here.', {
      reason: 'no active credential of an active member',
    });
  return ok({ standing, passkey });
}

export const activePasskeys = (room: Room, user: string): Passkey[] =>
  room.store.passkeys.list(['user', '=', user]).filter((passkey) => passkey.status === 'active');

/** Takes a key away at once, and ends what it opened. Only inside `transact`. */
export function dropPasskey(room: Room, passkey: Passkey, by: string, reason: string): void {
  room.store.passkeys.put({ ...passkey, status: 'revoked' });
  endSessions(room, passkey.user, (session) => session.passkey === passkey.id);
  record(room, [draft('passkey.revoked', by, { user: passkey.user, passkey: passkey.id }, { reason })]);
  endLinks(room, linksSignedWith([passkey.id]), by, 'the passkey that signed it was revoked');
  endDelegations(room, (made) => made.passkey === passkey.id, by, {
    reason: 'the passkey that signed it was revoked',
  });
}

/** For the operator who upgrades: active keys of members whose signatures the evidence verifier refuses, and why. */
export const unsoundPasskeys = (room: Room): UnsoundPasskey[] =>
  room.store.passkeys.list().flatMap(({ id: passkey, name, user, status, public_key }) => {
    const { fault } = standingOfKey(public_key);
    const person = room.store.members.get(user);
    const concerns = fault !== null && status === 'active' && person !== null && person.status !== 'removed';
    return concerns ? [{ passkey, name, user, person: person.name || person.email, fault }] : [];
  });
