// Who has decided so far, for whoever is to decide next; nothing where nobody has.
import type { ApprovalRequest } from '../../api/types.ts';
import { OnBehalf } from '../../ui/on-behalf.tsx';
import { Revealed } from '../../ui/revealed.tsx';

const VOID = {
  edited: 'before an edit: it counts no more',
  withdrawn: 'whose right or passkey was taken away since: it counts no more',
};

export function GivenVotes({ request: { decisions } }: { request: ApprovalRequest }) {
  if (decisions.length === 0) return null;
  return (
    <section className="card grid gap-2 px-4 py-3" aria-label="Decided so far">
      <h2 className="text-s font-semibold text-ink-2">Decided so far</h2>
      <ul className="grid gap-1">
        {decisions.map((vote) => (
          <li key={`${vote.reviewer.id}${vote.decided_at}`} className="min-w-0 wrap-anywhere">
            <b>
              <Revealed text={vote.reviewer.name || vote.reviewer.id} />
            </b>{' '}
            {vote.decision === 'approve' ? 'approved' : 'rejected'} <OnBehalf vote={vote} />
            {vote.void ? ` (${VOID[vote.void_reason ?? 'edited']})` : ''}
          </li>
        ))}
      </ul>
    </section>
  );
}
