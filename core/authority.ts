// What the organisation's object says, in the words that Worker and request objects share. Facts carry their moment:
// whoever decides on them judges how old they may be. Only words and shapes here; the authority itself is
// durable-objects/organization.ts.
import type { ChangeKind } from './change/record.ts';
import type { Lent } from './delegation.ts';
import type { Digest, Instant, JsonObject } from './json.ts';
import type { KnownIssuer, LinkedIdentity } from './oidc/issuer.ts';
import type { Policy, RiskLevel } from './policy.ts';
import type { ImpossibleStage, Reach } from './requirement.ts';

export { CHANGE_KINDS, type Change, type ChangeKind, type ChangeSecret } from './change/record.ts';

/** `break_glass` lets a person override an approval in an emergency, and decides nothing else. */
export const ROLES = ['owner', 'admin', 'reviewer', 'auditor', 'break_glass'] as const;
export type Role = (typeof ROLES)[number];

/** Whether a person's roles let them read and nothing else: an auditor who is in no group. */
export const onlyReads = ({ roles, groups }: { roles: readonly Role[]; groups: readonly string[] }): boolean =>
  groups.length === 0 && roles.includes('auditor') && roles.every((role) => role === 'auditor');

/** Who may administer: sign changes, stop, lock, end what others asked for. */
export const ADMINISTERS: readonly Role[] = ['owner', 'admin'];

export const KEY_SCOPES = [
  'requests:write',
  'requests:read',
  'requests:read_all',
  'capabilities:verify',
  'admin:read',
  'changes:propose',
] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** What a caller holds: the organisation looks it up by the SHA-256 (hex) of the whole text, never by the text. */
export type Credential = { kind: 'api_key'; key: string; digest: string } | { kind: 'session'; digest: string };

export interface Machine {
  kind: 'machine';
  service_account: string;
  name: string;
  key: string;
  scopes: KeyScope[];
  /** `service-account:NAME` or `agent:NAME`; the account's own name by default. */
  actors: string[];
  /** For `capabilities:verify`: the one audience that this key may ask about. */
  audience: string | null;
  owners: string[];
  key_created_by: string | null;
}

export interface Person {
  kind: 'person';
  user: string;
  name: string;
  email: string;
  roles: Role[];
  /** Group names without the `group:` prefix. */
  groups: string[];
  session: string;
  /** Of the session. */
  expires_at: Instant;
}

export type Principal = Machine | Person;

/** What an organisation can set for itself, by a signed change. */
export interface OrganizationSettings {
  /** Kinds of change that always need a second administrator where there is one. */
  four_eyes: ChangeKind[];
  /** For so long a further passkey decides nothing high or critical. */
  passkey_quarantine_hours: number;
  /** Absent in organisations that never said: then DEFAULT_BREAK_GLASS (core/break-glass.ts). */
  break_glass?: Partial<BreakGlassSettings>;
}

export interface BreakGlassSettings {
  /** Whether a use names a ticket or an incident. */
  external_ref: 'required' | 'optional';
  /** Whom a use that nobody has reviewed keeps from the next one (policy.md "Break-glass"). */
  debt: 'same_person' | 'anyone';
}

export interface OrganizationHead {
  id: string;
  kind: 'live' | 'test';
  name: string;
  rp_id: string;
}

/** What isolates keep by `config_version`; it permits nothing by itself. */
export interface Snapshot {
  config_version: number;
  organization: OrganizationHead;
  /** Hex of 32 bytes: derived ids come from it. Not a rotating secret, never shown. */
  id_key: string;
  policy: { version: number; digest: Digest; policy: Policy };
}

/** A passkey that was just made, as the Worker verified it. */
export interface Registration {
  /** base64url, as WebAuthn's JSON has it. */
  credential_id: string;
  /** COSE key, base64url. */
  public_key: string;
  counter: number;
  transports: string[];
  device_type: 'singleDevice' | 'multiDevice';
  backed_up: boolean;
  aaguid: string;
  name: string;
}

/** A passkey that somebody has, or had. */
export interface Passkey extends Registration {
  id: string;
  user: string;
  status: 'active' | 'revoked';
  created_at: Instant;
  last_used_at: Instant | null;
  /** Before this instant it decides nothing high or critical; null for the first key of a person. */
  restricted_until: Instant | null;
  /** Id of its `passkey.registered` event, and that event's ledger index once sealed. */
  event: string;
  entry: number | null;
}

/** An active passkey that was enrolled before keys were judged, and whose signatures the evidence verifier refuses. */
export interface UnsoundPasskey {
  passkey: string;
  name: string;
  user: string;
  person: string;
  fault: string;
}

/** Where a person stands at `as_of`. */
export interface Standing {
  user: string;
  name: string;
  email: string;
  active: boolean;
  roles: Role[];
  groups: string[];
  /**
   * What the person can be asked as, and since when without a break: `role:admin`, `group:finance`,
   * `user:dana@example.com`, `user:usr_…`. Eligible for a request means: since before it was made, and still now.
   */
  sources: Record<string, Instant>;
  passkeys: Passkey[];
  /** Who they are at the OpenID providers that are trusted now; absent: at none. */
  identities?: LinkedIdentity[];
  /** What others lent this person and is in force; whoever lent it is among the standings, too. Absent: nothing. */
  delegations?: Lent[];
}

export interface Stop {
  id: string;
  /** `target` is an actor, a service account id, or the organisation id. */
  target_kind: 'actor' | 'service_account' | 'organization';
  target: string;
  reason: string;
  set_by: string;
  set_at: Instant;
}

export interface Facts {
  /** Milliseconds since the epoch at which all of this was true. */
  as_of: number;
  config_version: number;
  stops: Stop[];
  /** By user id: everyone that was asked about. Absent: not a member. */
  standings: Record<string, Standing>;
  /** Owners and key creator of the service account that was asked about (for `separation: owners`). */
  owners: string[];
  /** Actors of service accounts under a stop of the account; absent: of none. */
  halted?: string[];
  /** OpenID providers of people, where they were asked for. */
  issuers?: KnownIssuer[];
}

export interface AuthorizeQuestion {
  credential: Credential;
  /** Version of the snapshot that the caller keeps; null if none. */
  config_version: number | null;
  /** Users whose standing is needed (earlier voters); the caller's own always comes along. */
  users?: string[];
  /** Service account whose owners are needed. */
  owners_of?: string | null;
  /** Whether a signed token is to be judged: then the providers of people come along. */
  issuers?: boolean;
  /** A request that waits: whether anybody can meet what it asks for. */
  reach?: Reach | null;
}

export interface Authority {
  principal: Principal;
  facts: Facts;
  /** Present if the caller's copy is stale. */
  snapshot: Snapshot | null;
  /** Of the request that was asked about: stages that nobody can complete. */
  unmet?: ImpossibleStage[];
}

export interface AdmitQuestion extends AuthorizeQuestion {
  request: string;
  actor: string;
  risk: RiskLevel;
  verdict: 'allow' | 'require_approval' | 'deny';
  /** Version that the verdict was judged by: the answer is a new snapshot and nothing reserved if it has moved. */
  judged_by: number;
  draw: { pattern: string; count: number; per_seconds: number } | null;
  pending_limit: number;
  /** RFC 8785 text of `{action, resource, actor, params, metadata}`; the organisation keeps only an HMAC of it. */
  fingerprint: string;
}

export interface Admission extends Authority {
  /** `exhausted`: judge once more without that pattern. `stale`: judge again by the new snapshot. */
  admitted: 'yes' | 'exhausted' | 'stale';
}

/** What a request's object tells the organisation of each sealed step (deliver()). Repeatable: keyed by event id. */
export interface FeedItem {
  request: string;
  actor: string;
  /** `pending` as long as it waits for a decision, and so holds its reservation. */
  status: string;
  rejected_fingerprint: string | null;
  events: { id: string; type: string; seq: number; at: Instant }[];
}

export interface FeedAnswer {
  /** Which endpoints want which events. */
  wanted: { endpoint: string; event: string }[];
}

/** Where a call came from; recorded in the personal part of its event. */
export interface Client {
  ip?: string;
  user_agent?: string;
}

/** A verified assertion over a change, sign-in or enrolment, as the Worker hands it to the organisation. */
export interface VerifiedAssertion {
  intent: JsonObject;
  assertion: JsonObject;
  passkey: string;
  new_counter: number;
  backed_up: boolean;
}
