// What stands in place of the buttons when there is nothing (more) to decide for this person.
import type { ApprovalRequest } from '../../api/types.ts';
import { newsOf } from '../../text/news.ts';
import { Face } from '../../ui/face.tsx';
import { Go, requestPath } from '../../ui/go.tsx';
import { Revealed } from '../../ui/revealed.tsx';

const WORDS: Record<string, [string, string]> = {
  pending: ['Your vote is recorded and sealed', 'More approvals are needed before anything runs.'],
  approved: ['Approved', 'The agent can now fetch its capability, once.'],
  rejected: ['Rejected', 'Nothing runs. The agent is told.'],
  expired: ['Expired', 'Nobody decided in time, so it is not approved.'],
  canceled: ['Canceled', 'It was withdrawn or revoked, so it is not approved.'],
  executing: ['Approved, and running', 'The agent holds the capability.'],
  executed: ['Executed', 'The agent reports that it was done.'],
  failed: ['Failed', 'The agent reports that it did not work.'],
  indeterminate: ['Nobody said how it ended', 'The capability was used or handed out, and no outcome was reported.'],
};

/** What nobody approved is not called approved. */
const BROKEN: [string, string] = [
  'Let through by breaking glass',
  'Nobody approved it. It waits for a review, or had one.',
];

function wordsFor({ status, break_glass }: ApprovalRequest): [string, string] {
  if (break_glass && (status === 'approved' || status === 'executing')) return BROKEN;
  return WORDS[status] ?? [status, ''];
}

/** @param me id of the person who reads */
export function Settled({ request, me }: { request: ApprovalRequest; me: string }) {
  const [title, detail] = wordsFor(request);
  return (
    <div role="status">
      <Face title={title}>
        <p className="text-ink-2">{detail}</p>
        {request.status === 'pending' ? null : (
          <p className="wrap-anywhere">
            <Revealed text={newsOf(request, me)} lines />
          </p>
        )}
        {request.ledger?.pending ? <p className="meta">A newer step is being sealed in the ledger.</p> : null}
        <p className="flex flex-wrap gap-4">
          <Go to={requestPath(request.id)}>Timeline and receipts</Go>
          <Go to="/">Back to the queue</Go>
        </p>
      </Face>
    </div>
  );
}
