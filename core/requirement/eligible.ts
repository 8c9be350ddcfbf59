// Whether one person may decide in one stage, and with which passkey. It counts nobody. Invariant: whoever asked for it,
// acts in it, edited or (where policy says so) owns it decides nothing, under whichever name they are known.
import type { Passkey, Standing } from '../authority.ts';
import type { Instant } from '../json.ts';
import type { Identity } from '../oidc/issuer.ts';
import { mayAnswerAs, type RiskLevel, type Separation } from '../policy/model.ts';
import { fail, ok, type Result } from '../problems.ts';
import type { Needed, ProvenIdentity, RequestPeople, Vote } from './forms.ts';

/** `user:usr_…` names the same person as `usr_…`. */
const person = (name: string): string => (name.startsWith('user:') ? name.slice('user:'.length) : name);

/**
 * The people who decide nothing about a request (policy.md "Who may decide").
 *
 * @returns ids; whatever an actor calls a person (`user:dana@example.com`) is in it without its prefix
 */
export function excludedFrom(people: RequestPeople, separation: Separation): Set<string> {
  const { actor, requester, on_behalf_of, editors, owners } = people;
  const names = [requester, ...editors, ...(separation === 'owners' ? owners : [])];
  if (on_behalf_of !== null) names.push(on_behalf_of);
  if (actor.startsWith('user:')) names.push(actor);
  return new Set(names.map(person));
}

/** By id, or by a name under which the organisation knows the same person. */
export const isExcluded = (standing: Standing, excluded: ReadonlySet<string>): boolean =>
  excluded.has(standing.user) ||
  Object.keys(standing.sources).some((source) => source.startsWith('user:') && excluded.has(person(source)));

const since = (standing: Standing, source: string): Instant | null =>
  Object.hasOwn(standing.sources, source) ? standing.sources[source]! : null;

export type Stage = Needed['stages'][number];

/** The reason, for people, why somebody cannot decide in a stage; null when nothing speaks against it. */
export function whyNot(
  standing: Standing | undefined,
  stage: Stage,
  created_at: Instant,
  excluded: ReadonlySet<string>,
  decision: Vote['decision'],
): string | null {
  if (!standing?.active) return 'You are not an active member of this organisation.';
  if (isExcluded(standing, excluded)) {
    return 'You are part of this request (you asked for it, it acts for you, you own or edited it): somebody else must decide.';
  }
  const own = stage.from.filter((source) => since(standing, source) !== null);
  if (own.length === 0) return `This stage is decided by ${stage.from.join(' or ')}, and you are none of these.`;
  const able = own.filter((source) => mayAnswerAs(stage, source, decision));
  if (able.length === 0) return `As ${own.join(' and ')} you cannot ${decision} this request: policy says so.`;
  if (able.some((source) => since(standing, source)! < created_at)) return null;
  return `You became ${able.join(' or ')} after this request was made: somebody who was it before must decide.`;
}

/** Whether the key or identity that signed is still its person’s. One that was taken away may have been stolen. */
export function proofStands({ passkeys, identities = [] }: Standing, vote: Pick<Vote, 'passkey' | 'token'>): boolean {
  const { passkey, token } = vote;
  if (token) return identities.some((one) => isSame(one, token));
  return passkey === undefined || passkeys.some(({ id, status }) => id === passkey && status === 'active');
}

const isSame = (one: Identity, other: Identity): boolean =>
  one.issuer === other.issuer && one.subject === other.subject;

/**
 * A person's standing with the groups that a token proves: only those that the provider's signed settings map, since
 * they do, and only until the token ends, because who left a group there is not told here.
 *
 * @param at the moment that it is judged for; null: nothing is proved
 */
export function provenStanding(standing: Standing, token: ProvenIdentity | undefined, at: Instant | null): Standing {
  const link = token && standing.identities?.find((one) => isSame(one, token));
  if (!link || at === null || at >= token.until) return standing;
  const proven = token.groups.flatMap((group) =>
    Object.hasOwn(link.groups, group) && !Object.hasOwn(standing.sources, group) ? [[group, link.groups[group]!]] : [],
  );
  return { ...standing, sources: { ...standing.sources, ...Object.fromEntries(proven) } };
}

/**
 * Whether this passkey decides at this risk. A further passkey of a person rests before it decides anything high or
 * critical, so that a stolen session plus one touch is not enough (policy.md "Changing policy, people and keys").
 */
export function assuranceAllows(
  passkey: Pick<Passkey, 'restricted_until'>,
  risk: RiskLevel,
  now: Instant,
): Result<null> {
  const grave = risk === 'high' || risk === 'critical';
  if (!grave || passkey.restricted_until === null || now >= passkey.restricted_until) return ok(null);
  return fail(
    'passkey-too-new',
    `This passkey decides nothing of ${risk} risk before ${passkey.restricted_until}: use one of your other passkeys, or wait.`,
  );
}
