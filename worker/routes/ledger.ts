// The transparency log over HTTP: the signed checkpoint and the keys for everybody; tiles and proofs for every
// authenticated organisation, or for everybody where LEDGER_PUBLIC says so (C2SP tlog-tiles). A leaf reveals nothing.
import { createRoute, z } from '@hono/zod-openapi';
import { fromHex } from '../../core/encoding.ts';
import { parseTilePath, TILE_WIDTH, tlogProofText } from '../../core/ledger.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { InclusionAnswer } from '../../durable-objects/ledger/forms.ts';
import { authorized } from '../auth/authorized.ts';
import type { App, Ctx } from '../context.ts';
import { ledgerOf, type ShardPort, shardPort } from '../ledger.ts';
import { answer, refuse } from '../problem.ts';
import { answers, BY_KEY_OR_SESSION, BY_NOBODY, JsonObjectSchema } from '../schema/common.ts';

const tags = ['ledger'];
const count = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const checkpoint = createRoute({
  ...{ method: 'get', path: '/ledger/checkpoint', summary: 'The signed checkpoint (C2SP signed note).', tags },
  security: BY_NOBODY,
  responses: answers(200, 'The note, as text.'),
});
const tile = createRoute({
  ...{ method: 'get', path: '/ledger/tile/{path}', summary: 'A tile or entry bundle (C2SP tlog-tiles).', tags },
  security: BY_KEY_OR_SESSION,
  request: { params: z.object({ path: z.string() }) },
  responses: answers(200, 'Its bytes.'),
});
const shardCheckpoint = createRoute({
  ...{ method: 'get', path: '/ledger/shards/{shard}/checkpoint', tags },
  summary: 'The signed checkpoint of one shard; the last one of a shard that has ended.',
  security: BY_NOBODY,
  request: { params: z.object({ shard: count }) },
  responses: answers(200, 'The note, as text.'),
});
const shardTile = createRoute({
  ...{ method: 'get', path: '/ledger/shards/{shard}/tile/{path}', tags },
  summary: 'A tile or entry bundle of one shard (C2SP tlog-tiles).',
  security: BY_KEY_OR_SESSION,
  request: { params: z.object({ shard: count, path: z.string() }) },
  responses: answers(200, 'Its bytes.'),
});
const proofs = createRoute({
  ...{ method: 'get', path: '/v1/ledger/proofs', summary: 'Proves an entry, or that one tree begins another.', tags },
  description:
    '`index` (across shards) and `size` (of its shard’s tree): inclusion; with `format=tlog-proof` as the text of a C2SP tlog-proof under the public checkpoint. `from` and `size`: consistency of two sizes of one shard’s tree, `shard`, or the newest.',
  security: BY_KEY_OR_SESSION,
  request: {
    query: z.strictObject({
      ...{ index: count.optional(), size: count.optional(), from: count.optional(), shard: count.optional() },
      format: z.enum(['json', 'tlog-proof']).default('json'),
    }),
  },
  responses: answers(200, 'The proof.', JsonObjectSchema),
});
const consistency = createRoute({
  ...{ method: 'get', path: '/v1/ledger/consistency', summary: 'Proves that one tree begins another.', tags },
  description:
    'Both sizes of one shard’s tree (`shard`, or the newest), at most its public checkpoint’s. Hashes and roots are hex (RFC 6962 section 2.1.2).',
  security: BY_KEY_OR_SESSION,
  request: { query: z.strictObject({ from: count, to: count, shard: count.optional() }) },
  responses: answers(200, 'The proof.', JsonObjectSchema),
});
const witnessed = createRoute({
  ...{ method: 'get', path: '/v1/ledger/witnessed', summary: 'The first witnessed checkpoint with an entry.', tags },
  description: 'Its note with the cosignatures. Ask `/v1/ledger/proofs` with its size to prove the entry under it.',
  security: BY_NOBODY,
  request: { query: z.strictObject({ index: count }) },
  responses: answers(200, 'Size, note, and when the first cosignature came.', JsonObjectSchema),
});
const key = createRoute({
  ...{ method: 'get', path: '/v1/ledger/key', summary: 'What verifiers of the log pin.', tags },
  security: BY_NOBODY,
  responses: answers(200, 'Origin and keys.', JsonObjectSchema),
});

const WHICH = fail('invalid-request', 'Ask for index (and size), or for from and size.', {
  errors: [{ pointer: '/index', detail: 'index, or from and size' }],
});

/** A year: a complete tile of a shard that its address names never changes. */
const FOR_GOOD = 'max-age=31536000, immutable';
/** A partial tile is soon replaced by a wider one, and any tile of the newest shard by the next shard's. */
const FOR_NOW = 'max-age=60';

const isPublic = (c: Ctx): boolean => c.env.LEDGER_PUBLIC === 'true';

/** Whether this caller may read tiles and proofs. */
async function mayRead(c: Ctx): Promise<Result<null>> {
  if (isPublic(c)) return ok(null);
  const reader = await authorized(c);
  return reader.ok ? ok(null) : reader;
}

function openToAll(c: Ctx): void {
  c.header('Access-Control-Allow-Origin', '*');
  c.header('Cross-Origin-Resource-Policy', 'cross-origin');
}

/** Proofs as JSON, or as the text that goes into a `.tlog-proof` file. */
function proofAnswer(c: Ctx, proved: Result<InclusionAnswer>, format: 'json' | 'tlog-proof'): Response {
  if (!proved.ok || format === 'json') return answer(c, proved);
  const { index, hashes, checkpoint } = proved.value;
  if (checkpoint === null) return answer(c, OF_NOW);
  const text = tlogProofText({ index, hashes: hashes.map((hash) => fromHex(hash)!), checkpoint });
  return c.body(text, 200, { 'Content-Type': 'text/plain; charset=utf-8' });
}

const OF_NOW = fail('invalid-request', 'A tlog-proof is under the public checkpoint: leave the size out.', {
  errors: [{ pointer: '/size', detail: 'another size than the public checkpoint has' }],
});

const NO_SHARD = fail('not-found', 'The log has no such shard.');

function noteAnswer(c: Ctx, note: string): Response {
  openToAll(c);
  return c.body(note, 200, { 'Content-Type': 'text/plain; charset=utf-8' });
}

/**
 * Tile paths have slashes of their own (tile/0/x001/067): the router needs a pattern, the document a name.
 *
 * @param named whether the address names the shard: then it is that shard's for good
 */
async function tileAnswer(
  c: Ctx,
  portOf: () => Promise<ShardPort | null>,
  path: string,
  named: boolean,
): Promise<Response> {
  const reader = await mayRead(c);
  if (!reader.ok) return answer(c, reader);
  const bytes = (await (await portOf())?.tile(path)) ?? null;
  if (bytes === null) return refuse(c, 'not-found', 'The public tree has no such tile.');
  if (isPublic(c)) openToAll(c);
  const stays = named && parseTilePath(path)?.width === TILE_WIDTH;
  c.header('Cache-Control', `${isPublic(c) ? 'public' : 'private'}, ${stays ? FOR_GOOD : FOR_NOW}`);
  return c.body(new Uint8Array(bytes), 200, { 'Content-Type': 'application/octet-stream' });
}

/** What to pin of every shard, and what the deployment sealed of its own: rotations of keys, shards. */
async function keysOf(c: Ctx): Promise<object> {
  const log = ledgerOf(c.env);
  const [keys, shards] = await Promise.all([log.keys(), log.shards()]);
  const entries = await Promise.all(shards.map(({ shard }) => shardPort(c.env, shard).deployment()));
  return { ...keys, shards, deployment: entries.flat() };
}

export function ledger(app: App): void {
  app.openapi(checkpoint, async (c) => {
    const { note, shard = 0 } = await ledgerOf(c.env).checkpoint();
    c.header('Assentry-Shard', String(shard));
    return noteAnswer(c, note);
  });
  app.openapi(shardCheckpoint, async (c) => {
    const shard = await ledgerOf(c.env).shard(c.req.valid('param').shard);
    return shard === null ? answer(c, NO_SHARD) : noteAnswer(c, (await shard.checkpoint()).note);
  });
  app.openAPIRegistry.registerPath(tile);
  app.get('/ledger/tile/:path{.+}', (c) =>
    tileAnswer(c, () => ledgerOf(c.env).newest(), `tile/${c.req.param('path')}`, false),
  );
  app.openAPIRegistry.registerPath(shardTile);
  app.get('/ledger/shards/:shard{[0-9]{1,4}}/tile/:path{.+}', (c) =>
    tileAnswer(c, () => ledgerOf(c.env).shard(Number(c.req.param('shard'))), `tile/${c.req.param('path')}`, true),
  );
  app.openapi(proofs, async (c) => {
    const reader = await mayRead(c);
    if (!reader.ok) return answer(c, reader);
    const { index, size, from, shard, format } = c.req.valid('query');
    const log = ledgerOf(c.env);
    if (index !== undefined && from === undefined && shard === undefined)
      return proofAnswer(c, await log.proof({ index, ...(size === undefined ? {} : { size }) }), format);
    if (index !== undefined || from === undefined || size === undefined) return answer(c, WHICH);
    return answer(c, await log.consistency({ from, to: size, ...(shard === undefined ? {} : { shard }) }));
  });
  app.openapi(consistency, async (c) => {
    const reader = await mayRead(c);
    if (!reader.ok) return answer(c, reader);
    const { from, to, shard } = c.req.valid('query');
    return answer(c, await ledgerOf(c.env).consistency({ from, to, ...(shard === undefined ? {} : { shard }) }));
  });
  app.openapi(witnessed, async (c) => answer(c, await ledgerOf(c.env).witnessed(c.req.valid('query'))));
  app.openapi(key, async (c) => {
    openToAll(c);
    return c.json(await keysOf(c));
  });
}
