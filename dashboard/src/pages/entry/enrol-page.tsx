// A set-up, invitation or recovery link: its token stands in the fragment, which no server and no referrer sees. It is
// taken out of the address bar at once and used for one passkey.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { enrolWithToken } from '../../passkey/enrol.ts';
import { Failure } from '../../ui/face.tsx';
import { Field } from '../../ui/field.tsx';
import { EntryFrame } from './entry-frame.tsx';

interface Words {
  title: string;
  lead: string;
}

const WORDS: Record<string, Words> = {
  '/setup': {
    title: 'Set up your organisation',
    lead: 'You become its owner. Your passkey signs every decision, every change of policy and every new key: nothing else can.',
  },
  '/join': {
    title: 'Accept your invitation',
    lead: 'Make the passkey that you will sign your decisions with.',
  },
  '/recover': {
    title: 'Recover your access',
    lead: 'Make a new passkey: two prompts. The first makes it; the second has it sign once, and then your old passkeys and sessions end. Your administrators are told that this link was used.',
  },
};

function useToken(): string | null {
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('token'));
  useEffect(() => {
    if (token) window.history.replaceState(window.history.state, '', window.location.pathname);
  }, [token]);
  return token;
}

export function EnrolPage() {
  const path = useLocation({ select: (location) => location.pathname });
  const words = WORDS[path] ?? WORDS['/join']!;
  const token = useToken();
  return (
    <EntryFrame title={words.title}>{token ? <Enrolment token={token} lead={words.lead} /> : <NoToken />}</EntryFrame>
  );
}

const NoToken = () => (
  <>
    <p className="text-ink-2">
      This link is not complete: the part after <code>#token=</code> is missing, or the page was reloaded. Open the
      whole link again.
    </p>
    <p>
      <Link to="/sign-in">Sign in instead</Link>
    </p>
  </>
);

const waiting = (second: boolean): string => (second ? 'Made. Now sign with it once…' : 'Waiting for your device…');

function Enrolment({ token, lead }: { token: string; lead: string }) {
  const [name, setName] = useState('');
  const [second, setSecond] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const mutation = useMutation({
    mutationFn: () => {
      setSecond(false);
      return enrolWithToken(token, name.trim(), () => setSecond(true));
    },
    onSuccess: async () => {
      await client.resetQueries();
      await navigate({ to: '/', replace: true });
    },
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        mutation.mutate();
      }}
    >
      <p className="text-ink-2">{lead}</p>
      <Field
        label="Name of this passkey"
        hint="For you to tell your keys apart, such as “phone” or “office key”. Optional."
        maxLength={64}
        value={name}
        onChange={(e) => setName(e.target.value)}
      />
      <button type="submit" className="btn key" disabled={mutation.isPending}>
        {mutation.isPending ? waiting(second) : 'Create passkey'}
      </button>
      {mutation.isError ? <Failure error={mutation.error} /> : null}
      <p className="meta">
        The link works once. Add a second passkey afterwards, so that one lost device does not lock you out.
      </p>
    </form>
  );
}
