// A new vote, judged before it is recorded: whether its person may give it, what it counts as, whether it completes the
// requirement. It knows no ceremony and no clock; somebody else has verified who signs.
import { fail, ok, type Result } from '../problems.ts';
import { excludedFrom, whyNot } from './eligible.ts';
import type { OpenStage, Vote, VoteQuestion } from './forms.ts';
import { openStage, standingOf } from './tally.ts';

const notEligible = (detail: string) => fail('not-eligible', detail);

/** The open stage before this vote, if the voter may decide in it. */
function admitted(question: VoteQuestion, decision: Vote['decision']): Result<OpenStage> {
  const { requirement, votes, standings, voter, created_at, effective_action_digest, people, stage } = question;
  const excluded = excludedFrom(people, requirement.separation ?? 'requester');
  const open = openStage(requirement, votes, standings, created_at, effective_action_digest, excluded);
  if (open.complete) return notEligible('Every stage of this request is complete: there is nothing left to decide.');
  const reason = whyNot(standingOf(standings, voter), requirement.stages[open.index]!, created_at, excluded, decision);
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
  const before = admitted(question, 'approve');
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
  const open = admitted(question, 'reject');
  return open.ok ? ok({ stage: open.value.index }) : open;
}
