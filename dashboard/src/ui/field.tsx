// A labelled input. The label is always visible; hints and errors are tied to it.
import type { InputHTMLAttributes, TextareaHTMLAttributes } from 'react';
import { Labelled, type Labels, useNotes } from './labelled.tsx';

export const Field = ({ label, hint, pointer, fault, ...input }: Labels & InputHTMLAttributes<HTMLInputElement>) => (
  <Labelled label={label} hint={hint} pointer={pointer} fault={fault}>
    {(tied) => <input {...tied} className="field" autoComplete="off" {...input} />}
  </Labelled>
);

export const TextArea = ({
  label,
  hint,
  pointer,
  fault,
  className = '',
  ...area
}: Labels & TextareaHTMLAttributes<HTMLTextAreaElement>) => (
  <Labelled label={label} hint={hint} pointer={pointer} fault={fault}>
    {(tied) => <textarea {...tied} className={`field ${className}`} {...area} />}
  </Labelled>
);

interface Choice extends Omit<Labels, 'label'> {
  legend: string;
  /** Plain words, or a value with the label that people see. */
  options: readonly (string | { value: string; label: string })[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

/** Several of a short list. */
export function Choices({ legend, options, chosen, onChange, ...labels }: Choice) {
  const { tied, notes } = useNotes(labels);
  const toggle = (option: string) =>
    onChange(chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option]);
  return (
    <fieldset className="grid min-w-0 gap-1" id={tied.id} aria-describedby={tied['aria-describedby']}>
      <legend className="text-s font-semibold">{legend}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {options
          .map((option) => (typeof option === 'string' ? { value: option, label: option } : option))
          .map(({ value, label }) => (
            <label key={value} className="flex min-h-9 min-w-0 items-center gap-2 wrap-anywhere">
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
              {label}
            </label>
          ))}
      </div>
      {notes}
    </fieldset>
  );
}
