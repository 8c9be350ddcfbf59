// Service accounts: who asks. They are made and altered by signed changes alone.
import type { App } from '../context.ts';
import { ServiceAccountSchema } from '../schema/machines.ts';
import { listRoute } from './listing.ts';

export const serviceAccounts = (app: App): void =>
  listRoute(app, {
    path: '/v1/service-accounts',
    kind: 'service-accounts',
    summary: 'Lists service accounts.',
    schema: ServiceAccountSchema,
  });
