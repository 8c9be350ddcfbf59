// A reviewer edits what would run, without approving it: the server offers an intent of its own kind, the passkey signs it,
// the request's object judges and records it. An approval that reduces in one ceremony is decisions.ts's.
import { createRoute } from '@hono/zod-openapi';
import { type EditIntent, editIntent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { ok, type Result } from '../../core/problems.ts';
import { shownParams } from '../../core/request/shown.ts';
import type { Reply, View } from '../../durable-objects/request/calls.ts';
import { sessionOf } from '../auth/caller.ts';
import { type Ceremony, offerAssertion } from '../auth/ceremony.ts';
import { freshCeremony } from '../auth/intent-token.ts';
import { siteOf } from '../auth/webauthn.ts';
import type { App, Ctx } from '../context.ts';
import { answer, problemAnswer } from '../problem.ts';
import { recentCheckpoint } from '../requests/checkpoint.ts';
import { editPart, gatheredFor, planFor } from '../requests/edited.ts';
import { type Judged, judged } from '../requests/judged.ts';
import { deliverLater, requestOf, withFacts } from '../requests/request-object.ts';
import { nothingToDecide, reviewerOf, type SignedBody, signedCall } from '../requests/reviewer.ts';
import { ApprovalRequestSchema } from '../schema/approval-requests.ts';
import { CeremonySchema } from '../schema/ceremony.ts';
import { answers, BY_SESSION, IdParams, jsonBody } from '../schema/common.ts';
import { EditOptionsBody, SignedBody as SignedEditBody } from '../schema/decisions.ts';
import { macKeysOf } from '../secrets.ts';

const path = '/v1/approval-requests/{id}/edit';
const tags = ['Decisions'];

const offering = createRoute({
  ...{ method: 'post', path: `${path}/options`, tags, security: BY_SESSION },
  summary: 'What the passkey is to sign for an edit',
  request: { params: IdParams, body: jsonBody(EditOptionsBody) },
  responses: answers(200, 'Intent, its token, and WebAuthn options. Nothing is stored.', CeremonySchema),
});
const editing = createRoute({
  ...{ method: 'post', path, tags, security: BY_SESSION, summary: 'Edit the params with a passkey' },
  description:
    'Policy judges the edited action again, earlier votes are void, and only the edited action can be exchanged. Under `edits: any` whoever edits does not approve.',
  request: { params: IdParams, body: jsonBody(SignedEditBody) },
  responses: answers(200, 'The request after the edit.', ApprovalRequestSchema),
});

/** Registers the two calls of an edit. */
export function edits(app: App): void {
  app.openapi(offering, async (c) => answer(c, await offer(c, c.get('body') as unknown as OptionsBody)));
  app.openapi(editing, (c) => edit(c));
}

interface OptionsBody {
  params: JsonObject;
  comment?: string | null;
}

async function offer(c: Ctx, body: OptionsBody): Promise<Result<Ceremony<unknown>>> {
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

async function intentFor(c: Ctx, known: Judged, body: OptionsBody, reviewer: string): Promise<Result<EditIntent>> {
  const { record, organization } = known;
  const planned = await planFor(c, known, body.params, reviewer);
  if (!planned.ok) return planned;
  const { plan, stage } = planned.value;
  const shown = {
    ...{ organization, rp_id: c.env.RP_ID, request: record.id, stage, reviewer, replaces: plan.replaces },
    ...{ action_digest: record.action_digest, request_digest: record.request_digest },
    edited: {
      params: shownParams(record, plan.effective.params),
      action_digest: plan.action_digest,
      diff: plan.diff,
    },
    ...{ policy_digest: record.policy.digest, comment: body.comment ?? null },
  };
  const checkpoint = await recentCheckpoint(c.env);
  return ok(editIntent(shown, { ...freshCeremony(Date.now()), checkpoint }));
}

async function edit(c: Ctx): Promise<Response> {
  const id = c.req.param('id')!;
  const session = sessionOf(c);
  if (!session.ok) return problemAnswer(c, session.problem);
  const edited = await withFacts((users) => round(c, id, users));
  if (!edited.ok) return problemAnswer(c, edited.problem);
  deliverLater(c, edited.value.request.organization, id);
  if (edited.value.replayed) c.header('Idempotent-Replayed', 'true');
  return c.json(edited.value.request);
}

async function round(c: Ctx, id: string, users: string[]): Promise<Reply<View>> {
  const known = await judged(c, id, users);
  if (!known.ok) return known;
  const signed = await signedCall(c, known.value, 'edit', c.get('body') as unknown as SignedBody);
  if (!signed.ok) return signed;
  const { params } = signed.value.intent.edited;
  const part = await editPart(c, known.value, params);
  if (!part.ok) return part;
  const { organization } = known.value;
  const call = { ...signed.value, edit: part.value };
  const gathered = gatheredFor(known.value, part.value.params);
  return requestOf(c.env, organization, id).edit({ organization, idempotency: null, ...gathered, call });
}
