// The step of an edit: what its event holds (digests for ever; params, diff and signature until they are erased) and the
// record after it. It judges nothing: edit.ts has.
import type { Passkey } from '../authority.ts';
import { digestOf } from '../digest.ts';
import type { DecisionIntent, EditIntent } from '../intent.ts';
import { asJson, type Instant, type JsonObject } from '../json.ts';
import { ok, type Result } from '../problems.ts';
import { type Advance, advance } from './advance.ts';
import { type EditPart, type Plan, withEdit } from './edit.ts';
import type { RequestRecord } from './record.ts';
import { hiddenPart, shownParams } from './shown.ts';
import { eligibilityOf, type SignedCall } from './vote-event.ts';

/** What was signed, with the passkey that signed it. */
export interface SignedEdit extends SignedCall {
  /** Of an approval where the edit came with one: then that approval is the next step. */
  intent: EditIntent | DecisionIntent;
  edit: EditPart;
}

/**
 * Takes the step.
 *
 * @param stage the one that was open, whose reviewer edits
 */
export function takeEdit(
  record: RequestRecord,
  plan: Plan,
  call: SignedEdit,
  by: { name: string; passkey: Passkey; stage: number },
  now: Instant,
): Result<Advance> {
  const { intent, comment } = call;
  const stepped = advance(record, {
    ...{ command: 'edit', facts: { reviewer_of_stage: true }, by: intent.reviewer, now },
    parts: { 'approval.edited': eventOf(record, plan, call, by) },
  });
  if (!stepped.ok) return stepped;
  const edited = withEdit(stepped.value.record, plan, {
    ...{ editor: intent.reviewer, name: by.name, stage: by.stage, comment, edited_at: now, intent },
    ...{ passkey: by.passkey.id, new_counter: call.new_counter, backed_up: by.passkey.backed_up },
    seq: stepped.value.record.seq,
  });
  return ok({ ...stepped.value, record: edited });
}

function eventOf(
  record: RequestRecord,
  plan: Plan,
  call: SignedEdit,
  { name, passkey, stage }: { name: string; passkey: Passkey; stage: number },
): { skeleton: JsonObject; personal: JsonObject } {
  const { intent, assertion, comment, ip, user_agent, edit } = call;
  const { requirement, capability, risk } = plan.in_force;
  const eligibility = eligibilityOf(call);
  return {
    skeleton: {
      ...{ decision: intent.kind === 'edit' ? 'edit' : intent.decision, stage, reviewer: intent.reviewer },
      ...{ action_digest: record.action_digest, request_digest: record.request_digest },
      policy_digest: record.policy.digest,
      ...{ intent_digest: digestOf(asJson(intent)), assertion_digest: digestOf(assertion) },
      ...{
        passkey: passkey.id,
        passkey_entry: passkey.entry,
        eligibility_digest: digestOf(eligibility),
        receipt: null,
      },
      effective_action_digest: plan.action_digest,
      effective_params_digest: plan.effective.params_digest,
      ...{ edits: plan.mode, rule: plan.rule, risk: risk.level },
      ...{ requirement: asJson(requirement), capability_settings: asJson(capability) },
      ...(edit.judgement.semantics === undefined ? {} : { semantics: edit.judgement.semantics }),
    },
    personal: {
      ...{
        params: shownParams(record, edit.params),
        ...hiddenPart(record, edit.params),
        diff: asJson(plan.diff),
        risk_reasons: risk.reasons,
        trace: asJson(edit.judgement.trace),
      },
      ...{ intent: asJson(intent), assertion, public_key: passkey.public_key, eligibility },
      ...{ comment, ip, user_agent, reviewer_name: name },
    },
  };
}
