// What is done about a request that waits and decides nothing: asking further people sooner, and saying who looks after it.
import { createRoute } from '@hono/zod-openapi';
import type { FollowQuestion, Reply, View } from '../../durable-objects/request/calls.ts';
import { sessionOf } from '../auth/caller.ts';
import type { App, Ctx } from '../context.ts';
import { problemAnswer } from '../problem.ts';
import { hasRight, nameOf } from '../requests/access.ts';
import { idempotencyOf } from '../requests/hand.ts';
import { judged } from '../requests/judged.ts';
import { deliverLater, requestOf, withFacts } from '../requests/request-object.ts';
import { ApprovalRequestSchema, OptionalReasonBody } from '../schema/approval-requests.ts';
import { answers, BY_SESSION, IdParams, jsonBody } from '../schema/common.ts';

const one = '/v1/approval-requests/{id}';

const route = (method: 'post' | 'delete', verb: string, summary: string, description: string) =>
  createRoute({
    ...{ method, path: `${one}/${verb}`, tags: ['Approval requests'], security: BY_SESSION, summary, description },
    request: { params: IdParams, body: { ...jsonBody(OptionalReasonBody), required: method === 'post' } },
    responses: answers(200, 'The request after it.', ApprovalRequestSchema),
  });

const escalating = route(
  ...(['post', 'escalate', 'Ask further people now'] as const),
  'Brings the next escalation that policy wrote forward: its people decide in the open stage as well.',
);
const claiming = route(
  ...(['post', 'claim', 'Say that you are on it'] as const),
  'By somebody who may decide now. It keeps nobody else from deciding, and ends by itself after 15 minutes.',
);
const releasing = route(
  ...(['delete', 'claim', 'Give a claim back'] as const),
  'One’s own, or anybody’s for an owner or admin.',
);

type Verb = 'escalate' | 'claim' | 'release';

/** Registers them. */
export function followUp(app: App): void {
  app.openapi(escalating, (c) => followed(c, 'escalate'));
  app.openapi(claiming, (c) => followed(c, 'claim'));
  app.openapi(releasing, (c) => followed(c, 'release'));
}

async function followed(c: Ctx, verb: Verb): Promise<Response> {
  const session = sessionOf(c);
  if (!session.ok) return problemAnswer(c, session.problem);
  const id = c.req.param('id')!;
  const done = await withFacts((users) => round(c, id, users, verb));
  if (!done.ok) return problemAnswer(c, done.problem);
  deliverLater(c, done.value.request.organization, id);
  if (done.value.replayed) c.header('Idempotent-Replayed', 'true');
  return c.json(done.value.request);
}

async function round(c: Ctx, id: string, users: string[], verb: Verb): Promise<Reply<View>> {
  const known = await judged(c, id, users);
  if (!known.ok) return known;
  const { principal, organization, gathered } = known.value;
  const idempotency = idempotencyOf(c, principal, `${verb}:${id}`);
  if (!idempotency.ok) return idempotency;
  const question: FollowQuestion = {
    ...{ organization, idempotency: idempotency.value, ...gathered, ...nameOf(principal) },
    ...{ has_right: hasRight(principal), ip: c.req.header('cf-connecting-ip') ?? null },
    reason: (c.get('body') as { reason?: string } | undefined)?.reason ?? null,
  };
  return requestOf(c.env, organization, id)[verb](question);
}
