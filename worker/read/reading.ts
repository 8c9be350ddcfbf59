// What D1 remembers, for any member or a key of scope admin:read. D1 being down is said as what it is: lists wait,
// decisions go on.
import { fail, type Result } from '../../core/problems.ts';
import { type Authorized, authorizedReader } from '../auth/authorized.ts';
import type { Ctx } from '../context.ts';
import { answer } from '../problem.ts';

/** Answers with what `read` finds, for a caller who may read all. */
export async function reading(c: Ctx, read: (reader: Authorized) => Promise<Result<object>>): Promise<Response> {
  const reader = await authorizedReader(c);
  if (!reader.ok) return answer(c, reader);
  try {
    return answer(c, await read(reader.value));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    const detail = 'Lists cannot be read just now. Decisions and exchanges go on.';
    return answer(c, fail('unavailable', detail, { retry_after_seconds: 2, reason }));
  }
}
