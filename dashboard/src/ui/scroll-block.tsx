// Text that may scroll, and can be scrolled without a mouse.
import type { ReactNode } from 'react';

export function ScrollBlock({ label, className, children }: { label: string; className: string; children: ReactNode }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable block must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className={`overflow-auto font-mono text-s wrap-anywhere ${className}`}
    >
      {children}
    </section>
  );
}
