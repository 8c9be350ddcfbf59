// Ends the shard of the log that takes entries and opens the next one. For our own scripts only (internal-call.ts);
// repeatable: what was interrupted goes on where it stopped.
import { createRoute, z } from '@hono/zod-openapi';
import { SHARD_NAME } from '../../core/ledger.ts';
import { internalCall } from '../auth/internal-call.ts';
import type { App, Ctx } from '../context.ts';
import { ledgerOf } from '../ledger.ts';
import { answer } from '../problem.ts';
import { answers, JsonObjectSchema, jsonBody } from '../schema/common.ts';

const Shard = z.strictObject({ name: z.string().regex(SHARD_NAME, 'Up to 32 of a-z, 0-9, dots and hyphens.') });

const rollingOver = createRoute({
  ...{ method: 'post', path: '/v1/internal/ledger/shards', tags: ['internal'], security: [{ internal: [] }] },
  summary: 'Ends the shard that takes entries, for good, and opens the next one.',
  description: 'The same call again answers the same, and finishes what was interrupted.',
  request: { body: jsonBody(Shard) },
  responses: answers(201, 'All shards, the first one first.', JsonObjectSchema),
});

/** Registers the rollover. */
export function shards(app: App): void {
  app.openapi(rollingOver, async (c) => {
    const proof = internalCall(c);
    return proof.ok ? rollOver(c, c.req.valid('json').name) : answer(c, proof);
  });
}

async function rollOver(c: Ctx, name: string): Promise<Response> {
  const log = ledgerOf(c.env);
  const ended = await (await log.newest()).retire({ name });
  return ended.ok ? c.json({ shards: await log.shards() }, 201) : answer(c, ended);
}
