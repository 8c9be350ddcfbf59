// All requests, newest first, with filters in the URL.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useId } from 'react';
import { requestsQuery } from '../../api/queries.ts';
import type { RequestsSearch } from '../../router.tsx';
import { Face } from '../../ui/face.tsx';
import { PageFrame } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { DecidedRow } from '../queue/queue-row.tsx';

const STATUSES = [
  'pending',
  'approved',
  'executing',
  'executed',
  'failed',
  'indeterminate',
  'rejected',
  'expired',
  'canceled',
];
const RISKS = ['low', 'medium', 'high', 'critical'];

export function RequestsPage() {
  const search = useSearch({ from: '/gate/desk/requests' });
  const query = useQuery(requestsQuery({ ...search, limit: '50' }));
  const filtered = Object.values(search).some((value) => value !== undefined);
  return (
    <PageFrame title="Requests" note="newest first">
      <Filters search={search} />
      <QueryView query={query} what="requests">
        {(page) => (
          <>
            {page.data.length === 0 ? <None filtered={filtered} /> : null}
            {page.data.length > 0 ? (
              <ul className="card overflow-hidden" aria-label="Requests">
                {page.data.map((request) => (
                  <DecidedRow key={request.id} request={request} />
                ))}
              </ul>
            ) : null}
            {page.next_cursor ? (
              <p>
                <Link to="/requests" search={{ ...search, cursor: page.next_cursor }} className="btn small">
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

const None = ({ filtered }: { filtered: boolean }) => (
  <Face title={filtered ? 'Nothing matches these filters' : 'No agent has asked yet'}>
    <p className="text-ink-2">
      {filtered ? (
        <Link to="/requests">Show all requests</Link>
      ) : (
        <Link to="/">The queue shows how to send the first one.</Link>
      )}
    </p>
  </Face>
);

function Filters({ search }: { search: RequestsSearch }) {
  const navigate = useNavigate({ from: '/requests' });
  const set = (part: RequestsSearch) =>
    void navigate({ search: { ...search, cursor: undefined, ...part }, replace: true });
  return (
    <search className="grid grid-cols-2 gap-2 sm:flex">
      <input
        type="search"
        aria-label="Search"
        placeholder="Action, resource, actor or id"
        className="field col-span-2 sm:max-w-72"
        defaultValue={search.q ?? ''}
        onKeyDown={(event) => {
          if (event.key === 'Enter') set({ q: event.currentTarget.value || undefined });
        }}
        onBlur={(event) => {
          if (event.target.value !== (search.q ?? '')) set({ q: event.target.value || undefined });
        }}
      />
      <Select label="Status" value={search.status} options={STATUSES} onChange={(status) => set({ status })} />
      <Select label="Risk" value={search.risk} options={RISKS} onChange={(risk) => set({ risk })} />
    </search>
  );
}

interface SelectProps {
  label: string;
  value: string | undefined;
  options: string[];
  onChange: (value: string | undefined) => void;
}

function Select({ label, value, options, onChange }: SelectProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select
        id={id}
        className="field sm:max-w-44"
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">Any {label.toLowerCase()}</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </>
  );
}
