// A policy before it is in force: what it would have said to what was asked. Reads alone; publishing is a signed change.
import { createRoute } from '@hono/zod-openapi';
import type { App } from '../context.ts';
import { reading } from '../read/reading.ts';
import { simulate } from '../read/simulation.ts';
import { answers, BY_KEY_OR_SESSION, jsonBody } from '../schema/common.ts';
import { SimulationBody, SimulationSchema } from '../schema/policy-life.ts';

const simulations = createRoute({
  ...{ method: 'post', path: '/v1/policy/simulations', summary: 'Judges past requests by a draft.', tags: ['policy'] },
  description:
    'Takes the newest `limit` requests, oldest first, at the moments and with the risk claimed at which they were asked. Budgets of trusted patterns that were in force then are as they were; others are counted again. Records nothing. `recorded` is what was said when they were asked.',
  security: BY_KEY_OR_SESSION,
  request: { body: jsonBody(SimulationBody) },
  responses: answers(200, 'What would be otherwise.', SimulationSchema),
});

export function policyLife(app: App): void {
  app.openapi(simulations, (c) => reading(c, (reader) => simulate(c.env.DB, reader, c.req.valid('json'))));
}
