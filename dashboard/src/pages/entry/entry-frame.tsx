// The plain frame of pages without a session.
import type { ReactNode } from 'react';
import { useTitle } from '../../ui/page.tsx';

export function EntryFrame({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title);
  return (
    <main className="mx-auto grid max-w-md gap-4 px-4 py-12">
      <p className="meta">Assentry</p>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
