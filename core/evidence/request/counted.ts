// Which approvals count, as the last vote's event says: what its judging counted. Votes from before events said so count as
// the documents of their time showed them: all since the last edit.
import type { Case } from '../case.ts';
import { editsOf } from '../held.ts';

export function countedSeqs(of: Case): readonly number[] {
  const after = editsOf(of).at(-1)?.event.seq ?? 0;
  const live = of.votes.filter(({ event }) => event.seq > after);
  const said = live.at(-1)?.event.skeleton.counted as number[] | undefined;
  const approvals = live.filter(({ event }) => event.skeleton.decision === 'approve').map(({ event }) => event.seq);
  return said === undefined ? approvals : approvals.filter((seq) => said.includes(seq));
}
