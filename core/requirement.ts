// Who may decide, and whether enough of them have: stages in order, different people across all of them. It knows no
// ceremony and no clock; it judges votes that somebody else has verified. Invariant: a person counts once, only for the
// effective action, only while still standing, and never for what that person asked for, acts in or edited.
import type { Passkey, Standing } from './authority.ts';
import type { Digest, Instant } from './json.ts';
import type { RiskLevel, Separation } from './policy/model.ts';
import { fail, ok, type Result } from './problems.ts';

/** A verified decision of one person. `stage` counts from 0 and is what the person signed. */
export interface Vote {
  reviewer: string;
  stage: number;
  action_digest: Digest;
  decision: 'approve' | 'reject';
  voted_at: Instant;
  /** Id of the passkey that signed. One that was taken away since speaks for nobody: it may have been stolen. */
  passkey?: string;
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
  stages: readonly { from: readonly string[]; count: number }[];
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
const isExcluded = (standing: Standing, excluded: ReadonlySet<string>): boolean =>
  excluded.has(standing.user) ||
  Object.keys(standing.sources).some((source) => source.startsWith('user:') && excluded.has(person(source)));

const since = (standing: Standing, source: string): Instant | null =>
  Object.hasOwn(standing.sources, source) ? standing.sources[source]! : null;

type Stage = Needed['stages'][number];

/** The reason, for people, why somebody cannot decide in a stage; null when nothing speaks against it. */
function whyNot(
  standing: Standing | undefined,
  stage: Stage,
  created_at: Instant,
  excluded: ReadonlySet<string>,
): string | null {
  if (!standing?.active) return 'You are not an active member of this organisation.';
  if (isExcluded(standing, excluded)) {
    return 'You are part of this request (you asked for it, it acts for you, you own or edited it): somebody else must decide.';
  }
  const memberships = stage.from.map((source) => since(standing, source)).filter((at) => at !== null);
  if (memberships.length === 0)
    return `This stage is decided by ${stage.from.join(' or ')}, and you are none of these.`;
  if (memberships.some((at) => at < created_at)) return null;
  return `You became ${stage.from.join(' or ')} after this request was made: somebody who was it before must decide.`;
}

/** Votes for the effective action, by people and keys that still stand; each person's first one. */
function countedVotes(needed: Needed, votes: readonly Vote[], world: World): Vote[] {
  const people = new Set<string>();
  return votes.filter((vote) => {
    const stage = needed.stages[vote.stage];
    if (stage === undefined || vote.decision !== 'approve' || people.has(vote.reviewer)) return false;
    if (vote.action_digest !== world.effective_action_digest) return false;
    const standing = standingOf(world.standings, vote.reviewer);
    if (whyNot(standing, stage, world.created_at, world.excluded) !== null) return false;
    if (!keyStands(standing!, vote.passkey)) return false;
    people.add(vote.reviewer);
    return true;
  });
}

const keyStands = ({ passkeys }: Standing, passkey: string | undefined): boolean =>
  passkey === undefined || passkeys.some(({ id, status }) => id === passkey && status === 'active');

interface World {
  standings: Readonly<Record<string, Standing>>;
  created_at: Instant;
  effective_action_digest: Digest;
  excluded: ReadonlySet<string>;
}

/** A standing that says another id than its key is nobody's. */
const standingOf = (standings: World['standings'], user: string): Standing | undefined =>
  Object.hasOwn(standings, user) && standings[user]!.user === user ? standings[user] : undefined;

/**
 * Which stage is open, and what counts so far.
 *
 * @param votes in the order given
 * @param standings as the organisation says them now; a voter who is absent counts for nothing
 * @throws when the requirement asks for nobody: that would be complete before anybody decided
 */
export function openStage(
  requirement: Needed,
  votes: readonly Vote[],
  standings: Readonly<Record<string, Standing>>,
  created_at: Instant,
  effective_action_digest: Digest,
  excluded: ReadonlySet<string>,
): OpenStage {
  if (
    requirement.stages.length === 0 ||
    requirement.stages.some(({ count }) => !(Number.isInteger(count) && count > 0))
  )
    throw new RangeError('a requirement needs at least one stage, and each at least one person');
  const counted = countedVotes(requirement, votes, { standings, created_at, effective_action_digest, excluded });
  const per_stage = requirement.stages.map(({ count }, index) => ({
    count,
    approved: counted.filter((vote) => vote.stage === index).length,
  }));
  const open = per_stage.findIndex(({ count, approved }) => approved < count);
  return { index: open === -1 ? per_stage.length : open, complete: open === -1, counted, per_stage };
}

export interface VoteQuestion {
  requirement: Needed;
  /** Earlier votes, in the order given. */
  votes: readonly Vote[];
  /** Of the voter and of all earlier voters, as of now. */
  standings: Readonly<Record<string, Standing>>;
  /** User id, from the verified passkey. */
  voter: string;
  created_at: Instant;
  effective_action_digest: Digest;
  people: RequestPeople;
  /** Of the signed intent. */
  stage: number;
  voted_at: Instant;
}

const notEligible = (detail: string) => fail('not-eligible', detail);

/** The open stage before this vote, if the voter may decide in it. */
function admitted(question: VoteQuestion): Result<OpenStage> {
  const { requirement, votes, standings, voter, created_at, effective_action_digest, people, stage } = question;
  const excluded = excludedFrom(people, requirement.separation ?? 'requester');
  const open = openStage(requirement, votes, standings, created_at, effective_action_digest, excluded);
  if (open.complete) return notEligible('Every stage of this request is complete: there is nothing left to decide.');
  const reason = whyNot(standingOf(standings, voter), requirement.stages[open.index]!, created_at, excluded);
  if (reason !== null) return notEligible(reason);
  if (stage === open.index) return ok(open);
  return notEligible(
    `Stage ${open.index + 1} is open now, and this decision was signed for stage ${stage + 1}: read the request again and sign anew.`,
  );
}

/**
 * Judges an approval before it is recorded.
 *
 * @returns the stage that it counts in, whether it meets the whole requirement, and all votes that count with it, itself
 * last; `not-eligible` with the reason otherwise
 */
export function judgeVote(
  question: VoteQuestion,
): Result<{ stage: number; requirement_met: boolean; counted: Vote[]; per_stage: OpenStage['per_stage'] }> {
  const before = admitted(question);
  if (!before.ok) return before;
  const { requirement, votes, standings, voter, created_at, effective_action_digest, people, voted_at } = question;
  if (before.value.counted.some((vote) => vote.reviewer === voter)) {
    return notEligible('You have approved this request already: a person counts once, whichever passkey signs.');
  }
  const stage = before.value.index;
  const vote: Vote = { reviewer: voter, stage, action_digest: effective_action_digest, decision: 'approve', voted_at };
  const excluded = excludedFrom(people, requirement.separation ?? 'requester');
  const after = openStage(requirement, [...votes, vote], standings, created_at, effective_action_digest, excluded);
  return ok({ stage, requirement_met: after.complete, counted: after.counted, per_stage: after.per_stage });
}

/** Judges a rejection: only a reviewer of the open stage rejects; somebody who approved before may think again. */
export function judgeReject(question: VoteQuestion): Result<{ stage: number }> {
  const open = admitted(question);
  return open.ok ? ok({ stage: open.value.index }) : open;
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
