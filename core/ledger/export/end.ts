// When somebody's or something's right to decide ended, and whether a decision came after that. Nothing else.
import type { RecordedEvent } from '../../events.ts';

export interface End {
  type: string;
  index: number;
  /** When it was recorded; of a signed change, which has effect only once it is sealed, when it was sealed. */
  at: string;
  /** The change that ended it. */
  change?: string;
  /** Changed since: a lock may have been lifted by it. */
  unlocked?: true;
}

/**
 * Whether a decision that is sealed after an end was also made after it. Two objects seal on their own, so that one made
 * just before can be sealed just after: then its time is not later, and its signer did not know a head with the end in
 * it. After a change it is the ceremony that must not have begun later: a decision may meet the change on its way.
 */
export function isLater({ at, personal }: RecordedEvent, end: End): boolean {
  const intent = personal?.intent as { issued_at?: unknown; checkpoint?: { size?: unknown } } | undefined;
  const known = intent?.checkpoint?.size;
  if (typeof known === 'number' && known > end.index) return true;
  const made = end.change === undefined ? at : intent?.issued_at;
  return typeof made === 'string' && made > end.at;
}
