// What only narrows needs no passkey: end a pending request early, take a capability back.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api/client.ts';
import type { ApprovalRequest } from '../../api/types.ts';
import { Failure } from '../../ui/face.tsx';
import { StopDialog } from './stop-dialog.tsx';

const ACTS: Record<string, { path: string; name: string; note: string } | undefined> = {
  pending: { path: 'expire', name: 'Expire now', note: 'Ends the wait: nobody can approve it any more.' },
  approved: { path: 'revoke', name: 'Revoke the capability', note: 'The agent can no longer use it.' },
  executing: { path: 'revoke', name: 'Revoke the capability', note: 'Works until the resource has marked it as used.' },
};

export function Narrowing({ request }: { request: ApprovalRequest }) {
  const client = useQueryClient();
  const act = ACTS[request.status];
  const mutation = useMutation({
    mutationFn: (path: string) =>
      post(`/v1/approval-requests/${encodeURIComponent(request.id)}/${path}`, {}, { repeats: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ['requests'] }),
  });
  const [stopping, setStopping] = useState(false);
  return (
    <div className="grid gap-2">
      {mutation.isError ? <Failure error={mutation.error} /> : null}
      {act ? (
        <p className="flex flex-wrap items-center gap-3">
          <button
            type="button"
            className="btn small"
            disabled={mutation.isPending}
            onClick={() => mutation.mutate(act.path)}
          >
            {act.name}
          </button>
          <span className="meta">{act.note}</span>
        </p>
      ) : null}
      <p>
        <button type="button" className="btn small" onClick={() => setStopping(true)}>
          Stop this agent
        </button>
      </p>
      {stopping ? (
        <StopDialog
          stopping={{ kind: 'actor', target: request.actor, name: request.actor }}
          onClose={() => setStopping(false)}
        />
      ) : null}
    </div>
  );
}
