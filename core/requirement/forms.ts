// The words of counting: a vote, who is part of a request, what is needed, what is open. Only shapes, plain enough that a
// verifier builds the same ones from evidence; what counts is eligible.ts's and tally.ts's.
import type { Standing } from '../authority.ts';
import type { About, OnBehalf } from '../delegation.ts';
import type { Digest, Instant } from '../json.ts';
import type { Identity } from '../oidc/issuer.ts';
import type { Separation } from '../policy/model.ts';

/** A verified decision of one person. `stage` counts from 0 and is what the person signed. */
export interface Vote {
  reviewer: string;
  stage: number;
  action_digest: Digest;
  decision: 'approve' | 'reject';
  voted_at: Instant;
  /** Id of the passkey that signed. One that was taken away since speaks for nobody: it may have been stolen. */
  passkey?: string | null;
  /** Of a vote by a signed token: who it says that it is. One that was unlinked since speaks for nobody. */
  token?: ProvenIdentity;
  /** The delegation under which it was given; absent where the person could decide in their own right. */
  delegation?: OnBehalf;
}

/** Somebody at an OpenID provider, and the groups that the token proves as long as it lives. */
export interface ProvenIdentity extends Identity {
  groups: string[];
  /** The token's own end. */
  until: Instant;
}

/** Who is part of a request and therefore may not decide it. Ids: `usr_…` or `sa_…`; `actor` as proposed. */
export interface RequestPeople {
  requester: string;
  on_behalf_of: string | null;
  actor: string;
  /** Owners of the service account and who created its key. */
  owners: string[];
  editors: string[];
}

/** What is needed, as the pinned policy computed it. Richer objects fit. */
export interface Needed {
  stages: readonly {
    from: readonly string[];
    count: number;
    /** Sources that may only do what stands here. */
    actions?: { [source: string]: Vote['decision'][] };
  }[];
  separation?: Separation;
}

export interface OpenStage {
  /** The stage that is open now; the number of stages when all are complete. */
  index: number;
  complete: boolean;
  /** The votes that count, in the order in which they were given. */
  counted: Vote[];
  per_stage: { count: number; approved: number }[];
}

export interface VoteQuestion {
  requirement: Needed;
  /** Earlier votes, in the order given. */
  votes: readonly Vote[];
  /** Of the voter and of all earlier voters, as of now. */
  standings: Readonly<Record<string, Standing>>;
  /** User id, from the verified passkey or token. */
  voter: string;
  /** What the voter's token proves, where one signed. */
  token?: ProvenIdentity;
  created_at: Instant;
  effective_action_digest: Digest;
  people: RequestPeople;
  /** Of the signed intent. */
  stage: number;
  voted_at: Instant;
  /** What delegations are compared with. Absent: none covers it. */
  about?: About | undefined;
}

/** What a vote is counted by. */
export interface World {
  standings: Readonly<Record<string, Standing>>;
  created_at: Instant;
  effective_action_digest: Digest;
  excluded: ReadonlySet<string>;
  about?: About | undefined;
}
