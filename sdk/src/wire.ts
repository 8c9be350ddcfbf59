// What goes over the wire, as contract.md declares it: types only. A status that is not listed here means "not approved".
import type { AuthorizationDetail } from '../../core/claims.ts';
import type { Digest, Instant, Json, JsonObject } from '../../core/json.ts';

export type RiskLevel = 'low' | 'medium' | 'high' | 'critical';
export type Verdict = 'allow' | 'require_approval' | 'deny';
export type RequestStatus =
  | 'pending'
  | 'approved'
  | 'rejected'
  | 'expired'
  | 'canceled'
  | 'executing'
  | 'executed'
  | 'failed'
  | 'indeterminate';

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
  from: string | string[];
  count: number;
  approved: number;
}

export interface Decision {
  reviewer: Json;
  decision: 'approve' | 'reject';
  comment: string | null;
  external_ref: string | null;
  decided_at: Instant;
  assurance: Json;
  edited: Json;
}

export interface ApprovalRequest {
  id: string;
  object: 'approval_request';
  organization: string;
  salt: string;
  status: RequestStatus;
  verdict: Verdict;
  action: string;
  resource: string;
  actor: string;
  requester: Json;
  on_behalf_of: Json;
  params: JsonObject;
  metadata: JsonObject;
  constraints: JsonObject;
  precondition: { digest: Digest } | null;
  context: JsonObject | null;
  preview: JsonObject | null;
  run: { id: string; tool_call_id: string | null } | null;
  action_digest: Digest;
  params_digest: Digest;
  request_digest: Digest;
  effective: { params: JsonObject; action_digest: Digest; params_digest: Digest };
  risk: { level: RiskLevel; claimed: RiskLevel | null; reasons: Json[] };
  policy: { version: number; digest: Digest; rule: string | null; trace: Json[] };
  message: string | null;
  on_rejection: 'stop' | 'continue';
  requirement: { verify: string; stages: Stage[] } | null;
  decisions: Decision[];
  rejection_reason: string | null;
  capability: { id: string; status: string; scope: JsonObject; expires_at: Instant | null } | null;
  outcome: JsonObject | null;
  review_url: string;
  match_words: [string, string, string];
  created_at: Instant;
  updated_at: Instant;
  expires_at: Instant;
  decided_at: Instant | null;
  ledger: { pending: boolean; entries: Json[] };
}

export interface ListFilter {
  status?: RequestStatus;
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
  capability: string;
  access_token: string;
  token_type: string;
  expires_in: number;
  params: JsonObject;
  authorization_details: AuthorizationDetail[];
  receipt: Json;
}

export interface OutcomeReport {
  status: 'executed' | 'failed' | 'not_started';
  detail?: string;
  evidence?: JsonObject;
}
