// A labelled input. The label is always visible; hints and errors are tied to it.
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from 'react';

interface Shared {
  label: string;
  hint?: ReactNode;
}

export function Field({ label, hint, ...input }: Shared & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-s font-semibold">
        {label}
      </label>
      <input
        id={id}
        className="field"
        aria-describedby={hint ? `${id}-hint` : undefined}
        autoComplete="off"
        {...input}
      />
      {hint ? (
        <p id={`${id}-hint`} className="meta">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export function TextArea({
  label,
  hint,
  className = '',
  ...area
}: Shared & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-s font-semibold">
        {label}
      </label>
      <textarea id={id} className={`field ${className}`} aria-describedby={hint ? `${id}-hint` : undefined} {...area} />
      {hint ? (
        <p id={`${id}-hint`} className="meta">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

interface Choice {
  legend: string;
  /** Plain words, or a value with the label that people see. */
  options: readonly (string | { value: string; label: string })[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

/** Several of a short list. */
export function Choices({ legend, options, chosen, onChange }: Choice) {
  const toggle = (option: string) =>
    onChange(chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option]);
  return (
    <fieldset className="grid gap-1">
      <legend className="text-s font-semibold">{legend}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {options
          .map((option) => (typeof option === 'string' ? { value: option, label: option } : option))
          .map(({ value, label }) => (
            <label key={value} className="flex min-h-9 items-center gap-2">
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
              {label}
            </label>
          ))}
      </div>
    </fieldset>
  );
}
