// One person's signature: the parts under the digests that stay, the passkey enrolled by an entry before it, the assertion
// over exactly the intent, the head that it knew. What the intent should have said is for decision.ts and edit.ts.
import { sameJson } from '../canonical.ts';
import { digestOf } from '../digest.ts';
import { publicKeyDigest } from '../enrolment.ts';
import type { BreakGlassIntent, DecisionIntent, EditIntent } from '../intent.ts';
import type { JsonObject } from '../json.ts';
import { faultOfAssertion } from './assertion.ts';
import { type Case, pointerTo } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { atLine } from './tally.ts';
import { checkToken, isByToken } from './token.ts';

/** What people sign about a request. */
export type SignedIntent = DecisionIntent | EditIntent | BreakGlassIntent;

/** What a signed act's event holds until it is erased. */
export interface Signed<I extends SignedIntent = DecisionIntent> {
  intent: I;
  assertion: JsonObject & { id: string };
  public_key: string;
  comment: string | null;
  external_ref: string | null;
  eligibility: JsonObject;
}

export const signedOf = ({ event }: EvidenceLine): Signed | null => event.personal as unknown as Signed | null;

/**
 * A person's signature, whatever it is under: enrolled key, intact parts, the passkey's own signature, its time.
 *
 * @param what was signed, in words
 * @param intentHolds whether every field of the intent is this request's; says itself what is not
 */
export async function checkSigned(
  of: Case,
  line: EvidenceLine,
  what: string,
  intentHolds: () => boolean,
): Promise<void> {
  const { tally } = of;
  const { skeleton } = line.event;
  const at = atLine(line);
  const byToken = isByToken(line);
  const enrolment = byToken ? null : checkEnrolment(of, line);
  const signed = signedOf(line);
  // What was never committed to was never signed: that is not erasure.
  const never = signed === null && skeleton.personal === null;
  if (!tally.holds(!never, 'signature', 'The decision commits to no signature at all.', at)) return;
  if (signed === null) {
    tally.say('signature', 'not-replayable', `${skeleton.reviewer}'s signature is erased: not replayable here.`, at);
    return;
  }
  const bound = checkParts(of, line, signed) && intentHolds();
  const who = skeleton.reviewer;
  if (byToken) {
    const holds = await checkToken(of, line);
    if (holds && bound) tally.say('signature', 'proved', `A token over ${what} is ${who}’s, by the link.`, at);
    return checkTimes(of, line, signed.intent);
  }
  const own = enrolment !== null && checkKey(of, line, signed, enrolment);
  const { origin, rp_id } = of.pinned;
  const fault = await faultOfAssertion({ ...signed, origin, rp_id }, of.crypto);
  const field = pointerTo(of, line, `/event/personal/assertion${fault?.field ?? ''}`);
  const holds = tally.holds(fault === null, 'signature', `The assertion does not hold: ${fault?.detail}.`, {
    ...at,
    field,
  });
  if (holds && bound && own)
    tally.say('signature', 'proved', `${skeleton.reviewer} signed ${what} with ${skeleton.passkey}.`, at);
  checkTimes(of, line, signed.intent);
}

/** The parts that can be erased, under the digests that stay. */
function checkParts(of: Case, line: EvidenceLine, signed: Signed): boolean {
  const parts = isByToken(line)
    ? ['intent', 'token', 'token_key', 'eligibility']
    : ['intent', 'assertion', 'eligibility'];
  const personal = signed as unknown as JsonObject;
  const wrong = parts.filter((part) => digestOf(personal[part] ?? null) !== line.event.skeleton[`${part}_digest`]);
  for (const part of wrong) {
    const field = pointerTo(of, line, `/event/personal/${part}`);
    of.tally.say('decision', 'failed', `The ${part} is not the one that the event names.`, { ...atLine(line), field });
  }
  return wrong.length === 0;
}

/** An intent field by field against what should have been signed. */
export function sameIntent(of: Case, line: EvidenceLine, given: JsonObject, expected: JsonObject): boolean {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(given)])];
  const wrong = names.filter((name) => !sameJson(given[name] ?? null, expected[name] ?? null));
  for (const name of wrong) {
    const field = pointerTo(of, line, `/event/personal/intent/${name}`);
    of.tally.say('intent', 'failed', `The signed ${name} is not that of this request.`, { ...atLine(line), field });
  }
  if (wrong.length === 0)
    of.tally.say('intent', 'proved', 'Every field of what was signed is this request’s.', atLine(line));
  return wrong.length === 0;
}

/** The event that enrolled the passkey: cited by its entry, before the decision, of the same person. */
function checkEnrolment(of: Case, line: EvidenceLine): EvidenceLine | null {
  const { passkey, passkey_entry, reviewer } = line.event.skeleton;
  const found = of.bundle.organization_events.find(
    ({ event }) => event.type === 'passkey.registered' && event.skeleton.passkey === passkey,
  );
  const at = atLine(line);
  const field = '/organization_events';
  if (!of.tally.holds(found !== undefined, 'enrolment', `The enrolment of ${passkey} is missing.`, { ...at, field }))
    return null;
  const cited =
    found!.receipt.index === passkey_entry &&
    found!.event.skeleton.user === reviewer &&
    found!.receipt.index < line.receipt.index;
  const said = `${passkey} is not enrolled for ${reviewer} by entry ${passkey_entry}.`;
  if (!of.tally.holds(cited, 'enrolment', said, at)) return null;
  of.tally.say(
    'enrolment',
    'proved',
    `${passkey} was enrolled for ${reviewer} by entry ${passkey_entry}.`,
    atLine(found!),
  );
  return found!;
}

/** The key and credential that signed are the enrolled ones. */
function checkKey(of: Case, line: EvidenceLine, { public_key, assertion }: Signed, enrolment: EvidenceLine): boolean {
  const { public_key_digest, credential_digest } = enrolment.event.skeleton;
  const same =
    publicKeyDigest(public_key) === public_key_digest &&
    digestOf(assertion.id) === credential_digest &&
    assertion.rawId === assertion.id;
  const field = pointerTo(of, line, '/event/personal/public_key');
  const said = 'Another key or credential signed than was enrolled.';
  return of.tally.holds(same, 'signature', said, { ...atLine(line), field });
}

/** Not before the head that the signer knew; within the intent's two minutes by the operator's clock. */
function checkTimes(
  { bundle, tally }: Case,
  line: EvidenceLine,
  { checkpoint, issued_at, expires_at }: Signed['intent'],
): void {
  const at = atLine(line);
  const head = bundle.heads.find(({ size, root }) => size === checkpoint.size && root === checkpoint.root);
  tally.holds(line.event.at < expires_at, 'time', `It was recorded after its intent ended at ${expires_at}.`, at);
  if (
    !tally.holds(head !== undefined, 'not-before', 'The head that was signed over is not shown to be of this log.', at)
  )
    return;
  const known = checkpoint.size <= line.receipt.index;
  if (tally.holds(known, 'not-before', 'The signed head holds the decision itself.', at))
    tally.say(
      'not-before',
      'proved',
      `It was signed after the log had ${checkpoint.size} entries (asserted: ${issued_at}).`,
      at,
    );
}
