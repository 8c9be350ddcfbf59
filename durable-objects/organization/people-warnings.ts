// Stages of the policy in force that a change of a group or of a member leaves without enough people. Told with the change,
// before it is signed; nothing is refused.
import type { Approver } from '../../core/policy/check/meetable.ts';
import type { ProblemPlace } from '../../core/problems.ts';
import { warningAfter } from './approvers.ts';
import type { GroupRecord, MemberRecord } from './records.ts';
import type { Room } from './room.ts';

/** @param after null: the group is removed */
export function groupWarning(room: Room, before: GroupRecord | null, after: GroupRecord | null): ProblemPlace[] {
  const gone = before === null ? [] : [`group:${before.name}`];
  return warningAfter(room, '/value/members', (one) => {
    const kept = one.sources.filter((source) => !gone.includes(source));
    const isIn = after?.members.includes(one.user) === true;
    return { ...one, sources: isIn ? [...kept, `group:${after.name}`] : kept };
  });
}

type MemberAfter = Pick<MemberRecord, 'roles' | 'status' | 'email'>;

/** What a member stands as is the roles and the address after the change, and the groups as they are. */
export function memberWarning(room: Room, { id, status }: MemberRecord, after: MemberAfter): ProblemPlace[] {
  const groups = (one: Approver) => one.sources.filter((source) => source.startsWith('group:'));
  const names = [`user:${id}`, ...(after.email === '' ? [] : [`user:${after.email}`])];
  const pointer = after.status === status ? '/value/roles' : '/value/locked';
  return warningAfter(room, pointer, (one) => {
    if (one.user !== id) return one;
    const sources = [...names, ...after.roles.map((role) => `role:${role}`), ...groups(one)];
    return after.status === 'active' ? { ...one, sources } : null;
  });
}
