// Who could decide, as the organisation knows it now: what a check of a policy or of a change of people counts. It decides
// nothing; whether a person may decide is judged again at every vote.
import { standingOfKey } from '../../core/passkey/enrolled-key.ts';
import type { Account, Approver, Unmet } from '../../core/policy/check/meetable.ts';
import { newlyUnmet, unmetBy, unmetPlaces } from '../../core/policy/check/meetable.ts';
import { unknownPeople } from '../../core/policy/check/people.ts';
import type { Policy } from '../../core/policy.ts';
import type { ProblemPlace } from '../../core/problems.ts';
import { activePasskeys } from './passkeys.ts';
import { identitiesOf } from './people.ts';
import { ownersOf } from './principals.ts';
import type { MemberRecord } from './records.ts';
import { organizationOf, type Room } from './room.ts';

function approverOf(room: Room, member: MemberRecord): Approver {
  const identities = identitiesOf(room, member);
  return {
    user: member.id,
    sources: Object.keys(member.sources),
    // A key that the verifier would not take decides nothing.
    passkey: activePasskeys(room, member.id).some(({ public_key }) => standingOfKey(public_key).fault === null),
    token: identities.length === 0 ? null : identities.flatMap(({ groups }) => Object.keys(groups)),
  };
}

/** Everybody who is active. */
const approversOf = (room: Room): Approver[] =>
  room.store.members
    .list()
    .filter(({ status }) => status === 'active')
    .map((member) => approverOf(room, member));

const accountsOf = (room: Room): Account[] =>
  room.store.service_accounts
    .list()
    .filter(({ status }) => status === 'active')
    .map(({ id, name, actors }) => ({ name, actors, owners: ownersOf(room, id) }));

/**
 * What a policy asks of people who are not there, or not enough: names that nobody has, and stages that nobody can fill.
 * A stage that names an unknown person is told once.
 */
export function warningsOfPeople(room: Room, source: string, policy: Policy): ProblemPlace[] {
  const unknown = unknownPeople(source, namesOf(room));
  const unmet = unmetPlaces(source, unmetBy(policy, approversOf(room), accountsOf(room)));
  return [
    ...unknown,
    ...unmet.filter(({ pointer }) => !unknown.some((one) => `${one.pointer}/`.startsWith(`${pointer}/`))),
  ];
}

/** Everybody and every group that a policy can name. */
function namesOf(room: Room): Set<string> {
  const groups = room.store.groups.list().map((group) => `group:${group.name}`);
  const members = room.store.members.list().filter((member) => member.status === 'active');
  return new Set([...groups, ...members.flatMap(({ id, email }) => [`user:${id}`, `user:${email}`])]);
}

const unmetInForce = (room: Room, approvers: readonly Approver[]): Unmet[] =>
  unmetBy(room.store.policies.get(organizationOf(room).policy_version)!.policy, approvers, accountsOf(room));

/**
 * The warning of a change of people after which a stage of the policy in force cannot be filled.
 *
 * @param after how a person stands once it is applied; null: they decide nothing any more
 */
export function warningAfter(room: Room, pointer: string, after: (one: Approver) => Approver | null): ProblemPlace[] {
  const now = approversOf(room);
  const then = now.flatMap((one) => after(one) ?? []);
  const detail = newlyUnmet(unmetInForce(room, now), unmetInForce(room, then));
  return detail === null ? [] : [{ pointer, detail }];
}
