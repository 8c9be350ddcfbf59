// Rejecting: a reason from the common ones or in own words, and the same signature. Escape goes back.
import { useState } from 'react';
import type { Evidence } from '../../../../core/policy/model.ts';
import { Field, TextArea } from '../../ui/field.tsx';
import { Modal } from '../../ui/modal.tsx';
import { hasAll, nameOf } from './evidence.ts';

const REASONS = ['Wrong target', 'Wrong amount', 'Not now', 'Needs more context', 'Should never run'];

interface Props {
  reference: string;
  /** What policy asks for on reject. */
  required: readonly Evidence[];
  onClose: () => void;
  onReject: (comment: string | null, externalRef: string | null) => void;
}

export function RejectDialog({ reference, required, onClose, onReject }: Props) {
  const [reason, setReason] = useState('');
  const [ref, setRef] = useState(reference);
  return (
    <Modal title="Reject this request" onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          onReject(reason.trim() || null, ref.trim() || null);
        }}
      >
        <fieldset className="flex flex-wrap gap-2">
          <legend className="sr-only">Common reasons</legend>
          {REASONS.map((text) => (
            <button
              key={text}
              type="button"
              className="chip"
              aria-pressed={reason === text}
              onClick={() => setReason(text)}
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
          value={reason}
          onChange={(e) => setReason(e.target.value)}
        />
        <Field
          label={nameOf('external_ref', required)}
          maxLength={256}
          value={ref}
          onChange={(e) => setRef(e.target.value)}
        />
        <div className="grid grid-cols-2 gap-3">
          <button type="button" className="btn" onClick={onClose}>
            Go back
          </button>
          <button type="submit" className="btn" disabled={!hasAll(required, { comment: reason, external_ref: ref })}>
            Reject with passkey
          </button>
        </div>
      </form>
    </Modal>
  );
}
