// Nobody sees a page without a session: signed out leads to sign-in and back. The live feed runs while one is open.
import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { createContext, useContext } from 'react';
import { ApiProblem } from './api/client.ts';
import { useLiveFeed } from './api/live.ts';
import { sessionQuery } from './api/queries.ts';
import type { Session } from './api/types.ts';
import { Failure, Loading } from './ui/face.tsx';

const SessionContext = createContext<Session | null>(null);

/** Who is signed in. Only inside the gate. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession outside of the session gate');
  return session;
}

export function SessionGate() {
  const query = useQuery(sessionQuery);
  const next = useLocation({ select: (location) => location.href });
  if (query.error instanceof ApiProblem && query.error.code === 'unauthenticated') {
    return <Navigate to="/sign-in" search={next === '/' ? {} : { next }} replace />;
  }
  if (query.data) return <SignedIn session={query.data} />;
  return (
    <main className="mx-auto max-w-xl p-6">
      {query.isError ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Loading what="your session" />
      )}
    </main>
  );
}

function SignedIn({ session }: { session: Session }) {
  useLiveFeed();
  return (
    <SessionContext value={session}>
      <Outlet />
    </SessionContext>
  );
}
