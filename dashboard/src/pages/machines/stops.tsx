// Stops: who may do nothing now. Setting one takes effect at once and needs no ceremony; lifting one widens, and is signed.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ADMINISTERS } from '../../../../core/authority.ts';
import { stopsQuery } from '../../api/queries.ts';
import type { Stop } from '../../api/types.ts';
import { useSession } from '../../session-gate.tsx';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { useNames } from '../../ui/names.ts';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { StopDialog } from '../requests/stop-dialog.tsx';

/** One switch for the whole organisation, for the moment in which nobody has time to choose. */
function StopEverything() {
  const { user, organization } = useSession();
  const [open, setOpen] = useState(false);
  if (!ADMINISTERS.some((role) => user.roles.includes(role))) return null;
  const stopping = { kind: 'organization' as const, target: organization.id, name: organization.name };
  return (
    <>
      <button type="button" className="btn small" onClick={() => setOpen(true)}>
        Stop everything
      </button>
      {open ? <StopDialog stopping={stopping} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

export function Stops() {
  const query = useQuery(stopsQuery);
  const nameOf = useNames();
  const [lifting, setLifting] = useState<Stop | null>(null);
  return (
    <Section title="Stops" actions={<StopEverything />}>
      <QueryView query={query} what="the stops">
        {({ data }) => (
          <Table
            label="Stops"
            rows={data.filter(({ lifted_at }) => !lifted_at)}
            rowKey={({ id }) => id}
            empty={
              <p className="text-ink-2">Nobody is stopped. “Stop this agent” stands on the page of each request.</p>
            }
            columns={[
              { head: 'Stopped', cell: ({ target }) => <b className="wrap-anywhere">{nameOf(target)}</b> },
              { head: 'Reason', cell: ({ reason }) => <Revealed text={reason} lines /> },
              { head: 'By', cell: ({ set_by }) => nameOf(set_by) },
              { head: 'When', cell: ({ set_at }) => <When at={set_at} /> },
              {
                head: 'Change',
                cell: (stop) => (
                  <button type="button" className="btn small" onClick={() => setLifting(stop)}>
                    Lift<span className="sr-only"> the stop of {stop.target}</span>
                  </button>
                ),
              },
            ]}
          />
        )}
      </QueryView>
      {lifting ? (
        <ChangeDialog
          title={`Lift the stop of ${lifting.target}`}
          proposal={{ kind: 'stop_lift', target: lifting.id, value: {} }}
          immediate
          onClose={() => setLifting(null)}
        />
      ) : null}
    </Section>
  );
}
