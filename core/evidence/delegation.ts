// A vote in somebody else's right: the delegation is an entry before it, between these two people, older than the request
// and not over, and whoever lent the right signed exactly that with a passkey of their own. That nobody had ended it by
// then is the snapshot's, and so the operator's word. Whether it lets the vote count is eligibility.ts's to say.
import type { Standing } from '../authority.ts';
import { sameJson } from '../canonical.ts';
import type { Lent, OnBehalf } from '../delegation.ts';
import { digestOf } from '../digest.ts';
import type { ChangeIntent } from '../intent.ts';
import type { Json, JsonObject } from '../json.ts';
import { faultOfAssertion } from './assertion.ts';
import type { Case } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { signedOf } from './signature.ts';
import { type At, atLine } from './tally.ts';

/** Checks the delegation that a vote was given under; nothing to check where it was the voter's own. */
export async function checkDelegation(of: Case, line: EvidenceLine): Promise<void> {
  const under = line.event.skeleton.delegation as unknown as OnBehalf | undefined;
  if (under === undefined) return;
  const { tally, bundle } = of;
  const at = { ...atLine(line), field: '/organization_events' };
  const made = bundle.organization_events.find(
    ({ event }) => event.type === 'delegation.created' && event.skeleton.delegation === under.id,
  );
  if (!tally.holds(made !== undefined, 'delegation', `The entry of ${under.id} is missing.`, at)) return;
  if (!fits(of, line, made!, under, at)) return;
  tally.say(
    'delegation',
    'asserted',
    `${under.id} had not been ended by then: the operator’s word, committed to.`,
    atLine(line),
  );
  await checkLender(of, made!, under);
}

/** The entry says who lends to whom and until when; the snapshot must say the same. */
function fits({ birth, tally }: Case, line: EvidenceLine, made: EvidenceLine, under: OnBehalf, at: At): boolean {
  const { from, to, expires_at } = made.event.skeleton as Record<string, string>;
  const people = from === under.from && to === line.event.skeleton.reviewer;
  const older = made.receipt.index < birth.line.receipt.index && made.event.at < birth.line.event.at;
  const live = line.event.at < expires_at!;
  const said = `${under.id} is not between these two, is younger than the request, or was over.`;
  return tally.holds(people && older && live && sameTerms(line, made, under), 'delegation', said, at);
}

function sameTerms(line: EvidenceLine, { event }: EvidenceLine, under: OnBehalf): boolean {
  const people = (signedOf(line)?.eligibility.people ?? null) as unknown as Standing[] | null;
  if (people === null) return true;
  const holder = people.find(({ user }) => user === line.event.skeleton.reviewer);
  const lent: Lent | undefined = holder?.delegations?.find(({ id }) => id === under.id);
  if (lent === undefined || lent.from !== under.from || lent.until !== event.skeleton.expires_at) return false;
  const scope = event.personal?.scope ?? (lent.scope as unknown as Json);
  return lent.since >= event.at && sameJson(scope, lent.scope);
}

/** Who lent it signed this very delegation, with a passkey that was enrolled for them before. */
async function checkLender(of: Case, made: EvidenceLine, { id, from }: OnBehalf): Promise<void> {
  const { tally, bundle, pinned, crypto } = of;
  const { skeleton, personal } = made.event;
  const at = atLine(made);
  if (personal === null) {
    tally.say('delegation', 'not-replayable', `Who signed ${id} is erased or withheld: not replayable here.`, at);
    return;
  }
  const intents = personal.intents as unknown as ChangeIntent[];
  const place = intents.findIndex(({ signer }) => signer === from);
  const enrolled = bundle.organization_events.find(
    ({ event }) => event.type === 'passkey.registered' && event.skeleton.passkey === skeleton.passkey,
  );
  const own = enrolled?.event.skeleton.user === from && enrolled.receipt.index < made.receipt.index;
  const bound = place >= 0 && isOver(intents[place]!, made);
  if (!tally.holds(own && bound, 'delegation', `${from} did not sign ${id} as it stands.`, at)) return;
  const public_key = enrolled!.event.personal?.public_key as string;
  const assertion = (personal.assertions as JsonObject[])[place]!;
  const signed = { intent: intents[place]!, assertion, public_key, origin: pinned.origin, rp_id: pinned.rp_id };
  const fault = await faultOfAssertion(signed, crypto);
  if (tally.holds(fault === null, 'delegation', `${from}’s signature over ${id} does not hold: ${fault?.detail}.`, at))
    tally.say('delegation', 'proved', `${from} lent the right to decide (${id}), signed with ${skeleton.passkey}.`, at);
}

/** What was signed names this change, and the digest of exactly this delegation. */
function isOver(intent: ChangeIntent, { event }: EvidenceLine): boolean {
  const { delegation: id, from, to, starts_at, expires_at, change, organization, intent_digests } = event.skeleton;
  const { scope, from_name, to_name } = event.personal as JsonObject;
  const document = { id, from, from_name, to, to_name, scope, starts_at, expires_at } as JsonObject;
  return (
    intent.kind === 'change' &&
    intent.change_kind === 'delegation' &&
    intent.change === change &&
    intent.organization === organization &&
    intent.after_digest === digestOf(document) &&
    (intent_digests as string[]).includes(digestOf(intent))
  );
}
