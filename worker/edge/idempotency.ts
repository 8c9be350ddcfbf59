// `Idempotency-Key`, as callers may write it. The objects keep what it stands for; the edge only reads it.
import { MAX_KEY_CHARS } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Ctx } from '../context.ts';

/** Printable ASCII without spaces: what passes through every proxy unchanged. */
const KEY = /^[\x21-\x7e]+$/;

/** The key, null without one; `invalid-request` when it is not one. */
export function idempotencyKey(c: Ctx): Result<string | null> {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return ok(null);
  if (key.length <= MAX_KEY_CHARS && KEY.test(key)) return ok(key);
  return fail('invalid-request', `Idempotency-Key is 1 to ${MAX_KEY_CHARS} printable ASCII characters without spaces.`);
}
