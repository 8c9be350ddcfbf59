// What only narrows needs a session and no ceremony; it still asks once, because it cannot be undone.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { Failure } from './face.tsx';
import { Modal } from './modal.tsx';

interface Props {
  /** The word on the button: "Revoke". */
  act: string;
  /** What it is done to, for the dialog and for screen readers. */
  on: string;
  consequence: string;
  path: string;
}

export function NarrowButton({ act, on, consequence, path }: Props) {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: () => api(path, { method: 'DELETE' }),
    onSuccess: async () => {
      await client.invalidateQueries();
      setAsking(false);
    },
  });
  return (
    <>
      <button type="button" className="btn small" onClick={() => setAsking(true)}>
        {act}
        <span className="sr-only"> {on}</span>
      </button>
      {asking ? (
        <Modal title={`${act} ${on}?`} onClose={() => setAsking(false)}>
          <p className="text-ink-2">{consequence}</p>
          {mutation.isError ? <Failure error={mutation.error} /> : null}
          <div>
            <button type="button" className="btn" disabled={mutation.isPending} onClick={() => mutation.mutate()}>
              {act}
            </button>
          </div>
        </Modal>
      ) : null}
    </>
  );
}
