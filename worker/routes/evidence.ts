// The evidence bundle of a request, the summaries of the same evidence for a pull request or a change ticket, and the
// decision receipts alone.
import { createRoute, z } from '@hono/zod-openapi';
import { canonicalize } from '../../core/canonical.ts';
import { attestationOf, type EvidenceBundle } from '../../core/evidence.ts';
import type { Json } from '../../core/json.ts';
import type { App } from '../context.ts';
import { answer, problemAnswer } from '../problem.ts';
import { seenRequest } from '../requests/access.ts';
import { evidenceFor } from '../requests/evidence.ts';
import { receiptsFor } from '../requests/receipts.ts';
import { answers, BY_KEY_OR_SESSION, IdParams, JsonObjectSchema } from '../schema/common.ts';

/** Format → content type and text. */
const FORMATS = {
  json: ['application/json', (bundle: EvidenceBundle) => canonicalize(bundle)],
  attestation: [
    'application/vnd.in-toto+json',
    (bundle: EvidenceBundle) => canonicalize(attestationOf(bundle).statement as unknown as Json),
  ],
  markdown: ['text/markdown; charset=utf-8', (bundle: EvidenceBundle) => attestationOf(bundle).markdown],
} as const;

const Format = z.enum(['json', 'attestation', 'markdown']).default('json').openapi({
  description: 'The bundle; an in-toto statement that summarises it; the same as Markdown.',
});

const downloading = createRoute({
  ...{ method: 'get', path: '/v1/approval-requests/{id}/evidence', tags: ['Approval requests'] },
  ...{ security: BY_KEY_OR_SESSION, summary: 'The evidence bundle, for verifiers that believe nobody' },
  description:
    'One file, `assentry-evidence/v1`. 503 `not-sealed-yet` until the public checkpoint holds every event. Keys without ' +
    '`admin:read` get it as it is after erasure of what people said and signed; every proof in it is valid.',
  request: { params: IdParams, query: z.strictObject({ format: Format }) },
  responses: answers(200, 'The bundle.', JsonObjectSchema),
});

const Receipt = z.object({
  ...{ event: z.string(), index: z.int(), leaf: z.string() },
  envelope: JsonObjectSchema.nullable().openapi({ description: 'DSSE v1.0; null where it is erased or not for you.' }),
});
const receipts = createRoute({
  ...{ method: 'get', path: '/v1/approval-requests/{id}/receipts', tags: ['Approval requests'] },
  ...{ security: BY_KEY_OR_SESSION, summary: 'The decision receipts: each DSSE envelope with its leaf in the ledger' },
  request: { params: IdParams },
  responses: answers(200, 'Every receipt that is sealed.', z.object({ data: z.array(Receipt) })),
});

export function evidence(app: App): void {
  app.openapi(receipts, async (c) => {
    const seen = await seenRequest(c);
    return answer(c, seen.ok ? await receiptsFor(c, seen.value) : seen);
  });
  app.openapi(downloading, async (c) => {
    const seen = await seenRequest(c);
    if (!seen.ok) return problemAnswer(c, seen.problem);
    const bundle = await evidenceFor(c, seen.value);
    if (!bundle.ok) return problemAnswer(c, bundle.problem);
    const [type, textOf] = FORMATS[c.req.valid('query').format];
    return c.body(textOf(bundle.value), 200, { 'Content-Type': type });
  });
}
