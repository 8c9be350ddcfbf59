// Invitations, members, recoveries and groups: changes of who may decide.
import type { ChangeSecret, Role } from '../../../core/authority.ts';
import { BREAK_GLASS_ROLE } from '../../../core/break-glass.ts';
import { instantAt, instantMs } from '../../../core/duration.ts';
import { asJson, type Instant, type JsonObject } from '../../../core/json.ts';
import { ENROL_TOKEN_LIFETIME_SECONDS } from '../../../core/limits.ts';
import type { Identity } from '../../../core/oidc/issuer.ts';
import { namedSources } from '../../../core/policy/named-sources.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';
import { claimsOf, endLinksOfLocked, giveLink } from '../links.ts';
import { activePasskeys } from '../passkeys.ts';
import { emailIsFree, groupNames, isLastOwner, mayApprove } from '../people.ts';
import { groupWarning, memberWarning } from '../people-warnings.ts';
import type { ChangeRecord, GroupRecord, MemberRecord } from '../records.ts';
import { draft, organizationOf, type Room } from '../room.ts';
import { afterOf, type Kind, keepingStatus, type Plan, plain, signerOf, type Wish, wrong } from './kind.ts';
import { faultOfIdentities, linksAfter, newIdentities } from './member-identity.ts';

interface Invited {
  id: string;
  user: string;
  name: string;
  email: string;
  roles: Role[];
  groups: string[];
}

const linkEnd = (change: ChangeRecord): number => instantMs(change.applied_at!) + ENROL_TOKEN_LIFETIME_SECONDS * 1000;
const linkEndAt = (change: ChangeRecord): Instant => instantAt(linkEnd(change));

const givenBy = (change: ChangeRecord) => ({
  expires_at: linkEnd(change),
  signed_with: change.signatures.map(({ passkey }) => passkey),
});

/** The link that a change gave out, as long as it is open. */
function linkSecret(room: Room, id: string): ChangeSecret | null {
  const link = room.store.links.get(id);
  return link?.status === 'open' ? { kind: 'link', claims: claimsOf(room, link) } : null;
}

const notMember = () => fail('not-found', 'There is no such member.');

function planInvitation(room: Room, { value, mint }: Wish): Result<Plan> {
  const { name, email, roles, groups = [] } = value as unknown as Omit<Invited, 'id' | 'user'>;
  if (!emailIsFree(room, email, null)) return wrong('/value/email', 'a member has this mail address');
  const unknown = groups.find((group) => !room.store.groups.get(group));
  if (unknown) return wrong('/value/groups', `there is no group ${unknown}`);
  const after: Invited = { id: mint('inv'), user: mint('usr'), name, email, roles, groups };
  const letsApprove = mayApprove(roles, groups) || policyNames(room, `user:${email}`);
  return ok({ ...plain(after.id, null, asJson(after)), letsApprove, needsOwner: roles.includes('owner') });
}

/** Whether the policy in force asks this person or group by name: a change that gives the name lets its holder approve. */
const policyNames = (room: Room, source: string): boolean =>
  namedSources(room.store.policies.get(organizationOf(room).policy_version)!.policy).has(source);

export const invitation: Kind = {
  plan: planInvitation,
  event: (change, { skeleton }, by) => {
    const { id, roles, email, name } = afterOf<Invited>(change);
    const about = { invitation: id, roles, change: skeleton.change!, expires_at: linkEndAt(change) };
    return draft('invitation.created', by, about, { email, name });
  },
  apply: (room, change) => {
    const invited = afterOf<Invited>(change);
    giveLink(room, { ...invited, purpose: 'invitation', ...givenBy(change) }, signerOf(change));
  },
  secret: (room, change) => linkSecret(room, change.target),
};

/** Identities are there only where somebody has one: what was signed before they came to be stays what it was. */
const memberDocument = ({ id, name, email, roles, status, identities = [] }: MemberRecord): MemberDocument => ({
  ...{ id, name, email, roles, status },
  ...(identities.length === 0 ? {} : { identities: identities.map(({ issuer, subject }) => ({ issuer, subject })) }),
});

interface MemberDocument extends Omit<MemberRecord, 'sources' | 'created_at' | 'identities'> {
  identities?: Identity[];
}

/** In a test organisation a program may enrol people: it is given the link that an invitation would have. */
function planNewMember(room: Room, wish: Wish): Result<Plan> {
  if (organizationOf(room).kind !== 'test')
    return wrong('/target', 'people join a live organisation by invitation: use the kind invitation');
  if (wish.value.locked !== undefined) return wrong('/value/locked', 'somebody new is not locked');
  if (wish.value.identities !== undefined) return wrong('/value/identities', 'an identity is linked to a member');
  return planInvitation(room, wish);
}

function planMember(room: Room, wish: Wish): Result<Plan> {
  if (wish.target === null) return planNewMember(room, wish);
  const member = room.store.members.get(wish.target);
  if (!member || member.status === 'removed') return notMember();
  if (wish.value.groups !== undefined) return wrong('/value/groups', 'change the group itself: use the kind group');
  const after = memberAfter(member, wish.value);
  if (!emailIsFree(room, after.email, member.id)) return wrong('/value/email', 'another member has this mail address');
  const owns = after.roles.includes('owner') && after.status === 'active';
  if (!owns && isLastOwner(room, member.id))
    return wrong(
      after.status === 'active' ? '/value/roles' : '/value/locked',
      'the last owner stays an owner: make somebody else an owner first',
    );
  const fault = faultOfIdentities(room, member, after.identities ?? []);
  if (fault !== null) return fault;
  const groups = groupNames(room, member.id);
  const could = member.status === 'active' && mayApprove(member.roles, groups);
  const decides = after.status === 'active' && mayApprove(after.roles, groups);
  const gains = after.roles.includes(BREAK_GLASS_ROLE) && !member.roles.includes(BREAK_GLASS_ROLE);
  const renamed = after.email !== member.email && policyNames(room, `user:${after.email}`);
  const more = !could || gains || newIdentities(member, after.identities ?? []).length > 0;
  const letsApprove = (decides && more) || (after.status === 'active' && renamed);
  const needsOwner = member.roles.includes('owner') || after.roles.includes('owner');
  const warnings = memberWarning(room, member, after);
  return ok({ ...plain(member.id, asJson(memberDocument(member)), asJson(after), warnings), letsApprove, needsOwner });
}

function memberAfter(member: MemberRecord, value: JsonObject) {
  const { locked, ...fields } = value;
  const status = locked === undefined ? member.status : locked ? 'locked' : 'active';
  const { identities, ...after } = { ...memberDocument(member), ...(fields as Partial<MemberDocument>) };
  const linked = identities && identities.length > 0 ? { identities } : {};
  return { ...after, ...linked, status: status as MemberRecord['status'] } as MemberDocument;
}

export const member: Kind = {
  plan: planMember,
  event: (change, shared, by) => {
    if (change.before === null) return invitation.event(change, shared, by);
    const { id: user, roles, name, email, identities } = afterOf<MemberDocument>(change);
    const linked: JsonObject = identities === undefined ? {} : { identities: asJson(identities) };
    return draft('member.updated', by, { user, roles, groups: null, change: change.id }, { name, email, ...linked });
  },
  apply: (room, change) => {
    if (change.before === null) return invitation.apply(room, change);
    const now = room.store.members.get(change.target)!;
    if (now.status === 'removed') return;
    const after = keepingStatus<MemberDocument>(change, now.status);
    room.store.members.put({ ...now, ...after, identities: linksAfter(now, after.identities) });
    if (after.status !== 'active') endLinksOfLocked(room, after, signerOf(change));
  },
  secret: (room, change) => (change.before === null ? linkSecret(room, change.target) : null),
};

interface Recovery {
  user: string;
  name: string;
  email: string;
  token: string | null;
  passkeys: string[];
}

function planRecovery(room: Room, { target, mint }: Wish): Result<Plan> {
  const found = target === null ? null : room.store.members.get(target);
  if (!found || found.status === 'removed') return notMember();
  if (found.status === 'locked') return wrong('/target', 'this member is locked: unlock first');
  const { id: user, name, email, roles } = found;
  const passkeys = activePasskeys(room, user).map((passkey) => passkey.id);
  const before: Recovery = { user, name, email, token: null, passkeys };
  const after: Recovery = { user, name, email, token: mint('inv'), passkeys: [] };
  const rights = { letsApprove: mayApprove(roles, groupNames(room, user)), needsOwner: roles.includes('owner') };
  return ok({ ...plain(user, asJson(before), asJson(after)), ...rights });
}

export const recovery: Kind = {
  plan: planRecovery,
  event: (change, _shared, by) => {
    const { user, token } = afterOf<Recovery>(change);
    return draft('member.recovery_started', by, { user, token, change: change.id, expires_at: linkEndAt(change) });
  },
  apply: (room, change) => {
    const { user, name, email, token } = afterOf<Recovery>(change);
    const { roles, status } = room.store.members.get(user)!;
    // A member who was locked while the change was being sealed gets no link that would outlive the lock.
    if (status !== 'active') return;
    const about = { id: token!, purpose: 'recovery' as const, user, name, email, roles, groups: [] };
    giveLink(room, { ...about, ...givenBy(change) }, signerOf(change));
  },
  secret: (room, change) => linkSecret(room, afterOf<Recovery>(change).token!),
};

function planGroup(room: Room, { target, value, mint }: Wish): Result<Plan> {
  const before = target === null ? null : room.store.groups.get(target);
  if (target !== null && !before) return fail('not-found', 'There is no such group.');
  const { removed, ...fields } = value as { removed?: boolean; name?: string; members?: string[] };
  const id = before?.id ?? mint('grp');
  if (removed) return ok(plain(id, asJson(before), null, groupWarning(room, before, null)));
  const after: GroupRecord = { id, name: before?.name ?? '', members: before?.members ?? [], ...fields };
  const taken = room.store.groups.list(['name', '=', after.name]).some((group) => group.id !== id);
  if (taken) return wrong('/value/name', `a group is called ${after.name} already`);
  const added = after.members.filter((user) => !before?.members.includes(user));
  const stranger = added.find((user) => (room.store.members.get(user)?.status ?? 'removed') === 'removed');
  if (stranger) return wrong('/value/members', `${stranger} is not a member`);
  const renamed = after.name !== before?.name && after.members.length > 0 && policyNames(room, `group:${after.name}`);
  const newcomer = added.some((user) => !mayApprove(room.store.members.get(user)!.roles, groupNames(room, user)));
  const letsApprove = newcomer || renamed;
  return ok({ ...plain(id, asJson(before), asJson(after), groupWarning(room, before, after)), letsApprove });
}

export const group: Kind = {
  plan: planGroup,
  event: (change, _shared, by) => {
    const { id, name, members } = (change.after ?? change.before) as unknown as GroupRecord;
    const removed = change.after === null;
    return draft(
      'group.updated',
      by,
      { group: id, members: removed ? [] : members, change: change.id, removed },
      { name },
    );
  },
  apply: (room, change) => {
    if (change.after === null) return room.store.groups.drop(['id', '=', change.target]);
    const after = afterOf<GroupRecord>(change);
    const members = after.members.filter((user) => room.store.members.get(user)?.status !== 'removed');
    room.store.groups.put({ ...after, members });
  },
};
