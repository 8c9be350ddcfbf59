// Whether anybody is left who can meet a requirement: the people of an organisation, each judged as for a vote, against the
// seats that are still empty. What a token would prove is not known before it comes, so it is left out. It judges no vote.
import type { Standing } from '../authority.ts';
import { personsOf } from './delegated.ts';
import { excludedFrom, whyNot } from './eligible.ts';
import type { VoteQuestion } from './forms.ts';
import { type ImpossibleStage, impossibleStages } from './possible.ts';
import { openStage } from './tally.ts';

/** A request that waits, as the organisation is asked about it: who decides it is not the question. */
export type Reach = Pick<
  VoteQuestion,
  'requirement' | 'votes' | 'created_at' | 'effective_action_digest' | 'people' | 'about'
>;

/** Standings of the earlier voters, and of everybody who may be a reviewer of it. */
export interface Everybody {
  standings: Readonly<Record<string, Standing>>;
  all: () => Iterable<Standing>;
}

/**
 * The stages that nobody can complete any more.
 *
 * @param people `standings` of the earlier voters; `all` is read once for each stage that is open, no further than needed
 */
export function unmet(of: Reach, { standings, all }: Everybody): ImpossibleStage[] {
  const { requirement, created_at, about } = of;
  const excluded = excludedFrom(of.people, requirement.separation ?? 'requester');
  const open = openStage(requirement, of.votes, standings, created_at, of.effective_action_digest, excluded, about);
  const taken = new Set(open.counted.flatMap(personsOf));
  const left = open.per_stage.map(({ count, approved }) => Math.max(0, count - approved));
  const enough = left.reduce((sum, count) => sum + count, 0);
  const able = (stage: number): string[] => {
    const found: string[] = [];
    for (const standing of left[stage] === 0 ? [] : all()) {
      if (found.length === enough) break;
      const stands = standing.passkeys.some(({ status }) => status === 'active') && !taken.has(standing.user);
      if (stands && whyNot(standing, requirement.stages[stage]!, created_at, excluded, 'approve') === null)
        found.push(standing.user);
    }
    return found;
  };
  const seats = requirement.stages.map((stage, at) => ({ ...stage, count: left[at]! }));
  return impossibleStages(
    { stages: seats },
    seats.map((_, at) => able(at)),
  ).map(({ stage, able: some }) => {
    const { count, approved } = open.per_stage[stage]!;
    return { stage, count, able: some + approved };
  });
}
