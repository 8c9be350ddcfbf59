// The transparency log over HTTP: the signed checkpoint and the keys for everybody, tiles and proofs for every
// authenticated organisation (C2SP tlog-tiles). A leaf reveals nothing, so any organisation may read them all.
import { createRoute, z } from '@hono/zod-openapi';
import { fail } from '../../core/problems.ts';
import { authorized } from '../auth/authorized.ts';
import type { App } from '../context.ts';
import { ledgerOf } from '../ledger.ts';
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
const proofs = createRoute({
  ...{ method: 'get', path: '/v1/ledger/proofs', summary: 'Proves an entry, or that one tree begins another.', tags },
  description: '`index` (and `size`): inclusion. `from` and `size`: consistency of two sizes.',
  security: BY_KEY_OR_SESSION,
  request: { query: z.strictObject({ index: count.optional(), size: count.optional(), from: count.optional() }) },
  responses: answers(200, 'The proof.', JsonObjectSchema),
});
const key = createRoute({
  ...{ method: 'get', path: '/v1/ledger/key', summary: 'What verifiers of the log pin.', tags },
  security: BY_NOBODY,
  responses: answers(200, 'Origin and keys.', JsonObjectSchema),
});

const WHICH = fail('invalid-request', 'Ask for index (and size), or for from and size.', {
  errors: [{ pointer: '/index', detail: 'index, or from and size' }],
});

export function ledger(app: App): void {
  app.openapi(checkpoint, async (c) => {
    const { note } = await ledgerOf(c.env).checkpoint();
    c.header('Access-Control-Allow-Origin', '*');
    return c.body(note, 200, { 'Content-Type': 'text/plain; charset=utf-8' });
  });
  // Tile paths have slashes of their own (tile/0/x001/067): the router needs a pattern, the document a name.
  app.openAPIRegistry.registerPath(tile);
  app.get('/ledger/tile/:path{.+}', async (c) => {
    const reader = await authorized(c);
    if (!reader.ok) return answer(c, reader);
    const path = c.req.param('path');
    const bytes = await ledgerOf(c.env).tile(`tile/${path}`);
    if (bytes === null) return refuse(c, 'not-found', 'The public tree has no such tile.');
    // A tile never changes once it is full; a partial one is named by its width and does not change either.
    c.header('Cache-Control', 'private, max-age=31536000, immutable');
    return c.body(new Uint8Array(bytes), 200, { 'Content-Type': 'application/octet-stream' });
  });
  app.openapi(proofs, async (c) => {
    const reader = await authorized(c);
    if (!reader.ok) return answer(c, reader);
    const { index, size, from } = c.req.valid('query');
    const object = ledgerOf(c.env);
    if (index !== undefined && from === undefined) {
      return answer(c, await object.proof({ index, ...(size === undefined ? {} : { size }) }));
    }
    if (index !== undefined || from === undefined || size === undefined) return answer(c, WHICH);
    return answer(c, await object.consistency({ from, to: size }));
  });
  app.openapi(key, async (c) => {
    c.header('Access-Control-Allow-Origin', '*');
    return c.json(await ledgerOf(c.env).keys());
  });
}
