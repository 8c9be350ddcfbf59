// Erasure in a request's journal: one transaction takes what is personal out of every row and records that it did.

import type { Instant } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { type ErasureOrder, erase, withoutPersonal } from '../../core/request/erase.ts';
import type { Journal } from '../journal.ts';
import { Memory } from './memory.ts';

/** Erases; when it was erased before, only what was left then is taken, without an event. Only inside a transaction. */
export function eraseIn(journal: Journal, order: ErasureOrder, now: Instant): Result<void> {
  if (journal.unsealed().length > 0)
    return fail('not-sealed-yet', 'Something of this request is not sealed yet.', { retry_after_seconds: 1 });
  const { record, rows } = new Memory(journal);
  const events = rows.flatMap((row) => row.events.map(({ id }) => id));
  const erased = erase(record, order, events, now);
  if (!erased.ok) return erased;
  const { drafts, statements, record: left } = erased.value;
  if (drafts.length === 0) {
    journal.erase(JSON.stringify(left), { keeping: 'erasure.performed' });
    return ok(undefined);
  }
  journal.erase(JSON.stringify(withoutPersonal(record, now)));
  journal.commit({ organization: record.organization.id, object: record.id }, drafts, JSON.stringify(left), statements);
  return ok(undefined);
}
