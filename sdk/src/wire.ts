// What goes over the wire, as contract.md declares it: types only. A status that is not listed here means "not approved".
import type { AuthorizationDetail } from '../../core/claims.ts';
import type { FieldChange } from '../../core/edit.ts';
import type { Scope } from '../../core/intent.ts';
import type { Digest, Instant, JsonObject } from '../../core/json.ts';
import type { Status } from '../../core/lifecycle.ts';
import type { RiskLevel, TraceStep, Verdict } from '../../core/policy.ts';
import type { Outcome } from '../../core/request/record.ts';

export type { FieldChange, Outcome, RiskLevel, Scope, Status as RequestStatus, Verdict };

/** What an agent proposes. Only `action` and `resource` are required. */
export interface Proposal {
  action: string;
  resource: string;
  actor?: string;
  /** Can raise the risk that policy finds, never lower it. */
  risk?: RiskLevel;
  params?: JsonObject;
  metadata?: JsonObject;
  /** The agent's own words, shown as such. */
  context?: JsonObject;
  preview?: JsonObject;
  precondition?: { digest: Digest };
  /** The same run and tool call always name the same request. */
  run?: { id: string; tool_call_id?: string };
  /** Seconds; can shorten the time to decide, never lengthen it. */
  expires_in?: number;
}

export interface Stage {
  from: string[];
  count: number;
  approved: number;
  /** Sources of `from` that may only do what stands here; who is not listed may do both. */
  actions?: Record<string, ('approve' | 'reject')[]>;
}

export interface Requirement {
  verify: 'passkey' | 'oidc';
  separation: 'requester' | 'owners';
  require: { approve: string[]; reject: string[] };
  stages: Stage[];
}

export interface CapabilitySummary {
  id: string;
  status: string | null;
  scope: Scope;
  expires_at: Instant | null;
}

/** One event of the request; `receipt` says where it is sealed in the ledger. */
export interface LedgerEntry {
  event: string;
  type: string;
  seq: number;
  at: Instant;
  receipt: { index: number; org_seq: number; leaf_hash: string; link: string; sealed_at: Instant } | null;
}

export interface Decision {
  reviewer: { id: string; name: string };
  decision: 'approve' | 'reject';
  stage: number;
  comment: string | null;
  external_ref: string | null;
  decided_at: Instant;
  assurance: object;
  /** It is for an action that a reviewer had edited. */
  edited: boolean;
  /** It counts no more. */
  void?: boolean;
  /** Somebody edited after it; or its person or key has lost the right since. */
  void_reason?: 'edited' | 'withdrawn' | null;
  /** In whose right, where it was not the reviewer's own. */
  delegation: { id: string; from: { id: string; name: string } } | null;
}

/** An emergency override by one person: no approval, and owed a review. */
export interface BrokenGlass {
  user: { id: string; name: string };
  reason: string;
  external_ref: string | null;
  used_at: Instant;
  passkey: string;
  enrolment_entry: number | null;
}

/** A reviewer's change of the params. */
export interface Edit {
  editor: { id: string; name: string };
  mode: 'narrow' | 'any';
  stage: number;
  comment: string | null;
  edited_at: Instant;
  /** The rule that decided of the edited action. */
  rule: string | null;
  replaces: Digest;
  action_digest: Digest;
  /** Against the params that were asked. */
  diff: FieldChange[];
}

export interface ApprovalRequest {
  id: string;
  object: 'approval_request';
  organization: string;
  /** Null where values are `hidden`: whoever has it could try guesses against the digests. */
  salt: string | null;
  status: Status;
  verdict: Verdict;
  action: string;
  resource: string;
  actor: string;
  requester: { kind: string; id: string; name: string; key: string | null };
  on_behalf_of: string | null;
  params: JsonObject;
  /** Pointers below `params` and `effective.params` at which `(hidden)` stands for a value that policy hides. */
  hidden?: string[];
  metadata: JsonObject;
  constraints: JsonObject;
  precondition: { digest: Digest } | null;
  context: JsonObject | null;
  preview: JsonObject | null;
  run: { id: string; tool_call_id: string | null } | null;
  action_digest: Digest;
  params_digest: Digest;
  request_digest: Digest;
  /** What may run, and what policy asks for it: stricter than what was asked once a reviewer edited. */
  effective: {
    params: JsonObject;
    action_digest: Digest;
    params_digest: Digest;
    requirement?: Requirement | null;
    risk?: { level: RiskLevel; claimed: RiskLevel | null; reasons: string[] };
  };
  risk: { level: RiskLevel; claimed: RiskLevel | null; reasons: string[] };
  policy: { version: number; digest: Digest; rule: string | null; trace: TraceStep[] };
  message: string | null;
  on_rejection: 'stop' | 'continue';
  /** The JSON Schema of `params` in the policy that judged; null where it has none for this action. */
  parameters?: object | null;
  requirement: Requirement | null;
  scope: Scope;
  /** What policy lets a reviewer edit now. */
  editable?: 'none' | 'narrow' | 'any';
  /** Oldest first; `effective` is what the last one left. */
  edits?: Edit[];
  decisions: Decision[];
  comments: { author: string; name: string; comment: string; at: Instant }[];
  rejection_reason: string | null;
  capability: CapabilitySummary | null;
  outcome: Outcome | null;
  review_url: string;
  match_words: [string, string, string];
  created_at: Instant;
  updated_at: Instant;
  expires_at: Instant;
  decided_at: Instant | null;
  decided_by: 'person' | 'policy' | 'clock' | 'break_glass' | null;
  /** The stop that is in force over it now, and why. */
  stopped: { id: string; target_kind: string; target: string; reason: string; set_at: Instant } | null;
  /** Further people who were asked, in which stage, from when on. */
  escalations: { stage: number; to: string[]; by: string; at: Instant }[];
  /** Who is asked next if nobody decides, and when. */
  next_escalation: { to: string[]; at: Instant } | null;
  /** Who said that they are on it. Advisory; it means nothing after `until`. */
  claim: { reviewer: { id: string; name: string }; until: Instant } | null;
  /** The emergency use that let it through; null where there was none. */
  break_glass: BrokenGlass | null;
  /** When what is personal was erased: from then on action, resource, params, names and words are null. */
  erased_at: Instant | null;
  ledger: { pending: boolean; entries: LedgerEntry[] };
}

export interface ListFilter {
  status?: Status;
  actor?: string;
  action?: string;
  risk?: RiskLevel;
  q?: string;
  /** Rows per page, 1 to 100. */
  limit?: number;
}

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

export interface ExchangeInput {
  request: string;
  actor?: string;
  /** Fresh for each exchange; the same one again gets the same claims again. Made up when absent. */
  nonce?: string;
  params?: JsonObject;
  precondition?: { digest: Digest };
}

export interface Exchanged {
  capability: CapabilitySummary;
  access_token: string;
  token_type: string;
  expires_in: number;
  params: JsonObject;
  authorization_details: AuthorizationDetail[];
  receipt: JsonObject;
}

export interface OutcomeReport {
  status: 'executed' | 'failed' | 'not_started';
  detail?: string;
  evidence?: JsonObject;
}
