// "More: edit or narrow": the parameters as fields, as far as policy lets a reviewer change them. What stands here is shown
// in the facts at once, and it is what is signed.
import { useState } from 'react';
import type { ApprovalRequest, JsonObject } from '../../api/types.ts';
import { type EditField, type Entries, editFields, paramsIn, shownIn } from '../../text/edit-fields.ts';
import { moneyByPointer } from '../../text/facts.ts';
import { Field, TextArea } from '../../ui/field.tsx';
import { Changes } from './edits.tsx';

interface Props {
  /** As it stands, without the draft. */
  request: ApprovalRequest;
  mode: 'narrow' | 'any';
  draft: JsonObject | null;
  ready: boolean;
  onDraft: (params: JsonObject | null) => void;
  /** Signs the edit and approves nothing. */
  onEdit: (params: JsonObject) => void;
}

const SAYS = {
  narrow: 'Reduce what is asked, then approve it below with one signature; or sign the reduction alone.',
  any: 'Change what is asked. Whoever changes it does not approve it: somebody else does.',
};

export function EditForm({ request, mode, draft, ready, onDraft, onEdit }: Props) {
  const [entries, setEntries] = useState<Entries>({});
  const [fault, setFault] = useState<string | null>(null);
  const { params } = request.effective;
  const fields = editFields(params, request.parameters, mode);
  const amounts = moneyByPointer(draft ?? params, request.parameters);
  const enter = (pointer: string, entry: Entries[string] | undefined) => {
    const { [pointer]: _before, ...others } = entries;
    const next = entry === undefined ? others : { ...others, [pointer]: entry };
    const read = paramsIn(params, fields, next);
    setEntries(next);
    setFault(read.ok ? null : read.detail);
    onDraft(read.ok && JSON.stringify(read.params) !== JSON.stringify(params) ? read.params : null);
  };
  return (
    <details className="card px-4 py-3">
      <summary className="cursor-pointer text-s font-semibold text-ink-2">More: edit or narrow</summary>
      <div className="grid gap-3 pt-3">
        <p className="meta">{SAYS[mode]}</p>
        {fields.every(({ locked }) => locked) ? (
          <p>Policy names nothing of this action that could be reduced.</p>
        ) : null}
        {fields.map((field) => (
          <Parameter
            key={field.pointer}
            field={{ ...field, hint: hintOf(field, amounts.get(field.pointer)) }}
            entry={entries[field.pointer]}
            onEnter={enter}
          />
        ))}
        {fault === null ? null : (
          <p role="alert" className="text-bad">
            {fault}
          </p>
        )}
        {draft === null ? null : (
          <>
            <Changes before={request.params} after={draft} schema={request.parameters} />
            <button type="button" className="btn" disabled={!ready} onClick={() => onEdit(draft)}>
              Sign the edit only
            </button>
          </>
        )}
      </div>
    </details>
  );
}

/** Money is entered as it is signed, in minor units; what that is stands beside it. */
const hintOf = ({ hint }: EditField, amount: string | undefined): string | null =>
  amount === undefined ? hint : [`In minor units: this is ${amount}.`, hint ?? ''].join(' ').trim();

interface ParameterProps {
  field: EditField;
  entry: Entries[string] | undefined;
  onEnter: (pointer: string, entry: Entries[string] | undefined) => void;
}

function Parameter({ field, entry, onEnter }: ParameterProps) {
  const removed = entry === 'removed';
  return (
    <div className="grid gap-1">
      <Input field={field} entry={entry} onEnter={onEnter} />
      {field.removable && !field.locked ? (
        <label className="flex min-h-9 items-center gap-2 text-s">
          <input
            type="checkbox"
            checked={removed}
            onChange={() => onEnter(field.pointer, removed ? undefined : 'removed')}
          />
          Remove {field.label}
        </label>
      ) : null}
    </div>
  );
}

function Input({ field, entry, onEnter }: ParameterProps) {
  const { pointer, label, kind, locked, hint } = field;
  const disabled = locked || entry === 'removed';
  const text = typeof entry === 'object' && 'text' in entry ? entry.text : shownIn(field);
  if (kind === 'flag')
    return (
      <label className="flex min-h-9 items-center gap-2">
        <input
          type="checkbox"
          disabled={disabled}
          checked={typeof entry === 'object' && 'flag' in entry ? entry.flag : field.value === true}
          onChange={(e) => onEnter(pointer, { flag: e.target.checked })}
        />
        {label}
        {hint ? <span className="meta">{hint}</span> : null}
      </label>
    );
  const common = { label, hint, value: text, disabled, spellCheck: false };
  if (kind === 'json')
    return <TextArea {...common} rows={3} onChange={(e) => onEnter(pointer, { text: e.target.value })} />;
  return (
    <Field
      {...common}
      inputMode={kind === 'number' ? 'decimal' : undefined}
      onChange={(e) => onEnter(pointer, { text: e.target.value })}
    />
  );
}
