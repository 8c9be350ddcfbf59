// Calls of our own scripts (genesis, set-up links, rebuild): a current header of core/internal-call.ts, and no key or
// session beside it.
import { INTERNAL_HEADER, internalCallMadeAt } from '../../core/internal-call.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Ctx } from '../context.ts';
import { macKeysOf } from '../secrets.ts';

/** Refuses whatever is not our own script's, made within five minutes. */
export function internalCall(c: Ctx): Result<void> {
  const header = c.req.header(INTERNAL_HEADER) ?? '';
  const call = { method: c.req.method, path: c.req.path, body: c.get('raw_body') };
  const made_at = internalCallMadeAt(macKeysOf(c.env, 'link'), call, header);
  const current = made_at !== null && Math.abs(Date.now() / 1_000 - made_at) <= CLOCK_TOLERANCE_SECONDS;
  if (current) return ok(undefined);
  return fail(
    'unauthenticated',
    `This call needs a current ${INTERNAL_HEADER} header of the deployment's own scripts.`,
  );
}
