// A link in components that also live where there is no router (the cold review page): there it is a plain link, in the
// desk it navigates without loading anew.
import { createContext, type MouseEvent, type ReactNode, useContext } from 'react';

const NavigatorContext = createContext<((href: string) => void) | null>(null);
export const Navigator = NavigatorContext;

export function Go({ to, className, children }: { to: string; className?: string; children: ReactNode }) {
  const navigate = useContext(NavigatorContext);
  const onClick = (event: MouseEvent) => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!navigate || !plain) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a href={to} className={className} onClick={onClick}>
      {children}
    </a>
  );
}

/** The address of a request's page or of its review page. */
export const requestPath = (id: string): string => `/requests/${encodeURIComponent(id)}`;
export const reviewPath = (id: string): string => `/r/${encodeURIComponent(id)}`;
