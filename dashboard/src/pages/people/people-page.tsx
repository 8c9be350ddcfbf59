// Members, their roles and passkeys; groups. Whatever widens who may decide is a change and is signed.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { groupsQuery, membersQuery } from '../../api/queries.ts';
import type { Group, Member } from '../../api/types.ts';
import { useSession } from '../../session-gate.tsx';
import { PageFrame, Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Table } from '../../ui/table.tsx';
import { DelegationDialog } from './delegation-dialog.tsx';
import { Delegations } from './delegations.tsx';
import { GroupDialog } from './group-dialog.tsx';
import { IdentitiesDialog } from './identities-dialog.tsx';
import { Invitations } from './invitations.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { Members, type OnMember } from './members.tsx';
import { RecoveryDialog } from './recovery-dialog.tsx';
import { RolesDialog } from './roles-dialog.tsx';
import { Settings } from './settings.tsx';

type Open =
  | { what: 'invite' | 'delegation' }
  | { what: 'group'; group?: Group }
  | { what: Parameters<OnMember>[0]; member: Member }
  | null;

export function PeoplePage() {
  const { user } = useSession();
  const members = useQuery(membersQuery);
  const groups = useQuery(groupsQuery);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <PageFrame
      title="People"
      actions={
        <>
          <button type="button" className="btn small" onClick={() => setOpen({ what: 'invite' })}>
            Invite somebody
          </button>
          <button type="button" className="btn small" onClick={() => setOpen({ what: 'group' })}>
            New group
          </button>
          <button type="button" className="btn small" onClick={() => setOpen({ what: 'delegation' })}>
            Delegate
          </button>
        </>
      }
    >
      <Section title="Members">
        <QueryView query={members} what="the members">
          {({ data }) => <Members members={data} onOpen={(what, member) => setOpen({ what, member })} />}
        </QueryView>
      </Section>
      <Invitations />
      <Delegations />
      <Section title="Groups">
        <QueryView query={groups} what="the groups">
          {({ data }) => (
            <Groups
              groups={data}
              members={members.data?.data ?? []}
              onEdit={(group) => setOpen({ what: 'group', group })}
            />
          )}
        </QueryView>
      </Section>
      <Settings />
      {open?.what === 'invite' ? <InviteDialog onClose={close} /> : null}
      {open?.what === 'group' ? (
        <GroupDialog group={open.group} members={members.data?.data ?? []} onClose={close} />
      ) : null}
      {open?.what === 'delegation' ? (
        <DelegationDialog user={user} members={members.data?.data ?? []} onClose={close} />
      ) : null}
      {open?.what === 'recovery' ? <RecoveryDialog member={open.member} onClose={close} /> : null}
      {open?.what === 'identities' ? <IdentitiesDialog member={open.member} onClose={close} /> : null}
      {open?.what === 'roles' ? <RolesDialog member={open.member} onClose={close} /> : null}
    </PageFrame>
  );
}

interface GroupsProps {
  groups: Group[];
  members: Member[];
  onEdit: (group: Group) => void;
}

function Groups({ groups, members, onEdit }: GroupsProps) {
  const names = new Map(members.map(({ id, name, email }) => [id, name || email]));
  return (
    <Table
      label="Groups"
      rows={groups}
      rowKey={({ id }) => id}
      empty={
        <p className="text-ink-2">
          No group yet. A policy sends requests to one with{' '}
          <code>{'approvals: [{ from: "group:finance", count: 1 }]'}</code>.
        </p>
      }
      columns={[
        { head: 'Group', cell: ({ name }) => <b>group:{name}</b> },
        { head: 'Members', cell: (group) => group.members.map((id) => names.get(id) ?? id).join(', ') || 'nobody' },
        {
          head: 'Change',
          cell: (group) => (
            <button type="button" className="btn small" onClick={() => onEdit(group)}>
              Members<span className="sr-only"> of {group.name}</span>
            </button>
          ),
        },
      ]}
    />
  );
}
