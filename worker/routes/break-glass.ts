// Break-glass: an emergency override of one exact action, signed with a passkey, and its review by somebody else.
import { createRoute } from '@hono/zod-openapi';
import type { App, Ctx } from '../context.ts';
import { answer, problemAnswer } from '../problem.ts';
import { offerBreakGlass, type SignedUse, takeBreakGlass } from '../requests/break-glass.ts';
import { offerReview, type SignedReview, takeReview } from '../requests/break-glass-review.ts';
import { deliverLater } from '../requests/request-object.ts';
import { ApprovalRequestSchema } from '../schema/approval-requests.ts';
import {
  BreakGlassBody,
  BreakGlassOfferSchema,
  BreakGlassOptionsBody,
  BreakGlassUseSchema,
  ReviewBody,
  ReviewedSchema,
  ReviewOptionsBody,
} from '../schema/break-glass.ts';
import { CeremonySchema } from '../schema/ceremony.ts';
import { answers, BY_SESSION, IdParams, jsonBody } from '../schema/common.ts';
import { listRoute } from './listing.ts';

const path = '/v1/break-glass';
const tags = ['break-glass'];
const offered = answers(200, 'Intent, its token, and WebAuthn options. Nothing is stored.', CeremonySchema);

const offering = createRoute({
  ...{ method: 'post', path: `${path}/options`, tags, security: BY_SESSION, summary: 'What the passkey is to sign' },
  description: 'Needs the role break_glass. Refused over a deny, under a stop, and while an earlier use is unreviewed.',
  request: { body: jsonBody(BreakGlassOptionsBody) },
  responses: answers(
    200,
    'As other ceremonies, with the salt of the digests. Nothing is stored.',
    BreakGlassOfferSchema,
  ),
});
const using = createRoute({
  ...{ method: 'post', path, tags, security: BY_SESSION, summary: 'Break glass with a passkey' },
  request: { body: jsonBody(BreakGlassBody) },
  responses: answers(201, 'The request, approved; its capability is the named actor’s alone.', ApprovalRequestSchema),
});
const offeringReview = createRoute({
  ...{ method: 'post', path: `${path}/{id}/review/options`, tags, security: BY_SESSION },
  summary: 'What the reviewer’s passkey is to sign',
  request: { params: IdParams, body: jsonBody(ReviewOptionsBody) },
  responses: offered,
});
const reviewing = createRoute({
  ...{ method: 'post', path: `${path}/{id}/review`, tags, security: BY_SESSION, summary: 'Review a use' },
  description: 'By an owner, admin or auditor who was not part of the use. Ends its debt.',
  request: { params: IdParams, body: jsonBody(ReviewBody) },
  responses: answers(200, 'The request that was reviewed.', ReviewedSchema),
});

/** Registers break-glass and its review. `{id}` is the request's. */
export function breakGlass(app: App): void {
  listRoute(app, {
    ...{ path, kind: 'break-glass', schema: BreakGlassUseSchema },
    summary: 'Lists uses; an open one waits for its review.',
  });
  app.openapi(offering, async (c) => answer(c, await offerBreakGlass(c, c.get('body') as never)));
  app.openapi(using, (c) => used(c));
  app.openapi(offeringReview, async (c) =>
    answer(c, await offerReview(c, c.req.valid('param').id, c.req.valid('json'))),
  );
  app.openapi(reviewing, async (c) =>
    answer(c, await takeReview(c, c.req.valid('param').id, c.req.valid('json') as unknown as SignedReview)),
  );
}

async function used(c: Ctx): Promise<Response> {
  const made = await takeBreakGlass(c, c.get('body') as unknown as SignedUse);
  if (!made.ok) return problemAnswer(c, made.problem);
  const { request, replayed } = made.value;
  deliverLater(c, request.organization, request.id);
  if (replayed) c.header('Idempotent-Replayed', 'true');
  return c.json(request, 201);
}
