// The review of an emergency use: whoever reviewed was no part of the use and signed exactly this word on it, with a passkey
// that an entry before enrolled for them. Bundles without that enrolment leave it the operator's word, and so does the role.
import { breakGlassReviewIntent, type ReviewVerdict } from '../break-glass.ts';
import { sameJson } from '../canonical.ts';
import { digestOf } from '../digest.ts';
import { publicKeyDigest } from '../enrolment.ts';
import type { BreakGlassReviewIntent } from '../intent.ts';
import type { Json, JsonObject } from '../json.ts';
import { faultOfAssertion } from './assertion.ts';
import { type Case, pointerTo } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { signedOf } from './signature.ts';
import { atLine } from './tally.ts';

interface SignedReview {
  intent: BreakGlassReviewIntent;
  assertion: JsonObject;
  comment: string;
}

/** Every review of this use that the bundle carries. */
export async function checkReviews(of: Case, use: EvidenceLine): Promise<void> {
  for (const line of of.bundle.organization_events.filter(({ event }) => isReviewOf(event, use)))
    await of.tally.attempt('review', atLine(line), () => checkReview(of, use, line));
}

const isReviewOf = (event: EvidenceLine['event'], use: EvidenceLine): boolean =>
  event.type === 'break_glass.reviewed' && event.skeleton.request === use.event.object;

async function checkReview(of: Case, use: EvidenceLine, line: EvidenceLine): Promise<void> {
  const { tally } = of;
  const { reviewer, verdict, by } = line.event.skeleton as Record<string, string>;
  const said = `${reviewer} reviewed the use: ${verdict}.`;
  const at = atLine(line);
  const after = line.receipt.index > use.receipt.index && by === reviewer;
  if (!tally.holds(after, 'review', 'It was recorded before the use, or by somebody else.', at)) return;
  const apart = !partOf(of, use).includes(reviewer!);
  const field = pointerTo(of, line, '/event/skeleton/reviewer');
  if (!tally.holds(apart, 'review', `${reviewer} was part of the use.`, { ...at, field })) return;
  const signed = line.event.personal as unknown as SignedReview | null;
  const enrolled = enrolmentOf(of, line);
  if (signed === null || enrolled?.event.personal === null)
    tally.say('review', 'not-replayable', `${said} What was signed is erased or withheld.`, at);
  else if (enrolled === undefined) tally.say('review', 'asserted', `${said} Its passkey’s enrolment is not here.`, at);
  else if (await isSigned(of, line, signed, enrolled))
    tally.say('review', 'proved', `${said} No part of it, and signed with ${line.event.skeleton.passkey}.`, at);
  tally.say('review', 'asserted', `That ${reviewer} had the role to review is the operator’s word.`, at);
}

/** Who broke the glass, and by the committed snapshot who owned the account that it was for. */
function partOf({ birth }: Case, use: EvidenceLine): string[] {
  const owners = (signedOf(use)?.eligibility.owners ?? []) as string[];
  const people = [use.event.skeleton.reviewer, birth.skeleton.on_behalf_of].filter((one) => typeof one === 'string');
  return [...people, ...owners];
}

const enrolmentOf = ({ bundle }: Case, { event: { skeleton } }: EvidenceLine): EvidenceLine | undefined =>
  bundle.organization_events.find(
    ({ event }) => event.type === 'passkey.registered' && event.skeleton.passkey === skeleton.passkey,
  );

/** Key, intent, signature and time; says itself what does not hold. */
async function isSigned(of: Case, line: EvidenceLine, signed: SignedReview, enrolled: EvidenceLine): Promise<boolean> {
  const { tally, pinned, crypto } = of;
  const { intent, assertion } = signed;
  const { user, public_key_digest, credential_digest } = enrolled.event.skeleton;
  const public_key = enrolled.event.personal!.public_key as string;
  const own =
    user === line.event.skeleton.reviewer &&
    enrolled.receipt.index < line.receipt.index &&
    publicKeyDigest(public_key) === public_key_digest &&
    digestOf(assertion.id as Json) === credential_digest;
  const at = (field: string) => atLine(line, pointerTo(of, line, `/event/${field}`));
  const enrolledFor = tally.holds(
    own,
    'review',
    'Its passkey is not the one enrolled for them.',
    at('skeleton/passkey'),
  );
  const bound = isOver(of, line, signed);
  tally.holds(bound, 'review', 'What was signed is not this review.', at('personal/intent'));
  const timely = line.event.at < intent.expires_at;
  tally.holds(timely, 'review', `It was recorded after its intent ended at ${intent.expires_at}.`, atLine(line));
  const { origin, rp_id } = pinned;
  const fault = await faultOfAssertion({ intent, assertion, public_key, origin, rp_id }, crypto);
  const said = `The reviewer’s signature does not hold: ${fault?.detail}.`;
  const holds = tally.holds(fault === null, 'review', said, at(`personal/assertion${fault?.field ?? ''}`));
  return enrolledFor && bound && timely && holds;
}

/** Field by field the intent that this review would have asked to be signed, under the digest that stays. */
function isOver({ bundle, pinned }: Case, { event }: EvidenceLine, { intent, comment }: SignedReview): boolean {
  const { request, reviewer, verdict, intent_digest } = event.skeleton as Record<string, string>;
  const people = { request: request!, reviewer: reviewer!, verdict: verdict as ReviewVerdict };
  const of = { organization: bundle.organization.id, rp_id: pinned.rp_id, comment, ...people };
  const same = sameJson(intent, breakGlassReviewIntent(of, intent));
  return same && digestOf(intent as unknown as Json) === intent_digest;
}
