// Events, deliveries and metrics: what D1 remembers, for any member or a key of scope admin:read.
import { createRoute, z } from '@hono/zod-openapi';
import { fail, ok, type Result } from '../../core/problems.ts';
import { authorizedReader } from '../auth/authorized.ts';
import type { App, Ctx } from '../context.ts';
import { answer } from '../problem.ts';
import { listDeliveries } from '../read/deliveries.ts';
import { listEvents } from '../read/events.ts';
import { metricsOf } from '../read/metrics.ts';
import { answers, BY_KEY_OR_SESSION, PageQuery, pageOf } from '../schema/common.ts';
import { DeliverySchema, EventSchema, MetricsSchema } from '../schema/machines.ts';

const text = z.string().max(64).optional();

const events = createRoute({
  ...{ method: 'get', path: '/v1/events', summary: 'Lists events, newest first.', tags: ['events'] },
  security: BY_KEY_OR_SESSION,
  request: { query: PageQuery.extend({ object: text, type: text }) },
  responses: answers(200, 'The page.', pageOf(EventSchema)),
});
const deliveries = createRoute({
  ...{
    method: 'get',
    path: '/v1/deliveries',
    summary: 'Lists webhook deliveries, newest first.',
    tags: ['deliveries'],
  },
  security: BY_KEY_OR_SESSION,
  request: { query: PageQuery.extend({ endpoint: text, status: z.enum(['due', 'delivered', 'dead']).optional() }) },
  responses: answers(200, 'The page.', pageOf(DeliverySchema)),
});
const metrics = createRoute({
  ...{ method: 'get', path: '/v1/metrics', summary: 'Counts and times of the last thirty days.', tags: ['metrics'] },
  security: BY_KEY_OR_SESSION,
  responses: answers(200, 'The metrics.', MetricsSchema),
});

export function records(app: App): void {
  app.openapi(events, (c) => reading(c, (organization) => listEvents(c.env.DB, organization, c.req.valid('query'))));
  app.openapi(deliveries, (c) =>
    reading(c, (organization) => listDeliveries(c.env.DB, organization, c.req.valid('query'))),
  );
  app.openapi(metrics, (c) =>
    reading(c, async (organization) => ok(await metricsOf(c.env.DB, organization, Date.now()))),
  );
}

/** Reads for a caller who may; D1 being down is said as what it is: lists wait, decisions go on. */
async function reading(c: Ctx, read: (organization: string) => Promise<Result<object>>): Promise<Response> {
  const reader = await authorizedReader(c);
  if (!reader.ok) return answer(c, reader);
  try {
    return answer(c, await read(reader.value.caller.organization));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    const detail = 'Lists cannot be read just now. Decisions and exchanges go on.';
    return answer(c, fail('unavailable', detail, { retry_after_seconds: 2, reason }));
  }
}
