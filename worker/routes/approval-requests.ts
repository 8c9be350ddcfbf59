// Approval requests: proposing, reading, waiting, and what ends one without a decision.
import { createRoute } from '@hono/zod-openapi';
import { onlyReads } from '../../core/authority.ts';
import type { JsonObject } from '../../core/json.ts';
import { MAX_EVIDENCE_BYTES } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { stopOver, under } from '../../core/request/message.ts';
import type { Report } from '../../core/request/withdraw.ts';
import type { HandQuestion, Reply, View } from '../../durable-objects/request/calls.ts';
import type { App, Ctx } from '../context.ts';
import { idempotencyKey } from '../edge/idempotency.ts';
import { answer, problemAnswer } from '../problem.ts';
import { listRequests } from '../read/requests.ts';
import { eventFor, hasRight, isRequester, type Seen, seenRequest, stillSees } from '../requests/access.ts';
import { handOf } from '../requests/hand.ts';
import { oversized } from '../requests/proposal.ts';
import { propose } from '../requests/propose.ts';
import { rejectedBefore } from '../requests/rejected-before.ts';
import { deliverLater, type RequestPort, requestOf, settled } from '../requests/request-object.ts';
import { seenNow } from '../requests/seen-now.ts';
import { streamOf } from '../requests/stream.ts';
import { waitWhilePending } from '../requests/watch.ts';
import {
  ApprovalRequestSchema,
  CommentBody,
  OptionalReasonBody,
  OutcomeBody,
  ProposalBody,
  RequestEventSchema,
  RequestQuery,
  WaitQuery,
} from '../schema/approval-requests.ts';
import { answers, BY_KEY_OR_SESSION, BY_SESSION, IdParams, jsonBody, pageOf } from '../schema/common.ts';

const tags = ['Approval requests'];
const base = '/v1/approval-requests';
const one = `${base}/{id}`;

const proposing = createRoute({
  ...{ method: 'post', path: base, tags, security: BY_KEY_OR_SESSION, summary: 'Propose an action' },
  request: { body: jsonBody(ProposalBody) },
  responses: answers(201, 'The request: approved, pending or rejected.', ApprovalRequestSchema),
});
const listing = createRoute({
  ...{ method: 'get', path: base, tags, security: BY_KEY_OR_SESSION, summary: 'List, newest first' },
  request: { query: RequestQuery },
  responses: answers(200, 'A page of requests, from the projection.', pageOf(ApprovalRequestSchema)),
});
const reading = createRoute({
  ...{ method: 'get', path: one, tags, security: BY_KEY_OR_SESSION, summary: 'The exact state; `wait` holds it' },
  request: { params: IdParams, query: WaitQuery },
  responses: answers(200, 'The request, from its object.', ApprovalRequestSchema),
});
const streaming = createRoute({
  ...{ method: 'get', path: `${one}/stream`, tags, security: BY_KEY_OR_SESSION, summary: 'Each change as it happens' },
  request: { params: IdParams },
  responses: answers(200, 'Server-sent events; resumable by Last-Event-ID.'),
});
const telling = createRoute({
  ...{ method: 'get', path: `${one}/events`, tags, security: BY_KEY_OR_SESSION, summary: 'Its events with receipts' },
  request: { params: IdParams },
  responses: answers(200, 'Events in order.', RequestEventSchema),
});

const acting = (
  verb: string,
  summary: string,
  body: typeof OptionalReasonBody | typeof CommentBody | typeof OutcomeBody,
  security = BY_KEY_OR_SESSION,
) =>
  createRoute({
    ...{ method: 'post', path: `${one}/${verb}`, tags, security, summary },
    request: { params: IdParams, body: jsonBody(body) },
    responses: answers(200, 'The request after it.', ApprovalRequestSchema),
  });

/** Registers the routes of approval requests. */
export function approvalRequests(app: App): void {
  app.openapi(proposing, (c) => proposed(c));
  app.openapi(listing, async (c) => answer(c, await listRequests(c, c.req.valid('query'))));
  app.openapi(reading, (c) => read(c, c.req.valid('query').wait ?? 0));
  app.openapi(streaming, (c) => stream(c));
  app.openapi(telling, (c) => events(c));
  app.openapi(acting('cancel', 'Withdraw', OptionalReasonBody), (c) => canceled(c, said(c).reason ?? null));
  app.openapi(acting('outcome', 'Report what happened', OutcomeBody), (c) => reported(c));
  app.openapi(acting('comments', 'Comment', CommentBody, BY_SESSION), (c) => commented(c, said(c).comment!.trim()));
  app.openapi(acting('revoke', 'Take the capability back', OptionalReasonBody, BY_SESSION), (c) =>
    revoked(c, said(c).reason ?? null),
  );
  app.openapi(acting('expire', 'End the waiting', OptionalReasonBody, BY_SESSION), (c) =>
    expired(c, said(c).reason ?? null),
  );
}

/** The body, already fit for the route's schema. */
const said = (c: Ctx) => c.get('body') as { reason?: string; comment?: string };

async function proposed(c: Ctx): Promise<Response> {
  const key = idempotencyKey(c);
  if (!key.ok) return problemAnswer(c, key.problem);
  const made = await propose(c, key.value);
  if (!made.ok) return problemAnswer(c, made.problem, await rejectedBefore(c, made.problem));
  return shown(c, made.value, 201);
}

/** The answer, and everybody else told after it. */
function shown(c: Ctx, view: View, status: 200 | 201): Response {
  deliverLater(c, view.request.organization, view.request.id);
  if (view.replayed) c.header('Idempotent-Replayed', 'true');
  return c.json(view.request, status);
}

async function read(c: Ctx, wait_seconds: number): Promise<Response> {
  const seen = await seenNow(c);
  if (!seen.ok) return problemAnswer(c, seen.problem);
  const { seq, request } = seen.value.view;
  const stop = stopOver(request, seen.value.facts.stops);
  const now = { seq, status: request.status, text: JSON.stringify(under(request, stop)), stopped: stop !== null };
  const latest = await waitWhilePending(c.env, seen.value, now, wait_seconds * 1_000);
  const sees = wait_seconds === 0 ? ok(undefined) : await stillSees(c, request);
  if (!sees.ok) return problemAnswer(c, sees.problem);
  c.header('Content-Type', 'application/json');
  return c.body(latest.text);
}

async function stream(c: Ctx): Promise<Response> {
  const seen = await seenRequest(c);
  if (!seen.ok) return problemAnswer(c, seen.problem);
  const last = Number(c.req.header('last-event-id') ?? '-1');
  const after = Number.isSafeInteger(last) ? last : -1;
  const { request } = seen.value.view;
  const stop = stopOver(request, seen.value.facts.stops);
  return streamOf(c.env, seen.value, { seq: after, stop, may: async () => (await stillSees(c, request)).ok });
}

async function events(c: Ctx): Promise<Response> {
  const seen = await seenRequest(c);
  if (!seen.ok) return problemAnswer(c, seen.problem);
  const lines = await requestOf(c.env, seen.value.organization, seen.value.id).events(seen.value.organization);
  if (!lines.ok) return problemAnswer(c, lines.problem);
  const { principal } = seen.value;
  return c.json({ data: lines.value.map(({ event, receipt }) => ({ ...eventFor(principal, event), receipt })) });
}

/** A command by hand: who may, what the object is asked, and the caller's words where it keeps them. */
interface ByHand {
  purpose: string;
  reason?: string | null;
  may: (seen: Seen) => boolean;
  run: (object: RequestPort, hand: HandQuestion, seen: Seen) => Promise<Reply<View>>;
}

async function command(c: Ctx, by: ByHand): Promise<Response> {
  const done = await commanded(c, by);
  return done.ok ? shown(c, done.value, 200) : problemAnswer(c, done.problem);
}

async function commanded(c: Ctx, { purpose, reason = null, may, run }: ByHand): Promise<Result<View>> {
  const seen = await seenRequest(c);
  if (!seen.ok) return seen;
  if (!may(seen.value)) return fail('forbidden', 'You see this request, but this is for others to do.');
  const hand = handOf(c, seen.value, `${purpose}:${seen.value.id}`, reason);
  if (!hand.ok) return hand;
  return settled(await run(requestOf(c.env, seen.value.organization, seen.value.id), hand.value, seen.value));
}

const requesterOnly = ({ principal, view }: Seen) => isRequester(principal, view.request);
/** People who take part; an auditor reads. */
const takesPart = ({ principal }: Seen) => principal.kind === 'person' && !onlyReads(principal);
/** Who broke the glass may take back what it released. */
const brokeGlass = ({ principal, view }: Seen) =>
  principal.kind === 'person' && view.request.break_glass?.user.id === principal.user;
const withRight = ({ principal }: Seen) => hasRight(principal);

const canceled = (c: Ctx, reason: string | null) =>
  command(c, { purpose: 'cancel', reason, may: requesterOnly, run: (object, hand) => object.cancel(hand) });

const commented = (c: Ctx, comment: string) =>
  command(c, { purpose: 'comment', reason: comment, may: takesPart, run: (object, hand) => object.comment(hand) });

const revoked = (c: Ctx, reason: string | null) =>
  command(c, {
    ...{ purpose: 'revoke', reason, may: (seen) => withRight(seen) || brokeGlass(seen) },
    run: (object, hand) => object.revoke({ ...hand, stop: null }),
  });

const expired = (c: Ctx, reason: string | null) =>
  command(c, { purpose: 'expire', reason, may: withRight, run: (object, hand) => object.expire(hand) });

async function reported(c: Ctx): Promise<Response> {
  const errors = oversized(c.get('body') as JsonObject, { evidence: MAX_EVIDENCE_BYTES });
  if (errors.length > 0)
    return problemAnswer(c, { code: 'invalid-request', detail: `evidence ${errors[0]!.detail}`, errors });
  const body = c.get('body') as unknown as Pick<Report, 'status' | 'evidence'> & { detail?: string };
  const report = { status: body.status, detail: body.detail ?? null, evidence: body.evidence ?? null };
  return command(c, {
    purpose: 'outcome',
    may: (seen) => requesterOnly(seen) || withRight(seen),
    run: (object, hand, seen) => object.report({ ...hand, report: { ...report, has_right: withRight(seen) } }),
  });
}
