// Webhook endpoints: made and altered by signed changes, switched off at once. Secrets are never listed.
import type { App } from '../context.ts';
import { WebhookEndpointSchema } from '../schema/machines.ts';
import { listRoute } from './listing.ts';
import { narrowingRoute } from './narrowing.ts';

export function webhookEndpoints(app: App): void {
  listRoute(app, {
    path: '/v1/webhook-endpoints',
    kind: 'webhook-endpoints',
    summary: 'Lists webhook endpoints.',
    schema: WebhookEndpointSchema,
  });
  narrowingRoute(app, {
    method: 'delete',
    path: '/v1/webhook-endpoints/{id}',
    does: 'disableEndpoint',
    summary: 'Switches a webhook endpoint off.',
  });
}
