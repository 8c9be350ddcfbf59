// What is long is folded, and has to be opened before it is approved. Folds register here while they are closed; the
// page with the Approve button asks what is left. Outside of `Opening` a fold is only a fold.
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useId,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react';

interface Folds {
  /** Id of each fold that was not opened yet → what it holds, in words. */
  closed: ReadonlyMap<string, string>;
  register: (id: string, label: string) => () => void;
}

const Context = createContext<Folds | null>(null);

const without = (closed: ReadonlyMap<string, string>, id: string): ReadonlyMap<string, string> => {
  const rest = new Map(closed);
  rest.delete(id);
  return rest;
};

/** Around everything that is approved together, and the button. */
export function Opening({ children }: { children: ReactNode }) {
  const [closed, setClosed] = useState<ReadonlyMap<string, string>>(new Map());
  const register = useCallback((id: string, label: string) => {
    setClosed((before) => new Map(before).set(id, label));
    return () => setClosed((before) => without(before, id));
  }, []);
  const folds = useMemo(() => ({ closed, register }), [closed, register]);
  return <Context.Provider value={folds}>{children}</Context.Provider>;
}

/** The bar with the button names so many, each cut: it must not cover what is to be opened. */
const MAX_NAMED = 2;
const MAX_LABEL_CHARS = 80;

const cut = (label: string): string => {
  const chars = [...label];
  return chars.length <= MAX_LABEL_CHARS ? label : `${chars.slice(0, MAX_LABEL_CHARS).join('')}…`;
};

function named(labels: readonly string[]): string[] {
  const rest = labels.length - MAX_NAMED;
  if (rest <= 1) return labels.map(cut);
  return [...labels.slice(0, MAX_NAMED).map(cut), `${rest} more folded parts`];
}

const NOTHING: readonly string[] = [];

/** What is still folded, in words; nothing: everything that is signed was open at least once. */
export function useUnopened(): readonly string[] {
  const folds = useContext(Context);
  return useMemo(() => (folds === null ? NOTHING : named([...folds.closed.values()])), [folds]);
}

/** Holds the button while something is not seen. Before the browser paints, so that no frame shows an open button. */
export function useHeld(label: string, held: boolean): void {
  const id = useId();
  const register = useContext(Context)?.register;
  useLayoutEffect(() => (held ? register?.(id, label) : undefined), [register, id, label, held]);
}

interface Props {
  /** What it holds: `params.command`. */
  label: string;
  /** `201 lines, 222 characters`. */
  size: string;
  /** What is seen of it while it is closed. */
  beginning?: ReactNode;
  children: ReactNode;
}

/** Mount it anew (by `key`) for another content: what was opened is what was there. */
export function Fold({ label, size, beginning, children }: Props) {
  const [opened, setOpened] = useState(false);
  useHeld(label, !opened);
  return (
    <details onToggle={(event) => event.currentTarget.open && setOpened(true)} className="group">
      <summary className="cursor-pointer list-none">
        {beginning ? <span className="group-open:hidden">{beginning} </span> : null}
        <span className="inline-flex min-h-9 flex-wrap items-center gap-2">
          <span className="font-semibold text-accent underline">
            <span className="group-open:hidden">Open: {size}</span>
            <span className="hidden group-open:inline">Close: {size}</span>
          </span>
          {opened ? null : <span className="status">not opened yet</span>}
        </span>
      </summary>
      <div className="mt-2 border-t border-line pt-2">{children}</div>
    </details>
  );
}
