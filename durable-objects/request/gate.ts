// What stands before a decision, an exchange, a consume and an introspection beside the table: facts that are fresh and
// complete, no stop, no deny of the current policy.

import { instantMs } from '../../core/duration.ts';
import type { Instant } from '../../core/json.ts';
import { FACTS_MAX_AGE_MS } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import { votersOf } from '../../core/request/stage.ts';
import { stopFor } from '../../core/request/use.ts';
import type { Gathered, NeedsFacts } from './calls.ts';

/** Whether what the organisation said at `as_of` is too old to decide by. Both in milliseconds since the epoch. */
export const isStale = (as_of: number, now_ms: number): boolean => now_ms - as_of > FACTS_MAX_AGE_MS;

/** What the caller must come back with; null if its facts will do. */
export function unmet(record: RequestRecord, { facts, asked }: Gathered, now: Instant): NeedsFacts | null {
  const users = votersOf(record).filter((user) => !asked.includes(user));
  const stale = isStale(facts.as_of, instantMs(now));
  return users.length > 0 || stale ? { users: votersOf(record) } : null;
}

/** Stops and denies of now: they refuse the call and change no state (a stop's revoke row is taken by the caller). */
export function gateOf(record: RequestRecord, { facts, denied }: Gathered): Result<null> {
  const stop = stopFor(record, facts.stops);
  if (stop) return fail('stopped', `A stop is in force for ${stop.target_kind} ${stop.target}: ${stop.reason}`);
  if (denied) return fail('policy-denies', `The current policy denies this (rule ${denied.rule}): ${denied.detail}`);
  return ok(null);
}
