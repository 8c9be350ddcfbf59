// The log keys that this browser holds on to: taken from the first file that verified, or put in by a person. Once there
// is one, no file brings its own: what another key signed fails until somebody has compared that key and adds it.
import { remember, remembered } from '../../ui/remembered.ts';

const KEY = 'assentry.log-keys';

const linesOf = (text: string): string[] => text.split('\n').flatMap((line) => line.trim() || []);

/** The pinned verifier keys, `name+hint+base64`; none before the first use. */
export const pinnedKeys = (): string[] => linesOf(remembered(KEY) ?? '');

/** Keeps exactly these keys, one to a line; an empty text forgets all of them. Whether they stay after this page. */
export function pinKeys(text: string): boolean {
  const keys = linesOf(text);
  return remember(KEY, keys.length === 0 ? null : keys.join('\n'));
}

export interface KeysTaken {
  /** The log keys that this file brought and that were pinned now, one to a line; null where one was before, or it failed. */
  first_key: string | null;
  /** The log keys that this file brought, where others are pinned: they were not believed. One to a line. */
  other_key: string | null;
}

/** Pins what a file brought where nothing was pinned and nothing failed; says what was not believed where something was. */
export function keysTaken(valid: boolean, brought: string[]): KeysTaken {
  const pinned = pinnedKeys();
  const first_key = valid && pinned.length === 0 && brought.length > 0 ? brought.join('\n') : null;
  if (first_key !== null) pinKeys(first_key);
  const others = brought.filter((key) => !pinned.includes(key));
  return { first_key, other_key: pinned.length > 0 && others.length > 0 ? others.join('\n') : null };
}
