// A new service account: its name and the actors that its keys may speak for.
import { useState } from 'react';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Field } from '../../ui/field.tsx';

const list = (text: string): string[] => text.split(/[\s,]+/).filter((each) => each !== '');

export function AccountDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [actors, setActors] = useState('');
  const own = `service-account:${name.trim() || 'NAME'}`;
  const value = { name: name.trim(), actors: list(actors).length > 0 ? list(actors) : [own] };
  return (
    <ChangeDialog
      title="New service account"
      proposal={name.trim() ? { kind: 'service_account', value } : null}
      onClose={onClose}
    >
      <Field
        label="Name"
        required
        hint="Lower-case letters, digits and dashes: it stands in policies and on review pages."
        value={name}
        onChange={(e) => setName(e.target.value)}
      />
      <Field
        label="Actors"
        placeholder={own}
        hint="Who its keys may speak for, separated by spaces. Its own name by default."
        value={actors}
        onChange={(e) => setActors(e.target.value)}
      />
    </ChangeDialog>
  );
}
