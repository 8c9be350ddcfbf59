// What a person may or must add before approving: a note, signed with the decision, and for critical requests the
// action, typed.
import type { Evidence } from '../../../../core/policy/model.ts';
import { Field, TextArea } from '../../ui/field.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { nameOf } from './evidence.ts';

export type NoteText = Record<Evidence, string>;

interface NoteProps {
  note: NoteText;
  /** Whether it may be typed in. */
  open: boolean;
  onChange: (note: NoteText) => void;
  /** What policy asks for on approve. */
  required: readonly Evidence[];
}

export function Note({ note, open, onChange, required }: NoteProps) {
  return (
    <details open={required.length > 0 || undefined} className="card px-4 py-3">
      <summary className="cursor-pointer text-s font-semibold text-ink-2">
        {required.length > 0 ? 'Your note, which policy asks for' : 'Add a note, signed with your decision'}
      </summary>
      <div className="grid gap-3 pt-3">
        <TextArea
          label={nameOf('comment', required)}
          rows={3}
          maxLength={2000}
          readOnly={!open}
          value={note.comment}
          onChange={(e) => onChange({ ...note, comment: e.target.value })}
        />
        <Field
          label={nameOf('external_ref', required)}
          hint="A ticket or an incident."
          maxLength={256}
          readOnly={!open}
          value={note.external_ref}
          onChange={(e) => onChange({ ...note, external_ref: e.target.value })}
        />
      </div>
    </details>
  );
}

interface ConfirmationProps {
  action: string;
  typed: string;
  onType: (text: string) => void;
}

export function Confirmation({ action, typed, onType }: ConfirmationProps) {
  return (
    <div className="card grid gap-2 px-4 py-3">
      <p className="text-s">
        Critical: to approve, type{' '}
        <code className="font-semibold">
          <Revealed text={action} />
        </code>
      </p>
      <Field
        label="Type the action"
        value={typed}
        onChange={(e) => onType(e.target.value)}
        spellCheck={false}
        autoCapitalize="off"
      />
    </div>
  );
}
