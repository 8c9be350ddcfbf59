// An edit as the Worker gathers it: the edited action judged by the policy version that the request pins, and by the
// denies of the current one. What comes of it is the object's to say.
import { instantAt } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import { MAX_PARAMS_BYTES } from '../../core/limits.ts';
import { restored } from '../../core/policy/parameters/hidden.ts';
import { semanticsOf } from '../../core/policy/semantics.ts';
import { judge, type Policy } from '../../core/policy.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { type EditPart, mayEdit, type Plan, planned } from '../../core/request/edit.ts';
import type { Gathered } from '../../durable-objects/request/calls.ts';
import type { Ctx } from '../context.ts';
import { organizationOf } from '../organization.ts';
import { deniedNow, type Judged } from './judged.ts';
import { oversized, policyInput } from './proposal.ts';

/**
 * What the object needs to judge an edit.
 *
 * @param params as a reviewer sees and writes them: in the place of each hidden value the mark that stands for it
 */
export async function editPart(c: Ctx, known: Judged, params: JsonObject): Promise<Result<EditPart>> {
  const errors = oversized({ params }, { params: MAX_PARAMS_BYTES });
  if (errors.length > 0) return fail('invalid-request', `The params are too large: ${errors[0]!.detail}`, { errors });
  const policy = await pinnedPolicy(c, known);
  if (!policy.ok) return policy;
  const { proposal, judgement, effective } = known.record;
  const whole = restored(judgement.parameters, effective.params, params);
  if ('faults' in whole)
    return fail('invalid-request', `Hidden values are not edited: ${whole.faults[0]!.pointer}.`, {
      errors: whole.faults,
    });
  // Pinned like the version: what policy meant when people were asked (core/policy/semantics.ts).
  const facts = { now: instantAt(Date.now()), exhausted_patterns: [], semantics: semanticsOf(judgement) };
  const input = policyInput({ ...proposal, params: whole.params }, judgement.risk.claimed);
  return ok({ params: whole.params, judgement: judge(policy.value, input, facts) });
}

/** The version that judged the request, from the organisation that keeps them all. */
async function pinnedPolicy(c: Ctx, { organization, record, snapshot }: Judged): Promise<Result<Policy>> {
  const { version, digest } = record.policy;
  if (snapshot.policy.digest === digest) return ok(snapshot.policy.policy);
  const kept = await organizationOf(c.env, organization).policyVersion({ version });
  if (kept.ok && kept.value.digest !== digest) throw new Error('a policy version has another digest than was pinned');
  return kept.ok ? ok(kept.value.policy) : kept;
}

/** The current policy's word is about the action that would run. */
export const gatheredFor = (known: Judged, params: JsonObject): Gathered => ({
  ...known.gathered,
  denied: deniedNow({ ...known.record, effective: { ...known.record.effective, params } }, known),
});

/** Before anybody touches a passkey: what would come of this edit, or why it may not be. */
export async function planFor(
  c: Ctx,
  known: Judged,
  params: JsonObject,
  editor: string,
): Promise<Result<{ plan: Plan; stage: number }>> {
  const part = await editPart(c, known, params);
  if (!part.ok) return part;
  const plan = planned(known.record, part.value);
  if (!plan.ok) return plan;
  const stage = mayEdit(known.record, editor, known.facts, instantAt(Date.now()));
  return stage.ok ? ok({ plan: plan.value, stage: stage.value }) : stage;
}
