// A reviewer decides: the server offers an intent, the passkey signs it, the request's object judges and records it.
import { createRoute } from '@hono/zod-openapi';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { narrowScope } from '../../core/capability.ts';
import { type DecisionIntent, decisionIntent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { baseScope } from '../../core/request/issue.ts';
import { stageOf } from '../../core/request/stage.ts';
import type { DecideQuestion, Reply, View } from '../../durable-objects/request/calls.ts';
import { clientOf } from '../auth/acting.ts';
import { sessionOf } from '../auth/caller.ts';
import { offerAssertion } from '../auth/ceremony.ts';
import { freshCeremony, openIntent } from '../auth/intent-token.ts';
import { siteOf, verifyAssertion } from '../auth/webauthn.ts';
import type { App, Ctx } from '../context.ts';
import { answer, problemAnswer } from '../problem.ts';
import { NO_SUCH_REQUEST } from '../requests/access.ts';
import { recentCheckpoint } from '../requests/checkpoint.ts';
import { type Judged, judged } from '../requests/judged.ts';
import { deliverLater, requestOf, withFacts } from '../requests/request-object.ts';
import { ApprovalRequestSchema, DecisionBody, DecisionOptionsBody } from '../schema/approval-requests.ts';
import { CeremonySchema } from '../schema/ceremony.ts';
import { answers, BY_SESSION, IdParams, jsonBody } from '../schema/common.ts';
import { macKeysOf } from '../secrets.ts';

const path = '/v1/approval-requests/{id}/decisions';
const tags = ['Decisions'];

const offering = createRoute({
  ...{ method: 'post', path: `${path}/options`, tags, security: BY_SESSION, summary: 'What the passkey is to sign' },
  request: { params: IdParams, body: jsonBody(DecisionOptionsBody) },
  responses: answers(200, 'Intent, its token, and WebAuthn options. Nothing is stored.', CeremonySchema),
});
const deciding = createRoute({
  ...{ method: 'post', path, tags, security: BY_SESSION, summary: 'Decide with a passkey' },
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
  scope?: JsonObject;
}

async function offer(c: Ctx, given: JsonObject) {
  const body = given as unknown as OptionsBody;
  const session = sessionOf(c);
  if (!session.ok) return session;
  const known = await judged(c, c.req.param('id')!, []);
  if (!known.ok) return known;
  const reviewer = reviewerOf(known.value);
  if (!reviewer.ok) return reviewer;
  if (known.value.record.life.status !== 'pending') return nothingToDecide(c, known.value);
  const intent = await intentFor(c, known.value, body, reviewer.value.user);
  if (!intent.ok) return intent;
  const ceremony = { site: siteOf(c.env), keys: macKeysOf(c.env, 'intent') };
  return ok(await offerAssertion(ceremony, intent.value, reviewer.value.passkeys));
}

/** Why nothing is offered, in the words that every door may say: what permits and is not sealed is not told. */
async function nothingToDecide(c: Ctx, { organization, record }: Judged): Promise<Result<never>> {
  const view = await requestOf(c.env, organization, record.id).read(organization);
  if (!view.ok) return view;
  const { status } = view.value.request;
  if (status !== 'pending')
    return fail('already-decided', `The request is ${status} already: nothing is left to decide.`);
  return fail('not-sealed-yet', 'A decision is being sealed. Look again in a moment.', { retry_after_seconds: 1 });
}

/** The person who calls, with the passkeys that are active now. No API key decides. */
function reviewerOf({ principal, facts }: Judged) {
  if (principal.kind !== 'person') return fail('forbidden', 'No API key can decide: sign in with a passkey.');
  const standing = facts.standings[principal.user];
  if (!standing?.active) return NO_SUCH_REQUEST;
  const passkeys = standing.passkeys.filter(({ status }) => status === 'active');
  return ok({ user: principal.user, passkeys });
}

async function intentFor(c: Ctx, known: Judged, body: OptionsBody, reviewer: string): Promise<Result<DecisionIntent>> {
  const { record, organization } = known;
  const decision = body.decision === 'deny' ? 'reject' : body.decision;
  const scope = narrowScope(baseScope(record), (body.scope ?? {}) as Record<string, unknown>);
  if (!scope.ok) return scope;
  const checkpoint = await recentCheckpoint(c.env);
  const open = stageOf(record, known.facts);
  const shown = {
    ...{ organization, rp_id: c.env.RP_ID, request: record.id, decision, scope: scope.value, reviewer },
    stage: Math.min(open.index, record.judgement.requirement.stages.length - 1),
    ...{ action_digest: record.effective.action_digest, request_digest: record.request_digest },
    policy_digest: record.policy.digest,
    ...{ comment: body.comment ?? null, external_ref: body.external_ref ?? null },
  };
  return ok(decisionIntent(shown, { ...freshCeremony(Date.now()), checkpoint }));
}

async function decide(c: Ctx): Promise<Response> {
  const id = c.req.param('id')!;
  const session = sessionOf(c);
  if (!session.ok) return problemAnswer(c, session.problem);
  const decided = await withFacts((users) => round(c, id, users));
  if (!decided.ok) return problemAnswer(c, decided.problem);
  deliverLater(c, decided.value.request.organization, id);
  if (decided.value.replayed) c.header('Idempotent-Replayed', 'true');
  return c.json(decided.value.request);
}

interface SignedBody {
  intent: JsonObject;
  intent_token: string;
  assertion: AuthenticationResponseJSON;
  comment?: string | null;
}

async function round(c: Ctx, id: string, users: string[]): Promise<Reply<View>> {
  const body = c.get('body') as unknown as SignedBody;
  const known = await judged(c, id, users);
  if (!known.ok) return known;
  const call = await verifiedCall(c, known.value, body);
  if (!call.ok) return call;
  const { organization, gathered } = known.value;
  return requestOf(c.env, organization, id).decide({ organization, idempotency: null, ...gathered, call: call.value });
}

/** The signature over exactly this intent, by a passkey of exactly this reviewer; what it decides is the object's. */
async function verifiedCall(c: Ctx, known: Judged, body: SignedBody): Promise<Result<DecideQuestion['call']>> {
  const reviewer = reviewerOf(known);
  if (!reviewer.ok) return reviewer;
  const offered = openIntent(macKeysOf(c.env, 'intent'), 'decision', body);
  if (!offered.ok) return offered;
  const { intent } = offered.value;
  const ours = intent.reviewer === reviewer.value.user && intent.request === known.record.id;
  if (!ours || intent.organization !== known.organization)
    return fail('intent-mismatch', 'This intent was offered to somebody else, or for another request.');
  const passkey = reviewer.value.passkeys.find(({ credential_id }) => credential_id === body.assertion.id);
  if (!passkey) return fail('ceremony-failed', 'This is none of your active passkeys. Nothing was done; try again.');
  const signer = { organization: known.organization, user: reviewer.value.user };
  const verified = await verifyAssertion(siteOf(c.env), intent, body.assertion, passkey, signer);
  if (!verified.ok) return verified;
  return ok({
    ...{ rp_id: c.env.RP_ID, intent, assertion: verified.value.assertion, comment: body.comment ?? null },
    ...{ passkey: passkey.id, new_counter: verified.value.new_counter, ip: c.req.header('cf-connecting-ip') ?? null },
    user_agent: clientOf(c).user_agent ?? null,
  });
}
