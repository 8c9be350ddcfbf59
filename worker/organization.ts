// The organisation's object as the edge sees it: what it may be asked, in plain types. RPC stubs of the platform rewrite
// types so deeply that they stop helping; this says the same in words that a reader can check against the object.
import type {
  Admission,
  AdmitQuestion,
  Authority,
  AuthorizeQuestion,
  Change,
  ChangeKind,
  ChangeSecret,
  Client,
  Credential,
  KeyScope,
  Passkey,
  Registration,
  Role,
  Snapshot,
  Standing,
  Stop,
  UnsoundPasskey,
  VerifiedAssertion,
} from '../core/authority.ts';
import type { LinkClaims, LinkPurpose } from '../core/credential.ts';
import type { Digest, Instant, Json, JsonObject } from '../core/json.ts';
import type { KnownIssuer } from '../core/oidc/issuer.ts';
import type { Result } from '../core/problems.ts';
import type { Env } from '../durable-objects/env.ts';
import type { ReviewQuestion } from '../durable-objects/organization/break-glass/review.ts';
import type { BreakGlassAdmission, BreakGlassQuestion } from '../durable-objects/organization/break-glass.ts';
import type { EntriesQuestion, Entry } from '../durable-objects/organization/entries.ts';
import type { PolicyCheck } from '../durable-objects/organization/policy-check.ts';
import type { WorkloadExchange, WorkloadToken } from '../durable-objects/organization/workload.ts';
import type { Organization } from '../durable-objects/organization.ts';

/** Who is behind a session: what sign-in and enrolment answer. */
export interface Account {
  id: string;
  name: string;
  email: string;
}

export interface Opened {
  session: string | { id: string };
  user: Account;
}

/** A session, and what it acts on. */
export interface Acting {
  credential: Credential;
  client?: Client;
}

export type ListKind =
  | 'members'
  | 'groups'
  | 'service-accounts'
  | 'api-keys'
  | 'webhook-endpoints'
  | 'oidc-issuers'
  | 'policy'
  | 'policy-versions'
  | 'stops'
  | 'break-glass'
  | 'delegations'
  | 'organization'
  | 'invitations';

export interface Listing {
  data: Json[];
  next_cursor?: string | null;
}

export interface GenesisBody {
  organization: { id: string; kind: 'live' | 'test'; name: string; rp_id: string };
  policy_source: string;
  service_accounts: {
    name: string;
    actors?: string[];
    keys: { scopes: KeyScope[]; audience?: string; name: string; key: string; digest: string }[];
  }[];
}

type Answer<T> = Promise<Result<T>>;
type Narrow = (call: Acting & { id: string; reason?: string }) => Answer<{ id: string }>;

export interface OrganizationPort {
  genesis(body: GenesisBody): Answer<{ config_version: number }>;
  authorize(question: AuthorizeQuestion): Answer<Authority>;
  admit(question: AdmitQuestion): Answer<Admission>;
  breakGlass(question: BreakGlassQuestion): Answer<BreakGlassAdmission>;
  reviewBreakGlass(question: ReviewQuestion): Answer<{ id: string }>;

  standingByCredential(of: {
    credential_id: string;
    user_handle: string;
  }): Answer<{ standing: Standing; passkey: Passkey }>;
  openSession(call: {
    verified: VerifiedAssertion;
    user: string;
    session_digest: string;
    expires_at: Instant;
    client?: Client;
  }): Answer<Opened>;
  closeSession(call: Acting): Answer<unknown>;

  linkToken(link: {
    token_id: string;
    purpose: LinkPurpose;
    exp?: number | null;
  }): Answer<{ user: Account; roles: Role[]; organization: { id: string; name: string } }>;
  /** A recovery link for the one who owns the organisation, asked for with the set-up secret: an event of its own. */
  recoverOwner(call: { client?: Client }): Answer<LinkClaims>;
  unsoundPasskeys(): Answer<UnsoundPasskey[]>;
  enrolFirst(call: {
    token: { id: string } & Omit<LinkClaims, 'jti'>;
    registration: Registration;
    intent: JsonObject;
    response: JsonObject;
    session_digest: string;
    session_expires_at: Instant;
    client?: Client;
  }): Answer<Opened & { passkey: Passkey }>;
  workloadIssuer(of: { issuer: string }): Answer<KnownIssuer>;
  exchangeWorkload(of: WorkloadExchange): Answer<WorkloadToken>;
  enrolFurther(
    call: Acting & { verified: VerifiedAssertion; registration: Registration },
  ): Answer<{ passkey: Passkey }>;

  revokePasskey: Narrow;
  removeMember: Narrow;
  lockMember: Narrow;
  endDelegation: Narrow;
  revokeApiKey: Narrow;
  revokeInvitation: Narrow;
  disableEndpoint: Narrow;
  stop(
    call: Acting & { target_kind: 'actor' | 'service_account' | 'organization'; target: string; reason: string },
  ): Answer<Stop>;

  proposeChange(
    call: Acting & {
      kind: ChangeKind;
      target?: string;
      value: JsonObject;
      base_digest?: Digest;
      idempotency?: string;
    },
  ): Answer<{ change: Change; secret?: ChangeSecret | null; replayed?: boolean }>;
  getChange(call: Acting & { id: string }): Answer<Change>;
  listChanges(call: Acting & { status?: Change['status']; cursor?: string; limit?: number }): Answer<Listing>;
  rejectChange(call: Acting & { id: string; reason?: string }): Answer<Change>;
  signChange(
    call: Acting & { id: string; verified: VerifiedAssertion },
  ): Answer<{ change: Change; secret?: ChangeSecret | null }>;

  /** What a proposal of this text would say; nothing is recorded. */
  checkPolicy(call: { credential: Credential; source: string }): Answer<PolicyCheck>;
  /** One published version, which older requests pin. */
  policyVersion(call: { version: number }): Answer<Snapshot['policy']>;
  list(call: Acting & { kind: ListKind; cursor?: string; limit?: number }): Answer<Listing>;
  /** Enrolments of these passkeys, reviews of the request's use, the organisation's first event, and the one that published this policy version. */
  entries(of: EntriesQuestion): Answer<Entry[]>;
  /** Tells D1 everything once more. */
  retell(): Promise<void>;
  fetch(request: Request): Promise<Response>;
}

/** The object of one organisation. An id that never existed addresses an object that knows nobody. */
export const organizationOf = (env: Pick<Env, 'ORGANIZATION'>, id: string): OrganizationPort =>
  env.ORGANIZATION.getByName(id) as unknown as OrganizationPort;

/** Does not compile when the object no longer answers what the edge asks. */
type Fits<T extends Omit<OrganizationPort, 'fetch'>> = T;
export type CheckedOrganization = Fits<Omit<Organization, 'fetch'>>;
