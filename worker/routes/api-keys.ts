// API keys: listed without their text, revoked at once. A new one is a signed change.
import type { App } from '../context.ts';
import { ApiKeySchema } from '../schema/machines.ts';
import { listRoute } from './listing.ts';
import { narrowingRoute } from './narrowing.ts';

export function apiKeys(app: App): void {
  listRoute(app, { path: '/v1/api-keys', kind: 'api-keys', summary: 'Lists API keys.', schema: ApiKeySchema });
  narrowingRoute(app, {
    method: 'delete',
    path: '/v1/api-keys/{id}',
    does: 'revokeApiKey',
    summary: 'Revokes an API key.',
  });
}
