// Rules of a provider of workloads: whose token becomes which service account, in their order, for how long.
import { useQuery } from '@tanstack/react-query';
import { MAX_WORKLOAD_TTL_SECONDS } from '../../../../core/limits.ts';
import { WORKLOAD_SCOPES } from '../../../../core/oidc/issuer.ts';
import { serviceAccountsQuery } from '../../api/queries.ts';
import type { ServiceAccount } from '../../api/types.ts';
import { Choices, Field, TextArea } from '../../ui/field.tsx';
import { Pick } from '../../ui/pick.tsx';
import { newRule, type RuleDraft } from './provider-form.ts';

export function Rules({ rules, onChange }: { rules: RuleDraft[]; onChange: (rules: RuleDraft[]) => void }) {
  const accounts = useQuery(serviceAccountsQuery).data?.data ?? [];
  const replace = (at: number, ...by: RuleDraft[]) => onChange(rules.toSpliced(at, 1, ...by));
  return (
    <div className="grid gap-4">
      <p className="meta">The first rule whose every claim fits a token decides.</p>
      {rules.map((rule, at) => (
        <RuleFields
          key={rule.key}
          at={at}
          rule={rule}
          accounts={accounts}
          onChange={(part) => replace(at, { ...rule, ...part })}
          onRemove={() => replace(at)}
        />
      ))}
      <div>
        <button type="button" className="btn small" onClick={() => onChange([...rules, newRule()])}>
          Add a rule
        </button>
      </div>
    </div>
  );
}

interface RuleProps {
  at: number;
  rule: RuleDraft;
  accounts: ServiceAccount[];
  onChange: (part: Partial<RuleDraft>) => void;
  onRemove: () => void;
}

function RuleFields({ at, rule, accounts, onChange, onRemove }: RuleProps) {
  const place = `/value/rules/${at}`;
  const actors = accounts.find(({ id }) => id === rule.service_account)?.actors ?? [];
  return (
    <fieldset className="grid min-w-0 gap-3 rounded-lg border border-line p-3">
      <legend className="px-1 text-s font-semibold">Rule {at + 1}</legend>
      <Field
        label="Rule’s name"
        required
        placeholder="release"
        pointer={`${place}/id`}
        hint="Lower-case letters, digits and dashes."
        value={rule.id}
        onChange={(e) => onChange({ id: e.target.value })}
      />
      <TextArea
        label="Claims"
        required
        rows={3}
        spellCheck={false}
        placeholder="sub = repo:acme/shop:environment:prod"
        pointer={`${place}/claims`}
        hint="One per line: claim = pattern. A claim on several lines may be any of them. sub or a repository must be pinned."
        value={rule.claims}
        onChange={(e) => onChange({ claims: e.target.value })}
      />
      <Pick
        label="Becomes the service account"
        pointer={`${place}/service_account`}
        value={rule.service_account}
        options={[{ value: '', label: 'Choose one' }, ...accounts.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(service_account) => onChange({ service_account, actors: [] })}
      />
      {actors.length > 1 ? (
        <Choices
          legend="Only as (nothing chosen: as all of its actors)"
          pointer={`${place}/actors`}
          options={actors}
          chosen={rule.actors}
          onChange={(chosen) => onChange({ actors: chosen })}
        />
      ) : null}
      <Choices
        legend="Scopes"
        pointer={`${place}/scopes`}
        options={WORKLOAD_SCOPES}
        chosen={rule.scopes}
        onChange={(scopes) => onChange({ scopes })}
      />
      <Field
        label="Its key ends after seconds"
        type="number"
        required
        min={60}
        max={MAX_WORKLOAD_TTL_SECONDS}
        step={1}
        pointer={`${place}/ttl_seconds`}
        value={rule.ttl_seconds}
        onChange={(e) => onChange({ ttl_seconds: e.target.value })}
      />
      <div>
        <button type="button" className="btn small" onClick={onRemove}>
          Remove rule {at + 1}
        </button>
      </div>
    </fieldset>
  );
}
