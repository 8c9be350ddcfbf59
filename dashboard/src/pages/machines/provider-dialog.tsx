// Trusting an OpenID provider, or changing what is trusted: for people, or for workloads by rules over claims. An existing
// one keeps its address and purpose; only what was changed is sent, and shown before it is signed.
import { useState } from 'react';
import { MAX_TOKEN_LEEWAY_SECONDS } from '../../../../core/limits.ts';
import { type IssuerPurpose, TOKEN_ALGORITHMS } from '../../../../core/oidc/issuer.ts';
import type { OidcIssuer } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { changedOnly } from '../../ui/change/changed-only.ts';
import { Choices, Field, TextArea } from '../../ui/field.tsx';
import { Pick } from '../../ui/pick.tsx';
import { draftOf, type ProviderDraft, settingsIn } from './provider-form.ts';
import { Rules } from './provider-rules.tsx';

const PURPOSES = [
  { value: 'people', label: 'people who decide' },
  { value: 'workload', label: 'workloads that ask' },
];

interface Props {
  /** Absent: a new one. */
  provider?: OidcIssuer;
  onClose: () => void;
}

export function ProviderDialog({ provider, onClose }: Props) {
  const [draft, setDraft] = useState(() => draftOf(provider ?? null));
  const set = (part: Partial<ProviderDraft>) => setDraft((before) => ({ ...before, ...part }));
  const said = settingsIn(draft);
  const value = said && (provider ? changedOnly(provider, said) : said);
  const target = provider ? { target: provider.id } : {};
  return (
    <ChangeDialog
      title={provider ? `Change ${provider.name}` : 'Trust an identity provider'}
      proposal={value ? { kind: 'oidc_issuer', value, ...target } : null}
      onClose={onClose}
    >
      {provider ? (
        <p className="text-ink-2 wrap-anywhere">
          <code>{provider.issuer}</code>, for {PURPOSES.find(({ value }) => value === provider.purpose)?.label}. Both
          stay: remove it and trust another one instead.
        </p>
      ) : (
        <Pick
          label="Its tokens stand for"
          value={draft.purpose}
          options={PURPOSES}
          onChange={(purpose) => set({ purpose: purpose as IssuerPurpose })}
        />
      )}
      <Trust draft={draft} set={set} fresh={!provider} />
      {draft.purpose === 'people' ? (
        <Groups draft={draft} set={set} />
      ) : (
        <Rules rules={draft.rules} onChange={(rules) => set({ rules })} />
      )}
    </ChangeDialog>
  );
}

interface PartProps {
  draft: ProviderDraft;
  set: (part: Partial<ProviderDraft>) => void;
}

const Trust = ({ draft, set, fresh }: PartProps & { fresh: boolean }) => (
  <>
    <Field
      label="Name"
      required
      pointer="/value/name"
      value={draft.name}
      onChange={(e) => set({ name: e.target.value })}
    />
    {fresh ? (
      <Field
        label="Issuer"
        required
        placeholder="https://login.example.com"
        pointer="/value/issuer"
        hint="The iss of its tokens, to the letter. Its keys are found from there."
        value={draft.issuer}
        onChange={(e) => set({ issuer: e.target.value })}
      />
    ) : null}
    <Field
      label="Audience"
      required={!fresh}
      pointer="/value/audience"
      hint="The aud that its tokens name. This organisation's own issuer by default."
      value={draft.audience}
      onChange={(e) => set({ audience: e.target.value })}
    />
    <Choices
      legend="Algorithms"
      pointer="/value/algorithms"
      options={TOKEN_ALGORITHMS}
      chosen={draft.algorithms}
      onChange={(algorithms) => set({ algorithms })}
    />
    <Field
      label="Leeway in seconds"
      type="number"
      required
      min={0}
      max={MAX_TOKEN_LEEWAY_SECONDS}
      step={1}
      pointer="/value/leeway_seconds"
      hint={`How far its clock may be off: ${MAX_TOKEN_LEEWAY_SECONDS} at most.`}
      value={draft.leeway_seconds}
      onChange={(e) => set({ leeway_seconds: e.target.value })}
    />
    <Field
      label="Address of its keys"
      pointer="/value/jwks_uri"
      hint="Its jwks_uri. Empty: as its discovery document says."
      value={draft.jwks_uri}
      onChange={(e) => set({ jwks_uri: e.target.value })}
    />
  </>
);

const Groups = ({ draft, set }: PartProps) => (
  <>
    <Field
      label="Claim of groups"
      placeholder="groups"
      pointer="/value/group_claim"
      hint="Which claim names somebody's groups. Empty: its tokens prove none."
      value={draft.group_claim}
      onChange={(e) => set({ group_claim: e.target.value })}
    />
    <TextArea
      label="Groups"
      rows={3}
      spellCheck={false}
      placeholder="github-team:payments-owners = group:payments-owners"
      pointer="/value/group_mappings"
      hint="One per line: value of the claim = group:NAME. A new mapping counts for requests made after it."
      value={draft.group_mappings}
      onChange={(e) => set({ group_mappings: e.target.value })}
    />
  </>
);
