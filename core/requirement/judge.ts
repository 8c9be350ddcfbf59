// A new vote, judged before it is recorded: whether its person may give it and in whose right, what it counts as, whether
// it completes the requirement. It knows no ceremony and no clock; somebody else has verified who signs.
import type { OnBehalf } from '../delegation.ts';
import { fail, ok, type Result } from '../problems.ts';
import { personsOf, rightOf } from './delegated.ts';
import { excludedFrom } from './eligible.ts';
import type { OpenStage, Vote, VoteQuestion, World } from './forms.ts';
import { openStage } from './tally.ts';

const notEligible = (detail: string) => fail('not-eligible', detail);

const worldOf = (question: VoteQuestion): World => ({
  ...question,
  excluded: excludedFrom(question.people, question.requirement.separation ?? 'requester'),
});

const opened = (question: VoteQuestion, votes: readonly Vote[], { excluded, about }: World): OpenStage => {
  const { requirement, standings, created_at, effective_action_digest } = question;
  return openStage(requirement, votes, standings, created_at, effective_action_digest, excluded, about);
};

interface Admitted {
  open: OpenStage;
  /** Absent: in the voter's own right. */
  under: { delegation?: OnBehalf };
}

/** The open stage before this vote, if the voter may decide in it. An approval uses a right up; a rejection counts nobody. */
function admitted(question: VoteQuestion, decision: Vote['decision']): Result<Admitted> {
  const { requirement, votes, voter, stage, token } = question;
  const world = worldOf(question);
  const open = opened(question, votes, world);
  if (open.complete) return notEligible('Every stage of this request is complete: there is nothing left to decide.');
  const counted = new Set(decision === 'approve' ? open.counted.flatMap(personsOf) : []);
  const right = rightOf(voter, requirement.stages[open.index]!, world, { decision, counted, token });
  if (right.reason !== null) return notEligible(right.reason);
  if (stage === open.index)
    return ok({ open, under: right.delegation === null ? {} : { delegation: right.delegation } });
  return notEligible(
    `Stage ${open.index + 1} is open now, and this decision was signed for stage ${stage + 1}: read the request again and sign anew.`,
  );
}

/** Why somebody who counts already does not count again. */
const twice = (vote: Vote, voter: string): string =>
  vote.reviewer === voter
    ? 'You have approved this request already: a person counts once, whichever passkey signs.'
    : 'Somebody has approved this request on your behalf already: a person counts once.';

export interface JudgedVote {
  stage: number;
  requirement_met: boolean;
  counted: Vote[];
  per_stage: OpenStage['per_stage'];
  /** Absent: in the voter's own right. */
  delegation?: OnBehalf;
}

/**
 * Judges an approval before it is recorded.
 *
 * @returns the stage that it counts in and in whose right, whether it meets the whole requirement, and all votes that
 * count with it, itself last; `not-eligible` with the reason otherwise
 */
export function judgeVote(question: VoteQuestion): Result<JudgedVote> {
  const before = admitted(question, 'approve');
  if (!before.ok) return before;
  const { open, under } = before.value;
  const { votes, voter, effective_action_digest, voted_at, token } = question;
  const earlier = open.counted.find((vote) => personsOf(vote).includes(voter));
  if (earlier !== undefined) return notEligible(twice(earlier, voter));
  const about = { stage: open.index, action_digest: effective_action_digest, decision: 'approve' as const, voted_at };
  const vote: Vote = { reviewer: voter, ...about, ...under, ...(token ? { token } : {}) };
  const after = opened(question, [...votes, vote], worldOf(question));
  const { complete, counted, per_stage } = after;
  return ok({ stage: open.index, requirement_met: complete, counted, per_stage, ...under });
}

interface JudgedReject {
  stage: number;
  /** The approvals that count beside it. */
  counted: Vote[];
  delegation?: OnBehalf;
}

/** Judges a rejection: only a reviewer of the open stage rejects; somebody who approved before may think again. */
export function judgeReject(question: VoteQuestion): Result<JudgedReject> {
  const judged = admitted(question, 'reject');
  if (!judged.ok) return judged;
  const { open, under } = judged.value;
  return ok({ stage: open.index, counted: open.counted, ...under });
}
