// What an erasure takes out of the deliveries: their bodies. What was sent is the receiver's; what was not is not sent.
import { and, eq, ne, sql } from 'drizzle-orm';
import type { drizzle } from 'drizzle-orm/d1';
import { deliveries } from '../../migrations/schema.ts';

/**
 * The statement that empties the bodies of a request's deliveries, and ends those that are due. The news of the erasure
 * itself keeps its body. Deliveries are not indexed by object: it reads the organisation's, and erasures are rare.
 */
export function eraseBodies(
  db: ReturnType<typeof drizzle>,
  { organization, object }: { organization: string; object: string },
) {
  const due = sql`${deliveries.status} = 'due'`;
  return db
    .update(deliveries)
    .set({
      body: '',
      last_error: sql`CASE WHEN ${due} THEN 'erased' ELSE ${deliveries.last_error} END`,
      next_attempt_at: sql`CASE WHEN ${due} THEN NULL ELSE ${deliveries.next_attempt_at} END`,
      status: sql`CASE WHEN ${due} THEN 'dead' ELSE ${deliveries.status} END`,
    })
    .where(
      and(
        eq(deliveries.organization, organization),
        eq(deliveries.object, object),
        ne(deliveries.event_type, 'erasure.performed'),
      ),
    );
}
