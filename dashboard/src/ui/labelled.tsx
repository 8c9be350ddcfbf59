// What stands around every input: its label above, its hint and what is wrong with it below, both tied to it.
import { type ReactNode, useId } from 'react';
import { useFault } from './faults.tsx';

export interface Labels {
  label: string;
  hint?: ReactNode;
  /** Where the field is in what the form sends (`/value/name`): the server's fault with it is shown here. */
  pointer?: string;
  /** What the page itself finds wrong with it. */
  fault?: string | null;
}

/** What ties an input to its label and notes. */
export interface Tied {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

export function useNotes({ hint, pointer, fault: own = null }: Omit<Labels, 'label'>): {
  tied: Tied;
  notes: ReactNode;
} {
  const id = useId();
  const told = useFault(pointer);
  const fault = own ?? told;
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  const notes = (
    <>
      {hint ? (
        <p id={`${id}-hint`} className="meta">
          {hint}
        </p>
      ) : null}
      {fault === null ? null : (
        <p id={`${id}-fault`} className="text-s text-bad wrap-anywhere">
          {fault}
        </p>
      )}
    </>
  );
  const invalid = fault === null ? undefined : true;
  return { tied: { id, 'aria-describedby': described || undefined, 'aria-invalid': invalid }, notes };
}

export function Labelled({ children, ...labels }: Labels & { children: (tied: Tied) => ReactNode }) {
  const { tied, notes } = useNotes(labels);
  return (
    <div className="grid gap-1">
      <label htmlFor={tied.id} className="text-s font-semibold">
        {labels.label}
      </label>
      {children(tied)}
      {notes}
    </div>
  );
}
