// Light, dark, or as the system says: a choice of this device, kept on it.
import { remember, remembered } from './remembered.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const KEY = 'assentry.theme';

export function chosenTheme(): Theme {
  const stored = remembered(KEY);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

/** Puts the chosen theme on the document; `system` leaves it to the browser. */
export function applyTheme(theme: Theme = chosenTheme()): void {
  remember(KEY, theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
