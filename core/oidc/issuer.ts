// An OpenID provider as an organisation trusts it: for people or for workloads, never both. Words and shapes; what a
// change may say of it is issuer-value.ts, what its tokens prove is claims.ts. Invariant: a token is verified only with
// what is pinned here, never with what the token says of itself.
import type { Digest, Instant } from '../json.ts';

export const ISSUER_PURPOSES = ['people', 'workload'] as const;
export type IssuerPurpose = (typeof ISSUER_PURPOSES)[number];

/** Asymmetric only: with a shared secret whoever verifies could have signed, and `none` proves nothing. */
export const TOKEN_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** Scopes that a workload can be given: asking and reading. Verifying needs an audience, changing needs a person. */
export const WORKLOAD_SCOPES = ['requests:write', 'requests:read', 'requests:read_all'] as const;
export type WorkloadScope = (typeof WORKLOAD_SCOPES)[number];

/** Whose token becomes which service account, and for how long. The first rule that fits decides. */
export interface WorkloadRule {
  id: string;
  /** Claim → what it must be: one pattern, or any of several (`*` within a segment, `**` across). All must fit. */
  claims: Record<string, string | string[]>;
  service_account: string;
  scopes: WorkloadScope[];
  /** Some of the account's actors; absent: all of them. */
  actors?: string[];
  ttl_seconds: number;
}

/** What a signed change fixes. */
export interface OidcIssuer {
  id: string;
  name: string;
  /** The `iss` of its tokens, to the letter. */
  issuer: string;
  purpose: IssuerPurpose;
  audience: string;
  algorithms: TokenAlgorithm[];
  leeway_seconds: number;
  /** Where its keys are; null: as its discovery document says. */
  jwks_uri: string | null;
  /** People: the claim that names groups, and which of its values is which of our groups. */
  group_claim: string | null;
  group_mappings: Record<string, string>;
  /** Workloads only. */
  rules: WorkloadRule[];
}

/** As the organisation keeps it. */
export interface KnownIssuer extends OidcIssuer {
  /** The change that made it what it is: its event carries these very settings. */
  change: string;
  digest: Digest;
  /** Group → since when without a break some value has been mapped to it. */
  mapped_since: Record<string, Instant>;
  /** Service account → who wrote rules for it, in any version: they made its keys. Absent: the change's first signer. */
  makers?: Record<string, string[]>;
  updated_at: Instant;
}

/** A person at a provider: issuer and subject, never a mail address or a name. */
export interface Identity {
  /** `iss_…` */
  issuer: string;
  /** The `sub` claim, to the letter. */
  subject: string;
}

/** A person's identity as the organisation vouches for it. */
export interface LinkedIdentity extends Identity {
  linked_at: Instant;
  /** Groups that a token of it can prove, and since when: the later of link and mapping. */
  groups: Record<string, Instant>;
}
