// The wire form of a request (contract.md "Approval request"): every field always there, null where not yet known. Pure:
// the same record and receipts always look the same.
import type { Instant } from '../json.ts';
import { matchWords } from '../match-words.ts';
import type { Requirement } from '../policy.ts';
import type { ProblemCode } from '../problems.ts';
import type { ImpossibleStage } from '../requirement.ts';
import { countedVotes, voidReason } from './counted.ts';
import { wireOfErased } from './erase.ts';
import { escalationNext } from './follow-up.ts';
import { editsOf, escalationsOf, inForce } from './in-force.ts';
import { baseScope } from './issue.ts';
import type { BrokenGlass, RecordedEdit, RecordedVote, RequestRecord } from './record.ts';
import { lifetimeEnd, type SealedAt } from './settle.ts';
import { hiddenOf, shownParams, shownSalt } from './shown.ts';

/** One event of the request and where it stands in the ledger. */
export interface ReceiptLine {
  event: string;
  type: string;
  seq: number;
  at: Instant;
  receipt: { index: number; org_seq: number; leaf_hash: string; link: string; sealed_at: Instant } | null;
}

/** What the object adds to its record: what is sealed, and where it can be reviewed. */
export interface Frame {
  base_url: string;
  sealedAt: SealedAt;
  receipts: ReceiptLine[];
  /** Something that happened is not in the ledger yet. */
  ledger_pending: boolean;
}

export type ApprovalRequest = ReturnType<typeof wireOf>;

/** Whether whoever reads may answer now, and why not: read by the person who is signed in, never stored. */
export type Viewer = Record<'approve' | 'reject', { code: ProblemCode; detail: string } | null>;

/** The wire form. Of an erased request the erased fields are null: look at `erased_at` first. */
export function present(record: RequestRecord, frame: Frame): ApprovalRequest {
  const wire = wireOf(record, frame);
  return wire.erased_at === null ? wire : wireOfErased(wire);
}

/** `scope` is the most that an approval releases; a page builds the intent from it. */
function wireOf(record: RequestRecord, frame: Frame) {
  const { proposal, judgement } = record;
  return {
    id: record.id,
    object: 'approval_request' as const,
    organization: record.organization.id,
    salt: shownSalt(record),
    ...{ status: record.life.status!, verdict: judgement.verdict, action: proposal.action },
    ...{ resource: proposal.resource, actor: proposal.actor, requester: record.requester },
    on_behalf_of: record.on_behalf_of,
    params: shownParams(record, proposal.params),
    metadata: proposal.metadata,
    hidden: hiddenOf(record),
    ...{ constraints: judgement.constraints, precondition: proposal.precondition, context: proposal.context },
    ...{ preview: proposal.preview, run: proposal.run },
    ...{ action_digest: record.action_digest, params_digest: record.params_digest },
    request_digest: record.request_digest,
    risk: judgement.risk,
    policy: { ...record.policy, rule: judgement.rule, trace: judgement.trace },
    ...{ message: judgement.message, on_rejection: judgement.on_rejection },
    parameters: judgement.parameters ?? null,
    ...countsOf(record),
    scope: baseScope(record),
    editable: record.life.status === 'pending' ? inForce(record).edits : ('none' as const),
    edits: editsOf(record).map(editOf),
    comments: record.comments,
    rejection_reason: record.rejection_reason,
    capability: capabilityOf(record, frame.sealedAt),
    outcome: record.outcome,
    review_url: `${frame.base_url}/r/${record.id}`,
    match_words: matchWords(record.request_digest),
    ...{ created_at: record.created_at, updated_at: record.updated_at, expires_at: record.expires_at },
    ...{ decided_at: record.decided_at, decided_by: record.decided_by },
    stopped: null as { id: string; target_kind: string; target: string; reason: string; set_at: Instant } | null,
    viewer: null as Viewer | null,
    unmet: null as ImpossibleStage[] | null,
    escalations: escalationsOf(record).map(({ stage, to, by, at }) => ({ stage, to, by, at })),
    next_escalation: record.life.status === 'pending' ? escalationNext(record) : null,
    claim: record.claim ?? null,
    break_glass: record.break_glass ? brokenGlass(record.break_glass) : null,
    erased_at: record.erased_at ?? null,
    ledger: { pending: frame.ledger_pending, entries: frame.receipts },
  };
}

/** What depends on which votes count. */
const countsOf = (record: RequestRecord) => ({
  effective: effectiveOf(record),
  requirement: requirementOf(record, record.judgement.requirement),
  decisions: record.votes.map((vote) => decisionOf(record, vote)),
});

/** The wire form of a request with the votes that count by facts that are newer than its record. */
export const recounted = (wire: ApprovalRequest, record: RequestRecord): ApprovalRequest =>
  wire.erased_at === null ? { ...wire, ...countsOf(record) } : wire;

/** What may run, and what policy asks for it: stricter than for what was asked, once somebody edited. */
function effectiveOf(record: RequestRecord) {
  const { requirement, risk } = inForce(record);
  const params = shownParams(record, record.effective.params);
  return { ...record.effective, params, requirement: requirementOf(record, requirement), risk };
}

/** Null where policy asked nobody. `approved` counts the votes that the deciding function counted last. */
function requirementOf(record: RequestRecord, { verify, stages, separation, require }: Requirement) {
  if (record.judgement.verdict !== 'require_approval') return null;
  const counted = countedVotes(record);
  const approved = (index: number) => counted.filter((vote) => vote.stage === index).length;
  return {
    verify,
    separation,
    require,
    stages: stages.map((stage, index) => ({ ...stage, approved: approved(index) })),
  };
}

const editOf = (edit: RecordedEdit) => ({
  editor: { id: edit.editor, name: edit.name },
  ...{ mode: edit.mode, stage: edit.stage, comment: edit.comment, edited_at: edit.edited_at, rule: edit.rule },
  ...{ replaces: edit.replaces, action_digest: edit.action_digest, diff: edit.diff },
});

/** `void`: it counts no more. Somebody edited after it, or its person or key has lost the right since. */
const decisionOf = (record: RequestRecord, vote: RecordedVote) => ({
  reviewer: { id: vote.reviewer, name: vote.name },
  ...{ decision: vote.decision, stage: vote.stage, comment: vote.comment, external_ref: vote.external_ref },
  decided_at: vote.voted_at,
  assurance: vote.token
    ? { method: 'oidc' as const, issuer: vote.token.issuer, kid: vote.token.key.kid ?? null }
    : {
        ...{ method: 'passkey' as const, passkey: vote.passkey, device_type: vote.device_type },
        ...{ backed_up: vote.backed_up, enrolment_entry: vote.passkey_entry },
      },
  edited: editsOf(record).some(({ seq }) => seq < vote.seq),
  void: voidReason(record, vote) !== null,
  void_reason: voidReason(record, vote),
  /** In whose right, where it was not the reviewer's own. */
  delegation: vote.delegation
    ? { id: vote.delegation.id, from: { id: vote.delegation.from, name: vote.delegation.name } }
    : null,
});

const brokenGlass = ({ user, name, reason, external_ref, used_at, passkey, passkey_entry }: BrokenGlass) => ({
  ...{ user: { id: user, name }, reason, external_ref, used_at, passkey, enrolment_entry: passkey_entry },
});

function capabilityOf(record: RequestRecord, sealedAt: SealedAt) {
  const { capability, life } = record;
  if (!capability) return null;
  return {
    ...{ id: capability.id, status: life.capability, scope: capability.scope },
    expires_at: lifetimeEnd(record, sealedAt),
  };
}
