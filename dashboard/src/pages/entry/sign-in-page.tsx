// Signing in with a passkey that says by itself whose it is. No name, no password, nothing to type.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { signIn } from '../../passkey/ceremony.ts';
import { Failure } from '../../ui/face.tsx';
import { EntryFrame } from './entry-frame.tsx';

/** Only a path of this origin: `//host` and `https:` are somebody else's. */
const ownPath = (next: string | undefined): string => (next && /^\/(?![/\\])/.test(next) ? next : '/');

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const client = useQueryClient();
  const navigate = useNavigate();
  const mutation = useMutation({
    mutationFn: signIn,
    onSuccess: async () => {
      await client.resetQueries();
      await navigate({ href: ownPath(next), replace: true });
    },
  });
  return (
    <EntryFrame title="Sign in">
      <p className="text-ink-2">Reading needs a session. Every decision then asks for your passkey again.</p>
      <button type="button" className="btn key" disabled={mutation.isPending} onClick={() => mutation.mutate()}>
        {mutation.isPending ? 'Waiting for your passkey…' : 'Sign in with a passkey'}
      </button>
      {mutation.isError ? <Failure error={mutation.error} /> : null}
      <p className="meta">
        No passkey on this device yet? You need an invitation or a recovery link from an administrator; the first owner
        uses the set-up link that <code>npm start</code> or <code>npm run deploy</code> printed.
      </p>
    </EntryFrame>
  );
}
