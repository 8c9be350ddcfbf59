// Every event of the organisation, newest first, with its ledger entry. Filters are in the URL.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { eventsQuery } from '../api/queries.ts';
import type { LedgerEvent } from '../api/types.ts';
import { eventName, subjectOf } from '../text/people.ts';
import { Field } from '../ui/field.tsx';
import { useNames } from '../ui/names.ts';
import { PageFrame } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/when.tsx';

export function AuditPage() {
  const search = useSearch({ from: '/gate/desk/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const query = useQuery(eventsQuery(search));
  return (
    <PageFrame title="Audit" note="every event, newest first">
      <form
        className="grid gap-3 sm:grid-cols-[240px_320px_max-content] sm:items-end"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const text = (name: string) => String(form.get(name) ?? '').trim() || undefined;
          void navigate({ search: { type: text('type'), object: text('object') } });
        }}
      >
        <Field label="Type" name="type" placeholder="approval.decided" defaultValue={search.type} />
        <Field label="Object" name="object" placeholder="apr_… or chg_…" defaultValue={search.object} />
        <button type="submit" className="btn">
          Filter
        </button>
      </form>
      <QueryView query={query} what="the events">
        {(page) => (
          <>
            <Events events={page.data} />
            {page.next_cursor ? (
              <p>
                <Link to="/audit" search={{ ...search, cursor: page.next_cursor }} className="btn small">
                  Older
                </Link>
              </p>
            ) : null}
          </>
        )}
      </QueryView>
    </PageFrame>
  );
}

function Events({ events }: { events: LedgerEvent[] }) {
  const nameOf = useNames();
  return (
    <Table
      label="Events"
      rows={events}
      rowKey={({ id }) => id}
      empty={<p className="text-ink-2">No such event. Everything that changes anything leaves one here.</p>}
      columns={[
        {
          head: 'Event',
          cell: (event) => (
            <>
              <b>{eventName(event.type)}</b>
              <br />
              <code className="meta">{event.type}</code>
            </>
          ),
        },
        { head: 'About', cell: (event) => <ObjectLink id={subjectOf(event.skeleton) ?? event.object} /> },
        {
          head: 'By',
          cell: (event) => <span className="wrap-anywhere">{nameOf(event.by ?? String(event.skeleton.by))}</span>,
        },
        { head: 'Entry', cell: ({ receipt }) => <span className="num">{receipt?.index ?? 'not sealed yet'}</span> },
        { head: 'When', cell: ({ at }) => <When at={at} /> },
      ]}
    />
  );
}

const ObjectLink = ({ id }: { id: string }) =>
  id.startsWith('apr_') ? (
    <Link to="/requests/$id" params={{ id }} className="font-mono text-s wrap-anywhere">
      {id}
    </Link>
  ) : (
    <code className="text-s">{id}</code>
  );
