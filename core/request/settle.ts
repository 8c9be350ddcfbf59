// What the stored deadlines have already decided. Judged on every touch, so that a late alarm changes nothing; the alarm
// only makes it happen without a touch.
import { instantAt, instantMs } from '../duration.ts';
import type { Instant } from '../json.ts';
import type { Command, GuardFacts } from '../lifecycle.ts';
import { MAX_TOKEN_TTL_SECONDS, OUTCOME_DEADLINE_SECONDS } from '../limits.ts';
import { ok, type Result } from '../problems.ts';
import { type Advance, advance } from './advance.ts';
import { escalate, escalationDue, remind, reminderDue } from './follow-up.ts';
import type { RequestRecord } from './record.ts';

/** When an event was sealed, by its seq; null while it is not: then what starts with it has not begun. */
export type SealedAt = (seq: number) => Instant | null;

const plus = (instant: Instant, seconds: number): Instant => instantAt(instantMs(instant) + seconds * 1000);

/** End of the capability's lifetime; null while its issue is not sealed. */
export function lifetimeEnd(record: RequestRecord, sealedAt: SealedAt): Instant | null {
  const issued = record.capability && sealedAt(record.capability.issued_seq);
  return issued ? plus(issued, record.capability!.scope.ttl_seconds) : null;
}

/** Whether the capability's lifetime has not ended; one that has not begun is whole. */
export function lifetimeLeft(record: RequestRecord, sealedAt: SealedAt, now: Instant): boolean {
  const end = lifetimeEnd(record, sealedAt);
  return end === null || now < end;
}

/** Start and end of the exchanged token; null while the exchange is not sealed. Never past the capability's own end. */
export function tokenTimes(
  record: RequestRecord,
  sealedAt: SealedAt,
  exchange = record.capability?.exchanges.at(-1),
): { from: Instant; until: Instant } | null {
  const from = exchange ? sealedAt(exchange.seq) : null;
  const end = lifetimeEnd(record, sealedAt);
  if (from === null || end === null) return null;
  const longest = plus(from, MAX_TOKEN_TTL_SECONDS);
  return { from, until: longest < end ? longest : end };
}

/** When an outcome is overdue; null while nothing is out. */
export function outcomeDue(record: RequestRecord, sealedAt: SealedAt): Instant | null {
  const token = tokenTimes(record, sealedAt);
  return token && plus(token.until, OUTCOME_DEADLINE_SECONDS);
}

interface Due {
  at: Instant | null;
  take: (record: RequestRecord, now: Instant) => Result<Advance>;
}

/** The deadlines that run in a state, what ends it first: whoever waited too long is not escalated any more. */
function running(record: RequestRecord, sealedAt: SealedAt): Due[] {
  if (record.life.status === 'pending')
    return [
      { at: record.expires_at, take: byClock('expire', { deadline_passed: true }) },
      { at: escalationDue(record), take: (now_record, now) => escalate(now_record, null, null, now) },
      { at: reminderDue(record), take: remind },
    ];
  if (record.life.status === 'approved')
    return [{ at: lifetimeEnd(record, sealedAt), take: byClock('lapse', { lifetime_left: false }) }];
  if (record.life.status === 'executing')
    return [{ at: outcomeDue(record, sealedAt), take: byClock('overdue', { outcome_overdue: true }) }];
  return [];
}

/** When the object must wake for this record; null for never. */
export function nextDeadline(record: RequestRecord, sealedAt: SealedAt): Instant | null {
  const times = running(record, sealedAt).flatMap(({ at }) => (at === null ? [] : [at]));
  return times.toSorted()[0] ?? null;
}

/**
 * Applies what is due: one step. Whoever calls asks again until nothing is.
 *
 * @returns the step that the clock took, or null if nothing was due
 */
export function settle(record: RequestRecord, sealedAt: SealedAt, now: Instant): Advance | null {
  const due = running(record, sealedAt).find(({ at }) => at !== null && at <= now);
  if (!due) return null;
  const stepped = due.take(record, now);
  if (!stepped.ok) throw new Error(`the clock found no row: ${stepped.problem.detail}`);
  return stepped.value;
}

/** A step of the clock that ends a state. */
const byClock =
  (command: Command, facts: Partial<GuardFacts>): Due['take'] =>
  (record, now) => {
    const stepped = advance(record, {
      ...{ command, facts, by: 'clock', now },
      parts: {
        'approval.expired': { skeleton: { expires_at: record.expires_at } },
        'capability.expired': { skeleton: { capability: record.capability?.id ?? null } },
      },
    });
    if (!stepped.ok) return stepped;
    if (command !== 'expire') return ok(withOutcome(stepped.value, command, now));
    return ok({ ...stepped.value, record: { ...stepped.value.record, decided_at: now, decided_by: 'clock' as const } });
  };

function withOutcome(stepped: Advance, command: Command, now: Instant): Advance {
  if (command !== 'overdue') return stepped;
  const outcome = {
    status: 'indeterminate',
    detail: null,
    evidence: null,
    reported_by: null,
    reported_at: now,
  } as const;
  return { ...stepped, record: { ...stepped.record, outcome } };
}
