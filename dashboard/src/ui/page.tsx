// A page inside the desk: its title (also of the tab), a line beside it, its actions, and its content.
import { type ReactNode, useEffect } from 'react';

interface Props {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function PageFrame({ title, note, actions, children }: Props) {
  useTitle(title);
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-2">
        <h1>{title}</h1>
        {note ? <span className="meta">{note}</span> : null}
        {actions ? <div className="flex flex-wrap gap-2 sm:ml-auto">{actions}</div> : null}
      </div>
      {children}
    </div>
  );
}

/** Sets the tab's title while mounted. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Assentry`;
  }, [title]);
}

/** A titled part of a page. */
export function Section({ title, children, actions }: { title: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <section className="grid gap-2" aria-label={title}>
      <div className="flex items-center gap-3">
        <h2>{title}</h2>
        {actions ? <div className="ml-auto flex gap-2">{actions}</div> : null}
      </div>
      {children}
    </section>
  );
}
