// Members of the organisation. Joining and roles are changes; removing and locking only narrow.
import type { App } from '../context.ts';
import { MemberSchema } from '../schema/people.ts';
import { listRoute } from './listing.ts';
import { narrowingRoute } from './narrowing.ts';

export function members(app: App): void {
  listRoute(app, { path: '/v1/members', kind: 'members', summary: 'Lists members.', schema: MemberSchema });
  narrowingRoute(app, {
    method: 'delete',
    path: '/v1/members/{id}',
    does: 'removeMember',
    summary: 'Removes a member: sessions and passkeys end with it.',
  });
  narrowingRoute(app, {
    method: 'post',
    path: '/v1/members/{id}/lock',
    does: 'lockMember',
    summary: 'Locks a member out until a change unlocks.',
  });
}
