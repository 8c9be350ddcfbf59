// A reviewer's signed edit that approves nothing: the same checks as a vote, one step of the table, every earlier vote void.
import { sameJson } from '../canonical.ts';
import { type EditIntent, editIntent } from '../intent.ts';
import type { Instant } from '../json.ts';
import { fail, ok, type Result } from '../problems.ts';
import { assuranceAllows } from '../requirement.ts';
import { type Advance, advance } from './advance.ts';
import { mayEdit, type Plan, planned } from './edit.ts';
import { type SignedEdit, takeEdit } from './edit-step.ts';
import type { RequestRecord } from './record.ts';
import { shownParams } from './shown.ts';
import { expired, intentMismatch, repeatOf, signerOf } from './signer.ts';

/** A verified edit, as the Worker hands it over. */
export type EditCall = Omit<SignedEdit, 'intent'> & { intent: EditIntent };

/** Judges and records one edit. Nothing is awaited between reading the record and the answer. */
export function edit(record: RequestRecord, call: EditCall, now: Instant): Result<Advance> {
  const { intent, facts } = call;
  const before = repeatOf(record, intent);
  if (before) return before;
  const signer = signerOf(intent.reviewer, call);
  if (!signer.ok) return signer;
  const late = expired(intent, now);
  if (!late.ok) return late;
  if (record.life.status !== 'pending') return notPending(record, call, now);
  if (intent.replaces !== record.effective.action_digest)
    return fail('intent-mismatch', 'Somebody edited this request meanwhile: read it again and edit anew.');
  const plan = planned(record, call.edit);
  if (!plan.ok) return plan;
  const stage = mayEdit(record, intent.reviewer, facts, now);
  if (!stage.ok) return stage;
  const { passkey, standing } = signer.value;
  const assured = assuranceAllows(passkey, plan.value.in_force.risk.level, now);
  if (!assured.ok) return assured;
  const fits = intentFits(record, call, plan.value, stage.value);
  return fits.ok ? takeEdit(record, plan.value, call, { name: standing.name, passkey, stage: stage.value }, now) : fits;
}

const notPending = (record: RequestRecord, { intent }: EditCall, now: Instant) =>
  advance(record, { command: 'edit', facts: {}, by: intent.reviewer, now, parts: {} });

/** Every field of the intent against the record's own state; the server's nonce and times are the intent's. */
function intentFits(record: RequestRecord, call: EditCall, plan: Plan, stage: number): Result<null> {
  const { intent, rp_id, comment } = call;
  const expected = editIntent(
    {
      ...{ organization: record.organization.id, rp_id, request: record.id, stage, comment, replaces: plan.replaces },
      ...{ action_digest: record.action_digest, request_digest: record.request_digest },
      edited: { params: shownParams(record, call.edit.params), action_digest: plan.action_digest, diff: plan.diff },
      ...{ policy_digest: record.policy.digest, reviewer: intent.reviewer },
    },
    intent,
  );
  const same = sameJson(expected, intent);
  return same ? ok(null) : intentMismatch();
}
