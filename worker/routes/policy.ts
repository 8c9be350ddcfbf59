// The policy in force, its versions, and a dry run of it. Publishing one is a signed change.
import { createRoute } from '@hono/zod-openapi';
import { instantAt } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import { judge } from '../../core/policy.ts';
import { ok, type Result } from '../../core/problems.ts';
import { byAnyone } from '../auth/acting.ts';
import { authorized } from '../auth/authorized.ts';
import type { App, Ctx } from '../context.ts';
import { answer } from '../problem.ts';
import { mayAskAbout } from '../requests/access.ts';
import { paramsFit } from '../requests/fitting.ts';
import { policyInput, readProposal } from '../requests/proposal.ts';
import { answers, BY_KEY_OR_SESSION, jsonBody } from '../schema/common.ts';
import { EvaluateBody, JudgementSchema, PolicySchema, PolicyVersionSchema } from '../schema/machines.ts';
import { listRoute } from './listing.ts';

const get = createRoute({
  ...{ method: 'get', path: '/v1/policy', summary: 'The policy in force; its ETag is its digest.', tags: ['policy'] },
  security: BY_KEY_OR_SESSION,
  responses: answers(200, 'The policy.', PolicySchema),
});
const evaluate = createRoute({
  ...{ method: 'post', path: '/v1/policy/evaluate', summary: 'Judges without asking: a dry run.', tags: ['policy'] },
  description:
    'Records nothing, reserves nothing: trusted patterns count as having budget. A key asks about the actors that it proposes as; one with requests:read_all or admin:read about any.',
  security: BY_KEY_OR_SESSION,
  request: { body: jsonBody(EvaluateBody) },
  responses: answers(200, 'What policy would say.', JudgementSchema),
});

export function policy(app: App): void {
  app.openapi(get, async (c) => {
    const listed = await byAnyone(c, (organization, acting) => organization.list({ ...acting, kind: 'policy' }));
    if (!listed.ok) return answer(c, listed);
    const [current] = listed.value.data as JsonObject[];
    c.header('ETag', `"${current!.digest}"`);
    return c.json(current!);
  });
  listRoute(app, {
    path: '/v1/policy/versions',
    kind: 'policy-versions',
    summary: 'Lists published versions.',
    schema: PolicyVersionSchema,
    shown: ({ policy: _normalForm, ...version }) => version,
  });
  app.openapi(evaluate, async (c) => answer(c, await dryRun(c)));
}

async function dryRun(c: Ctx): Promise<Result<object>> {
  const who = await authorized(c);
  if (!who.ok) return who;
  const asked = readProposal(c.get('body') as JsonObject, who.value.principal);
  if (!asked.ok) return asked;
  const may = mayAskAbout(who.value.principal, asked.value.proposal.actor);
  if (!may.ok) return may;
  const fits = paramsFit(who.value.snapshot.policy.policy, asked.value.proposal);
  if (!fits.ok) return fits;
  const input = policyInput(asked.value.proposal, asked.value.claimed_risk);
  const { version, digest, policy: current } = who.value.snapshot.policy;
  const judged = judge(current, input, { now: instantAt(Date.now()), exhausted_patterns: [] });
  return ok({ ...judged, policy: { version, digest } });
}
