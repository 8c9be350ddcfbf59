// The review that ends a break-glass debt. It widens (the person may break glass again), so a passkey signs it and it
// takes effect when it is sealed. Whoever was part of the use cannot give it.
import type { Credential, VerifiedAssertion } from '../../../core/authority.ts';
import { breakGlassReviewIntent, REVIEWS_BREAK_GLASS, type ReviewVerdict } from '../../../core/break-glass.ts';
import { digestOf } from '../../../core/digest.ts';
import type { BreakGlassReviewIntent } from '../../../core/intent.ts';
import type { JsonObject } from '../../../core/json.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';
import type { Effect } from '../effects.ts';
import { consumeNonce, inTime, matches, nonceUsed, usedBefore } from '../nonces.ts';
import { isRestricted, usePasskey } from '../passkeys.ts';
import { personWith } from '../principals.ts';
import type { BreakGlassRecord } from '../records.ts';
import { afterSealing, draft, FOREVER, nowInstant, organizationOf, type Room, record } from '../room.ts';

export interface ReviewQuestion {
  credential: Credential;
  /** Of the request that the use let through. */
  id: string;
  verdict: ReviewVerdict;
  comment: string;
  /** Null while the review is only being prepared: then nothing is written. */
  verified: VerifiedAssertion | null;
}

/** Takes a review; with nothing signed yet, only says whether it could be given. Only inside `transact`. */
export function reviewUse(room: Room, question: ReviewQuestion): Result<{ id: string }> {
  const { id, verified } = question;
  const by = personWith(room, question.credential, REVIEWS_BREAK_GLASS);
  if (!by.ok) return by;
  const use = room.store.break_glass.get(id);
  if (!use) return fail('not-found', 'There is no such break-glass use.');
  const reviewer = by.value.user;
  const before = verified && usedBefore(room, verified.intent);
  if (before) return before.used_for === `review ${id}` && before.by === reviewer ? ok({ id }) : nonceUsed();
  if (!use.open) return fail('already-decided', 'This use was reviewed already.');
  if (isPartOf(room, use, reviewer))
    return fail('not-eligible', 'You were part of this use (you broke the glass, or own the account that it was for).');
  if (verified === null) return ok({ id });
  const signed = takeSignature(room, question, verified, reviewer);
  return signed.ok ? recordReview(room, question, verified, reviewer) : signed;
}

/** The person who broke the glass, and the owners of the account that was let through: then and now. */
const isPartOf = (room: Room, use: BreakGlassRecord, user: string): boolean =>
  use.user === user ||
  use.owners?.includes(user) === true ||
  room.store.service_accounts.get(use.service_account)?.owners.includes(user) === true;

function takeSignature(
  room: Room,
  { id, verdict, comment }: ReviewQuestion,
  verified: VerifiedAssertion,
  reviewer: string,
): Result<void> {
  const timely = inTime(verified.intent);
  if (!timely.ok) return timely;
  const { id: organization, rp_id } = organizationOf(room);
  const of = { organization, rp_id, request: id, verdict, comment, reviewer };
  const expected = breakGlassReviewIntent(of, verified.intent as unknown as BreakGlassReviewIntent);
  const same = matches(verified.intent, expected as unknown as JsonObject);
  if (!same.ok) return same;
  const passkey = usePasskey(room, reviewer, verified);
  if (!passkey.ok) return passkey;
  if (isRestricted(passkey.value))
    return fail('passkey-too-new', `This passkey reviews nothing before ${passkey.value.restricted_until}.`);
  return consumeNonce(room, verified.intent, { until: FOREVER, used_for: `review ${id}`, by: reviewer });
}

function recordReview(
  room: Room,
  { id, verdict, comment }: ReviewQuestion,
  { intent, assertion, passkey }: VerifiedAssertion,
  reviewer: string,
): Result<{ id: string }> {
  const skeleton = { request: id, reviewer, verdict, passkey, intent_digest: digestOf(intent) };
  const events = record(room, [draft('break_glass.reviewed', reviewer, skeleton, { comment, intent, assertion })]);
  const review = { by: reviewer, verdict, comment, at: nowInstant() };
  afterSealing(room, events, 'break_glass_review', { request: id, review });
  return ok({ id });
}

/** Sealed: the debt is paid, unless another review was sealed first. */
export const reviewEffect: Effect = (room, { body }) => {
  const use = room.store.break_glass.get(String(body.request));
  if (!use?.open) return;
  room.store.break_glass.put({ ...use, open: 0, review: body.review as unknown as BreakGlassRecord['review'] });
};
