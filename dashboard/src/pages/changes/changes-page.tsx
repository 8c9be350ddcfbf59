// Changes that wait for a signature (proposed by a key, or for a second administrator), and those that are done.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api/client.ts';
import { changesQuery } from '../../api/queries.ts';
import type { Change } from '../../api/types.ts';
import { StatusBadge } from '../../ui/badges.tsx';
import { ChangeResult, ChangeSigner } from '../../ui/change/change-signer.tsx';
import { ChangeView } from '../../ui/change/change-view.tsx';
import { useChange } from '../../ui/change/use-change.ts';
import { Failure } from '../../ui/face.tsx';
import { Modal } from '../../ui/modal.tsx';
import { useNames } from '../../ui/names.ts';
import { PageFrame } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';

export function ChangesPage() {
  const query = useQuery(changesQuery);
  const [open, setOpen] = useState<Change | null>(null);
  return (
    <PageFrame title="Changes" note="of policy, people, machines and delivery">
      <QueryView query={query} what="the changes">
        {({ data }) => <Changes changes={data} onOpen={setOpen} />}
      </QueryView>
      {open ? <OpenChange change={open} onClose={() => setOpen(null)} /> : null}
    </PageFrame>
  );
}

function Changes({ changes, onOpen }: { changes: Change[]; onOpen: (change: Change) => void }) {
  const nameOf = useNames();
  return (
    <Table
      label="Changes"
      rows={changes}
      rowKey={({ id }) => id}
      empty={
        <p className="text-ink-2">No change yet. Whatever widens what is allowed stands here with who signed it.</p>
      }
      columns={[
        {
          head: 'Change',
          cell: (change) => (
            <>
              <b>{change.kind.replaceAll('_', ' ')}</b>
              <br />
              <code className="meta">{change.target}</code>
            </>
          ),
        },
        { head: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
        {
          head: 'Proposed by',
          cell: ({ proposed_by }) => <span className="wrap-anywhere">{nameOf(proposed_by)}</span>,
        },
        { head: 'When', cell: ({ proposed_at }) => <When at={proposed_at} /> },
        {
          head: 'Open',
          cell: (change) => (
            <button type="button" className="btn small" onClick={() => onOpen(change)}>
              {change.status === 'proposed' ? 'Review' : 'Show'}
              <span className="sr-only"> change of {change.target}</span>
            </button>
          ),
        },
      ]}
    />
  );
}

function OpenChange({ change, onClose }: { change: Change; onClose: () => void }) {
  const flow = useChange();
  const client = useQueryClient();
  const rejection = useMutation({
    mutationFn: () => post(`/v1/changes/${encodeURIComponent(change.id)}/reject`, {}),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['changes'] });
      onClose();
    },
  });
  return (
    <Modal title={`Change of ${change.kind.replaceAll('_', ' ')}`} onClose={onClose}>
      {flow.applied ? <ChangeResult change={flow.applied} secretLabel="secret" /> : null}
      {!flow.applied && change.status === 'proposed' ? (
        <>
          <ChangeSigner change={change} flow={flow} />
          {rejection.isError ? <Failure error={rejection.error} /> : null}
          <div>
            <button type="button" className="btn" disabled={rejection.isPending} onClick={() => rejection.mutate()}>
              Reject the change
            </button>
          </div>
        </>
      ) : null}
      {!flow.applied && change.status !== 'proposed' ? <Done change={change} /> : null}
    </Modal>
  );
}

function Done({ change }: { change: Change }) {
  const nameOf = useNames();
  return (
    <>
      <p>
        <StatusBadge status={change.status} />
      </p>
      <ChangeView change={change} />
      {change.signatures?.map(({ signer, signed_at }) => (
        <p key={signer} className="meta">
          Signed by {nameOf(signer)}, <When at={signed_at} />
        </p>
      ))}
    </>
  );
}
