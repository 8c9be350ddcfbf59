// The organisation itself: its kind for good, its name and settings by signed changes; and K_org, for its own audit.
import { createRoute, z } from '@hono/zod-openapi';
import { fail } from '../../core/problems.ts';
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

const linkKey = createRoute({
  method: 'get',
  path: '/v1/organization/link-key',
  summary: 'Shows K_org, by which the organisation finds its own leaves in the log.',
  description: 'For API keys of scope admin:read and for administrators. 32 bytes, hex; it never changes.',
  tags: ['organization'],
  security: BY_KEY_OR_SESSION,
  responses: answers(200, 'The key.', z.object({ organization: z.string(), link_key: z.string() })),
});

const NOT_SHOWN = fail('forbidden', 'The link key is shown to API keys of scope admin:read and to administrators.');

export function organization(app: App): void {
  app.openapi(linkKey, async (c) => {
    const listed = await byAnyone(c, (object, acting) => object.list({ ...acting, kind: 'organization' }));
    if (!listed.ok) return answer(c, listed);
    const { id, link_key } = listed.value.data[0] as { id: string; link_key?: string };
    return link_key === undefined ? answer(c, NOT_SHOWN) : c.json({ organization: id, link_key });
  });
  app.openapi(get, async (c) => {
    const listed = await byAnyone(c, (object, acting) => object.list({ ...acting, kind: 'organization' }));
    return listed.ok ? c.json(listed.value.data[0] as object) : answer(c, listed);
  });
}
