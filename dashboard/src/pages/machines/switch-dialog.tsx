// "A person must approve": one switch for one action of one actor. The server writes the rule into the policy in force;
// what is signed is that policy, shown as what changes, like any other.
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ask } from '../../api/client.ts';
import { metricsQuery, policyQuery } from '../../api/queries.ts';
import type { PolicyDraft } from '../../api/types.ts';
import { ChangeResult, ChangeSigner } from '../../ui/change/change-signer.tsx';
import { useChange } from '../../ui/change/use-change.ts';
import { Failure } from '../../ui/face.tsx';
import { Modal } from '../../ui/modal.tsx';
import { switchedOn } from './switched.ts';

interface Props {
  actors: string[];
  onClose: () => void;
}

export function SwitchDialog({ actors, onClose }: Props) {
  const flow = useChange();
  const draft = useMutation({
    mutationFn: (asked: object) => ask<PolicyDraft>('/v1/policy/drafts', asked),
    onSuccess: ({ source, base_digest }) => flow.proposal.mutate({ kind: 'policy', value: { source }, base_digest }),
  });
  const error = draft.error ?? flow.proposal.error;
  return (
    <Modal title="When a person must approve" onClose={onClose}>
      {flow.applied ? (
        <ChangeResult change={flow.applied} secretLabel="secret" />
      ) : flow.change ? (
        <ChangeSigner change={flow.change} flow={flow} onBack={flow.reset} />
      ) : null}
      {/* Kept while the change is shown: what was typed is there again for whoever goes back. */}
      <div hidden={flow.change !== undefined}>
        <SwitchForm
          actors={actors}
          busy={draft.isPending || flow.proposal.isPending}
          onAsk={(asked) => draft.mutate(asked)}
        >
          {error ? <Failure error={error} /> : null}
        </SwitchForm>
      </div>
    </Modal>
  );
}

interface FormProps {
  actors: string[];
  busy: boolean;
  onAsk: (asked: object) => void;
  children: React.ReactNode;
}

function SwitchForm({ actors, busy, onAsk, children }: FormProps) {
  const id = useId();
  const [actor, setActor] = useState(actors[0] ?? '');
  const [action, setAction] = useState('');
  const [wanted, setWanted] = useState<boolean | null>(null);
  const policy = useQuery(policyQuery);
  const known = useQuery(metricsQuery).data?.top_actions ?? [];
  const named = action.trim();
  const now = switchedOn(policy.data?.policy, named, actor || null);
  const requires_approval = wanted ?? now ?? true;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk({ action: named, requires_approval, ...(actor ? { actor } : {}) });
      }}
    >
      <div className="grid gap-1">
        <label htmlFor={`${id}-actor`} className="text-s font-semibold">
          Actor
        </label>
        <select id={`${id}-actor`} className="field" value={actor} onChange={(event) => setActor(event.target.value)}>
          {actors.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
          <option value="">Whoever acts</option>
        </select>
      </div>
      <div className="grid gap-1">
        <label htmlFor={`${id}-action`} className="text-s font-semibold">
          Action
        </label>
        <input
          id={`${id}-action`}
          className="field"
          required
          list={id}
          autoComplete="off"
          placeholder="stripe.refund"
          value={action}
          onChange={(event) => setAction(event.target.value)}
        />
        <datalist id={id}>
          {known.map((one) => (
            <option key={one.action} value={one.action} />
          ))}
        </datalist>
      </div>
      <label className="flex min-h-9 items-center gap-2">
        <input type="checkbox" checked={requires_approval} onChange={(event) => setWanted(event.target.checked)} />A
        person must approve
      </label>
      <p className="meta">
        {now === null
          ? 'No switch is set for this yet; the other rules of the policy decide.'
          : `The switch is ${now ? 'on' : 'off'} now.`}{' '}
        It becomes a rule on top of the policy. What a rule denies stays denied.
      </p>
      {children}
      <div>
        <button type="submit" className="btn" disabled={named === '' || busy}>
          {busy ? 'Preparing…' : 'Review the change'}
        </button>
      </div>
    </form>
  );
}
