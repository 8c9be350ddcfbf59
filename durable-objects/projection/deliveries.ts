// Due deliveries and their attempts in D1. Part of the projection: nobody else writes these rows. A claim is a lease,
// not a promise: whoever dies with it leaves a row that is due again, so that each delivery is made at least once.
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { Instant } from '../../core/json.ts';
import { deliveries, delivery_attempts } from '../../migrations/schema.ts';

export type Delivery = typeof deliveries.$inferSelect;

/** What came of one attempt. */
export interface Attempt {
  delivery: string;
  /** From 1. */
  attempt: number;
  at: Instant;
  /** HTTP status; null if there was no answer. */
  status: number | null;
  /** A word such as `timeout`; null when it was taken. Never what the receiver said. */
  error: string | null;
  duration_ms: number;
  outcome: 'delivered' | 'due' | 'dead';
  next_attempt_at: Instant | null;
}

/**
 * Takes up to `limit` due rows of an organisation for as long as `leased_until`.
 *
 * @returns the rows, each with the number of attempts made before
 */
export async function claimDeliveries(
  db: D1Database,
  organization: string,
  now: Instant,
  leased_until: Instant,
  limit: number,
): Promise<Delivery[]> {
  const d1 = drizzle(db);
  const due = and(
    eq(deliveries.organization, organization),
    // The index is partial: it serves a query only that says its condition in so many words.
    sql`${deliveries.status} = 'due'`,
    lte(deliveries.next_attempt_at, now),
  );
  const first = d1.select({ id: deliveries.id }).from(deliveries).where(due).orderBy(deliveries.next_attempt_at);
  return d1
    .update(deliveries)
    .set({ next_attempt_at: leased_until })
    .where(and(inArray(deliveries.id, first.limit(limit)), due))
    .returning();
}

/** Writes attempts and what they make of their deliveries, in one batch. A repeat changes nothing. */
export async function recordAttempts(db: D1Database, attempts: readonly Attempt[]): Promise<void> {
  const d1 = drizzle(db);
  const statements = attempts.flatMap(({ outcome, next_attempt_at, ...attempt }) => [
    d1.insert(delivery_attempts).values(attempt).onConflictDoNothing(),
    d1
      .update(deliveries)
      .set({
        status: outcome,
        attempts: attempt.attempt,
        next_attempt_at,
        last_status: attempt.status,
        last_error: attempt.error,
      })
      .where(and(eq(deliveries.id, attempt.delivery), lte(deliveries.attempts, attempt.attempt - 1))),
  ]);
  if (statements.length > 0) await d1.batch(statements as [(typeof statements)[0], ...typeof statements]);
}
