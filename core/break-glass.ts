// Break-glass: an emergency override of one exact action by a person with a role of its own, signed with a passkey, and
// owed a review afterwards. The words and intents that page, Worker and objects share; nothing is decided here.
import type { BreakGlassSettings, OrganizationSettings } from './authority.ts';
import { digestOf } from './digest.ts';
import type { BreakGlassIntent, BreakGlassReviewIntent, Scope } from './intent.ts';
import { commentDigest } from './intent.ts';
import type { Digest, Instant } from './json.ts';
import { MAX_BREAK_GLASS_SECONDS } from './limits.ts';
import type { Judgement } from './policy.ts';

/** The role that breaks glass; only a signed change gives it. */
export const BREAK_GLASS_ROLE = 'break_glass';

/** Who may review a use, unless they were part of it. */
export const REVIEWS_BREAK_GLASS = ['owner', 'admin', 'auditor'] as const;

export const REVIEW_VERDICTS = ['justified', 'not_justified'] as const;
export type ReviewVerdict = (typeof REVIEW_VERDICTS)[number];

export const DEFAULT_BREAK_GLASS: BreakGlassSettings = { external_ref: 'optional', debt: 'same_person' };

/** What an organisation says about break-glass; what it never said is the default. */
export const breakGlassSettings = (settings: Pick<OrganizationSettings, 'break_glass'>): BreakGlassSettings => ({
  ...DEFAULT_BREAK_GLASS,
  ...settings.break_glass,
});

/** SHA-256 over RFC 8785 of `{nonce, reason}`: the nonce keeps a guessable reason from being confirmed. */
export const reasonDigest = (nonce: string, reason: string): Digest => digestOf({ nonce, reason });

/** What is overridden, as it is displayed. */
export interface Overridden {
  organization: string;
  rp_id: string;
  request: string;
  action_digest: Digest;
  request_digest: Digest;
  scope: Scope;
  policy_digest: Digest;
  reason: string;
  external_ref: string | null;
  reviewer: string;
}

type Given<I extends { nonce: string; issued_at: Instant; expires_at: Instant }> = Pick<
  I,
  'nonce' | 'issued_at' | 'expires_at'
>;

/** Builds the intent of a use, on the server from the object's own state; nonce, times and checkpoint are given. */
export function breakGlassIntent(
  of: Overridden,
  given: Given<BreakGlassIntent> & Pick<BreakGlassIntent, 'checkpoint'>,
): BreakGlassIntent {
  const { reason, ...rest } = of;
  const { nonce, issued_at, expires_at, checkpoint } = given;
  return {
    ...{ v: 1, kind: 'break-glass', ...rest, reason_digest: reasonDigest(nonce, reason) },
    ...{ nonce, issued_at, expires_at, checkpoint: { size: checkpoint.size, root: checkpoint.root } },
  };
}

/** A reviewer's word on a use, as it is displayed. */
export interface Reviewed {
  organization: string;
  rp_id: string;
  request: string;
  verdict: ReviewVerdict;
  comment: string;
  reviewer: string;
}

export function breakGlassReviewIntent(of: Reviewed, given: Given<BreakGlassReviewIntent>): BreakGlassReviewIntent {
  const { comment, ...rest } = of;
  const { nonce, issued_at, expires_at } = given;
  const comment_digest = commentDigest(nonce, comment);
  return { v: 1, kind: 'break-glass-review', ...rest, comment_digest, nonce, issued_at, expires_at };
}

/**
 * What policy said, as a use overrides it: the verdict and the requirement stay for whoever reads later, the risk is
 * critical, and the capability lives as long as was asked for, an hour at most.
 *
 * @param seconds of the capability's lifetime; null: policy's own
 */
export function overridden(judgement: Judgement, seconds: number | null): Judgement {
  const { risk, capability } = judgement;
  const ttl_seconds = Math.min(seconds ?? capability.ttl_seconds, MAX_BREAK_GLASS_SECONDS);
  return {
    ...judgement,
    risk: { ...risk, level: 'critical', reasons: [...risk.reasons, 'break-glass'] },
    capability: { ...capability, ttl_seconds },
    draws_on: null,
  };
}
