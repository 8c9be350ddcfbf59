// What became of a request, in one sentence that says who did it. Empty while nobody has decided anything.
import type { ApprovalRequest, Decision } from '../api/types.ts';

const nameOf = ({ reviewer }: Decision, me: string): string =>
  reviewer.id === me ? 'You' : reviewer.name || reviewer.id;

/** `Rita`, `Rita and Dana`, `Rita, Dana and Omar`. */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const ENDED: Record<string, string> = {
  expired: 'It expired: nobody decided in time, or what was approved was not used.',
  canceled: 'It was withdrawn or revoked.',
};

/** Who has decided so far, or how it ended without anybody. */
export function newsOf({ status, decisions, decided_by, rejection_reason }: ApprovalRequest, me: string): string {
  const counted = decisions.filter((vote) => !vote.void);
  const names = (act: Decision['decision']) => [
    ...new Set(counted.filter(({ decision }) => decision === act).map((vote) => nameOf(vote, me))),
  ];
  const [approved, rejected] = [names('approve'), names('reject')];
  if (status === 'rejected' && rejected.length > 0)
    return `${listed(rejected)} rejected this${rejection_reason ? `: ${rejection_reason}` : '.'}`;
  if (status === 'pending') return approved.length > 0 ? `${listed(approved)} approved this so far.` : '';
  const who = approved.length > 0 ? `${listed(approved)} approved this.` : '';
  if (who === '' && decided_by === 'policy') return `Policy decided this: ${status}.`;
  return [who, ENDED[status] ?? ''].filter(Boolean).join(' ') || `It is ${status} now.`;
}
