// The state of one approval request, as its object keeps it after each step. Plain JSON: it is stored as text. What is
// fixed at birth stands first; everything below `life` changes only through a step of core/lifecycle.ts.
import { canonicalize } from '../canonical.ts';
import type { OnBehalf } from '../delegation.ts';
import type { FieldChange } from '../edit.ts';
import type { DecisionIntent, EditIntent, Scope } from '../intent.ts';
import type { Digest, Instant, JsonObject } from '../json.ts';
import type { Life } from '../lifecycle.ts';
import type { TokenKey } from '../oidc/token.ts';
import type { InForce } from '../policy/rejudge.ts';
import type { Judgement } from '../policy.ts';
import type { ProvenIdentity } from '../requirement.ts';

/** What the agent asks, after normalisation. */
export interface Proposal {
  action: string;
  resource: string;
  actor: string;
  params: JsonObject;
  metadata: JsonObject;
  context: JsonObject | null;
  preview: JsonObject | null;
  precondition: { digest: Digest } | null;
  run: { id: string; tool_call_id: string | null } | null;
}

/** The text by which the organisation recognises the same request again; it keeps only an HMAC of it. */
export const fingerprintOf = ({ action, resource, actor, params, metadata }: Proposal): string =>
  canonicalize({ action, resource, actor, params, metadata });

/** Who asked: a service account through one of its keys, or a person in a session. */
export interface Requester {
  kind: 'service_account' | 'user';
  id: string;
  name: string;
  key: string | null;
}

/** A signed token in the place of a passkey's assertion, as it is sealed with the decision. */
export interface SignedToken extends ProvenIdentity {
  /** Digest of the issuer's settings that it was verified by. */
  issuer_settings: Digest;
  /** JWS compact, as it came. */
  token: string;
  /** The one key that verified it. */
  key: TokenKey;
}

/** One counted answer of a reviewer, with what proves it. */
export interface RecordedVote {
  reviewer: string;
  name: string;
  decision: 'approve' | 'reject';
  stage: number;
  action_digest: Digest;
  scope: Scope | null;
  comment: string | null;
  external_ref: string | null;
  voted_at: Instant;
  /** Null, like everything of a passkey, where a token signed. */
  passkey: string | null;
  new_counter: number;
  device_type: string | null;
  backed_up: boolean;
  intent: DecisionIntent;
  /** WebAuthn's JSON, as the browser sent it. */
  assertion: JsonObject | null;
  public_key: string | null;
  /** Id of the event that enrolled the passkey, and its ledger index. */
  passkey_event: string | null;
  passkey_entry: number | null;
  token?: SignedToken;
  eligibility_digest: Digest;
  /** Given under a delegation: it counts as reviewer and as whoever lent the right. */
  delegation?: OnBehalf & { name: string };
  /** Seq of the event that recorded it. */
  seq: number;
}

/** One edit of the params, with what policy asks for the action that came of it. */
export interface RecordedEdit {
  editor: string;
  name: string;
  /** What policy let the editor do. */
  mode: 'narrow' | 'any';
  /** The stage that was open. */
  stage: number;
  /** Digest of the effective action before. */
  replaces: Digest;
  action_digest: Digest;
  /** Against what was asked. */
  diff: FieldChange[];
  in_force: InForce;
  /** The rule that decided of the edited action. */
  rule: string | null;
  comment: string | null;
  edited_at: Instant;
  passkey: string;
  new_counter: number;
  backed_up: boolean;
  /** Of its own, or of the approval that it came with. */
  intent: EditIntent | DecisionIntent;
  /** Seq of the event that recorded it. */
  seq: number;
}

/** Further people who were asked, in one stage, from `at` on. */
export interface RecordedEscalation {
  stage: number;
  to: string[];
  /** `usr_…` or `clock`. */
  by: string;
  at: Instant;
  seq: number;
}

/** An emergency use in place of a decision, with what proves it. */
export interface BrokenGlass {
  user: string;
  name: string;
  reason: string;
  external_ref: string | null;
  used_at: Instant;
  passkey: string;
  new_counter: number;
  backed_up: boolean;
  passkey_entry: number | null;
  /** Seq of `break_glass.used`. */
  seq: number;
}

export interface Exchange {
  nonce_digest: Digest;
  key: string;
  jkt: string | null;
  /** Seq of `capability.exchanged`: the token's times start when it is sealed. */
  seq: number;
}

export interface Capability {
  id: string;
  scope: Scope;
  /** Seq of `capability.issued`: the lifetime starts when it is sealed. */
  issued_seq: number;
  /** Oldest first; the last one is live while the capability is `exchanged`. */
  exchanges: Exchange[];
  consumed: { nonce_digest: Digest; key: string; at: Instant } | null;
}

export interface Outcome {
  status: 'executed' | 'failed' | 'not_started' | 'indeterminate';
  detail: string | null;
  evidence: JsonObject | null;
  reported_by: string | null;
  reported_at: Instant;
}

export interface RequestRecord {
  v: 1;
  id: string;
  organization: { id: string; kind: 'live' | 'test' };
  salt: string;
  proposal: Proposal;
  requester: Requester;
  on_behalf_of: string | null;
  /** Owners of the service account and who made its keys, when it was asked; absent: nobody. */
  owners?: string[];
  judgement: Judgement;
  policy: { version: number; digest: Digest };
  action_digest: Digest;
  params_digest: Digest;
  request_digest: Digest;
  effective: { params: JsonObject; action_digest: Digest; params_digest: Digest };
  /** What the capability will be called, fixed at birth so that a repeat cannot make a second one. */
  capability_id: string;
  /** How this call said that it is the same call: see contract.md "Conventions". */
  idempotency: { key: string | null; run: string | null; body_digest: Digest };
  created_at: Instant;
  expires_at: Instant;

  life: Life;
  /** Steps taken; each event says which it belongs to. */
  steps: number;
  /** Seq of the last event. */
  seq: number;
  votes: RecordedVote[];
  /** Seqs of the approvals that counted, when a vote was judged last; absent before, and in records from before this. */
  counted?: number[];
  /** Absent while nobody edited. */
  edits?: RecordedEdit[];
  comments: { author: string; name: string; comment: string; at: Instant }[];
  rejection_reason: string | null;
  capability: Capability | null;
  outcome: Outcome | null;
  /** Results of idempotent calls that were executed here: key digest → body digest. */
  calls: Record<string, Digest>;
  updated_at: Instant;
  decided_at: Instant | null;
  decided_by: 'person' | 'policy' | 'clock' | 'break_glass' | null;
  /** Oldest first; absent before the first. */
  escalations?: RecordedEscalation[];
  reminders?: { count: number; last_at: Instant };
  /** Who looks after it, as they said; it means nothing after `until`. */
  claim?: { reviewer: { id: string; name: string }; until: Instant } | null;
  /** An emergency use let it through; absent otherwise. */
  break_glass?: BrokenGlass;
  /** When what is personal was erased (erase.ts); absent before. */
  erased_at?: Instant;
}
