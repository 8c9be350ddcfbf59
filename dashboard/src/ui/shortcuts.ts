// Single-key shortcuts, which a person can switch off (WCAG 2.1.4). They never fire in an input or over a dialog, and
// none of them decides anything: they move, open and focus.
import { useEffect, useRef } from 'react';
import { remember, remembered } from './remembered.ts';

const KEY = 'assentry.shortcuts';

export const shortcutsEnabled = (): boolean => remembered(KEY) !== 'off';
export const setShortcutsEnabled = (on: boolean): void => {
  remember(KEY, on ? 'on' : 'off');
};

/** Runs the action of a key while mounted. */
export function useShortcuts(actions: Record<string, () => void>): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || !shortcutsEnabled() || isBusy(event.target)) return;
      const act = latest.current[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

const isBusy = (target: EventTarget | null): boolean =>
  document.querySelector('dialog[open]') !== null ||
  (target instanceof HTMLElement && target.closest('input, textarea, select') !== null);
