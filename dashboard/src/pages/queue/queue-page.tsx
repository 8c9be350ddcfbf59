// The queue: what waits for a decision, most urgent first, live. Filters are in the URL; j and k move, Enter opens.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { sentenceText } from '../../../../core/sentence.ts';
import { useLive } from '../../api/live.ts';
import { requestsQuery } from '../../api/queries.ts';
import type { ApprovalRequest } from '../../api/types.ts';
import { useSession } from '../../session-gate.tsx';
import { PageFrame } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { useShortcuts } from '../../ui/shortcuts.ts';
import { DecidedToday } from './decided-today.tsx';
import { EmptyQueue } from './empty-queue.tsx';
import { KeysDialog, KeysFoot } from './keys.tsx';
import { byRiskThenDeadline, VIEWS, type View } from './order.ts';
import { QueueRow } from './queue-row.tsx';

const NAMES: [View, string][] = [
  ['mine', 'Mine'],
  ['all', 'All'],
  ['risky', 'High and critical'],
  ['soon', 'Ends within 1 h'],
];

export function QueuePage() {
  const query = useQuery(requestsQuery({ status: 'pending', limit: '100' }));
  const live = useLive();
  const { view = 'mine', q = '' } = useSearch({ from: '/gate/desk/' }) as { view?: View; q?: string };
  const { user } = useSession();
  const pending = query.data?.data ?? [];
  const shown = pending
    .filter((request) => VIEWS[view](request, user, Date.now()) && matches(request, q))
    .sort(byRiskThenDeadline);
  const count = `${shown.length} ${shown.length === 1 ? 'request' : 'requests'}`;
  return (
    <PageFrame
      title={view === 'mine' ? 'Waiting for you' : 'Waiting for a decision'}
      note={query.data ? `${count}, ${live ? 'live' : 'renewed every 10 s'}` : undefined}
      actions={<Filters view={view} q={q} />}
    >
      <QueryView query={query} what="the queue">
        {() =>
          shown.length > 0 ? (
            <Rows requests={shown} />
          ) : (
            <EmptyQueue others={pending.length} filtered={q !== '' || view !== 'mine'} />
          )
        }
      </QueryView>
      <DecidedToday />
    </PageFrame>
  );
}

const matches = (request: ApprovalRequest, q: string): boolean =>
  [
    request.action,
    request.resource,
    request.actor,
    request.id,
    sentenceText({ ...request, params: request.params ?? {} }),
  ]
    .join(' ')
    .toLowerCase()
    .includes(q.toLowerCase());

function Filters({ view, q }: { view: View; q: string }) {
  const navigate = useNavigate({ from: '/' });
  const box = useRef<HTMLInputElement>(null);
  useShortcuts({ '/': () => box.current?.focus() });
  const set = (next: { view?: View; q?: string }) =>
    void navigate({
      search: {
        view: (next.view ?? view) === 'mine' ? undefined : ((next.view ?? view) as 'all'),
        q: (next.q ?? q) || undefined,
      },
      replace: true,
    });
  return (
    <>
      <input
        ref={box}
        type="search"
        aria-label="Search the queue"
        placeholder="Search"
        className="field !min-h-9 w-full !py-1 sm:w-40"
        value={q}
        onChange={(event) => set({ q: event.target.value })}
      />
      {NAMES.map(([name, label]) => (
        <button
          key={name}
          type="button"
          className="chip"
          aria-pressed={view === name}
          onClick={() => set({ view: name })}
        >
          {label}
        </button>
      ))}
    </>
  );
}

function Rows({ requests }: { requests: ApprovalRequest[] }) {
  const list = useRef<HTMLUListElement>(null);
  const [help, setHelp] = useState(false);
  const links = () => [...(list.current?.querySelectorAll<HTMLAnchorElement>('a[data-row]') ?? [])];
  const move = (step: number) => {
    const all = links();
    const at = all.indexOf(document.activeElement as HTMLAnchorElement);
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  };
  useShortcuts({ j: () => move(1), k: () => move(-1), '?': () => setHelp(true) });
  return (
    <>
      <ul ref={list} className="card overflow-hidden" aria-label="Pending requests">
        {requests.map((request) => (
          <QueueRow key={request.id} request={request} />
        ))}
      </ul>
      <KeysFoot onHelp={() => setHelp(true)} />
      {help ? <KeysDialog onClose={() => setHelp(false)} /> : null}
    </>
  );
}
