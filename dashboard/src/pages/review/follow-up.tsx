// Beside the answer: who is on it, who was asked in addition, and both by hand. None of it decides anything.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ADMINISTERS } from '../../../../core/authority.ts';
import { api, post } from '../../api/client.ts';
import type { ApprovalRequest } from '../../api/types.ts';
import { useSession } from '../../session-gate.tsx';
import { sourcesText } from '../../text/people.ts';
import { Failure } from '../../ui/face.tsx';
import { usePassed, When } from '../../ui/when.tsx';
import { Claimed } from './claim.tsx';

/** @param mine whether this person may decide now */
export function FollowUp({ request, mine }: { request: ApprovalRequest; mine: boolean }) {
  const { user } = useSession();
  const over = usePassed(request.claim?.until ?? request.created_at);
  const own = request.claim?.reviewer.id === user.id && !over;
  const act = useAct(request.id);
  const escalations = request.escalations ?? [];
  const next = request.next_escalation ?? null;
  const may = mine || ADMINISTERS.some((role) => user.roles.includes(role));
  const claimed = (request.claim ?? null) !== null && !over;
  if (!mine && !claimed && escalations.length === 0 && next === null) return null;
  return (
    <section className="card grid gap-2 p-4" aria-label="Who is on it">
      <Claimed request={request} />
      {escalations.map(({ to, at }) => (
        <p key={`${at} ${to}`} className="meta">
          {sourcesText(to)} asked as well, <When at={at} />
        </p>
      ))}
      {next ? (
        <p className="meta">
          If nobody decides, {sourcesText(next.to)} is asked as well, <When at={next.at} />
        </p>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {mine ? (
          <button
            type="button"
            className="btn small"
            disabled={act.isPending}
            onClick={() => act.mutate(own ? 'release' : 'claim')}
          >
            {own ? 'I am not on it any more' : 'I am on it'}
          </button>
        ) : null}
        {next && may ? (
          <button type="button" className="btn small" disabled={act.isPending} onClick={() => act.mutate('escalate')}>
            Ask them now
          </button>
        ) : null}
      </div>
      {act.isError ? <Failure error={act.error} /> : null}
    </section>
  );
}

/** Claims, gives back, or brings the next escalation forward. */
function useAct(id: string) {
  const client = useQueryClient();
  const path = `/v1/approval-requests/${encodeURIComponent(id)}`;
  return useMutation({
    mutationFn: (act: 'claim' | 'release' | 'escalate') =>
      act === 'release' ? api(`${path}/claim`, { method: 'DELETE' }) : post(`${path}/${act}`, {}, { repeats: true }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['requests'] }),
  });
}
