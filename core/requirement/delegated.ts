// A vote under a delegation: it counts as delegator and delegate, and is void if either is excluded or the delegation is
// younger than the request (policy.md "Who may decide"). The delegator's own sources decide, never what was lent to the
// delegator: so nothing is chained. It counts nobody.
import type { Standing } from '../authority.ts';
import { covers, type Lent, type OnBehalf } from '../delegation.ts';
import { isExcluded, provenStanding, type Stage, whyNot } from './eligible.ts';
import type { ProvenIdentity, Vote, World } from './forms.ts';

/** Everybody whom a vote counts as: none of them counts again in the whole request. */
export const personsOf = ({ reviewer, delegation }: Vote): string[] =>
  delegation === undefined ? [reviewer] : [reviewer, delegation.from];

/** A standing that says another id than its key is nobody's. */
export const standingOf = (standings: World['standings'], user: string): Standing | undefined =>
  Object.hasOwn(standings, user) && standings[user]!.user === user ? standings[user] : undefined;

/** Somebody's own standing, with what their token proves at this moment. */
function ownStanding(world: World, user: string, token: ProvenIdentity | undefined): Standing | undefined {
  const standing = standingOf(world.standings, user);
  return standing && provenStanding(standing, token, world.about?.now ?? null);
}

const DECIDES: readonly string[] = ['role:owner', 'role:admin', 'role:reviewer'];

/**
 * Whether somebody has been a reviewer of something since before the request: else one person alone could make a new
 * approver by lending, where an invitation would have needed a second administrator.
 */
const wasReviewer = ({ sources }: Standing, created_at: string): boolean =>
  Object.entries(sources).some(
    ([source, at]) => at < created_at && (DECIDES.includes(source) || source.startsWith('group:')),
  );

/** Why this delegation lets nobody decide in this stage, as a clause for people; null when it does. */
function whyNotUnder(
  holder: Standing,
  lent: Lent,
  stage: Stage,
  world: World,
  decision: Vote['decision'],
): string | null {
  const { about, created_at, standings, excluded } = world;
  if (about === undefined || !covers(lent, about)) return 'it is not in force for this request';
  if (lent.since >= created_at) return 'it is younger than this request';
  if (!wasReviewer(holder, created_at)) return 'you were no reviewer when this request was made';
  if (lent.from === holder.user) return 'nobody lends to themselves';
  const { sources } = lent.scope;
  const from = sources === null ? stage.from : stage.from.filter((source) => sources.includes(source));
  const reason = whyNot(standingOf(standings, lent.from), { ...stage, from }, created_at, excluded, decision);
  return reason === null ? null : 'who lent it could not decide this stage either';
}

/** Why a recorded vote counts for nothing now; null when nothing speaks against it. */
export function whyNotVote(vote: Vote, stage: Stage, world: World): string | null {
  const standing = ownStanding(world, vote.reviewer, vote.token);
  if (vote.delegation === undefined) return whyNot(standing, stage, world.created_at, world.excluded, vote.decision);
  if (!standing?.active || isExcluded(standing, world.excluded)) return 'The delegate cannot decide this.';
  const { id, from } = vote.delegation;
  const lent = (standing.delegations ?? []).find((one) => one.id === id && one.from === from);
  return lent === undefined ? 'The delegation has ended.' : whyNotUnder(standing, lent, stage, world, vote.decision);
}

/** In whose right somebody decides in a stage: their own (null), or under a delegation; or why in none. */
export type Right = { reason: string } | { reason: null; delegation: OnBehalf | null };

/**
 * Finds the right in which a new vote is given: one's own first, else that of the oldest delegation that fits.
 *
 * @param of what is decided, whoever counts already (nobody's right is used twice), and what the voter's token proves
 */
export function rightOf(
  voter: string,
  stage: Stage,
  world: World,
  of: { decision: Vote['decision']; counted: ReadonlySet<string>; token?: ProvenIdentity | undefined },
): Right {
  const { decision, counted } = of;
  const standing = ownStanding(world, voter, of.token);
  const reason = whyNot(standing, stage, world.created_at, world.excluded, decision);
  if (reason === null) return { reason, delegation: null };
  if (!standing?.active || isExcluded(standing, world.excluded)) return { reason };
  const held = [...(standing.delegations ?? [])].sort((a, b) => (`${a.since} ${a.id}` < `${b.since} ${b.id}` ? -1 : 1));
  const tried = held.map((lent) => ({ lent, why: whyNotUnder(standing, lent, stage, world, decision) }));
  const usable = tried.filter(({ why }) => why === null).map(({ lent }) => lent);
  const lent = usable.find(({ from }) => !counted.has(from));
  if (lent !== undefined) return { reason: null, delegation: { id: lent.id, from: lent.from } };
  if (usable.length > 0) return { reason: `${reason} Who lent you the right to decide counts already.` };
  return tried[0] === undefined
    ? { reason }
    : { reason: `${reason} A delegation to you does not help: ${tried[0].why}.` };
}
