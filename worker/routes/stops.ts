// Stops: an actor, a service account or the whole organisation may do nothing more, at once. Lifting one is a change.
import { createRoute } from '@hono/zod-openapi';
import { bySession } from '../auth/acting.ts';
import type { App } from '../context.ts';
import { answer } from '../problem.ts';
import { answers, BY_SESSION, jsonBody } from '../schema/common.ts';
import { StopBody, StopSchema } from '../schema/people.ts';
import { listRoute } from './listing.ts';

const set = createRoute({
  method: 'post',
  path: '/v1/stops',
  summary: 'Stops an actor, a service account or the organisation.',
  description:
    'Takes effect at once: decisions, exchanges and uses under a stop are refused. Lifted by a signed change.',
  tags: ['stops'],
  security: BY_SESSION,
  request: { body: jsonBody(StopBody) },
  responses: answers(201, 'The stop.', StopSchema),
});

export function stops(app: App): void {
  listRoute(app, {
    path: '/v1/stops',
    kind: 'stops',
    summary: 'Lists stops; a lifted one says when.',
    schema: StopSchema,
  });
  app.openapi(set, async (c) =>
    answer(
      c,
      await bySession(c, (organization, acting) => organization.stop({ ...acting, ...c.req.valid('json') })),
      201,
    ),
  );
}
