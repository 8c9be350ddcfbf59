// Delegations: who lends whom the right to decide. One is made by a change that its maker signs; ending it only narrows.
import type { App } from '../context.ts';
import { DelegationSchema } from '../schema/people.ts';
import { listRoute } from './listing.ts';
import { narrowingRoute } from './narrowing.ts';

export function delegations(app: App): void {
  listRoute(app, {
    path: '/v1/delegations',
    kind: 'delegations',
    summary: 'Lists delegations, ended ones too.',
    schema: DelegationSchema,
  });
  narrowingRoute(app, {
    method: 'delete',
    path: '/v1/delegations/{id}',
    does: 'endDelegation',
    summary: 'Ends a delegation: either side or an administrator.',
  });
}
