// OpenID providers: whose tokens decide for people, and which workloads become which service account. Added, changed and removed
// by signed changes alone.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { oidcIssuersQuery } from '../../api/queries.ts';
import type { OidcIssuer } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Table } from '../../ui/table.tsx';
import { ProviderDialog } from './provider-dialog.tsx';

type Open = { what: 'new' } | { what: 'edit' | 'remove'; issuer: OidcIssuer } | null;
type OnIssuer = (what: 'edit' | 'remove', issuer: OidcIssuer) => void;

export function IdentityProviders() {
  const issuers = useQuery(oidcIssuersQuery);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <Section title="Identity providers">
      <QueryView query={issuers} what="the identity providers">
        {({ data }) => <Providers issuers={data} onOpen={(what, issuer) => setOpen({ what, issuer })} />}
      </QueryView>
      <div className="mt-3">
        <button type="button" className="btn small" onClick={() => setOpen({ what: 'new' })}>
          Trust an identity provider
        </button>
      </div>
      {open?.what === 'new' ? <ProviderDialog onClose={close} /> : null}
      {open?.what === 'edit' ? <ProviderDialog provider={open.issuer} onClose={close} /> : null}
      {open?.what === 'remove' ? (
        <ChangeDialog
          title={`Remove ${open.issuer.name}`}
          proposal={{ kind: 'oidc_issuer', target: open.issuer.id, value: { removed: true } }}
          immediate
          onClose={close}
        />
      ) : null}
    </Section>
  );
}

const Providers = ({ issuers, onOpen }: { issuers: OidcIssuer[]; onOpen: OnIssuer }) => (
  <Table
    label="Identity providers"
    rows={issuers}
    rowKey={({ id }) => id}
    empty={
      <p className="text-ink-2">
        No provider yet. Tokens that one signs could decide where policy takes one, or stand for workloads.
      </p>
    }
    columns={[
      {
        head: 'Provider',
        cell: ({ name, issuer }) => (
          <>
            <b className="wrap-anywhere">{name}</b>
            <br />
            <code className="meta wrap-anywhere">{issuer}</code>
          </>
        ),
      },
      { head: 'For', cell: ({ purpose }) => purpose },
      { head: 'Gives', cell: (issuer) => <span className="wrap-anywhere">{given(issuer)}</span> },
      { head: 'Algorithms', cell: ({ algorithms }) => algorithms.join(', ') },
      {
        head: 'Change',
        cell: (issuer) => (
          <span className="flex flex-wrap gap-2">
            <button type="button" className="btn small" onClick={() => onOpen('edit', issuer)}>
              Edit <span className="sr-only">{issuer.name}</span>
            </button>
            <button type="button" className="btn small" onClick={() => onOpen('remove', issuer)}>
              Remove <span className="sr-only">{issuer.name}</span>
            </button>
          </span>
        ),
      },
    ]}
  />
);

const given = ({ purpose, rules, group_mappings }: OidcIssuer): string =>
  purpose === 'workload'
    ? rules.map(({ id, scopes }) => `${id}: ${scopes.join(', ')}`).join('; ') || 'nothing'
    : Object.entries(group_mappings)
        .map(([value, group]) => `${value} → ${group}`)
        .join(', ') || 'no groups';
