// Who may decide, and whether enough of them have: the front door. The rules are policy.md's "Who may decide"; its rooms
// are in core/requirement. It knows no ceremony and no clock; it judges votes that somebody else has verified.
export { personsOf } from './requirement/delegated.ts';
export { assuranceAllows, excludedFrom } from './requirement/eligible.ts';
export { type Escalated, escalated } from './requirement/escalated.ts';
export type { Needed, OpenStage, ProvenIdentity, RequestPeople, Vote, VoteQuestion } from './requirement/forms.ts';
export { judgeReject, judgeVote } from './requirement/judge.ts';
export { type ImpossibleStage, impossibleStages } from './requirement/possible.ts';
export { type Everybody, type Reach, unmet } from './requirement/reach.ts';
export { openStage } from './requirement/tally.ts';
