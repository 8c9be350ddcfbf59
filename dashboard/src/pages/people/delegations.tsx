// Who lent whom the right to decide, and until when. Ending one needs no ceremony.
import { useQuery } from '@tanstack/react-query';
import { ADMINISTERS } from '../../../../core/authority.ts';
import { delegationsQuery } from '../../api/queries.ts';
import type { Delegation, Session } from '../../api/types.ts';
import { useSession } from '../../session-gate.tsx';
import { StatusBadge } from '../../ui/badges.tsx';
import { NarrowButton } from '../../ui/narrow-button.tsx';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';

export function Delegations() {
  const { user } = useSession();
  const query = useQuery(delegationsQuery);
  return (
    <Section title="Delegations">
      <QueryView query={query} what="the delegations">
        {({ data }) => <Open delegations={data.filter(isOpen)} user={user} />}
      </QueryView>
    </Section>
  );
}

const isOpen = ({ status }: Delegation): boolean => status === 'active' || status === 'planned';

/** `group:finance, pay.*, up to medium risk`, or that there is no bound. */
function boundsText({ actions, resources, sources, max_risk }: Delegation['scope']): string {
  const bounds = [...(sources ?? []), ...(actions ?? []), ...(resources ?? [])];
  if (max_risk !== null) bounds.push(`up to ${max_risk} risk`);
  return bounds.join(', ') || 'everything that they decide';
}

const mayEnd = ({ from, to }: Delegation, { id, roles }: Session['user']): boolean =>
  from.id === id || to.id === id || roles.some((role) => (ADMINISTERS as readonly string[]).includes(role));

const Open = ({ delegations, user }: { delegations: Delegation[]; user: Session['user'] }) => (
  <Table
    label="Delegations"
    rows={delegations}
    rowKey={({ id }) => id}
    empty={
      <p className="text-ink-2">Nobody lends a right to decide now. Before an absence, lend yours to a colleague.</p>
    }
    columns={[
      { head: 'From', cell: ({ from }) => <b className="wrap-anywhere">{from.name || from.id}</b> },
      { head: 'To', cell: ({ to }) => <span className="wrap-anywhere">{to.name || to.id}</span> },
      { head: 'For', cell: ({ scope }) => <span className="wrap-anywhere">{boundsText(scope)}</span> },
      { head: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
      { head: 'Ends', cell: ({ expires_at }) => <When at={expires_at} /> },
      {
        head: 'Change',
        cell: (made) =>
          mayEnd(made, user) ? (
            <NarrowButton
              act="End"
              on={`the delegation of ${made.from.name} to ${made.to.name}`}
              consequence="At once. Votes under it that have not completed a request count no more."
              path={`/v1/delegations/${encodeURIComponent(made.id)}`}
            />
          ) : null,
      },
    ]}
  />
);
