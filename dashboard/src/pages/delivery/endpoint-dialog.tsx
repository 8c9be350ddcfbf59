// A new webhook endpoint; its signing secret comes once, with the signature's answer.
import { useState } from 'react';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { Choices, Field } from '../../ui/field.tsx';

const EVENTS = [
  'approval.requested',
  'approval.decided',
  'approval.expired',
  'approval.canceled',
  'capability.exchanged',
  'execution.executed',
  'execution.failed',
];

export function EndpointDialog({ onClose }: { onClose: () => void }) {
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState<string[]>(['approval.decided']);
  const complete = URL.canParse(url) && events.length > 0;
  return (
    <ChangeDialog
      title="New webhook endpoint"
      proposal={complete ? { kind: 'webhook_endpoint', value: { url, events } } : null}
      secretLabel="signing secret"
      onClose={onClose}
    >
      <Field
        label="Address"
        type="url"
        required
        hint="https only. It is resolved and checked again at each delivery."
        value={url}
        onChange={(e) => setUrl(e.target.value)}
      />
      <Choices legend="Events" options={EVENTS} chosen={events} onChange={setEvents} />
    </ChangeDialog>
  );
}
