// The members of the organisation, who they are at identity providers, and what can be done about each.
import { useQuery } from '@tanstack/react-query';
import { oidcIssuersQuery } from '../../api/queries.ts';
import type { Member } from '../../api/types.ts';
import { StatusBadge } from '../../ui/badges.tsx';
import { NarrowButton } from '../../ui/narrow-button.tsx';
import { Table } from '../../ui/table.tsx';
import { providerName } from './identities-dialog.tsx';

const activeKeys = (member: Member) => (member.passkeys ?? []).filter(({ status }) => status !== 'revoked').length;

/** From before keys were judged: they sign nothing but the enrolment of another one. */
const unsoundKeys = (member: Member) =>
  (member.passkeys ?? []).filter(({ status, fault }) => status !== 'revoked' && fault);

export type OnMember = (what: 'roles' | 'recovery' | 'identities', member: Member) => void;

export function Members({ members, onOpen }: { members: Member[]; onOpen: OnMember }) {
  const issuers = useQuery(oidcIssuersQuery).data?.data ?? [];
  return (
    <Table
      label="Members"
      rows={members}
      rowKey={({ id }) => id}
      empty={<p className="text-ink-2">Nobody yet. The set-up link enrols the owner.</p>}
      columns={[
        {
          head: 'Person',
          cell: (member) => (
            <>
              <b className="wrap-anywhere">{member.name || member.email}</b>
              <br />
              <span className="meta wrap-anywhere">{member.email}</span>
              {(member.identities ?? []).map(({ issuer, subject }) => (
                <span key={`${issuer} ${subject}`} className="meta wrap-anywhere block">
                  linked: {subject} at {providerName(issuers, issuer)}
                </span>
              ))}
            </>
          ),
        },
        { head: 'Roles', cell: ({ roles }) => roles.join(', ') || 'none' },
        {
          head: 'Passkeys',
          cell: (member) => (
            <>
              <span className="num">{activeKeys(member)}</span>
              {activeKeys(member) === 1 ? <span className="meta"> (two are safer)</span> : null}
              {unsoundKeys(member).map(({ id, name, fault }) => (
                <span key={id} className="wrap-anywhere block max-w-xs text-s text-bad">
                  {name || id} cannot be verified: {fault}. Recover, if there is no other.
                </span>
              ))}
            </>
          ),
        },
        { head: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
        {
          head: 'Change',
          cell: (member) => (
            <span className="flex flex-wrap gap-2">
              <button type="button" className="btn small" onClick={() => onOpen('roles', member)}>
                Roles<span className="sr-only"> of {member.name || member.email}</span>
              </button>
              <button type="button" className="btn small" onClick={() => onOpen('identities', member)}>
                Identities<span className="sr-only"> of {member.name || member.email}</span>
              </button>
              <button type="button" className="btn small" onClick={() => onOpen('recovery', member)}>
                Recover<span className="sr-only"> {member.name || member.email}</span>
              </button>
              <NarrowButton
                act="Remove"
                on={member.name || member.email}
                consequence="Sessions and passkeys end at once. What was signed stays valid."
                path={`/v1/members/${encodeURIComponent(member.id)}`}
              />
            </span>
          ),
        },
      ]}
    />
  );
}
