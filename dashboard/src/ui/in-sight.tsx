// Brings what it holds before the reader's eyes when it appears, if it is not there already.
import { type ReactNode, useEffect, useRef } from 'react';

export function InSight({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers answer with a promise, which must not become the effect's cleanup.
    box.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div ref={box} className="scroll-mt-20 scroll-mb-44">
      {children}
    </div>
  );
}
