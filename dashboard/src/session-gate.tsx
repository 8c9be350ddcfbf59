// Nobody sees a page without a session: signed out leads to sign-in and back. A session that ends under somebody's hands
// hides the page and keeps it, with all that was typed, for the same person to sign in again. The live feed runs while one
// is open.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect } from 'react';
import { ApiProblem } from './api/client.ts';
import { useLiveFeed } from './api/live.ts';
import { sessionQuery } from './api/queries.ts';
import type { Session } from './api/types.ts';
import { signIn } from './passkey/ceremony.ts';
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
  if (query.data)
    return (
      <SignedIn session={query.data} ended={signedOut}>
        {children}
      </SignedIn>
    );
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

interface SignedInProps {
  session: Session;
  /** The session is over. */
  ended: boolean;
  children: ReactNode;
}

function SignedIn({ session, ended, children }: SignedInProps) {
  useLiveFeed();
  return (
    <SessionContext value={session}>
      <div hidden={ended}>{children}</div>
      {ended ? <SignInAgain session={session} /> : null}
    </SessionContext>
  );
}

function SignInAgain({ session }: { session: Session }) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: async () => {
      await signIn();
      const { user } = await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
      // Somebody else's page is not theirs to go on with.
      if (user.id !== session.user.id) location.assign('/');
    },
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <main className="mx-auto grid max-w-xl gap-3 p-6">
      <h1>You are signed out</h1>
      <p className="text-ink-2">
        Your session has ended. Sign in again as {session.user.name || session.user.email} to go on where you were: what
        you typed is kept.
      </p>
      {mutation.isError ? <Failure error={mutation.error} /> : null}
      <div>
        <button type="button" className="btn key" disabled={mutation.isPending} onClick={() => mutation.mutate()}>
          {mutation.isPending ? 'Waiting for your passkey…' : 'Sign in with passkey'}
        </button>
      </div>
    </main>
  );
}
