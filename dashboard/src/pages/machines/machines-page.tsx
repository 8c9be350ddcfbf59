// Service accounts and their API keys. A key is shown once; taking one back needs no ceremony.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { apiKeysQuery, serviceAccountsQuery } from '../../api/queries.ts';
import type { ApiKey, ServiceAccount } from '../../api/types.ts';
import { StatusBadge } from '../../ui/badges.tsx';
import { NarrowButton } from '../../ui/narrow-button.tsx';
import { PageFrame, Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { AccountDialog } from './account-dialog.tsx';
import { IdentityProviders } from './identity-providers.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { Stops } from './stops.tsx';
import { SwitchDialog } from './switch-dialog.tsx';

export function MachinesPage() {
  const accounts = useQuery(serviceAccountsQuery);
  const keys = useQuery(apiKeysQuery);
  const [open, setOpen] = useState<'account' | 'key' | 'switch' | null>(null);
  const known = accounts.data?.data ?? [];
  return (
    <PageFrame
      title="Machines"
      actions={
        <>
          <button type="button" className="btn small" onClick={() => setOpen('account')}>
            New service account
          </button>
          <button type="button" className="btn small" disabled={known.length === 0} onClick={() => setOpen('key')}>
            New API key
          </button>
          <button type="button" className="btn small" onClick={() => setOpen('switch')}>
            When a person must approve
          </button>
        </>
      }
    >
      <Section title="Service accounts">
        <QueryView query={accounts} what="the service accounts">
          {({ data }) => <Accounts accounts={data} />}
        </QueryView>
      </Section>
      <Section title="API keys">
        <QueryView query={keys} what="the keys">
          {({ data }) => <Keys keys={data} accounts={known} />}
        </QueryView>
      </Section>
      <IdentityProviders />
      <Stops />
      <p className="meta">
        What machines can call: <a href="/docs">API reference</a>.
      </p>
      {open === 'account' ? <AccountDialog onClose={() => setOpen(null)} /> : null}
      {open === 'switch' ? <SwitchDialog actors={actorsOf(known)} onClose={() => setOpen(null)} /> : null}
      {open === 'key' ? <KeyDialog accounts={known} onClose={() => setOpen(null)} /> : null}
    </PageFrame>
  );
}

const actorsOf = (accounts: ServiceAccount[]): string[] => [...new Set(accounts.flatMap(({ actors }) => actors ?? []))];

const Accounts = ({ accounts }: { accounts: ServiceAccount[] }) => (
  <Table
    label="Service accounts"
    rows={accounts}
    rowKey={({ id }) => id}
    empty={
      <p className="text-ink-2">No service account yet. An agent asks as one: make the first, then a key for it.</p>
    }
    columns={[
      { head: 'Name', cell: ({ name }) => <b className="wrap-anywhere">{name}</b> },
      { head: 'May act as', cell: ({ actors }) => <code className="text-s">{(actors ?? []).join(', ')}</code> },
      { head: 'Owners', cell: ({ owners }) => (owners ?? []).join(', ') || 'none' },
      { head: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
    ]}
  />
);

function Keys({ keys, accounts }: { keys: ApiKey[]; accounts: ServiceAccount[] }) {
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  return (
    <Table
      label="API keys"
      rows={keys}
      rowKey={({ id }) => id}
      empty={<p className="text-ink-2">No key yet. A key belongs to a service account and is shown once.</p>}
      columns={[
        {
          head: 'Key',
          cell: (key) => (
            <>
              <b className="wrap-anywhere">{key.name}</b>
              <br />
              <code className="meta">{key.hint ?? key.id}</code>
            </>
          ),
        },
        { head: 'Of', cell: (key) => names.get(key.service_account) ?? key.service_account },
        { head: 'Scopes', cell: (key) => key.scopes.join(', ') },
        { head: 'Last used', cell: (key) => (key.last_used_at ? <When at={key.last_used_at} /> : 'never') },
        { head: 'Status', cell: (key) => <StatusBadge status={key.status} /> },
        { head: 'Change', cell: (key) => (key.status === 'revoked' ? null : <Revoke apiKey={key} />) },
      ]}
    />
  );
}

const Revoke = ({ apiKey }: { apiKey: ApiKey }) => (
  <NarrowButton
    act="Revoke"
    on={`key ${apiKey.name}`}
    consequence="Every call with it is refused from now on. It cannot be brought back; a new key is a new change."
    path={`/v1/api-keys/${encodeURIComponent(apiKey.id)}`}
  />
);
