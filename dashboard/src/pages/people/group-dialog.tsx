// A group, new or existing: its name and who is in it.
import { useState } from 'react';
import type { Group, Member } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Choices, Field } from '../../ui/field.tsx';

interface Props {
  group?: Group;
  members: Member[];
  onClose: () => void;
}

const label = (member: Member) => [member.name, member.email && `(${member.email})`].filter(Boolean).join(' ');

export function GroupDialog({ group, members, onClose }: Props) {
  const [name, setName] = useState(group?.name ?? '');
  const [chosen, setChosen] = useState(group?.members ?? []);
  const value = { name: name.trim(), members: chosen };
  const proposal = { kind: 'group', value, ...(group ? { target: group.id } : {}) };
  return (
    <ChangeDialog
      title={group ? `Members of ${group.name}` : 'New group'}
      proposal={name.trim() ? proposal : null}
      onClose={onClose}
    >
      {group ? null : (
        <Field
          label="Name"
          required
          hint="As a policy names it: finance for group:finance."
          value={name}
          onChange={(e) => setName(e.target.value)}
        />
      )}
      <Choices
        legend="Members"
        options={members.map((member) => ({ value: member.id, label: label(member) }))}
        chosen={chosen}
        onChange={setChosen}
      />
    </ChangeDialog>
  );
}
