// C2SP tlog-witness over HTTP: this deployment as the witness of other people's logs. No authentication beyond the
// signature on the checkpoint, as the specification has it; a log that is not configured has no object.
import { createRoute, z } from '@hono/zod-openapi';
import { fromUtf8 } from '../../core/encoding.ts';
import { parseAddCheckpoint, parseCheckpoint, parseNote } from '../../core/ledger.ts';
import { logKeysOf, ownWitnessKey } from '../../durable-objects/witness/keys.ts';
import type { WitnessAnswer } from '../../durable-objects/witness.ts';
import type { App, Ctx } from '../context.ts';
import { refuse } from '../problem.ts';
import { answers, BY_NOBODY, JsonObjectSchema } from '../schema/common.ts';

const tags = ['witness'];

const add = createRoute({
  ...{ method: 'post', path: '/witness/add-checkpoint', summary: 'Cosigns a checkpoint (C2SP tlog-witness).', tags },
  description:
    '409 answers `text/x.tlog.size` with the size of the last head that was cosigned; 422: the proof does not verify.',
  security: BY_NOBODY,
  request: { body: { required: true, content: { 'text/plain': { schema: z.string() } } } },
  responses: answers(200, 'The cosignature line, as text.'),
});
const key = createRoute({
  ...{ method: 'get', path: '/witness/key', summary: 'What logs and verifiers pin of this witness.', tags },
  security: BY_NOBODY,
  responses: answers(200, 'Its verifier key.', JsonObjectSchema),
});

/** All that is asked of the object. Named here, because the whole stub's types are too deep for the compiler. */
interface WitnessPort {
  add(origin: string, text: string): Promise<WitnessAnswer>;
}

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };
const SIZE = { 'Content-Type': 'text/x.tlog.size' };

export function witness(app: App): void {
  // Registered by hand: the validators of `openapi` read JSON only.
  app.openAPIRegistry.registerPath(add);
  app.post('/witness/add-checkpoint', async (c) => {
    const text = fromUtf8(c.get('raw_body'));
    const asked = text === null ? null : parseAddCheckpoint(text);
    const origin = asked && parseCheckpoint(parseNote(asked.note)!.text)?.origin;
    if (text === null || !origin) return said(c, { said: 'malformed' });
    if (!c.env.WITNESS_KEY || logKeysOf(c.env, origin).length === 0) return said(c, { said: 'unknown-origin' });
    const object = c.env.WITNESS.getByName(origin) as unknown as WitnessPort;
    return said(c, await object.add(origin, text));
  });
  app.openapi(key, async (c) => {
    const verifier_key = await ownWitnessKey(c.env);
    if (verifier_key === null) return refuse(c, 'not-found', 'This deployment witnesses no logs.');
    c.header('Access-Control-Allow-Origin', '*');
    return c.json({ verifier_key, logs: Object.keys(JSON.parse(c.env.WITNESSED_LOGS || '{}')) });
  });
}

function said(c: Ctx, answer: WitnessAnswer): Response {
  if (answer.said === 'cosigned') return c.body(answer.line, 200, TEXT);
  if (answer.said === 'conflict') return c.body(`${answer.size}\n`, 409, SIZE);
  return REFUSALS[answer.said](c);
}

const REFUSALS: Record<Exclude<WitnessAnswer['said'], 'cosigned' | 'conflict'>, (c: Ctx) => Response> = {
  malformed: (c) => refuse(c, 'invalid-request', 'This is no add-checkpoint request: see c2sp.org/tlog-witness.'),
  'unknown-origin': (c) => refuse(c, 'not-found', 'The log of this origin is not witnessed here.'),
  'unknown-key': (c) => refuse(c, 'forbidden', "No signature on the checkpoint is by the log's known key."),
  unproven: (c) => refuse(c, 'proof-failed', 'The consistency proof does not verify: nothing was cosigned.'),
};
