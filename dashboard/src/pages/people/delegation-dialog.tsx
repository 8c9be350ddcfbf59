// Lending one's own right to decide: to whom, until when, and bound to what. Signed by whoever lends it.
import { useState } from 'react';
import { MAX_DELEGATION_SECONDS } from '../../../../core/limits.ts';
import { RISK_LEVELS } from '../../../../core/policy/model.ts';
import type { Member, Session } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Choices, Field } from '../../ui/field.tsx';
import { Pick } from '../../ui/pick.tsx';

interface Props {
  user: Session['user'];
  members: Member[];
  onClose: () => void;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = MAX_DELEGATION_SECONDS / 86_400;
const label = (member: Member) => member.name || member.email;
/** Typed as a list with commas; nothing typed is no bound, and commas alone are none that could be meant. */
const listOf = (text: string): string[] | null =>
  text.trim() === ''
    ? null
    : text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean);
const isBound = (list: string[] | null): boolean => list === null || list.length > 0;
const sourcesOf = ({ roles, groups }: Session['user']): string[] => [
  ...groups.map((group) => `group:${group}`),
  ...roles.filter((role) => role !== 'auditor').map((role) => `role:${role}`),
];

export function DelegationDialog({ user, members, onClose }: Props) {
  const colleagues = members.filter(({ id, status }) => id !== user.id && status === 'active');
  const [to, setTo] = useState('');
  const [days, setDays] = useState('7');
  const [sources, setSources] = useState<string[]>([]);
  const [bounds, setBounds] = useState({ actions: '', resources: '' });
  const [max_risk, setRisk] = useState('');
  const count = Number(days);
  const [actions, resources] = [listOf(bounds.actions), listOf(bounds.resources)];
  const complete = to !== '' && count > 0 && count <= MOST_DAYS && isBound(actions) && isBound(resources);
  const scope = {
    actions,
    resources,
    ...{ sources: sources.length > 0 ? sources : null, max_risk: max_risk || null },
  };
  const [opened_ms] = useState(() => Date.now());
  const ends = () => new Date(opened_ms + Math.round(count * DAY_MS)).toISOString();
  return (
    <ChangeDialog
      title="Lend your right to decide"
      proposal={complete ? { kind: 'delegation', value: { to, scope, expires_at: ends() } } : null}
      onClose={onClose}
    >
      <p className="text-ink-2">
        Your colleague then decides what you could, for requests that are made after this. Each vote names you both and
        counts once. Only you can lend it, it cannot be lent on, and either of you can end it at any time.
      </p>
      <Pick
        label="To"
        value={to}
        onChange={setTo}
        options={[
          { value: '', label: 'Choose somebody' },
          ...colleagues.map((one) => ({ value: one.id, label: label(one) })),
        ]}
      />
      <Field
        label="For how many days"
        type="number"
        required
        min={1}
        max={MOST_DAYS}
        hint={`${MOST_DAYS} at most.`}
        value={days}
        onChange={(e) => setDays(e.target.value)}
      />
      <Choices
        legend="Only as (nothing chosen: as all that you are)"
        options={sourcesOf(user)}
        chosen={sources}
        onChange={setSources}
      />
      <Field
        label="Only these actions"
        hint="As a policy names them, with commas between: pay.*, order_tools.**. Empty: all."
        value={bounds.actions}
        onChange={(e) => setBounds({ ...bounds, actions: e.target.value })}
      />
      <Field
        label="Only these resources"
        hint="service:billing-api, iam:**. Empty: all."
        value={bounds.resources}
        onChange={(e) => setBounds({ ...bounds, resources: e.target.value })}
      />
      <Pick
        label="Up to which risk"
        value={max_risk}
        onChange={setRisk}
        options={[{ value: '', label: 'Any' }, ...RISK_LEVELS.map((level) => ({ value: level, label: level }))]}
      />
    </ChangeDialog>
  );
}
