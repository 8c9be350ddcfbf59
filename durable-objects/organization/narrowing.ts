// What only narrows: it needs a session and no ceremony, and takes effect at once, sealed or not. Nothing here can ever
// let anybody do anything; the one thing that is refused is to leave the organisation without a working owner.

import { parseActor } from '../../core/actor.ts';
import {
  ADMINISTERS,
  type Client,
  type Credential,
  type Passkey,
  type Person,
  ROLES,
  type Stop,
} from '../../core/authority.ts';
import type { JsonObject } from '../../core/json.ts';
import { standingOfKey } from '../../core/passkey/enrolled-key.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { endDelegations } from './delegations.ts';
import { disable } from './endpoints.ts';
import { endLink, endLinks, endLinksOfLocked, linksOf } from './links.ts';
import { activePasskeys, dropPasskey } from './passkeys.ts';
import { isLastOwner, isOwner, refreshSources } from './people.ts';
import { authenticate, personWith } from './principals.ts';
import type { MemberRecord } from './records.ts';
import { bumpConfig, draft, from, mintId, nowInstant, organizationOf, type Room, record } from './room.ts';
import { endSessions } from './sessions.ts';

export interface Narrowing {
  credential: Credential;
  id: string;
  reason?: string | null;
  client?: Client;
}

const reasonOf = ({ reason, client }: Pick<Narrowing, 'reason' | 'client'>): JsonObject => ({
  ...(reason ? { reason } : {}),
  ...from(client),
});

const administrator = (room: Room, question: Narrowing): Result<Person> =>
  personWith(room, question.credential, ADMINISTERS);

const missing = (what: string) => fail('not-found', `There is no such ${what}.`);

/** One's own key, or anybody's for an administrator; never the last key of the last owner. */
export function revokePasskey(room: Room, question: Narrowing): Result<{ id: string }> {
  const anybody = personWith(room, question.credential, ROLES);
  if (!anybody.ok) return anybody;
  const passkey = room.store.passkeys.get(question.id);
  const own = passkey?.user === anybody.value.user;
  const by = own ? anybody : administrator(room, question);
  if (!by.ok) return passkey ? by : missing('passkey');
  if (!passkey) return missing('passkey');
  if (passkey.status === 'revoked') return ok({ id: passkey.id });
  const kept = activePasskeys(room, passkey.user).filter(({ id }) => id !== passkey.id);
  if (isLastOwner(room, passkey.user) && kept.length === 0)
    return fail('forbidden', 'This is the last passkey of the last owner: add another passkey first.');
  if (isLastOwner(room, passkey.user) && !kept.some(hasSigned))
    return fail('forbidden', 'No other passkey of the last owner has signed yet: sign in with one of them first.');
  if (!own && isOwner(room, passkey.user) && !by.value.roles.includes('owner')) return ownersOnly();
  dropPasskey(room, passkey, by.value.user, question.reason ?? '');
  bumpConfig(room);
  return ok({ id: passkey.id });
}

/** Whether a key has signed before and can be verified: the last owner is not left with a key that cannot sign. */
const hasSigned = ({ last_used_at, public_key }: Passkey): boolean =>
  last_used_at !== null && standingOfKey(public_key).fault === null;

const ownersOnly = () => fail('forbidden', 'Only an owner can do this to an owner.');

/** The member that an administrator may narrow. */
function narrowable(room: Room, question: Narrowing): Result<{ by: Person; member: MemberRecord }> {
  const by = administrator(room, question);
  if (!by.ok) return by;
  const member = room.store.members.get(question.id);
  if (!member || member.status === 'removed') return missing('member');
  if (isOwner(room, member.id) && !by.value.roles.includes('owner')) return ownersOnly();
  if (isLastOwner(room, member.id))
    return fail('forbidden', 'The last owner stays: make somebody else an owner first.');
  return ok({ by: by.value, member });
}

export function lockMember(room: Room, question: Narrowing): Result<{ id: string }> {
  const found = narrowable(room, question);
  if (!found.ok) return found;
  const { by, member } = found.value;
  if (member.status === 'locked') return ok({ id: member.id });
  room.store.members.put({ ...member, status: 'locked' });
  endSessions(room, member.id);
  endLinksOfLocked(room, member, by.user);
  record(room, [draft('member.locked', by.user, { user: member.id }, reasonOf(question))]);
  refreshSources(room);
  bumpConfig(room);
  return ok({ id: member.id });
}

export function removeMember(room: Room, question: Narrowing): Result<{ id: string }> {
  const found = narrowable(room, question);
  if (!found.ok) return found;
  const { by, member } = found.value;
  room.store.members.put({ ...member, status: 'removed' });
  endSessions(room, member.id);
  for (const passkey of activePasskeys(room, member.id)) dropPasskey(room, passkey, by.user, 'the member was removed');
  endDelegations(room, ({ to }) => to === member.id, by.user, { reason: 'the member was removed' });
  for (const group of room.store.groups.list().filter((one) => one.members.includes(member.id)))
    room.store.groups.put({ ...group, members: group.members.filter((user) => user !== member.id) });
  endLinks(room, linksOf({ ...member, user: member.id }), by.user, 'the member was removed');
  record(room, [draft('member.removed', by.user, { user: member.id }, reasonOf(question))]);
  refreshSources(room);
  bumpConfig(room);
  return ok({ id: member.id });
}

/** Either side's, or an administrator's: votes under it that have not completed a request count no more. */
export function endDelegation(room: Room, question: Narrowing): Result<{ id: string }> {
  const by = authenticate(room, question.credential);
  if (!by.ok) return by;
  if (by.value.kind !== 'person') return fail('forbidden', 'An API key cannot do this: a signed-in person must.');
  const made = room.store.delegations.get(question.id);
  if (!made) return missing('delegation');
  const { user, roles } = by.value;
  if (user !== made.from && user !== made.to && !roles.some((role) => ADMINISTERS.includes(role)))
    return fail('forbidden', 'Whoever lent or was lent it ends it, or an administrator.');
  endDelegations(room, ({ id }) => id === made.id, user, reasonOf(question));
  bumpConfig(room);
  return ok({ id: made.id });
}

export function revokeApiKey(room: Room, question: Narrowing): Result<{ id: string }> {
  const by = administrator(room, question);
  if (!by.ok) return by;
  const workload = room.store.workload_keys.get(question.id);
  room.store.workload_keys.drop(['id', '=', question.id]);
  const key = workload ? { ...workload, status: 'active' as const } : room.store.api_keys.get(question.id);
  if (!key) return missing('API key');
  if (key.status === 'revoked') return ok({ id: key.id });
  if ('name' in key) room.store.api_keys.put({ ...key, status: 'revoked' });
  const skeleton = { key: key.id, service_account: key.service_account };
  record(room, [draft('api_key.revoked', by.value.user, skeleton, reasonOf(question))]);
  bumpConfig(room);
  return ok({ id: key.id });
}

/** Invitations and recovery links alike: whoever holds the link has nothing any more. */
export function revokeInvitation(room: Room, question: Narrowing): Result<{ id: string }> {
  const by = administrator(room, question);
  if (!by.ok) return by;
  const link = room.store.links.get(question.id);
  if (!link || link.purpose === 'setup') return missing('invitation');
  if (link.status === 'used') return fail('token-used', 'This link was used already: remove the member instead.');
  if (link.status === 'revoked') return ok({ id: link.id });
  endLink(room, link, by.value.user, from(question.client));
  bumpConfig(room);
  return ok({ id: link.id });
}

export function disableEndpoint(room: Room, question: Narrowing): Result<{ id: string }> {
  const by = administrator(room, question);
  if (!by.ok) return by;
  const endpoint = room.store.endpoints.get(question.id);
  if (!endpoint || endpoint.status === 'removed') return missing('webhook endpoint');
  if (endpoint.status === 'active') disable(room, endpoint, by.value.user, question.reason ?? '');
  return ok({ id: endpoint.id });
}

export interface SetStop {
  credential: Credential;
  target_kind: Stop['target_kind'];
  target: string;
  reason?: string | null;
  client?: Client;
}

/** Stops an actor, a service account or everything. The same stop twice is one. */
export function setStop(room: Room, question: SetStop): Result<Stop> {
  const by = personWith(room, question.credential, ADMINISTERS);
  if (!by.ok) return by;
  const target = targetOf(room, question);
  if (!target.ok) return target;
  const { target_kind } = question;
  const same = room.store.stops.list().find((one) => one.target === target.value && one.lifted_at === null);
  if (same) return ok(withoutLift(same));
  const set = { id: mintId('stp'), target_kind, target: target.value, reason: question.reason ?? '' };
  const stop = room.store.stops.put({ ...set, set_by: by.value.user, set_at: nowInstant(), lifted_at: null });
  const skeleton = { stop: stop.id, target_kind, target: stop.target };
  record(room, [draft('stop.set', by.value.user, skeleton, reasonOf(question))]);
  bumpConfig(room);
  return ok(withoutLift(stop));
}

const withoutLift = ({ lifted_at: _, ...stop }: Stop & { lifted_at: string | null }): Stop => stop;

/** Kind of target → its name as stops are compared by. */
const TARGETS: Record<Stop['target_kind'], (room: Room, target: string) => Result<string>> = {
  actor: (_room, target) => parseActor(target),
  service_account: (room, target) =>
    room.store.service_accounts.get(target) ? ok(target) : missing('service account'),
  organization: (room, target) => (target === organizationOf(room).id ? ok(target) : missing('organisation')),
};

const targetOf = (room: Room, { target_kind, target }: SetStop): Result<string> =>
  Object.hasOwn(TARGETS, target_kind)
    ? TARGETS[target_kind](room, target)
    : fail('invalid-request', 'A stop is of an actor, a service_account or the organization.', {
        errors: [{ pointer: '/target_kind', detail: 'must be actor, service_account or organization' }],
      });
