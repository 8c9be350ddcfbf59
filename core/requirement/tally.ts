// What counts so far, and which stage is open: stages in order, different people across all of them. It judges no new
// vote. Invariant: a person counts once, only for the effective action, and only while still standing.
import type { Standing } from '../authority.ts';
import type { About } from '../delegation.ts';
import type { Digest, Instant } from '../json.ts';
import { personsOf, standingOf, whyNotVote } from './delegated.ts';
import { proofStands } from './eligible.ts';
import type { Needed, OpenStage, Vote, World } from './forms.ts';

/** Votes for the effective action, by people and keys that still stand; each person's first one. */
function countedVotes(needed: Needed, votes: readonly Vote[], world: World): Vote[] {
  const people = new Set<string>();
  return votes.filter((vote) => {
    const stage = needed.stages[vote.stage];
    const persons = personsOf(vote);
    if (stage === undefined || vote.decision !== 'approve' || persons.some((one) => people.has(one))) return false;
    if (vote.action_digest !== world.effective_action_digest || whyNotVote(vote, stage, world) !== null) return false;
    if (!proofStands(standingOf(world.standings, vote.reviewer)!, vote)) return false;
    for (const one of persons) people.add(one);
    return true;
  });
}

/**
 * Which stage is open, and what counts so far.
 *
 * @param votes in the order given
 * @param standings as the organisation says them now; a voter who is absent counts for nothing
 * @param about what delegations are compared with, and now; absent: no delegated vote counts, no token proves a group
 * @throws when the requirement asks for nobody: that would be complete before anybody decided
 */
export function openStage(
  requirement: Needed,
  votes: readonly Vote[],
  standings: Readonly<Record<string, Standing>>,
  created_at: Instant,
  effective_action_digest: Digest,
  excluded: ReadonlySet<string>,
  about?: About,
): OpenStage {
  if (
    requirement.stages.length === 0 ||
    requirement.stages.some(({ count }) => !(Number.isInteger(count) && count > 0))
  )
    throw new RangeError('a requirement needs at least one stage, and each at least one person');
  const world = { standings, created_at, effective_action_digest, excluded, about };
  const counted = countedVotes(requirement, votes, world);
  const per_stage = requirement.stages.map(({ count }, index) => ({
    count,
    approved: counted.filter((vote) => vote.stage === index).length,
  }));
  const open = per_stage.findIndex(({ count, approved }) => approved < count);
  return { index: open === -1 ? per_stage.length : open, complete: open === -1, counted, per_stage };
}
