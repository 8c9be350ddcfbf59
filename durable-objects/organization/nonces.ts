// Ceremonies are used once. A nonce is recorded when its ceremony is accepted, until its intent has expired anyway; a
// change's for good. The times of an intent are judged here too, with the checks that all ceremonies share.
import { sameJson } from '../../core/canonical.ts';
import { parseInstant } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import { CLOCK_TOLERANCE_SECONDS, INTENT_LIFETIME_SECONDS } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { NonceRecord } from './records.ts';
import type { Room } from './room.ts';

/** The record of an earlier use, if there was one. */
export const usedBefore = (room: Room, intent: JsonObject): NonceRecord | null =>
  typeof intent.nonce === 'string' ? room.store.nonces.get(intent.nonce) : null;

export const nonceUsed = () =>
  fail('nonce-used', 'This ceremony was already used. Start again: every signature is good once.');

/** Consumes an intent's nonce; 'nonce-used' if it was consumed before. */
export function consumeNonce(room: Room, intent: JsonObject, use: Omit<NonceRecord, 'nonce'>): Result<void> {
  const nonce = intent.nonce;
  if (typeof nonce !== 'string' || nonce.length < 43 || nonce.length > 64)
    return fail('intent-mismatch', 'The intent has no nonce of 32 bytes.');
  if (room.store.nonces.get(nonce)) return nonceUsed();
  room.store.nonces.put({ nonce, ...use });
  return ok(undefined);
}

/** An intent's lifetime: issued by us a short while ago, not expired, never longer than the limit. */
export function inTime(intent: JsonObject): Result<void> {
  const issued = parseInstant(intent.issued_at ?? null);
  const expires = parseInstant(intent.expires_at ?? null);
  if (!issued.ok || !expires.ok)
    return fail('intent-mismatch', 'The intent does not say when it was issued and expires.');
  const lifetime_ms = expires.value - issued.value;
  const early = issued.value > Date.now() + CLOCK_TOLERANCE_SECONDS * 1000;
  if (early || lifetime_ms <= 0 || lifetime_ms > INTENT_LIFETIME_SECONDS * 1000)
    return fail('intent-mismatch', 'The intent is not in its time.');
  if (expires.value <= Date.now()) return fail('intent-expired', 'The intent has expired. Start the ceremony again.');
  return ok(undefined);
}

/** When an intent is over; for one that `inTime` accepted. */
export function endOf(intent: JsonObject): number {
  const expires = parseInstant(intent.expires_at ?? null);
  return expires.ok ? expires.value : Date.now();
}

/** Whether an intent says exactly what this object's own state says; names the fields that do not. */
export function matches(intent: JsonObject, expected: JsonObject): Result<void> {
  const same = (key: string) =>
    intent[key] !== undefined && expected[key] !== undefined && sameJson(intent[key], expected[key]);
  const different = [...new Set([...Object.keys(intent), ...Object.keys(expected)])].filter((key) => !same(key));
  if (different.length === 0) return ok(undefined);
  return fail('intent-mismatch', 'What was signed is not what would be done. Reload and sign again.', {
    errors: different.map((key) => ({
      pointer: `/intent/${key}`,
      detail: 'differs from the state of the organisation',
    })),
  });
}

/** The fields of every intent that only the server's side of a ceremony gives: copied, then judged by `inTime`. */
export const given = (intent: JsonObject): JsonObject => ({
  nonce: intent.nonce ?? null,
  issued_at: intent.issued_at ?? null,
  expires_at: intent.expires_at ?? null,
});

/** Forgets what has expired: an expired intent is refused before its nonce is looked up anyway. */
export function forgetNonces(room: Room, now_ms: number): void {
  room.store.nonces.drop(['until', '<', now_ms - CLOCK_TOLERANCE_SECONDS * 1000]);
}
