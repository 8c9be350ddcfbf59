// Events, deliveries and metrics: what D1 remembers, for any member or a key of scope admin:read.
import { createRoute, z } from '@hono/zod-openapi';
import { ok } from '../../core/problems.ts';
import type { App } from '../context.ts';
import { listDeliveries } from '../read/deliveries.ts';
import { listEvents } from '../read/events.ts';
import { metricsOf } from '../read/metrics.ts';
import { reading } from '../read/reading.ts';
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
  app.openapi(events, (c) =>
    reading(c, ({ caller }) => listEvents(c.env.DB, caller.organization, c.req.valid('query'))),
  );
  app.openapi(deliveries, (c) =>
    reading(c, ({ caller }) => listDeliveries(c.env.DB, caller.organization, c.req.valid('query'))),
  );
  app.openapi(metrics, (c) =>
    reading(c, async ({ caller }) => ok(await metricsOf(c.env.DB, caller.organization, Date.now()))),
  );
}
