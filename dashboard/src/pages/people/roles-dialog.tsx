// The roles of a member.
import { useState } from 'react';
import { ROLES } from '../../../../core/authority.ts';
import type { Member } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Choices } from '../../ui/field.tsx';

export function RolesDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const [roles, setRoles] = useState(member.roles);
  const proposal = { kind: 'member', target: member.id, value: { roles } };
  return (
    <ChangeDialog title={`Roles of ${member.name || member.email}`} proposal={proposal} onClose={onClose}>
      <Choices legend="Roles" options={ROLES} chosen={roles} onChange={setRoles} />
    </ChangeDialog>
  );
}
