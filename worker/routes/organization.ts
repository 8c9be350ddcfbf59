// The organisation itself: its kind for good, its name and settings by signed changes.
import { createRoute } from '@hono/zod-openapi';
import { byAnyone } from '../auth/acting.ts';
import type { App } from '../context.ts';
import { answer } from '../problem.ts';
import { answers, BY_KEY_OR_SESSION } from '../schema/common.ts';
import { OrganizationSchema } from '../schema/machines.ts';

const get = createRoute({
  method: 'get',
  path: '/v1/organization',
  summary: 'Shows the organisation.',
  tags: ['organization'],
  security: BY_KEY_OR_SESSION,
  responses: answers(200, 'The organisation.', OrganizationSchema),
});

export function organization(app: App): void {
  app.openapi(get, async (c) => {
    const listed = await byAnyone(c, (object, acting) => object.list({ ...acting, kind: 'organization' }));
    return listed.ok ? c.json(listed.value.data[0] as object) : answer(c, listed);
  });
}
