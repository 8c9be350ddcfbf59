// Opaque cursors over D1: a text that we wrote, nothing that a caller should read or build.
import { base64url, fromBase64Url, fromUtf8, utf8 } from '../../core/encoding.ts';
import { fail, ok, type Result } from '../../core/problems.ts';

/** The place after a row, as a cursor. */
const cursorAfter = (key: string | number): string => base64url(utf8(String(key)));

/** An id, or a place in the ledger. */
const KEY = /^[a-z0-9_]{1,64}$/;

/** A cursor's place, null without one; `invalid-request` when it has not the form of the list's keys. */
export function placeOf(cursor: string | undefined, form = KEY): Result<string | null> {
  if (cursor === undefined) return ok(null);
  const bytes = fromBase64Url(cursor);
  const text = bytes === null ? null : fromUtf8(bytes);
  if (text !== null && form.test(text)) return ok(text);
  const errors = [{ pointer: '/cursor', detail: 'This is not a cursor of ours.' }];
  return fail('invalid-request', 'The cursor is not one that a page gave; start without.', { errors });
}

/** One page of rows that were asked for with one more than `limit`. */
export function pageFrom<T>(rows: T[], limit: number, key: (row: T) => string | number) {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, next_cursor: rows.length > limit && last !== undefined ? cursorAfter(key(last)) : null };
}
