// A second passkey, so that one lost device does not lock its person out: made on a device, vouched for by an old one.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { enrolFurther } from '../passkey/enrol.ts';
import { Failure } from '../ui/face.tsx';
import { Field } from '../ui/field.tsx';
import { Modal } from '../ui/modal.tsx';

export function PasskeyDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: () => enrolFurther(name.trim()),
    onSuccess: async () => {
      await client.invalidateQueries();
      onClose();
    },
  });
  return (
    <Modal title="Add a passkey" onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          mutation.mutate();
        }}
      >
        <p className="text-ink-2">
          Two prompts: the first makes the new passkey, the second asks one that you have to vouch for it. For a day it
          decides nothing high or critical.
        </p>
        <Field
          label="Name of this passkey"
          maxLength={64}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {mutation.isError ? <Failure error={mutation.error} /> : null}
        <div>
          <button type="submit" className="btn key" disabled={mutation.isPending}>
            {mutation.isPending ? 'Waiting for your device…' : 'Create passkey'}
          </button>
        </div>
      </form>
    </Modal>
  );
}
