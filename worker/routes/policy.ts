// The policy in force, its versions, and a dry run of it. Publishing one is a signed change.
import { createRoute } from '@hono/zod-openapi';
import { parseAction, parseActor, parseResource } from '../../core/actor.ts';
import type { Principal } from '../../core/authority.ts';
import { instantAt } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import { judge, type PolicyInput } from '../../core/policy.ts';
import { ok, type Result } from '../../core/problems.ts';
import { byAnyone } from '../auth/acting.ts';
import { authorized } from '../auth/authorized.ts';
import type { App, Ctx } from '../context.ts';
import { answer } from '../problem.ts';
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
  description: 'Records nothing, reserves nothing: trusted patterns count as having budget.',
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
  const input = inputOf(c.get('body') as JsonObject, who.value.principal);
  if (!input.ok) return input;
  const { version, digest, policy: current } = who.value.snapshot.policy;
  const judged = judge(current, input.value, { now: instantAt(Date.now()), exhausted_patterns: [] });
  return ok({ ...judged, policy: { version, digest } });
}

/** The strict body as what policy judges; names normalised as at a proposal. */
function inputOf(body: JsonObject, principal: Principal): Result<PolicyInput> {
  const own = principal.kind === 'person' ? `user:${principal.user}` : principal.actors[0]!;
  const action = parseAction(body.action);
  if (!action.ok) return action;
  const resource = parseResource(body.resource);
  if (!resource.ok) return resource;
  const actor = parseActor(body.actor ?? own);
  if (!actor.ok) return actor;
  return ok({
    action: action.value,
    resource: resource.value,
    actor: actor.value,
    params: (body.params ?? {}) as JsonObject,
    metadata: (body.metadata ?? {}) as JsonObject,
    context: (body.context ?? null) as JsonObject | null,
    claimed_risk: (body.risk ?? null) as PolicyInput['claimed_risk'],
  });
}
