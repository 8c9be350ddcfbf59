// The map of the desk. Every page but the frame is loaded when it is opened, so that the review page stays small.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { DeskFrame } from './desk-frame.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { SessionGate } from './session-gate.tsx';
import { Crash } from './ui/crash.tsx';

const Gated = () => (
  <SessionGate>
    <Outlet />
  </SessionGate>
);

const root = createRootRoute({ notFoundComponent: NotFoundPage, errorComponent: Crash });
const gate = createRoute({ getParentRoute: () => root, id: 'gate', component: Gated });
const desk = createRoute({ getParentRoute: () => gate, id: 'desk', component: DeskFrame });

export interface QueueSearch {
  view?: 'all' | 'risky' | 'soon';
  q?: string;
}
export interface RequestsSearch {
  status?: string;
  risk?: string;
  q?: string;
  cursor?: string;
}
export interface AuditSearch {
  type?: string;
  object?: string;
  cursor?: string;
}

const QUEUE_VIEWS = ['all', 'risky', 'soon'] as const;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const queue = createRoute({
  getParentRoute: () => desk,
  path: '/',
  validateSearch: (search: Record<string, unknown>): QueueSearch => ({
    view: QUEUE_VIEWS.find((view) => view === search.view),
    q: text(search.q),
  }),
  component: lazyRouteComponent(() => import('./pages/queue/queue-page.tsx'), 'QueuePage'),
});
const requests = createRoute({
  getParentRoute: () => desk,
  path: '/requests',
  validateSearch: (search: Record<string, unknown>): RequestsSearch => ({
    status: text(search.status),
    risk: text(search.risk),
    q: text(search.q),
    cursor: text(search.cursor),
  }),
  component: lazyRouteComponent(() => import('./pages/requests/requests-page.tsx'), 'RequestsPage'),
});
const request = createRoute({
  getParentRoute: () => desk,
  path: '/requests/$id',
  component: lazyRouteComponent(() => import('./pages/requests/request-page.tsx'), 'RequestPage'),
});
const review = createRoute({
  getParentRoute: () => gate,
  path: '/r/$id',
  component: lazyRouteComponent(() => import('./pages/review/review-route.tsx'), 'ReviewRoute'),
});
const audit = createRoute({
  getParentRoute: () => desk,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): AuditSearch => ({
    type: text(search.type),
    object: text(search.object),
    cursor: text(search.cursor),
  }),
  component: lazyRouteComponent(() => import('./pages/audit-page.tsx'), 'AuditPage'),
});
const metrics = createRoute({
  getParentRoute: () => desk,
  path: '/metrics',
  component: lazyRouteComponent(() => import('./pages/metrics-page.tsx'), 'MetricsPage'),
});
const policy = createRoute({
  getParentRoute: () => desk,
  path: '/policy',
  component: lazyRouteComponent(() => import('./pages/policy/policy-page.tsx'), 'PolicyPage'),
});
const people = createRoute({
  getParentRoute: () => desk,
  path: '/people',
  component: lazyRouteComponent(() => import('./pages/people/people-page.tsx'), 'PeoplePage'),
});
const machines = createRoute({
  getParentRoute: () => desk,
  path: '/machines',
  component: lazyRouteComponent(() => import('./pages/machines/machines-page.tsx'), 'MachinesPage'),
});
const delivery = createRoute({
  getParentRoute: () => desk,
  path: '/delivery',
  component: lazyRouteComponent(() => import('./pages/delivery/delivery-page.tsx'), 'DeliveryPage'),
});
const breakGlass = createRoute({
  getParentRoute: () => desk,
  path: '/break-glass',
  component: lazyRouteComponent(() => import('./pages/break-glass/break-glass-page.tsx'), 'BreakGlassPage'),
});
const changes = createRoute({
  getParentRoute: () => desk,
  path: '/changes',
  component: lazyRouteComponent(() => import('./pages/changes/changes-page.tsx'), 'ChangesPage'),
});
const ledger = createRoute({
  getParentRoute: () => desk,
  path: '/checkpoint',
  component: lazyRouteComponent(() => import('./pages/ledger-page.tsx'), 'LedgerPage'),
});
const account = createRoute({
  getParentRoute: () => desk,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/account-page.tsx'), 'AccountPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: text(search.next) }),
  component: lazyRouteComponent(() => import('./pages/entry/sign-in-page.tsx'), 'SignInPage'),
});
/** For whoever holds an evidence file: it brings the verifier with it, and no other page does. */
const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  component: lazyRouteComponent(() => import('./pages/verify/verify-page.tsx'), 'VerifyPage'),
});
const ENTRIES = ['/setup', '/join', '/recover'] as const;
const entries = ENTRIES.map((path) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(() => import('./pages/entry/enrol-page.tsx'), 'EnrolPage'),
  }),
);

const deskPages = [
  queue,
  requests,
  request,
  audit,
  metrics,
  policy,
  people,
  machines,
  delivery,
  breakGlass,
  changes,
  ledger,
  account,
];
const routeTree = root.addChildren([
  gate.addChildren([review, desk.addChildren(deskPages)]),
  signIn,
  verify,
  ...entries,
]);

export const router = createRouter({ routeTree, defaultPreload: 'intent', scrollRestoration: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
