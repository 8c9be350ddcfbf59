// What a decision receipt says: an in-toto Statement v1 about the effective action digest. Only a met requirement in a
// live organisation is a human approval; a stock verifier must never take a rejection, a rehearsal or a part of a
// quorum for one. One statement, one signature: a quorum is several assertions inside the predicate.
import { canonicalize } from '../canonical.ts';
import type { OnBehalf } from '../delegation.ts';
import type { Digest, Instant, Json } from '../json.ts';

const PREDICATES = 'https://assentry.dev/predicates';

export const PREDICATE_TYPES = {
  'human-approval': `${PREDICATES}/human-approval/v1`,
  'human-rejection': `${PREDICATES}/human-rejection/v1`,
  'test-approval': `${PREDICATES}/test-approval/v1`,
  'break-glass': `${PREDICATES}/break-glass/v1`,
} as const;
export type PredicateType = (typeof PREDICATE_TYPES)[keyof typeof PREDICATE_TYPES];

/** One person's counted vote: what was signed, with which passkey, and the event that enrolled it. */
export interface ReceiptVote {
  reviewer: string;
  decision: 'approve' | 'reject';
  /** Index of the stage that it counts in. */
  stage: number;
  /** Absent, like the other fields of a passkey, where a signed token stands in its place. */
  passkey?: string;
  passkey_entry?: string | null;
  /** Who was allowed to vote, as the vote's own event commits to it. */
  eligibility_digest: Digest;
  decided_at: Instant;
  /** The intent whose challenge the passkey signed. */
  intent: Json;
  /** WebAuthn's AuthenticationResponseJSON. */
  assertion?: Json;
  /** A provider's token over the intent's challenge, and the key that verified it. */
  oidc?: { issuer: string; token: string; key: Json };
  /** In whose right, where it was not the reviewer's own: this person counts nowhere else. */
  delegation?: OnBehalf;
}

/** Everything that a decision's receipt is made of; richer objects fit, only what is named here is taken. */
export interface ReceiptParts {
  decision: 'approve' | 'reject';
  organization: { id: string; kind: 'live' | 'test' };
  request: string;
  /** The effective one: what may run, or what was refused. */
  action_digest: Digest;
  request_digest: Digest;
  policy: { version: number | string; digest: Digest; rule: string | null };
  requirement: { verify: string; stages: readonly { from: readonly string[]; count: number }[] };
  /** The votes that count, the deciding one last. */
  votes: readonly ReceiptVote[];
  decided_at: Instant;
}

/** An in-toto Statement v1, to be signed as its RFC 8785 text. */
export interface DecisionStatement {
  _type: 'https://in-toto.io/Statement/v1';
  subject: [{ name: string; digest: { sha256: string } }];
  predicateType: PredicateType;
  predicate: object;
}

/** Different people who approved in each stage: the same person counts once. */
const approvals = ({ requirement, votes }: ReceiptParts): number[] =>
  requirement.stages.map((_, stage) => {
    const people = votes
      .filter((vote) => vote.decision === 'approve' && vote.stage === stage)
      .map(({ reviewer }) => reviewer);
    return new Set(people).size;
  });

/**
 * Which of the three predicates a decision of people is.
 *
 * @throws if nobody signed, or if an approval does not meet its requirement: there is no receipt for either, and a
 *   caller that asks for one has lost count
 */
export function predicateTypeOf(parts: ReceiptParts): PredicateType {
  if (parts.votes.length === 0) throw new Error('a decision that nobody signed has no receipt');
  if (parts.decision === 'reject') return PREDICATE_TYPES['human-rejection'];
  const counts = approvals(parts);
  const met = parts.requirement.stages.every(({ count }, stage) => counts[stage]! >= count);
  if (!met) throw new Error('a part of a quorum has no receipt');
  return parts.organization.kind === 'live' ? PREDICATE_TYPES['human-approval'] : PREDICATE_TYPES['test-approval'];
}

/**
 * The text of a decision's statement, RFC 8785: what `receiptDigest` names and what the ledger signs.
 *
 * @throws as `predicateTypeOf` does
 */
export const receiptStatement = (parts: ReceiptParts): string =>
  canonicalize(decisionStatement(parts) as unknown as Json);

/**
 * The statement of a decision that people took.
 *
 * @throws as `predicateTypeOf` does
 */
export function decisionStatement(parts: ReceiptParts): DecisionStatement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: parts.request, digest: { sha256: parts.action_digest.replace(/^sha256:/, '') } }],
    predicateType: predicateTypeOf(parts),
    predicate: predicateOf(parts),
  };
}

function predicateOf(parts: ReceiptParts): object {
  const { decision, request, action_digest, request_digest, decided_at } = parts;
  const { verify, stages } = parts.requirement;
  const counts = approvals(parts);
  return {
    ...{ v: 1, decision, request, action_digest, request_digest, decided_at },
    organization: { id: parts.organization.id, kind: parts.organization.kind },
    policy: { version: parts.policy.version, digest: parts.policy.digest, rule: parts.policy.rule },
    requirement: {
      verify,
      stages: stages.map(({ from, count }, stage) => ({ from, count, approved: counts[stage]! })),
    },
    votes: parts.votes.map(voteOf),
  };
}

const voteOf = (vote: ReceiptVote): object => {
  const { reviewer, decision, stage, passkey, passkey_entry, eligibility_digest, decided_at, intent, assertion } = vote;
  const { oidc } = vote;
  const about = { reviewer, decision, stage, eligibility_digest, decided_at, intent };
  const under = vote.delegation === undefined ? {} : { delegation: vote.delegation };
  if (!oidc) return { ...about, passkey, passkey_entry, assertion, ...under };
  return { ...about, oidc: { issuer: oidc.issuer, token: oidc.token, key: oidc.key }, ...under };
};
