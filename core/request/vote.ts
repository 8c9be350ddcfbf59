// A reviewer's signed answer, judged against the record. The Worker has verified the signature over this intent; here
// every field of the intent must be what this record would have asked to be signed, and the person must stand.
import { sameJson } from '../canonical.ts';
import { narrowScope, strictest } from '../capability.ts';
import type { OnBehalf } from '../delegation.ts';
import { digestOf } from '../digest.ts';
import { type DecisionIntent, decisionIntent } from '../intent.ts';
import type { Instant, Json } from '../json.ts';
import { fail, ok, type Result } from '../problems.ts';
import { assuranceAllows, judgeReject, judgeVote, type VoteQuestion } from '../requirement.ts';
import { type Advance, advance } from './advance.ts';
import { type EditPart, editorsDoNotApprove, mayEdit, planned } from './edit.ts';
import { type SignedEdit, takeEdit } from './edit-step.ts';
import { editedNow, inForce, liveVotes } from './in-force.ts';
import { baseScope, issuedCapability } from './issue.ts';
import type { RecordedVote, RequestRecord } from './record.ts';
import { expired, intentMismatch, repeatOf, signerOf } from './signer.ts';
import { aboutOf, peopleOf } from './stage.ts';
import { statementOf } from './statement.ts';
import { type TokenCall, tokenSigner } from './token-signer.ts';
import { eligibilityOf, type SignedCall, voteParts } from './vote-event.ts';
import { type PasskeySigner, type Signer, signaturePart } from './vote-signature.ts';

/** A verified decision, as the Worker hands it over. */
export interface DecideCall extends SignedCall {
  intent: DecisionIntent;
  /** An approval that reduces what is asked, in one ceremony. */
  edit?: EditPart | null;
}

/** Judges and records one decision. Nothing is awaited between reading the record and the answer. */
export function decide(record: RequestRecord, call: DecideCall | TokenCall, now: Instant): Result<Advance> {
  const before = repeatOf(record, call.intent);
  if (before) return before;
  return 'token' in call ? byToken(record, call, now) : byPasskey(record, call, now);
}

function byToken(record: RequestRecord, call: TokenCall, now: Instant): Result<Advance> {
  const standing = tokenSigner(record, call, now);
  return standing.ok ? decideOn(record, call, { standing: standing.value, token: call.token }, now) : standing;
}

function byPasskey(record: RequestRecord, call: DecideCall, now: Instant): Result<Advance> {
  const known = signerOf(call.intent.reviewer, call);
  if (!known.ok) return known;
  const signer = { ...known.value, assertion: call.assertion, new_counter: call.new_counter };
  // Somebody may have made the same edit meanwhile: then this is a plain vote for it.
  const edits = call.edit && call.intent.edited?.action_digest !== record.effective.action_digest;
  if (!call.edit || !edits) return decideOn(record, call, signer, now);
  const narrowed = narrow(record, { ...call, edit: call.edit }, signer, now);
  if (!narrowed.ok) return narrowed;
  const decided = decideOn(narrowed.value.record, call, signer, now);
  return decided.ok ? ok(together(narrowed.value, decided.value)) : decided;
}

/** The step before the vote: under `any` whoever edits does not approve (policy.md "Edits"). */
function narrow(record: RequestRecord, call: SignedEdit, signer: PasskeySigner, now: Instant): Result<Advance> {
  const { standing, passkey } = signer;
  const by = { name: standing.name, passkey };
  if (record.life.status !== 'pending')
    return advance(record, { command: 'edit', facts: {}, by: call.intent.reviewer, now, parts: {} });
  if (call.intent.kind !== 'decision' || call.intent.decision !== 'approve') return intentMismatch();
  const plan = planned(record, call.edit);
  if (!plan.ok) return plan;
  if (plan.value.mode === 'any') return editorsDoNotApprove();
  const stage = mayEdit(record, call.intent.reviewer, call.facts, now);
  return stage.ok ? takeEdit(record, plan.value, call, { ...by, stage: stage.value }, now) : stage;
}

/** Two steps recorded as one: what the second one states stands behind the first one's drafts. */
const together = (first: Advance, second: Advance): Advance => ({
  ...second,
  drafts: [...first.drafts, ...second.drafts],
  statements: second.statements.map((one) => ({ ...one, draft: one.draft + first.drafts.length })),
});

/** What a decision is judged by, however it was signed. */
type Call = Pick<DecideCall, 'intent' | 'rp_id' | 'comment' | 'facts' | 'ip' | 'user_agent'>;

function decideOn(record: RequestRecord, call: Call, signer: Signer, now: Instant): Result<Advance> {
  const { intent } = call;
  const fits = intentFits(record, call, now);
  if (!fits.ok) return fits;
  const assured = 'passkey' in signer ? assuranceAllows(signer.passkey, inForce(record).risk.level, now) : ok(null);
  if (!assured.ok) return assured;
  const required = requiredFields(record, call);
  if (!required.ok) return required;
  const asked = question(record, call, signer, now);
  const vote = voteOf(record, call, signer, now);
  return intent.decision === 'approve' ? approve(record, call, vote, asked) : reject(record, call, vote, asked);
}

/** Every field of the intent against the record's own state; the server's nonce and times are the intent's. */
function intentFits(record: RequestRecord, call: Call, now: Instant): Result<null> {
  const { intent } = call;
  const late = expired(intent, now);
  if (!late.ok) return late;
  if (!sameJson(intent.edited, editedNow(record) as unknown as Json))
    return fail('intent-mismatch', 'Somebody edited this request meanwhile: read it again and sign anew.');
  if (intent.decision === 'approve' && intent.scope === null) return intentMismatch();
  const scope = intent.scope === null ? ok(null) : narrowScope(baseScope(record), { ...intent.scope });
  if (!scope.ok) return scope;
  const expected = decisionIntent(
    {
      organization: record.organization.id,
      rp_id: call.rp_id,
      request: record.id,
      stage: intent.stage,
      decision: intent.decision,
      action_digest: record.action_digest,
      request_digest: record.request_digest,
      scope: scope.value,
      policy_digest: record.policy.digest,
      comment: call.comment,
      external_ref: intent.external_ref,
      reviewer: intent.reviewer,
      edited: editedNow(record),
    },
    intent,
  );
  if (sameJson(expected, intent)) return ok(null);
  return intentMismatch();
}

function requiredFields(record: RequestRecord, call: Call): Result<null> {
  const given = { comment: call.comment?.trim(), external_ref: call.intent.external_ref?.trim() };
  const missing = inForce(record).requirement.require[call.intent.decision].filter((field) => !given[field]);
  if (missing.length === 0) return ok(null);
  return fail('invalid-request', `Policy asks for ${missing.join(' and ')} with this decision.`, {
    errors: missing.map((field) => ({ pointer: `/${field}`, detail: 'Policy requires this field.' })),
  });
}

function voteOf(record: RequestRecord, call: Call, signer: Signer, now: Instant): RecordedVote {
  const { intent, comment } = call;
  return {
    ...{ reviewer: intent.reviewer, name: signer.standing.name, decision: intent.decision, stage: intent.stage },
    ...{ action_digest: record.effective.action_digest, scope: intent.scope, comment },
    ...{ external_ref: intent.external_ref, voted_at: now, intent, ...signaturePart(signer) },
    seq: record.seq + 1,
    eligibility_digest: digestOf(eligibilityOf(call)),
  };
}

const question = (record: RequestRecord, call: Call, signer: Signer, now: Instant): VoteQuestion => ({
  requirement: inForce(record).requirement,
  votes: liveVotes(record),
  standings: call.facts.standings,
  voter: call.intent.reviewer,
  ...('token' in signer ? { token: signer.token } : {}),
  created_at: record.created_at,
  effective_action_digest: record.effective.action_digest,
  people: peopleOf(record, call.facts.owners),
  stage: call.intent.stage,
  voted_at: now,
  about: aboutOf(record, now),
});

/** The vote in the right in which it was judged; who lent it is named as the organisation knows them. */
function inRight(vote: RecordedVote, call: Call, under: { delegation?: OnBehalf }): RecordedVote {
  if (under.delegation === undefined) return vote;
  const name = call.facts.standings[under.delegation.from]?.name ?? '';
  return { ...vote, delegation: { ...under.delegation, name } };
}

function approve(record: RequestRecord, call: Call, bare: RecordedVote, asked: VoteQuestion) {
  const now = bare.voted_at;
  const judged = judgeVote(asked);
  if (!judged.ok && record.life.status === 'pending') return judged;
  const vote = inRight(bare, call, judged.ok ? judged.value : {});
  const met = judged.ok && judged.value.requirement_met;
  const votes = [...record.votes, vote];
  // By identity, not by person: the same person may have rejected before, and a rejection has no scope.
  const earlier = judged.ok ? record.votes.filter((before) => judged.value.counted.includes(before)) : [];
  const approving = [...earlier, vote];
  const scope = strictest(approving.map((v) => v.scope!));
  const payload = met ? statementOf(record, 'approve', approving, now) : null;
  const counted = approving.map(({ seq }) => seq);
  const stepped = advance(record, {
    command: 'approve',
    facts: { reviewer_of_stage: judged.ok, requirement_met: met, lifetime_left: true },
    by: vote.reviewer,
    now,
    parts: voteParts(record, call, vote, { payload, scope, counted }),
  });
  if (!stepped.ok) return stepped;
  const capability = issuedCapability(record, scope, stepped.value.drafts);
  return ok({
    ...stepped.value,
    statements: payload === null ? [] : [{ draft: 0, payload }],
    record: {
      ...stepped.value.record,
      votes,
      counted,
      ...(met ? { capability, decided_at: now, decided_by: 'person' as const } : {}),
    },
  });
}

function reject(record: RequestRecord, call: Call, bare: RecordedVote, asked: VoteQuestion) {
  const now = bare.voted_at;
  const judged = judgeReject(asked);
  if (!judged.ok && record.life.status === 'pending') return judged;
  const vote = inRight(bare, call, judged.ok ? judged.value : {});
  const payload = statementOf(record, 'reject', [vote], now);
  const counted = judged.ok ? judged.value.counted.map((before) => (before as RecordedVote).seq) : [];
  const stepped = advance(record, {
    command: 'reject',
    facts: { reviewer_of_stage: judged.ok },
    by: vote.reviewer,
    now,
    parts: voteParts(record, call, vote, { payload, scope: null, counted }),
  });
  if (!stepped.ok) return stepped;
  const rejection_reason = call.comment ?? 'Rejected without a reason.';
  const next = { ...stepped.value.record, votes: [...record.votes, vote], counted, rejection_reason };
  return ok({
    ...stepped.value,
    statements: [{ draft: 0, payload }],
    record: { ...next, decided_at: now, decided_by: 'person' as const },
  });
}
