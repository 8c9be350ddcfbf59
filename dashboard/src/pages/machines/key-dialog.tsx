// A new API key of a service account. The key itself comes with the signature's answer and is shown once.
import { useId, useState } from 'react';
import { KEY_SCOPES } from '../../../../core/authority.ts';
import type { ServiceAccount } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Choices, Field } from '../../ui/field.tsx';

export function KeyDialog({ accounts, onClose }: { accounts: ServiceAccount[]; onClose: () => void }) {
  const id = useId();
  const [account, setAccount] = useState(accounts[0]?.id ?? '');
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['requests:write', 'requests:read']);
  const [audience, setAudience] = useState('');
  const verifies = scopes.includes('capabilities:verify');
  const complete = name.trim() !== '' && scopes.length > 0 && (!verifies || audience.trim() !== '');
  const value = {
    service_account: account,
    name: name.trim(),
    scopes,
    ...(verifies ? { audience: audience.trim() } : {}),
  };
  return (
    <ChangeDialog
      title="New API key"
      proposal={complete ? { kind: 'api_key', value } : null}
      secretLabel="API key"
      onClose={onClose}
    >
      <div className="grid gap-1">
        <label htmlFor={id} className="text-s font-semibold">
          Service account
        </label>
        <select id={id} className="field" value={account} onChange={(event) => setAccount(event.target.value)}>
          {accounts.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </div>
      <Field
        label="Name"
        required
        hint="Where it is used: “CI”, “laptop of Dana”."
        value={name}
        onChange={(e) => setName(e.target.value)}
      />
      <Choices legend="Scopes" options={KEY_SCOPES} chosen={scopes} onChange={setScopes} />
      {verifies ? (
        <Field
          label="Audience"
          required
          hint="The one resource that this key may verify capabilities for."
          value={audience}
          onChange={(e) => setAudience(e.target.value)}
        />
      ) : null}
      <p className="meta">No key can decide, enrol, or apply a change in a live organisation.</p>
    </ChangeDialog>
  );
}
