// D1 is a projection: lost, it is told again. This walks the ledger's directory, which knows every object that was ever
// sealed, and has each tell everything once more. For our own scripts only; repeatable, a page at a time.
import { createRoute, z } from '@hono/zod-openapi';
import { internalCall } from '../auth/internal-call.ts';
import type { App, Ctx } from '../context.ts';
import { ledgerOf } from '../ledger.ts';
import { organizationOf } from '../organization.ts';
import { answer } from '../problem.ts';
import { requestOf } from '../requests/request-object.ts';
import { answers, jsonBody } from '../schema/common.ts';

/** Objects per call: a Worker may wake so many in one request without coming near its limits. */
const PAGE = 50;

const Position = z.strictObject({ organization: z.string(), object: z.string(), shard: z.int().min(0).default(0) });
const Answer = z.object({ told: z.int(), next: Position.nullable() });

const rebuilding = createRoute({
  ...{ method: 'post', path: '/v1/internal/rebuild', tags: ['internal'], security: [{ internal: [] }] },
  summary: 'Has every object tell D1 everything once more, a page at a time.',
  request: { body: jsonBody(z.strictObject({ after: Position.nullable() })) },
  responses: answers(200, 'How many objects told, and where to go on.', Answer),
});

/** Registers the rebuild. */
export function rebuild(app: App): void {
  app.openapi(rebuilding, async (c) => {
    const proof = internalCall(c);
    return proof.ok ? c.json(await page(c, c.req.valid('json').after)) : answer(c, proof);
  });
}

async function page(c: Ctx, after: z.infer<typeof Position> | null) {
  const ledger = ledgerOf(c.env);
  const shard = after?.shard ?? 0;
  const port = await ledger.shard(shard);
  const rows = port === null ? [] : await port.directory({ after: after && placeOf(after), limit: PAGE });
  await Promise.all(
    rows.map(({ organization, kind, object }) =>
      kind === 'organization'
        ? organizationOf(c.env, organization).retell()
        : requestOf(c.env, organization, object).retell(),
    ),
  );
  const last = rows.length === PAGE ? rows.at(-1)! : null;
  if (last !== null) return { told: rows.length, next: { ...placeOf(last), shard } };
  // An object that two shards have sealed tells twice, which D1 does not mind.
  const more = (await ledger.shard(shard + 1)) !== null;
  return { told: rows.length, next: more ? { organization: '', object: '', shard: shard + 1 } : null };
}

const placeOf = ({ organization, object }: { organization: string; object: string }) => ({ organization, object });
