// The idempotent calls that a request remembers: the same key with the same body is the same call.

import { fail, ok } from '../../core/problems.ts';
import type { Advance } from '../../core/request/advance.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import type { Idempotency, Reply } from './calls.ts';

/** How many idempotency keys one request keeps: more calls than any client makes, few enough to stay small. */
const MAX_KEPT_CALLS = 64;

/** The answer to a call that came before: a repeat, or a refusal where the same key names another body; null if new. */
export function keptCall(record: RequestRecord, { key, body }: Idempotency): Reply<boolean> | null {
  const kept = record.calls[key];
  if (kept === undefined) return null;
  return kept === body ? ok(true) : fail('idempotency-mismatch', 'This Idempotency-Key was used with another body.');
}

/** The step with its call remembered, the oldest forgotten. */
export function keep(advance: Advance, idempotency: Idempotency | null): Advance {
  if (!idempotency) return advance;
  const calls = Object.entries({ ...advance.record.calls, [idempotency.key]: idempotency.body }).slice(-MAX_KEPT_CALLS);
  return { ...advance, record: { ...advance.record, calls: Object.fromEntries(calls) } };
}
