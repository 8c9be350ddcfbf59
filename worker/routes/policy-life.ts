// A policy before it is in force: what it would have said to what was asked. Reads alone; publishing is a signed change.
import { createRoute, type z } from '@hono/zod-openapi';
import { parseAction, parseActor } from '../../core/actor.ts';
import type { Digest } from '../../core/json.ts';
import { withSwitch } from '../../core/policy/text.ts';
import { type Policy, parsePolicy, policyDifferences } from '../../core/policy.ts';
import { ok, type Result } from '../../core/problems.ts';
import { byAnyone } from '../auth/acting.ts';
import type { App, Ctx } from '../context.ts';
import { answer } from '../problem.ts';
import { reading } from '../read/reading.ts';
import { simulate, suggest } from '../read/simulation.ts';
import { answers, BY_KEY_OR_SESSION, jsonBody } from '../schema/common.ts';
import {
  CheckBody,
  CheckSchema,
  DraftBody,
  DraftSchema,
  SimulationBody,
  SimulationSchema,
  SuggestionQuery,
  SuggestionsSchema,
} from '../schema/policy-life.ts';

const simulations = createRoute({
  ...{ method: 'post', path: '/v1/policy/simulations', summary: 'Judges past requests by a draft.', tags: ['policy'] },
  description:
    'Takes the newest `limit` requests, oldest first, at the moments and with the risk claimed at which they were asked. Budgets of trusted patterns that were in force then are as they were; others are counted again. Records nothing. `recorded` is what was said when they were asked.',
  security: BY_KEY_OR_SESSION,
  request: { body: jsonBody(SimulationBody) },
  responses: answers(200, 'What would be otherwise.', SimulationSchema),
});

const suggestions = createRoute({
  ...{ method: 'get', path: '/v1/policy/suggestions', summary: 'Suggests trusted patterns.', tags: ['policy'] },
  description:
    'What several people approved every single time, as a pattern that lets through nothing that was not seen, tried on the same requests; what cannot be bounded so is under `not_suggested`, with the reason. Nothing applies itself: an entry goes into the policy by a signed change.',
  security: BY_KEY_OR_SESSION,
  request: { query: SuggestionQuery },
  responses: answers(200, 'The suggestions.', SuggestionsSchema),
});
const drafts = createRoute({
  ...{
    method: 'post',
    path: '/v1/policy/drafts',
    summary: 'Writes a switch into the policy: a draft.',
    tags: ['policy'],
  },
  description:
    'The policy in force with a rule on top that says whether a person must approve an action (of an actor), comments and order kept. Changes nothing: propose its `source` with `POST /v1/changes`, kind `policy`, and its `base_digest`.',
  security: BY_KEY_OR_SESSION,
  request: { body: jsonBody(DraftBody) },
  responses: answers(200, 'The draft.', DraftSchema),
});

const checks = createRoute({
  method: 'post',
  path: '/v1/policy/checks',
  summary: 'Checks a draft, proposes nothing.',
  tags: ['policy'],
  description:
    'Warnings about the document and about the people whom it asks: names that nobody has, stages that nobody can fill. What changes against the policy in force, in words. Records nothing.',
  security: BY_KEY_OR_SESSION,
  request: { body: jsonBody(CheckBody) },
  responses: answers(200, 'What a proposal of it would say.', CheckSchema),
});

export function policyLife(app: App): void {
  app.openapi(checks, async (c) => {
    const { source } = c.req.valid('json');
    return answer(
      c,
      await byAnyone(c, (organization, { credential }) => organization.checkPolicy({ credential, source })),
    );
  });
  app.openapi(simulations, (c) => reading(c, (reader) => simulate(c.env.DB, reader, c.req.valid('json'))));
  app.openapi(suggestions, (c) =>
    reading(c, ({ caller, snapshot }) =>
      suggest(c.env.DB, { organization: caller.organization, ...c.req.valid('query') }, snapshot.policy.policy),
    ),
  );
  app.openapi(drafts, async (c) => answer(c, await switched(c, c.req.valid('json'))));
}

/** The policy in force with the switch in it. */
async function switched(c: Ctx, asked: z.infer<typeof DraftBody>): Promise<Result<object>> {
  const listed = await byAnyone(c, (organization, acting) => organization.list({ ...acting, kind: 'policy' }));
  if (!listed.ok) return listed;
  const names = checkedNames(asked);
  if (!names.ok) return names;
  const { source, digest, policy } = listed.value.data[0] as unknown as {
    source: string;
    digest: Digest;
    policy: Policy;
  };
  const verdict = asked.requires_approval ? 'require_approval' : 'allow';
  const drafted = withSwitch(source, { ...names.value, verdict });
  if (!drafted.ok) return drafted;
  const read = parsePolicy(drafted.value.source);
  if (!read.ok) return read;
  return ok({ ...drafted.value, base_digest: digest, differences: policyDifferences(policy, read.value.policy) });
}

/** Patterns are for whoever writes a policy; a switch is for names. */
function checkedNames({ action, actor }: z.infer<typeof DraftBody>): Result<{ action: string; actor: string | null }> {
  const named = parseAction(action);
  if (!named.ok) return named;
  if (actor === undefined) return ok({ action: named.value, actor: null });
  const acting = parseActor(actor);
  return acting.ok ? ok({ action: named.value, actor: acting.value }) : acting;
}
