// You: your passkeys, this device's settings, and the way out.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api/client.ts';
import type { Passkey } from '../api/types.ts';
import { useSession } from '../session-gate.tsx';
import { Face, Failure } from '../ui/face.tsx';
import { NarrowButton } from '../ui/narrow-button.tsx';
import { PageFrame, Section } from '../ui/page.tsx';
import { setShortcutsEnabled, shortcutsEnabled } from '../ui/shortcuts.ts';
import { Table } from '../ui/table.tsx';
import { applyTheme, chosenTheme, THEMES } from '../ui/theme.ts';
import { When } from '../ui/when.tsx';
import { PasskeyDialog } from './passkey-dialog.tsx';

export function AccountPage() {
  const { user, organization, passkeys, expires_at } = useSession();
  const [adding, setAdding] = useState(false);
  return (
    <PageFrame
      title={user.name || user.email}
      note={[user.email, user.roles.join(', '), organization.name].filter((part) => part !== '').join(' · ')}
    >
      <Section
        title="Your passkeys"
        actions={
          <button type="button" className="btn small" onClick={() => setAdding(true)}>
            Add a passkey
          </button>
        }
      >
        <Unsound passkeys={passkeys ?? []} />
        <Passkeys passkeys={passkeys ?? []} />
      </Section>
      <Section title="This device">
        <Settings />
      </Section>
      <Section title="Session">
        <p className="meta">
          <When at={expires_at} prefix="Ends " />
        </p>
        <SignOut />
      </Section>
      {adding ? <PasskeyDialog onClose={() => setAdding(false)} /> : null}
    </PageFrame>
  );
}

/** What to do about keys from before they were judged. */
function Unsound({ passkeys }: { passkeys: Passkey[] }) {
  const unsound = passkeys.filter(({ status, fault }) => status !== 'revoked' && fault);
  if (unsound.length === 0) return null;
  return (
    <Face title="Nobody else could verify what one of your passkeys signs" alarm>
      <p className="text-ink-2">
        It signs no decision and no change any more. Add a passkey of another device now, while you are signed in: this
        one may still vouch for it, unless its key shows nothing. Otherwise ask an administrator for a recovery link.
      </p>
    </Face>
  );
}

const Passkeys = ({ passkeys }: { passkeys: Passkey[] }) => (
  <Table
    label="Your passkeys"
    rows={passkeys.filter(({ status }) => status !== 'revoked')}
    rowKey={({ id }) => id}
    empty={<p className="text-ink-2">None.</p>}
    columns={[
      {
        head: 'Name',
        cell: ({ name, id, fault }) => (
          <>
            <b className="wrap-anywhere">{name || id}</b>
            {fault ? <span className="block text-s text-bad">Cannot be verified: {fault}.</span> : null}
          </>
        ),
      },
      { head: 'Made', cell: ({ created_at }) => <When at={created_at} /> },
      { head: 'Last used', cell: ({ last_used_at }) => (last_used_at ? <When at={last_used_at} /> : '–') },
      {
        head: 'Change',
        cell: ({ id, name }) => (
          <NarrowButton
            act="Revoke"
            on={`passkey ${name || id}`}
            consequence="It signs nothing from now on. Without another passkey you need a recovery link."
            path={`/v1/passkeys/${encodeURIComponent(id)}`}
          />
        ),
      },
    ]}
  />
);

function Settings() {
  const [theme, setTheme] = useState(chosenTheme);
  const [keys, setKeys] = useState(shortcutsEnabled);
  return (
    <div className="card grid gap-3 p-4">
      <fieldset className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <legend className="text-s font-semibold">Colours</legend>
        {THEMES.map((each) => (
          <label key={each} className="flex min-h-9 items-center gap-2">
            <input
              type="radio"
              name="theme"
              checked={theme === each}
              onChange={() => {
                setTheme(each);
                applyTheme(each);
              }}
            />
            {each}
          </label>
        ))}
      </fieldset>
      <label className="flex min-h-9 items-center gap-2">
        <input
          type="checkbox"
          checked={keys}
          onChange={() => {
            setShortcutsEnabled(!keys);
            setKeys(!keys);
          }}
        />
        Single-key shortcuts (j, k, a, r, /)
      </label>
    </div>
  );
}

function SignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const mutation = useMutation({
    mutationFn: () => api('/v1/session', { method: 'DELETE' }),
    onSuccess: async () => {
      client.clear();
      await navigate({ to: '/sign-in' });
    },
  });
  return (
    <div className="grid justify-start gap-2">
      {mutation.isError ? <Failure error={mutation.error} /> : null}
      <button type="button" className="btn" disabled={mutation.isPending} onClick={() => mutation.mutate()}>
        Sign out
      </button>
    </div>
  );
}
