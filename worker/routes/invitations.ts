// Invitations: made by signed changes, revoked at once.
import type { App } from '../context.ts';
import { InvitationSchema } from '../schema/people.ts';
import { listRoute } from './listing.ts';
import { narrowingRoute } from './narrowing.ts';

export function invitations(app: App): void {
  listRoute(app, {
    path: '/v1/invitations',
    kind: 'invitations',
    summary: 'Lists invitations.',
    schema: InvitationSchema,
  });
  narrowingRoute(app, {
    method: 'delete',
    path: '/v1/invitations/{id}',
    does: 'revokeInvitation',
    summary: 'Revokes an invitation: its link stops working.',
  });
}
