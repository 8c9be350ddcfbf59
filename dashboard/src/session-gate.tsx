// Nobody sees a page without a session: signed out leads to sign-in and back. The live feed runs while one is open.
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect } from 'react';
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

export function SessionGate({ children }: { children: ReactNode }) {
  const query = useQuery(sessionQuery);
  const signedOut = query.error instanceof ApiProblem && query.error.code === 'unauthenticated';
  if (query.data && !signedOut) return <SignedIn session={query.data}>{children}</SignedIn>;
  return (
    <main className="mx-auto grid max-w-xl gap-3 p-6">
      <h1 className="sr-only">Assentry</h1>
      {signedOut ? <ToSignIn /> : null}
      {query.isError && !signedOut ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Loading what="your session" />
      )}
    </main>
  );
}

/** A whole page load: nothing that was read with the old session stays in memory. */
function ToSignIn() {
  useEffect(() => {
    const here = `${location.pathname}${location.search}`;
    location.replace(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`);
  }, []);
  return null;
}

function SignedIn({ session, children }: { session: Session; children: ReactNode }) {
  useLiveFeed();
  return <SessionContext value={session}>{children}</SessionContext>;
}
