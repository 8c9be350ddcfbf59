// A reviewer decides: the server offers an intent, a passkey (or a token, where policy takes one) signs it, the request's
// object judges and records it. A key may carry a token here; no key decides.
import { createRoute } from '@hono/zod-openapi';
import { sameJson } from '../../core/canonical.ts';
import { narrowScope } from '../../core/capability.ts';
import { isId } from '../../core/ids.ts';
import { challengeText, type DecisionIntent, decisionIntent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { asIfEdited, editorsDoNotApprove } from '../../core/request/edit.ts';
import { editedNow, inForce } from '../../core/request/in-force.ts';
import { baseScope } from '../../core/request/issue.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import { shownParams } from '../../core/request/shown.ts';
import { stageOf } from '../../core/request/stage.ts';
import type { DecideCall } from '../../core/request/vote.ts';
import type { DecideQuestion, Reply, View } from '../../durable-objects/request/calls.ts';
import { authorized } from '../auth/authorized.ts';
import { callerOf, sessionOf } from '../auth/caller.ts';
import { offerAssertion } from '../auth/ceremony.ts';
import { freshCeremony } from '../auth/intent-token.ts';
import { siteOf } from '../auth/webauthn.ts';
import type { App, Ctx } from '../context.ts';
import { answer, problemAnswer } from '../problem.ts';
import { maySeeAll } from '../requests/access.ts';
import { recentCheckpoint } from '../requests/checkpoint.ts';
import { editPart, gatheredFor, planFor } from '../requests/edited.ts';
import { type Judged, judged } from '../requests/judged.ts';
import { deliverLater, requestOf, withFacts } from '../requests/request-object.ts';
import {
  namedReviewer,
  nothingToDecide,
  type SignedBody,
  signedCall,
  type TokenBody,
  tokenCall,
} from '../requests/reviewer.ts';
import { ApprovalRequestSchema } from '../schema/approval-requests.ts';
import { answers, BY_KEY_OR_SESSION, IdParams, jsonBody } from '../schema/common.ts';
import { DecisionBody, DecisionOfferSchema, DecisionOptionsBody } from '../schema/decisions.ts';
import { macKeysOf } from '../secrets.ts';

const path = '/v1/approval-requests/{id}/decisions';
const tags = ['Decisions'];

const offering = createRoute({
  ...{ method: 'post', path: `${path}/options`, tags, security: BY_KEY_OR_SESSION, summary: 'What is to be signed' },
  request: { params: IdParams, body: jsonBody(DecisionOptionsBody) },
  responses: answers(200, 'Intent, its token, and WebAuthn options. Nothing is stored.', DecisionOfferSchema),
});
const deciding = createRoute({
  ...{ method: 'post', path, tags, security: BY_KEY_OR_SESSION, summary: 'Decide with a passkey, or a signed token' },
  request: { params: IdParams, body: jsonBody(DecisionBody) },
  responses: answers(200, 'The request after the decision.', ApprovalRequestSchema),
});

/** Registers the two calls of a decision. */
export function decisions(app: App): void {
  app.openapi(offering, async (c) => answer(c, await offer(c, c.get('body') as JsonObject)));
  app.openapi(deciding, (c) => decide(c));
}

interface OptionsBody {
  decision: 'approve' | 'reject' | 'deny';
  comment?: string | null;
  external_ref?: string | null;
  params?: JsonObject;
  scope?: JsonObject;
  reviewer?: string;
}

async function offer(c: Ctx, given: JsonObject) {
  const body = given as unknown as OptionsBody;
  const caller = await decidingCaller(c, true);
  if (!caller.ok) return caller;
  const known = await judged(c, c.req.param('id')!, []);
  if (!known.ok) return known;
  const byKey = known.value.principal.kind === 'machine';
  const takesToken = inForce(known.value.record).requirement.verify === 'oidc' && body.params === undefined;
  if (byKey && !takesToken) return fail('forbidden', 'No API key can decide: sign in with a passkey.');
  const reviewer = namedReviewer(known.value, body.reviewer);
  if (!reviewer.ok) return reviewer;
  if (known.value.record.life.status !== 'pending') return nothingToDecide(c, known.value);
  const intent = await intentFor(c, known.value, body, reviewer.value.user);
  if (!intent.ok) return intent;
  const ceremony = { site: siteOf(c.env), keys: macKeysOf(c.env, 'intent') };
  const { public_key, ...offered } = await offerAssertion(ceremony, intent.value, reviewer.value.passkeys);
  const nonce = challengeText(intent.value);
  return ok({ ...offered, ...(byKey ? {} : { public_key }), ...(takesToken ? { nonce } : {}) });
}

/** A session; or, to carry a token, a key that reads every request. It is told so before it learns whether one exists. */
async function decidingCaller(c: Ctx, token: boolean): Promise<Result<unknown>> {
  const session = sessionOf(c);
  if (session.ok || !token || !callerOf(c).ok) return session;
  const who = await authorized(c);
  if (!who.ok || maySeeAll(who.value.principal)) return who;
  return fail('forbidden', 'This needs a session, or an API key with the scope requests:read_all to carry a token.');
}

/** The record that the vote would be about: as it stands, or as it would be once this approval has reduced it. */
async function votedOn(c: Ctx, known: Judged, body: OptionsBody, reviewer: string): Promise<Result<RequestRecord>> {
  const { record } = known;
  if (body.params === undefined || sameJson(body.params, shownParams(record, record.effective.params)))
    return ok(record);
  if (body.decision !== 'approve')
    return fail('invalid-request', 'A rejection edits nothing: leave params out.', {
      errors: [{ pointer: '/params', detail: 'is only for an approval' }],
    });
  const planned = await planFor(c, known, body.params, reviewer);
  if (!planned.ok) return planned;
  return planned.value.plan.mode === 'any' ? editorsDoNotApprove() : ok(asIfEdited(record, planned.value.plan));
}

async function intentFor(c: Ctx, known: Judged, body: OptionsBody, reviewer: string): Promise<Result<DecisionIntent>> {
  const { organization } = known;
  const voted = await votedOn(c, known, body, reviewer);
  if (!voted.ok) return voted;
  const record = voted.value;
  const decision = body.decision === 'deny' ? 'reject' : body.decision;
  const scope = narrowScope(baseScope(record), (body.scope ?? {}) as Record<string, unknown>);
  if (!scope.ok) return scope;
  const checkpoint = await recentCheckpoint(c.env);
  const open = stageOf(record, known.facts);
  const shown = {
    ...{ organization, rp_id: c.env.RP_ID, request: record.id, decision, scope: scope.value, reviewer },
    stage: Math.min(open.index, inForce(record).requirement.stages.length - 1),
    ...{ action_digest: record.action_digest, request_digest: record.request_digest },
    ...{ policy_digest: record.policy.digest, edited: editedNow(record) },
    ...{ comment: body.comment ?? null, external_ref: body.external_ref ?? null },
  };
  return ok(decisionIntent(shown, { ...freshCeremony(Date.now()), checkpoint }));
}

async function decide(c: Ctx): Promise<Response> {
  const id = c.req.param('id')!;
  const body = c.get('body') as unknown as SignedBody | TokenBody;
  const caller = await decidingCaller(c, 'oidc_token' in body);
  if (!caller.ok) return problemAnswer(c, caller.problem);
  const decided = await withFacts((users) =>
    'oidc_token' in body ? tokenRound(c, id, users, body) : round(c, id, users, body),
  );
  if (!decided.ok) return problemAnswer(c, decided.problem);
  deliverLater(c, decided.value.request.organization, id);
  if (decided.value.replayed) c.header('Idempotent-Replayed', 'true');
  return c.json(decided.value.request);
}

async function tokenRound(c: Ctx, id: string, users: string[], body: TokenBody): Promise<Reply<View>> {
  const { reviewer } = body.intent;
  const known = await judged(c, id, isId('usr', reviewer) ? [...users, reviewer] : users, { issuers: true });
  if (!known.ok) return known;
  const call = await tokenCall(c, known.value, body);
  if (!call.ok) return call;
  const { organization, gathered } = known.value;
  return requestOf(c.env, organization, id).decide({ organization, idempotency: null, ...gathered, call: call.value });
}

async function round(c: Ctx, id: string, users: string[], body: SignedBody): Promise<Reply<View>> {
  const known = await judged(c, id, users);
  if (!known.ok) return known;
  const signed = await signedCall(c, known.value, 'decision', body);
  if (!signed.ok) return signed;
  const question = await questionOf(c, known.value, signed.value);
  if (!question.ok) return question;
  return requestOf(c.env, known.value.organization, id).decide(question.value);
}

/** With what an edit needs, where this approval is about another action than the one that stands. */
async function questionOf(
  c: Ctx,
  known: Judged,
  signed: Omit<DecideCall, 'facts' | 'edit'>,
): Promise<Result<DecideQuestion>> {
  const { organization, record, gathered } = known;
  const { edited } = signed.intent;
  const call = { organization, idempotency: null };
  if (edited === null || edited.action_digest === record.effective.action_digest)
    return ok({ ...call, ...gathered, call: signed });
  const edit = await editPart(c, known, edited.params);
  if (!edit.ok) return edit;
  return ok({ ...call, ...gatheredFor(known, edit.value.params), call: { ...signed, edit: edit.value } });
}
