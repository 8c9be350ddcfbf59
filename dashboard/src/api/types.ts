// What the Worker answers, as docs and contract name it. Types only; shapes that core already has come from core.
import type { Change as CoreChange, OrganizationSettings } from '../../../core/authority.ts';
import type { Lent as CoreLent, DelegationScope } from '../../../core/delegation.ts';
import type { Scope } from '../../../core/intent.ts';
import type { Instant, Json, JsonObject } from '../../../core/json.ts';
import type { OidcIssuer } from '../../../core/oidc/issuer.ts';
import type { RiskLevel, TraceStep } from '../../../core/policy/model.ts';
import type { SimulationResult } from '../../../core/policy/simulate.ts';
import type { NotSuggested, Suggestion } from '../../../core/policy/suggest.ts';
import type { ApprovalRequest } from '../../../core/request/present.ts';

export type { ApprovalRequest, Instant, Json, JsonObject, OidcIssuer, RiskLevel, Scope, TraceStep };

export type Decision = ApprovalRequest['decisions'][number];
export type Edit = ApprovalRequest['edits'][number];
export type Stage = NonNullable<ApprovalRequest['requirement']>['stages'][number];
export type Status =
  | 'pending'
  | 'approved'
  | 'rejected'
  | 'expired'
  | 'canceled'
  | 'executing'
  | 'executed'
  | 'failed'
  | 'indeterminate';

interface Account {
  id: string;
  name: string;
  email: string;
  roles: string[];
  groups: string[];
}

/** What somebody lent the person who is signed in. */
export type Lent = Omit<CoreLent, 'from'> & { from: Account };

export interface Delegation {
  id: string;
  from: { id: string; name: string };
  to: { id: string; name: string };
  scope: DelegationScope;
  status: 'planned' | 'active' | 'expired' | 'ended';
  starts_at: Instant;
  expires_at: Instant;
}

export interface Session {
  organization: { id: string; kind: 'live' | 'test'; name: string };
  user: Account & { delegations?: Lent[] };
  expires_at: Instant;
  passkeys: Passkey[];
}

export interface Passkey {
  id: string;
  name: string;
  status?: string;
  created_at: Instant;
  last_used_at?: Instant | null;
  /** Why the evidence verifier refuses its signatures; null for a sound key. */
  fault?: string | null;
}

export interface Page<T> {
  data: T[];
  next_cursor?: string | null;
}

export interface LedgerEvent {
  id: string;
  type: string;
  object: string;
  seq: number;
  at: Instant;
  /** In lists; a request's own events have it in the skeleton. */
  by?: string;
  skeleton: JsonObject;
  personal: JsonObject | null;
  receipt: { index: number } | null;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  roles: string[];
  status: string;
  passkeys: Passkey[];
  /** Who they are at identity providers. */
  identities?: { issuer: string; subject: string }[];
}
export interface Organization {
  id: string;
  name: string;
  settings: OrganizationSettings;
}
export interface Invitation {
  id: string;
  name: string;
  email: string;
  roles: string[];
  status: string;
  expires_at: Instant;
}
export interface Stop {
  id: string;
  target_kind: string;
  target: string;
  reason: string;
  set_by: string;
  set_at: Instant;
  lifted_at?: Instant | null;
}
/** A break-glass use; `open` while it waits for its review. */
export interface BreakGlassUse {
  request: string;
  user: string;
  actor: string;
  service_account: string;
  used_at: Instant;
  open: boolean;
  review: { by: string; verdict: 'justified' | 'not_justified'; comment: string; at: Instant } | null;
}
export interface Group {
  id: string;
  name: string;
  members: string[];
}
export interface ServiceAccount {
  id: string;
  name: string;
  actors: string[];
  owners: string[];
  status: string;
}
export interface ApiKey {
  id: string;
  name: string;
  service_account: string;
  scopes: string[];
  created_at: Instant;
  last_used_at: Instant | null;
  status: string;
  hint?: string | null;
}
export interface WebhookEndpoint {
  id: string;
  url: string;
  events: string[];
  status: string;
}
export interface Delivery {
  id: string;
  endpoint: string;
  event: string;
  event_type: string;
  status: string;
  attempts: number;
  next_attempt_at: Instant | null;
  last_status: number | string | null;
  created_at: Instant;
}
export interface PolicyVersion {
  version: number;
  digest: string;
  source?: string;
  policy?: Json;
  published_at: Instant;
  published_by: string;
}
export interface Metrics {
  pending: number;
  approved: number;
  rejected: number;
  expired: number;
  approval_rate: number | null;
  median_seconds_to_decide: number | null;
  p95_seconds_to_decide: number | null;
  top_actions: { action: string; count: number }[];
}
/** What a draft would have said to what was asked. */
export interface Simulation extends SimulationResult {
  digest: string;
  complete: boolean;
}
export interface Suggestions {
  considered: number;
  complete: boolean;
  data: Suggestion[];
  not_suggested: NotSuggested[];
}
export interface PolicyDraft {
  source: string;
  rule: string;
  base_digest: string;
}
/** As core has it; `secret` comes once, with the signature that applies it. */
export interface Change extends CoreChange {
  secret?: string;
}
