// A change made in a dialog: a form, then what it does, then the signature, then the result.
import { type ReactNode, useEffect, useRef } from 'react';
import { ApiProblem } from '../../api/client.ts';
import { Failure } from '../face.tsx';
import { Faults } from '../faults.tsx';
import { Modal } from '../modal.tsx';
import { ChangeResult, ChangeSigner } from './change-signer.tsx';
import { precise } from './precise.ts';
import { type Proposal, useChange } from './use-change.ts';

interface Props {
  title: string;
  /** What the form says now; null while it is not complete. */
  proposal: Proposal | null;
  secretLabel?: string;
  /** Propose at once: there is nothing to fill in. */
  immediate?: boolean;
  onClose: () => void;
  children?: ReactNode;
}

export function ChangeDialog({ title, proposal, secretLabel = 'secret', immediate = false, onClose, children }: Props) {
  const flow = useChange();
  useImmediate(immediate, proposal, flow.proposal.mutate);
  const form = useRef<HTMLFormElement>(null);
  const { error } = flow.proposal;
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [error]);
  return (
    <Modal title={title} onClose={onClose}>
      {flow.applied ? (
        <ChangeResult change={flow.applied} secretLabel={secretLabel} />
      ) : flow.change ? (
        <ChangeSigner change={flow.change} flow={flow} onBack={immediate ? onClose : flow.reset} />
      ) : (
        <form
          ref={form}
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (proposal) flow.proposal.mutate(proposal);
          }}
        >
          <Faults value={error instanceof ApiProblem ? error.places.map(precise) : []}>{children}</Faults>
          {flow.proposal.isError ? <Failure error={flow.proposal.error} /> : null}
          <div>
            <button type="submit" className="btn" disabled={proposal === null || flow.proposal.isPending}>
              {flow.proposal.isPending ? 'Preparing…' : 'Review the change'}
            </button>
          </div>
        </form>
      )}
    </Modal>
  );
}

function useImmediate(immediate: boolean, proposal: Proposal | null, propose: (proposal: Proposal) => void): void {
  const done = useRef(false);
  useEffect(() => {
    if (!immediate || done.current || proposal === null) return;
    done.current = true;
    propose(proposal);
  });
}
