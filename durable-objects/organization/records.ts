// What the organisation's tables hold, one shape per table. Only shapes: the words that cross the object's border are
// in core/authority.ts. Whatever permits is written here by an effect, after its event is sealed (effects.ts).
import type {
  Change,
  KeyScope,
  OrganizationHead,
  OrganizationSettings,
  Passkey,
  Role,
  Stop,
} from '../../core/authority.ts';
import type { ReviewVerdict } from '../../core/break-glass.ts';
import type { LinkPurpose } from '../../core/credential.ts';
import type { DelegationScope } from '../../core/delegation.ts';
import type { Digest, Instant, Json, JsonObject } from '../../core/json.ts';
import type { Identity, KnownIssuer } from '../../core/oidc/issuer.ts';
import type { Policy, RiskLevel } from '../../core/policy.ts';

export interface OrganizationRecord extends OrganizationHead {
  settings: OrganizationSettings;
  /** Hex of 32 bytes: derived ids, fingerprints and secrets come from it. */
  id_key: string;
  /** Hex of 32 bytes: K_org of the ledger's links. */
  link_key: string;
  config_version: number;
  policy_version: number;
  created_at: Instant;
  /** Of genesis' own body: the same call again is a repeat, another one is refused. */
  body_digest: Digest;
  /** Its first event is sealed. Until then nothing here lets anybody do anything. */
  open: boolean;
}

export interface PolicyRecord {
  version: number;
  digest: Digest;
  source: string;
  policy: Policy;
  change: string | null;
  published_by: string;
  published_at: Instant;
}

export interface MemberRecord {
  id: string;
  name: string;
  email: string;
  roles: Role[];
  status: 'active' | 'locked' | 'removed';
  /** See Standing.sources. */
  sources: Record<string, Instant>;
  /** Who they are at OpenID providers; absent: at none. */
  identities?: (Identity & { linked_at: Instant })[];
  created_at: Instant;
}

export interface GroupRecord {
  id: string;
  name: string;
  members: string[];
}

export interface ServiceAccountRecord {
  id: string;
  name: string;
  actors: string[];
  owners: string[];
  status: 'active' | 'disabled';
  created_at: Instant;
}

export interface ApiKeyRecord {
  id: string;
  digest: string;
  service_account: string;
  name: string;
  scopes: KeyScope[];
  audience: string | null;
  status: 'active' | 'revoked';
  created_by: string | null;
  created_at: Instant;
  /** Its first use; from then on its text is not shown again. */
  used_at: Instant | null;
  /** To the hour. */
  last_used_at: Instant | null;
}

export type PasskeyRecord = Passkey;

export interface SessionRecord {
  /** Hex SHA-256 of the cookie's text. */
  digest: string;
  id: string;
  user: string;
  passkey: string;
  opened_at: Instant;
  expires_at: number;
}

/** A ceremony that was used, remembered until then; a change's for good (FOREVER). */
export interface NonceRecord {
  nonce: string;
  until: number;
  used_for: string;
  by: string;
}

/** An invitation or recovery link; a set-up link only once it was used. */
export interface LinkRecord {
  id: string;
  purpose: LinkPurpose;
  user: string;
  name: string;
  email: string;
  roles: Role[];
  groups: string[];
  status: 'open' | 'used' | 'revoked';
  created_at: Instant;
  expires_at: number;
  /** WebAuthn id of the credential that it enrolled, and the digest of the session that this opened. */
  credential_id: string | null;
  session: string | null;
  /** Passkeys that signed the change which gave it out: when one is taken away, the link ends. Absent in old records. */
  signed_with?: string[];
}

export interface DelegationRecord {
  id: string;
  from: string;
  to: string;
  scope: DelegationScope;
  /** As it was signed; null: as soon as it is signed. */
  starts_at: Instant | null;
  expires_at: Instant;
  change: string;
  /** The key that signed it: taken away, it lends nothing any more, for it may have been stolen. */
  passkey: string;
  created_at: Instant;
  ended_at: Instant | null;
  ended_by: string | null;
}

export interface ChangeRecord extends Change {
  /** Of the proposal's own body, for its idempotency key. */
  body_digest: Digest;
  /** Signed enough; takes effect when its events are sealed. */
  sealing: boolean;
  needs_owner: boolean;
  /** See Plan.giver. */
  giver?: string;
}

export interface StopRecord extends Stop {
  lifted_at: Instant | null;
}

export interface EndpointRecord {
  id: string;
  url: string;
  secret: string;
  events: string[];
  status: 'active' | 'disabled' | 'removed';
  created_at: Instant;
  failures: number;
  failing_since: number | null;
}

export interface DrawRecord {
  id: string;
  pattern: string;
  drawn_at: number;
}

export interface ReservationRecord {
  request: string;
  actor: string;
  risk: RiskLevel;
  reserved_at: number;
  confirmed: number;
}

export interface RejectedRecord {
  fingerprint: string;
  request: string;
  until: number;
}

/** What an event lets happen once the ledger has it. */
export interface EffectRecord {
  /** Place of the event in the journal. */
  seq: number;
  kind: 'genesis' | 'change' | 'enrol' | 'link' | 'break_glass_review' | 'workload';
  body: JsonObject;
}

export type IssuerRecord = KnownIssuer;

/** A workload's machine identity: an API key of a service account that ends by itself and was never shown to a person. */
export interface WorkloadKeyRecord {
  id: string;
  digest: string;
  service_account: string;
  scopes: KeyScope[];
  actors: string[];
  /** The provider and the rule that it stands on: without them it is nobody. */
  issuer: string;
  issuer_digest: Digest;
  rule: string;
  created_by: string | null;
  expires_at: number;
}

/** An emergency use, owed a review until somebody has given it. */
export interface BreakGlassRecord {
  request: string;
  user: string;
  actor: string;
  service_account: string;
  /** Of the account when it was used: part of the use for good. Absent in records from before they were kept. */
  owners?: string[];
  used_at: Instant;
  /** 1 as long as the use is a debt. */
  open: 0 | 1;
  /** 1 once its request's object has told of it. */
  confirmed: 0 | 1;
  review: { by: string; verdict: ReviewVerdict; comment: string; at: Instant } | null;
}

/** One number or text that the object keeps for itself. */
export interface MarkRecord {
  name: string;
  value: Json;
}
