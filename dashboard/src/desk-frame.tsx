// The frame around every page but the review page: organisation, navigation, who is signed in.
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ADMINISTERS } from '../../core/authority.ts';
import { requestsQuery } from './api/queries.ts';
import { useSession } from './session-gate.tsx';
import { Connection } from './ui/connection.tsx';
import { OpenUses } from './ui/open-uses.tsx';

const WORK = [
  ['/', 'Queue'],
  ['/requests', 'Requests'],
  ['/audit', 'Audit'],
  ['/metrics', 'Metrics'],
  ['/break-glass', 'Break glass'],
] as const;
const CONFIGURE = [
  ['/policy', 'Policy'],
  ['/people', 'People'],
  ['/machines', 'Machines'],
  ['/delivery', 'Delivery'],
  ['/changes', 'Changes'],
  ['/checkpoint', 'Ledger'],
  ['/verify', 'Verify evidence'],
] as const;

const ADMINISTERED = ['/policy', '/people', '/machines', '/delivery', '/changes'];

const LINK =
  'flex min-h-9 items-center justify-between rounded-[7px] px-2 py-1.5 text-ink-2 no-underline aria-[current=page]:bg-well aria-[current=page]:font-semibold aria-[current=page]:text-ink';

export function DeskFrame() {
  const main = useRef<HTMLElement>(null);
  const path = useLocation({ select: (location) => location.pathname });
  useFocusOnNavigation(main, path);
  return (
    <div className="min-h-dvh sm:grid sm:grid-cols-[208px_minmax(0,1fr)]">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:bg-card focus:p-2">
        Skip to content
      </a>
      <Navigation key={path} />
      <main id="main" ref={main} tabIndex={-1} className="max-w-[1240px] min-w-0 p-4 outline-none sm:p-6">
        <Connection />
        <ReadOnly path={path} />
        <OpenUses path={path} />
        <Outlet />
      </main>
    </div>
  );
}

/** Said before anybody fills in what will be refused. */
function ReadOnly({ path }: { path: string }) {
  const { roles } = useSession().user;
  if (!ADMINISTERED.includes(path) || ADMINISTERS.some((role) => roles.includes(role))) return null;
  return <p className="meta mb-3">You can read this page. What it changes needs the role owner or admin.</p>;
}

/** A new page takes the focus, as a page load would; the first one leaves it where the browser put it. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement | null>, path: string): void {
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [main, path]);
}

function Navigation() {
  const session = useSession();
  const [open, setOpen] = useState(false);
  return (
    <header className="border-b border-line px-3 py-2 sm:border-r sm:border-b-0 sm:py-4">
      <div className="flex items-center gap-2 sm:block">
        <p className="truncate px-2 font-semibold sm:pb-3">
          {session.organization.name}
          {session.organization.kind === 'test' ? <span className="status ml-2">Test</span> : null}
        </p>
        <button
          type="button"
          className="btn quiet small ml-auto sm:hidden"
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => setOpen(!open)}
        >
          Menu
        </button>
      </div>
      <nav id="navigation" aria-label="Main" className={`${open ? 'grid' : 'hidden'} gap-0.5 text-[14px] sm:grid`}>
        {WORK.map(([to, name]) => (
          <NavLink key={to} to={to} name={name} />
        ))}
        <p className="px-2 pt-3 pb-1 text-xs font-semibold text-ink-3">Configure</p>
        {CONFIGURE.map(([to, name]) => (
          <NavLink key={to} to={to} name={name} />
        ))}
        <p className="px-2 pt-3 pb-1 text-xs font-semibold text-ink-3">You</p>
        <NavLink to="/account" name={session.user.name || session.user.email} />
      </nav>
    </header>
  );
}

function NavLink({
  to,
  name,
}: {
  to: (typeof WORK)[number][0] | (typeof CONFIGURE)[number][0] | '/account';
  name: string;
}) {
  return (
    <Link to={to} className={LINK} activeOptions={{ exact: to === '/', includeSearch: false }}>
      <span className="truncate">{name}</span>
      {to === '/' ? <PendingCount /> : null}
    </Link>
  );
}

function PendingCount() {
  const query = useQuery(requestsQuery({ status: 'pending', limit: '100' }));
  if (!query.data) return null;
  const more = query.data.next_cursor ? '+' : '';
  return (
    <span className="num">
      {query.data.data.length}
      {more}
      <span className="sr-only"> pending</span>
    </span>
  );
}
