// Groups of members; who is in one is changed by signed changes alone.
import type { App } from '../context.ts';
import { GroupSchema } from '../schema/people.ts';
import { listRoute } from './listing.ts';

export const groups = (app: App): void =>
  listRoute(app, { path: '/v1/groups', kind: 'groups', summary: 'Lists groups.', schema: GroupSchema });
