// An invitation: a person, their roles, and afterwards the one-time link, shown once.
import { useState } from 'react';
import { ROLES } from '../../../../core/authority.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Choices, Field } from '../../ui/field.tsx';

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<string[]>(['reviewer']);
  const complete = name.trim() !== '' && email.includes('@') && roles.length > 0;
  const value = { name: name.trim(), email: email.trim().toLowerCase(), roles };
  return (
    <ChangeDialog
      title="Invite somebody"
      proposal={complete ? { kind: 'invitation', value } : null}
      secretLabel="invitation link"
      onClose={onClose}
    >
      <Field label="Name" required value={name} onChange={(e) => setName(e.target.value)} />
      <Field label="Mail address" type="email" required value={email} onChange={(e) => setEmail(e.target.value)} />
      <Choices legend="Roles" options={ROLES} chosen={roles} onChange={setRoles} />
      <p className="meta">
        Reviewers decide; admins also change people and policy; auditors only read. Who has break_glass lets one action
        through in an emergency, and owes a review.
      </p>
    </ChangeDialog>
  );
}
