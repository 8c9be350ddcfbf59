// "More: edit or narrow": the parameters as fields, as far as policy lets a reviewer change them. What stands here is shown
// in the facts at once, and it is what is signed; what cannot be signed says so at its field.
import { type ReactNode, useEffect, useRef } from 'react';
import { amountTexts } from '../../../../core/policy/parameters/amounts.ts';
import type { ApprovalRequest } from '../../api/types.ts';
import type { Answers } from '../../decision/answers.ts';
import { type EditField, shownIn } from '../../decision/fields.ts';
import type { Entries, Entry } from '../../decision/read-field.ts';
import { Field, TextArea } from '../../ui/field.tsx';
import { Changes } from './edits.tsx';

interface Props {
  /** As it stands, without the draft. */
  request: ApprovalRequest;
  answers: Answers;
  entries: Entries;
  onEnter: (pointer: string, entry: Entry | null) => void;
  /** Signs the edit and approves nothing. */
  onEdit: () => void;
}

const SAYS = {
  narrow: 'Reduce what is asked, then approve it below with one signature; or sign the reduction alone.',
  any: 'Change what is asked. Whoever changes it does not approve it: somebody else does.',
};

export function EditForm({ request, answers, entries, onEnter, onEdit }: Props) {
  const { draft, mode, open } = answers;
  const amounts = amountTexts(answers.shown.effective.params, request.parameters);
  if (mode === 'none') return null;
  const lost = [...draft.faults].filter(([pointer]) => draft.fields.every((field) => field.pointer !== pointer));
  return (
    <Folded opened={draft.faults.size > 0}>
      <p className="meta">{SAYS[mode]}</p>
      {draft.fields.every(({ locked }) => locked) ? (
        <p>Policy names nothing of this action that could be reduced.</p>
      ) : null}
      {draft.fields.map((field) => (
        <Parameter
          key={field.pointer}
          field={field}
          entry={Object.hasOwn(entries, field.pointer) ? entries[field.pointer] : undefined}
          fault={draft.faults.get(field.pointer) ?? null}
          understood={amountsAt(amounts, field)}
          open={open}
          onEnter={onEnter}
        />
      ))}
      {lost.map(([pointer, detail]) => (
        <TakeBack key={pointer} detail={detail} onUndo={() => onEnter(pointer, null)} />
      ))}
      {draft.params === null ? null : (
        <Changes before={request.params} after={draft.params} schema={request.parameters} />
      )}
      {draft.params === null ? null : (
        <button type="button" className="btn" disabled={answers.edit === null} onClick={onEdit}>
          Sign the edit only
        </button>
      )}
    </Folded>
  );
}

/** Opened by hand, and by a fault: what stops the approval is never out of sight. */
function Folded({ opened, children }: { opened: boolean; children: ReactNode }) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (opened && details.current) details.current.open = true;
  }, [opened]);
  return (
    <details ref={details} className="card px-4 py-3">
      <summary className="cursor-pointer text-s font-semibold text-ink-2">More: edit or narrow</summary>
      <div className="grid gap-3 pt-3">{children}</div>
    </details>
  );
}

const TakeBack = ({ detail, onUndo }: { detail: string; onUndo: () => void }) => (
  <div className="grid gap-1">
    <p className="text-s text-bad wrap-anywhere" role="alert">
      {detail}
    </p>
    <button type="button" className="btn small justify-self-start" onClick={onUndo}>
      Take it back
    </button>
  </div>
);

/** The amounts that a field says, as they would be signed; a list may hold several. */
const amountsAt = (amounts: Map<string, string>, { pointer, kind }: EditField): string | null => {
  if (kind === 'money') return amounts.get(pointer) ?? null;
  const inside = [...amounts].filter(([at]) => at.startsWith(`${pointer}/`));
  return inside.length === 0 ? null : inside.map(([at, text]) => `${at} is ${text}`).join(', ');
};

interface ParameterProps {
  field: EditField;
  entry: Entry | undefined;
  fault: string | null;
  understood: string | null;
  open: boolean;
  onEnter: (pointer: string, entry: Entry | null) => void;
}

function Parameter(props: ParameterProps) {
  const { field, entry, open, onEnter } = props;
  const removed = entry === 'removed';
  return (
    <div className="grid gap-1">
      <Input {...props} />
      <div className="flex flex-wrap items-center gap-x-4">
        {field.removable && !field.locked ? (
          <label className="flex min-h-9 items-center gap-2 text-s">
            <input
              type="checkbox"
              checked={removed}
              disabled={!open}
              onChange={() => onEnter(field.pointer, removed ? null : 'removed')}
            />
            Remove {field.label}
          </label>
        ) : null}
        {entry === undefined || removed ? null : (
          <button type="button" className="btn small" disabled={!open} onClick={() => onEnter(field.pointer, null)}>
            Undo<span className="sr-only"> {field.label}</span>
          </button>
        )}
      </div>
    </div>
  );
}

/** What may be done, and what was understood of what was typed. */
function hintOf({ field, fault, understood }: ParameterProps): string | null {
  const { hint, unit, kind } = field;
  const says =
    understood === null || fault !== null
      ? null
      : kind === 'money'
        ? `This is ${understood}.`
        : `In it: ${understood}.`;
  return [unit === null ? null : `In ${unit}.`, says, hint].filter(Boolean).join(' ') || null;
}

/** Long and lined texts would lose their line ends in a field of one line. */
const isLong = ({ kind, value }: EditField): boolean =>
  kind === 'json' || (kind === 'text' && (String(value).length > 60 || /[\r\n]/.test(String(value))));

function Input(props: ParameterProps) {
  const { field, entry, fault, open, onEnter } = props;
  const { pointer, label, kind, locked, unit } = field;
  const hint = hintOf(props);
  const disabled = locked || entry === 'removed';
  if (kind === 'flag')
    return (
      <label className="flex min-h-9 items-center gap-2">
        <input
          type="checkbox"
          disabled={disabled || !open}
          checked={typeof entry === 'object' && 'flag' in entry ? entry.flag : field.value === true}
          onChange={(e) => onEnter(pointer, { flag: e.target.checked })}
        />
        {label}
        {hint ? <span className="meta">{hint}</span> : null}
        {fault ? <span className="text-s text-bad">{fault}</span> : null}
      </label>
    );
  const text = typeof entry === 'object' && 'text' in entry ? entry.text : shownIn(field);
  const common = {
    label,
    hint,
    fault,
    pointer: `/params${pointer}`,
    value: text,
    disabled,
    readOnly: !open,
    spellCheck: false,
  };
  const onChange = (e: { target: { value: string } }) => onEnter(pointer, { text: e.target.value, unit });
  if (isLong(field)) return <TextArea {...common} rows={3} onChange={onChange} />;
  return <Field {...common} inputMode={kind === 'text' ? undefined : 'decimal'} onChange={onChange} />;
}
