// Members and groups: who stands as what, and since when without a break. `refreshSources` is called by whatever
// changes people: an instant is kept while its source stays, and begins anew when it comes back.
import type { Role, Standing } from '../../core/authority.ts';
import { BREAK_GLASS_ROLE } from '../../core/break-glass.ts';
import type { Instant } from '../../core/json.ts';
import type { Identity, LinkedIdentity } from '../../core/oidc/issuer.ts';
import { lentTo } from './delegations.ts';
import type { GroupRecord, MemberRecord } from './records.ts';
import { nowInstant, type Room } from './room.ts';

/** Roles that policy asks by default. */
export const APPROVES: readonly Role[] = ['owner', 'admin', 'reviewer'];

/** What a person can be asked as. */
function sourcesOf(member: MemberRecord, groups: readonly GroupRecord[]): string[] {
  if (member.status !== 'active') return [];
  const named = member.email === '' ? [] : [`user:${member.email}`];
  const inGroups = groups.filter((group) => group.members.includes(member.id)).map((group) => `group:${group.name}`);
  return [`user:${member.id}`, ...named, ...member.roles.map((role) => `role:${role}`), ...inGroups];
}

/** Brings every member's sources up to date; only inside a transaction. */
export function refreshSources(room: Room, now: Instant = nowInstant()): void {
  const groups = room.store.groups.list();
  for (const member of room.store.members.list()) {
    const sources = Object.fromEntries(sourcesOf(member, groups).map((name) => [name, member.sources[name] ?? now]));
    if (JSON.stringify(sources) !== JSON.stringify(member.sources)) room.store.members.put({ ...member, sources });
  }
}

export const groupNames = (room: Room, user: string): string[] =>
  room.store.groups
    .list()
    .filter((group) => group.members.includes(user))
    .map((group) => group.name);

/** Where a person stands now; null for somebody who is not (or no longer) a member. */
export function standingOf(room: Room, user: string): Standing | null {
  const member = room.store.members.get(user);
  if (!member || member.status === 'removed') return null;
  const { id, name, email, roles, sources } = member;
  const active = member.status === 'active';
  const passkeys = room.store.passkeys.list(['user', '=', user]);
  const identities = identitiesOf(room, member);
  const delegations = lentTo(room, user);
  const known = {
    user: id,
    name,
    email,
    active,
    roles,
    groups: groupNames(room, user),
    sources,
    passkeys,
    delegations,
  };
  return identities.length === 0 ? known : { ...known, identities };
}

/** Links to providers that are still trusted, with what a token of each can prove since when. */
export function identitiesOf(room: Room, { identities = [] }: MemberRecord): LinkedIdentity[] {
  return identities.flatMap(({ issuer, subject, linked_at }) => {
    const known = room.store.issuers.get(issuer);
    if (known?.purpose !== 'people') return [];
    const later = (at: Instant): Instant => (at > linked_at ? at : linked_at);
    const groups = Object.entries(known.mapped_since).map(([group, at]) => [group, later(at)]);
    return [{ issuer, subject, linked_at, groups: Object.fromEntries(groups) }];
  });
}

/** Whether no other member is this person at a provider. */
export const identityIsFree = (room: Room, { issuer, subject }: Identity, but: string): boolean =>
  room.store.members
    .list()
    .filter(({ id, status }) => id !== but && status !== 'removed')
    .every(({ identities = [] }) => !identities.some((one) => one.issuer === issuer && one.subject === subject));

/** Active members with one of these roles. */
export const activeWith = (room: Room, roles: readonly Role[]): MemberRecord[] =>
  room.store.members
    .list()
    .filter((member) => member.status === 'active' && member.roles.some((role) => roles.includes(role)));

/** Whether anybody holds the role of owner, locked or not: then no set-up link works. */
export const hasOwner = (room: Room): boolean =>
  room.store.members.list().some((member) => member.status !== 'removed' && member.roles.includes('owner'));

/** Whether this member holds the role of owner, locked or not. */
export const isOwner = (room: Room, user: string): boolean =>
  room.store.members.get(user)?.roles.includes('owner') === true;

/** Whether this is the one active owner. */
export function isLastOwner(room: Room, user: string): boolean {
  const owners = activeWith(room, ['owner']);
  return owners.length === 1 && owners[0]!.id === user;
}

/** Whether what a person is asked as includes letting something run: a role that does, or any group. */
export const mayApprove = (roles: readonly string[], groups: readonly string[]): boolean =>
  groups.length > 0 || roles.some((role) => ([...APPROVES, BREAK_GLASS_ROLE] as readonly string[]).includes(role));

/** Whether no other member has this mail address: it is what a policy may name a person by. */
export const emailIsFree = (room: Room, email: string, but: string | null): boolean =>
  email === '' ||
  room.store.members.list(['email', '=', email]).every((member) => member.status === 'removed' || member.id === but);
