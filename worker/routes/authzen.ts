// OpenID AuthZEN 1.0: this deployment as a Policy Decision Point, over the evaluator that judges proposals. It answers
// what policy says now; it makes no request, no event and no capability.
import { createRoute } from '@hono/zod-openapi';
import { instantAt } from '../../core/duration.ts';
import {
  type Decision,
  decisionOn,
  type Evaluation,
  evaluateAll,
  proposalOf,
  refused,
  type Semantic,
  withDefaults,
} from '../../core/foreign/authzen.ts';
import { MAX_BATCH_STEPS, type Work } from '../../core/policy/semantics.ts';
import { ok, type Result } from '../../core/problems.ts';
import { type Authorized, authorized } from '../auth/authorized.ts';
import type { App, Ctx } from '../context.ts';
import { placesOf } from '../edge/invalid.ts';
import { answer, problemAnswer } from '../problem.ts';
import { mayAsk, mayAskAbout } from '../requests/access.ts';
import { paramsFit } from '../requests/fitting.ts';
import { policyInput, readProposal } from '../requests/proposal.ts';
import { DecisionSchema, DecisionsSchema, EvaluationBody, EvaluationsBody, MetadataSchema } from '../schema/authzen.ts';
import { answers, BY_KEY_OR_SESSION, BY_NOBODY, jsonBody } from '../schema/common.ts';

const tags = ['authzen'];
const evaluation = createRoute({
  ...{ method: 'post', path: '/access/v1/evaluation', summary: 'May this be done? (AuthZEN 1.0)', tags },
  description:
    'True only where policy allows without a person. Records nothing; trusted patterns with a budget permit nothing here.',
  security: BY_KEY_OR_SESSION,
  request: { body: jsonBody(EvaluationBody) },
  responses: answers(200, 'The decision.', DecisionSchema),
});
const evaluations = createRoute({
  ...{ method: 'post', path: '/access/v1/evaluations', summary: 'Many at once (AuthZEN 1.0).', tags },
  security: BY_KEY_OR_SESSION,
  request: { body: jsonBody(EvaluationsBody) },
  responses: answers(200, 'The decisions, in the order asked.', DecisionsSchema),
});
const metadata = createRoute({
  ...{ method: 'get', path: '/.well-known/authzen-configuration', summary: 'Where AuthZEN is answered.', tags },
  security: BY_NOBODY,
  responses: answers(200, 'The metadata.', MetadataSchema),
});

export function authzen(app: App): void {
  app.openapi(evaluation, async (c) => answer(c, await one(c, c.get('body') as unknown as Evaluation)));
  app.openapi(evaluations, async (c) => many(c, c.get('body') as unknown as Asked));
  app.openapi(metadata, (c) => {
    const point = c.env.BASE_URL;
    return c.json({
      policy_decision_point: point,
      access_evaluation_endpoint: `${point}/access/v1/evaluation`,
      access_evaluations_endpoint: `${point}/access/v1/evaluations`,
    });
  });
}

async function one(c: Ctx, asked: Evaluation): Promise<Result<Decision>> {
  const who = await whoAsks(c);
  return who.ok ? ok(decisionFor(who.value, asked)) : who;
}

async function whoAsks(c: Ctx): Promise<Result<Authorized>> {
  const who = await authorized(c);
  if (!who.ok) return who;
  const may = mayAsk(who.value.principal);
  return may.ok ? who : may;
}

interface Asked extends Partial<Evaluation> {
  evaluations?: Partial<Evaluation>[];
  options?: { evaluations_semantic?: Semantic };
}

/** "If an `evaluations` array is NOT present or is empty", this is the single form. */
async function many(c: Ctx, asked: Asked) {
  const items = asked.evaluations ?? [];
  if (items.length === 0) {
    const whole = EvaluationBody.safeParse(asked);
    return whole.success ? answer(c, await one(c, asked as Evaluation)) : refuseSingle(c, whole.error.issues);
  }
  const who = await whoAsks(c);
  if (!who.ok) return problemAnswer(c, who.problem);
  const semantic = asked.options?.evaluations_semantic ?? 'execute_all';
  // A hundred of the longest judgements would hold up everybody in this isolate: beyond the budget each one is a no.
  const work: Work = { left: MAX_BATCH_STEPS };
  const evaluations = evaluateAll(withDefaults(asked, items), semantic, (item) => each(who.value, item, work));
  return c.json({ evaluations });
}

type Issues = Parameters<typeof placesOf>[0];

function refuseSingle(c: Ctx, issues: Issues): Response {
  const errors = placesOf(issues);
  return problemAnswer(c, { code: 'invalid-request', detail: 'Subject, action and resource are required.', errors });
}

/** A failed evaluation of many is "denoted by decision: false"; the others are answered. */
function each(who: Authorized, item: Partial<Evaluation>, work: Work): Decision {
  const whole = EvaluationBody.safeParse(item);
  if (whole.success) return decisionFor(who, item as Evaluation, work);
  const missing = placesOf(whole.error.issues).map(({ pointer }) => pointer);
  return refused(`This evaluation lacks ${missing.join(', ')}.`, 'invalid-request');
}

function decisionFor({ principal, facts, snapshot }: Authorized, asked: Evaluation, work?: Work): Decision {
  const read = readProposal(proposalOf(asked), principal);
  if (!read.ok) return refused(read.problem.detail, read.problem.code);
  const may = mayAskAbout(principal, read.value.proposal.actor);
  if (!may.ok) return refused(may.problem.detail, may.problem.code);
  const fits = paramsFit(snapshot.policy.policy, read.value.proposal);
  if (!fits.ok) return refused(fits.problem.detail, fits.problem.code);
  const input = policyInput(read.value.proposal, null);
  const account = principal.kind === 'machine' ? principal.service_account : null;
  const asking = { now: instantAt(Date.now()), ...(work && { work }) };
  return decisionOn(snapshot.policy.policy, { ...facts, account }, input, asking);
}
