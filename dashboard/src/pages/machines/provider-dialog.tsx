// Trusting an OpenID provider: for people, or for workloads by rules over claims. What is signed is shown before it is.
import { useId, useState } from 'react';
import type { JsonObject } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Field, TextArea } from '../../ui/field.tsx';

const RULES =
  '[{ "id": "release", "claims": { "sub": "repo:acme/shop:environment:prod" }, "service_account": "sa_…", "scopes": ["requests:write"], "ttl_seconds": 900 }]';

/** JSON that somebody typed; undefined while it is none. */
function parsed(text: string): JsonObject[string] | undefined {
  try {
    return JSON.parse(text) as JsonObject[string];
  } catch {
    return undefined;
  }
}

export function ProviderDialog({ onClose }: { onClose: () => void }) {
  const id = useId();
  const [purpose, setPurpose] = useState<'people' | 'workload'>('people');
  const [name, setName] = useState('');
  const [issuer, setIssuer] = useState('');
  const [audience, setAudience] = useState('');
  const [rules, setRules] = useState('');
  const said = parsed(rules);
  const whole = name.trim() !== '' && issuer.trim() !== '' && (purpose === 'people' || said !== undefined);
  const value = {
    ...{ name: name.trim(), issuer: issuer.trim(), purpose },
    ...(audience.trim() === '' ? {} : { audience: audience.trim() }),
    ...(purpose === 'workload' && said !== undefined ? { rules: said } : {}),
  };
  return (
    <ChangeDialog
      title="Trust an identity provider"
      proposal={whole ? { kind: 'oidc_issuer', value } : null}
      onClose={onClose}
    >
      <div className="grid gap-1">
        <label htmlFor={id} className="text-s font-semibold">
          Its tokens stand for
        </label>
        <select
          id={id}
          className="field"
          value={purpose}
          onChange={(event) => setPurpose(event.target.value as 'people' | 'workload')}
        >
          <option value="people">people who decide</option>
          <option value="workload">workloads that ask</option>
        </select>
      </div>
      <Field label="Name" required value={name} onChange={(e) => setName(e.target.value)} />
      <Field
        label="Issuer"
        required
        placeholder="https://login.example.com"
        hint="The iss of its tokens, to the letter. Its keys are found from there."
        value={issuer}
        onChange={(e) => setIssuer(e.target.value)}
      />
      <Field
        label="Audience"
        hint="The aud that its tokens name. This organisation's own issuer by default."
        value={audience}
        onChange={(e) => setAudience(e.target.value)}
      />
      {purpose === 'workload' ? (
        <TextArea
          label="Rules (JSON)"
          className="code"
          rows={5}
          placeholder={RULES}
          hint="Whose token becomes which service account. The first rule whose every claim fits decides."
          value={rules}
          onChange={(e) => setRules(e.target.value)}
        />
      ) : null}
    </ChangeDialog>
  );
}
