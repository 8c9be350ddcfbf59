// A reviewer's signed answer, judged against the record. The Worker has verified the signature over this intent; here
// every field of the intent must be what this record would have asked to be signed, and the person must stand.
import type { Facts, Passkey } from '../authority.ts';
import { canonicalize } from '../canonical.ts';
import { narrowScope, strictest } from '../capability.ts';
import { digestOf } from '../digest.ts';
import { instantMs } from '../duration.ts';
import { type DecisionIntent, decisionIntent } from '../intent.ts';
import type { Instant, Json, JsonObject } from '../json.ts';
import { CLOCK_SKEW_MS } from '../limits.ts';
import { fail, ok, type Result } from '../problems.ts';
import { assuranceAllows, judgeReject, judgeVote, type VoteQuestion } from '../requirement.ts';
import { type Advance, advance } from './advance.ts';
import { baseScope, issuedCapability } from './issue.ts';
import type { RecordedVote, RequestRecord } from './record.ts';
import { peopleOf } from './stage.ts';
import { statementOf } from './statement.ts';
import { eligibilityOf, voteParts } from './vote-event.ts';

/** A verified decision, as the Worker hands it over. */
export interface DecideCall {
  rp_id: string;
  intent: DecisionIntent;
  assertion: JsonObject;
  comment: string | null;
  /** Id of the passkey that signed, as the Worker verified it. */
  passkey: string;
  /** The authenticator's counter after signing; 0 for keys that do not count. */
  new_counter: number;
  facts: Facts;
  ip: string | null;
  user_agent: string | null;
}

/** Judges and records one decision. Nothing is awaited between reading the record and the answer. */
export function decide(record: RequestRecord, call: DecideCall, now: Instant): Result<Advance> {
  const { intent, facts } = call;
  const signed = record.votes.find((vote) => vote.intent.nonce === intent.nonce);
  if (signed) return signedBefore(record, signed, intent);
  const standing = facts.standings[intent.reviewer];
  const passkey = standing?.passkeys.find((key) => key.id === call.passkey && key.status === 'active');
  if (!standing?.active || !passkey)
    return fail('not-eligible', 'Your membership or this passkey is no longer active.');
  if (isCloned(passkey, call.new_counter))
    return fail('ceremony-failed', 'This passkey’s counter did not grow: a copy of it may exist. Use another one.');
  const fits = intentFits(record, call, now);
  if (!fits.ok) return fits;
  const assured = assuranceAllows(passkey, record.judgement.risk.level, now);
  if (!assured.ok) return assured;
  const required = requiredFields(record, call);
  if (!required.ok) return required;
  const vote = voteOf(record, call, standing.name, passkey, now);
  return intent.decision === 'approve' ? approve(record, call, vote, now) : reject(record, call, vote, now);
}

/** A device-bound key that counts grows with each signature (WebAuthn level 3, section 6.1.1); 0 and 0 is normal. */
const isCloned = ({ device_type, counter }: Passkey, new_counter: number): boolean =>
  device_type === 'singleDevice' && (counter > 0 || new_counter > 0) && new_counter <= counter;

/** A recorded nonce: the same reviewer with the same intent gets the same answer, anyone else is refused. */
function signedBefore(record: RequestRecord, signed: RecordedVote, intent: DecisionIntent): Result<Advance> {
  if (canonicalize(signed.intent as unknown as Json) === canonicalize(intent as unknown as Json))
    return ok({ record, drafts: [], statements: [], replayed: true });
  return fail('nonce-used', 'This ceremony was already used for a decision: load the page again and sign anew.');
}

/** Every field of the intent against the record's own state; the server's nonce and times are the intent's. */
function intentFits(record: RequestRecord, call: DecideCall, now: Instant): Result<null> {
  const { intent } = call;
  const issued_ahead_ms = instantMs(intent.issued_at) - instantMs(now);
  if (now >= intent.expires_at || issued_ahead_ms > CLOCK_SKEW_MS)
    return fail('intent-expired', 'The intent has expired: load the page again and sign anew.');
  if (intent.decision === 'approve' && intent.scope === null) return mismatch();
  const scope = intent.scope === null ? ok(null) : narrowScope(baseScope(record), { ...intent.scope });
  if (!scope.ok) return scope;
  const expected = decisionIntent(
    {
      organization: record.organization.id,
      rp_id: call.rp_id,
      request: record.id,
      stage: intent.stage,
      decision: intent.decision,
      action_digest: record.effective.action_digest,
      request_digest: record.request_digest,
      scope: scope.value,
      policy_digest: record.policy.digest,
      comment: call.comment,
      external_ref: intent.external_ref,
      reviewer: intent.reviewer,
    },
    intent,
  );
  if (canonicalize(expected as unknown as Json) === canonicalize(intent as unknown as Json)) return ok(null);
  return mismatch();
}

const mismatch = () =>
  fail('intent-mismatch', 'What was signed is not what this request would decide: read it again and sign anew.');

function requiredFields(record: RequestRecord, call: DecideCall): Result<null> {
  const given = { comment: call.comment?.trim(), external_ref: call.intent.external_ref?.trim() };
  const missing = record.judgement.requirement.require[call.intent.decision].filter((field) => !given[field]);
  if (missing.length === 0) return ok(null);
  return fail('invalid-request', `Policy asks for ${missing.join(' and ')} with this decision.`, {
    errors: missing.map((field) => ({ pointer: `/${field}`, detail: 'Policy requires this field.' })),
  });
}

function voteOf(record: RequestRecord, call: DecideCall, name: string, passkey: Passkey, now: Instant): RecordedVote {
  const { intent, assertion, comment } = call;
  return {
    ...{ reviewer: intent.reviewer, name, decision: intent.decision, stage: intent.stage },
    ...{ action_digest: record.effective.action_digest, scope: intent.scope, comment },
    ...{ external_ref: intent.external_ref, voted_at: now, passkey: passkey.id, intent, assertion },
    ...{ device_type: passkey.device_type, backed_up: passkey.backed_up, public_key: passkey.public_key },
    ...{ new_counter: call.new_counter, passkey_event: passkey.event, passkey_entry: passkey.entry },
    seq: record.seq + 1,
    eligibility_digest: digestOf(eligibilityOf(call)),
  };
}

const question = (record: RequestRecord, call: DecideCall, now: Instant): VoteQuestion => ({
  requirement: record.judgement.requirement,
  votes: record.votes,
  standings: call.facts.standings,
  voter: call.intent.reviewer,
  created_at: record.created_at,
  effective_action_digest: record.effective.action_digest,
  people: peopleOf(record, call.facts.owners),
  stage: call.intent.stage,
  voted_at: now,
});

function approve(record: RequestRecord, call: DecideCall, vote: RecordedVote, now: Instant) {
  const judged = judgeVote(question(record, call, now));
  if (!judged.ok && record.life.status === 'pending') return judged;
  const met = judged.ok && judged.value.requirement_met;
  const votes = [...record.votes, vote];
  // By identity, not by person: the same person may have rejected before, and a rejection has no scope.
  const earlier = judged.ok ? record.votes.filter((before) => judged.value.counted.includes(before)) : [];
  const counted = [...earlier, vote];
  const scope = strictest(counted.map((v) => v.scope!));
  const payload = met ? statementOf(record, 'approve', counted, now) : null;
  const stepped = advance(record, {
    command: 'approve',
    facts: { reviewer_of_stage: judged.ok, requirement_met: met, lifetime_left: true },
    by: vote.reviewer,
    now,
    parts: voteParts(record, call, vote, { payload, scope }),
  });
  if (!stepped.ok) return stepped;
  const capability = issuedCapability(record, scope, stepped.value.drafts);
  return ok({
    ...stepped.value,
    statements: payload === null ? [] : [{ draft: 0, payload }],
    record: {
      ...stepped.value.record,
      votes,
      ...(met ? { capability, decided_at: now, decided_by: 'person' as const } : {}),
    },
  });
}

function reject(record: RequestRecord, call: DecideCall, vote: RecordedVote, now: Instant) {
  const judged = judgeReject(question(record, call, now));
  if (!judged.ok && record.life.status === 'pending') return judged;
  const payload = statementOf(record, 'reject', [vote], now);
  const stepped = advance(record, {
    command: 'reject',
    facts: { reviewer_of_stage: judged.ok },
    by: vote.reviewer,
    now,
    parts: voteParts(record, call, vote, { payload, scope: null }),
  });
  if (!stepped.ok) return stepped;
  const rejection_reason = call.comment ?? 'Rejected without a reason.';
  const next = { ...stepped.value.record, votes: [...record.votes, vote], rejection_reason };
  return ok({
    ...stepped.value,
    statements: [{ draft: 0, payload }],
    record: { ...next, decided_at: now, decided_by: 'person' as const },
  });
}
