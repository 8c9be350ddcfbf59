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
