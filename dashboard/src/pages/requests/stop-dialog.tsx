// Stopping an agent: at once, for everything it asks, holds and could still fetch. No ceremony, because it only narrows.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api/client.ts';
import { Failure } from '../../ui/face.tsx';
import { TextArea } from '../../ui/field.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Revealed } from '../../ui/revealed.tsx';

/** Who is to be stopped, as the API and as people call it. */
export interface Stopping {
  kind: 'actor' | 'organization';
  target: string;
  name: string;
}

const TITLES: Record<Stopping['kind'], string> = { actor: 'Stop this agent', organization: 'Stop everything' };

export function StopDialog({ stopping, onClose }: { stopping: Stopping; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: () => post('/v1/stops', { target_kind: stopping.kind, target: stopping.target, reason: reason.trim() }),
    onSuccess: async () => {
      await client.invalidateQueries();
      onClose();
    },
  });
  return (
    <Modal title={TITLES[stopping.kind]} onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          mutation.mutate();
        }}
      >
        <p className="text-ink-2">
          <b className="text-ink">
            <Revealed text={stopping.name} />
          </b>{' '}
          gets no decision, no capability and no token any more, also for what is approved already. Who waits is told
          why. Lifting the stop is a change that is signed.
        </p>
        <TextArea
          label="Reason (required)"
          rows={2}
          maxLength={2000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        {mutation.isError ? <Failure error={mutation.error} /> : null}
        <div>
          <button type="submit" className="btn" disabled={reason.trim() === '' || mutation.isPending}>
            Stop it now
          </button>
        </div>
      </form>
    </Modal>
  );
}
