// What only narrows: takes effect at once, needs a session and no ceremony. One shape for all of them.
import { createRoute } from '@hono/zod-openapi';
import { bySession } from '../auth/acting.ts';
import type { App } from '../context.ts';
import type { OrganizationPort } from '../organization.ts';
import { answer } from '../problem.ts';
import { answers, BY_SESSION, IdParams, JsonObjectSchema, jsonBody } from '../schema/common.ts';
import { ReasonBody } from '../schema/people.ts';

type Narrowing =
  | 'revokePasskey'
  | 'removeMember'
  | 'lockMember'
  | 'endDelegation'
  | 'revokeApiKey'
  | 'revokeInvitation'
  | 'disableEndpoint';

interface Narrowed {
  method: 'delete' | 'post';
  path: string;
  does: Narrowing;
  summary: string;
}

/** Registers a route that hands `{id}` (and a reason, if one is sent) to the organisation. */
export function narrowingRoute(app: App, { method, path, does, summary }: Narrowed): void {
  const route = createRoute({
    method,
    path,
    summary,
    description: 'Only narrows: takes effect at once, needs a session, no ceremony.',
    tags: [path.split('/')[2]!],
    security: BY_SESSION,
    request: { params: IdParams, body: { ...jsonBody(ReasonBody), required: method === 'post' } },
    responses: answers(200, 'Done.', JsonObjectSchema),
  });
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const reason = (c.get('body') as { reason?: string } | undefined)?.reason;
    const done = await bySession(c, (organization: OrganizationPort, acting) =>
      organization[does]({ ...acting, id, ...(reason === undefined ? {} : { reason }) }),
    );
    return done.ok ? c.json({ id }) : answer(c, done);
  });
}
