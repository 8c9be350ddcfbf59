// Invitations that are still open. Taking one back needs no ceremony.
import { useQuery } from '@tanstack/react-query';
import { invitationsQuery } from '../../api/queries.ts';
import { StatusBadge } from '../../ui/badges.tsx';
import { NarrowButton } from '../../ui/narrow-button.tsx';
import { Section } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';

export function Invitations() {
  const query = useQuery(invitationsQuery);
  const open = (query.data?.data ?? []).filter(({ status }) => status === 'open' || status === 'pending');
  if (open.length === 0) return null;
  return (
    <Section title="Open invitations">
      <Table
        label="Open invitations"
        rows={open}
        rowKey={({ id }) => id}
        empty={null}
        columns={[
          {
            head: 'Person',
            cell: ({ name, email }) => (
              <>
                <b className="wrap-anywhere">{name}</b>
                <br />
                <span className="meta wrap-anywhere">{email}</span>
              </>
            ),
          },
          { head: 'Roles', cell: ({ roles }) => roles.join(', ') },
          { head: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
          { head: 'Ends', cell: ({ expires_at }) => <When at={expires_at} /> },
          {
            head: 'Change',
            cell: ({ id, email }) => (
              <NarrowButton
                act="Revoke"
                on={`the invitation of ${email}`}
                consequence="The link stops working at once."
                path={`/v1/invitations/${encodeURIComponent(id)}`}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}
