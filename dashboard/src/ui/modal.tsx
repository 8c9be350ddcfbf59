// The platform's own dialog: focus is trapped and given back, Escape closes.
import { type ReactNode, useEffect, useId, useRef } from 'react';

export function Modal({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    // Not closed on the way out: it leaves the document with its component, and a late close event would shut the next.
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose} className="card w-[min(560px,calc(100vw-24px))] p-0">
      <div className="grid gap-4 p-4 sm:p-5">
        <div className="flex items-center gap-3">
          <h2 id={id} className="text-l text-ink">
            {title}
          </h2>
          <button type="button" className="btn quiet small ml-auto" onClick={onClose}>
            Close
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
