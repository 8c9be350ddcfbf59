// What a decision receipt says: an in-toto Statement v1 about the effective action digest. Only a met requirement in a
// live organisation is a human approval; a stock verifier must never take a rejection, a rehearsal or a part of a
// quorum for one. One statement, one signature: a quorum is several assertions inside the predicate.
import type { Digest, Instant, Json } from '../json.ts';

const PREDICATES = 'https://assentry.dev/predicates';

export const PREDICATE_TYPES = {
  'human-approval': `${PREDICATES}/human-approval/v1`,
  'human-rejection': `${PREDICATES}/human-rejection/v1`,
  'test-approval': `${PREDICATES}/test-approval/v1`,
} as const;
export type PredicateType = (typeof PREDICATE_TYPES)[keyof typeof PREDICATE_TYPES];

/** One person's counted vote: what was signed, with which passkey, and the entry that enrolled it. */
export interface ReceiptAssertion {
  reviewer: string;
  /** Index of the stage that it counts in. */
  stage: number;
  passkey: string;
  passkey_entry: number | string | null;
  public_key: string;
  voted_at: Instant;
  /** The intent whose challenge the passkey signed. */
  intent: Json;
  /** WebAuthn's AuthenticationResponseJSON. */
  assertion: Json;
}

/** Everything that a decision's receipt is made of; richer objects fit, only what is named here is taken. */
export interface DecisionParts {
  decision: 'approve' | 'reject';
  organization: { id: string; kind: 'live' | 'test' };
  request: string;
  /** The effective one: what may run, or what was refused. */
  action_digest: Digest;
  request_digest: Digest;
  policy: { version: number | string; digest: Digest; rule: string | null };
  requirement: { verify: string; stages: readonly { from: readonly string[]; count: number }[] };
  /** What the approval releases; null for a rejection. */
  scope: object | null;
  /** The votes that count, the deciding one last. */
  assertions: readonly ReceiptAssertion[];
  decided_at: Instant;
}

/** An in-toto Statement v1, to be signed as its RFC 8785 text. */
export interface DecisionStatement {
  _type: 'https://in-toto.io/Statement/v1';
  subject: [{ name: string; digest: { sha256: string } }];
  predicateType: PredicateType;
  predicate: object;
}

/** Different people who voted in each stage: the same person counts once. */
const approvals = ({ requirement, assertions }: DecisionParts): number[] =>
  requirement.stages.map((_, stage) => {
    const people = assertions.filter((vote) => vote.stage === stage).map((vote) => vote.reviewer);
    return new Set(people).size;
  });

/**
 * Which of the three predicates a decision of people is.
 *
 * @throws if nobody signed, or if an approval does not meet its requirement: there is no receipt for either, and a
 *   caller that asks for one has lost count
 */
export function predicateTypeOf(parts: DecisionParts): PredicateType {
  if (parts.assertions.length === 0) throw new Error('a decision that nobody signed has no receipt');
  if (parts.decision === 'reject') return PREDICATE_TYPES['human-rejection'];
  const counts = approvals(parts);
  const met = parts.requirement.stages.every(({ count }, stage) => counts[stage]! >= count);
  if (!met) throw new Error('a part of a quorum has no receipt');
  return parts.organization.kind === 'live' ? PREDICATE_TYPES['human-approval'] : PREDICATE_TYPES['test-approval'];
}

/**
 * The statement of a decision that people took. Its RFC 8785 text is the payload that `receiptDigest` names and that
 * the ledger signs.
 *
 * @throws as `predicateTypeOf` does
 */
export function decisionStatement(parts: DecisionParts): DecisionStatement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: parts.request, digest: { sha256: parts.action_digest.replace(/^sha256:/, '') } }],
    predicateType: predicateTypeOf(parts),
    predicate: predicateOf(parts),
  };
}

function predicateOf(parts: DecisionParts): object {
  const { decision, request, action_digest, request_digest, scope, decided_at } = parts;
  const { verify, stages } = parts.requirement;
  const counts = approvals(parts);
  const approved = (stage: number) => (decision === 'approve' ? counts[stage]! : 0);
  return {
    ...{ v: 1, decision, request, action_digest, request_digest, scope, decided_at },
    organization: { id: parts.organization.id, kind: parts.organization.kind },
    policy: { version: parts.policy.version, digest: parts.policy.digest, rule: parts.policy.rule },
    requirement: {
      verify,
      stages: stages.map(({ from, count }, stage) => ({ from, count, approved: approved(stage) })),
    },
    assertions: parts.assertions.map(assertionOf),
  };
}

const assertionOf = (vote: ReceiptAssertion): ReceiptAssertion => {
  const { reviewer, stage, passkey, passkey_entry, public_key, voted_at, intent, assertion } = vote;
  return { reviewer, stage, passkey, passkey_entry, public_key, voted_at, intent, assertion };
};
