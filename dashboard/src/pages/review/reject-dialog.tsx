// Rejecting: a reason from the common ones or in own words, and the same signature. Escape goes back. What is typed is part
// of the decision's state: a failure, or somebody else's decision, takes nothing of it.
import type { ReactNode } from 'react';
import type { Evidence } from '../../../../core/policy/model.ts';
import type { Rejection } from '../../decision/state.ts';
import { Field, TextArea } from '../../ui/field.tsx';
import { Modal } from '../../ui/modal.tsx';
import { nameOf } from './evidence.ts';

const REASONS = ['Wrong target', 'Wrong amount', 'Not now', 'Needs more context', 'Should never run'];

interface Props {
  rejection: Rejection;
  /** Of the note, where the dialog has none of its own. */
  reference: string;
  /** What policy asks for on reject. */
  required: readonly Evidence[];
  /** Whether a press would sign. */
  may: boolean;
  /** Whether fields may be typed in. */
  open: boolean;
  /** Above the buttons: what became of it. */
  children: ReactNode;
  onChange: (part: Partial<Rejection>) => void;
  onReject: () => void;
}

export function RejectDialog({ rejection, reference, required, may, open, children, onChange, onReject }: Props) {
  const { reason, external_ref } = rejection;
  const close = () => onChange({ open: false });
  return (
    <Modal title="Reject this request" onClose={close}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (may) onReject();
        }}
      >
        <fieldset className="flex flex-wrap gap-2" disabled={!open}>
          <legend className="sr-only">Common reasons</legend>
          {REASONS.map((text) => (
            <button
              key={text}
              type="button"
              className="chip"
              aria-pressed={reason === text}
              onClick={() => onChange({ reason: text })}
            >
              {text}
            </button>
          ))}
        </fieldset>
        <TextArea
          label={required.includes('comment') ? 'Reason (required)' : 'Reason'}
          hint="The agent gets it, word for word."
          rows={3}
          maxLength={2000}
          readOnly={!open}
          value={reason}
          onChange={(e) => onChange({ reason: e.target.value })}
        />
        <Field
          label={nameOf('external_ref', required)}
          maxLength={256}
          readOnly={!open}
          value={external_ref ?? reference}
          onChange={(e) => onChange({ external_ref: e.target.value })}
        />
        {children}
        <div className="grid grid-cols-2 gap-3">
          <button type="button" className="btn" onClick={close}>
            Go back
          </button>
          <button type="submit" className="btn" disabled={!may}>
            Reject with passkey
          </button>
        </div>
      </form>
    </Modal>
  );
}
