// Webhook deliveries out of D1, newest first by when they became due (their ids are derived, and say nothing of time);
// bodies stay where they are.
import { and, desc, eq, lt, or } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { ok, type Result } from '../../core/problems.ts';
import { deliveries } from '../../migrations/schema.ts';
import { pageFrom, placeOf } from './page.ts';

export interface DeliveryFilter {
  endpoint?: string | undefined;
  status?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

const SHOWN = {
  id: deliveries.id,
  endpoint: deliveries.endpoint,
  event: deliveries.event,
  event_type: deliveries.event_type,
  object: deliveries.object,
  status: deliveries.status,
  attempts: deliveries.attempts,
  next_attempt_at: deliveries.next_attempt_at,
  last_status: deliveries.last_status,
  last_error: deliveries.last_error,
  created_at: deliveries.created_at,
};

/** Deliveries of one organisation, as answered. */
export async function listDeliveries(
  db: D1Database,
  organization: string,
  filter: DeliveryFilter,
): Promise<Result<object>> {
  const place = placeOf(filter.cursor, /^\S{24} dlv_\w+$/);
  if (!place.ok) return place;
  const [created_at, id] = place.value?.split(' ') ?? [];
  const rows = await drizzle(db)
    .select(SHOWN)
    .from(deliveries)
    .where(
      and(
        eq(deliveries.organization, organization),
        filter.endpoint === undefined ? undefined : eq(deliveries.endpoint, filter.endpoint),
        filter.status === undefined ? undefined : eq(deliveries.status, filter.status),
        created_at && id ? before(created_at, id) : undefined,
      ),
    )
    .orderBy(desc(deliveries.created_at), desc(deliveries.id))
    .limit(filter.limit + 1);
  return ok(pageFrom(rows, filter.limit, (row) => `${row.created_at} ${row.id}`));
}

const before = (created_at: string, id: string) =>
  or(lt(deliveries.created_at, created_at), and(eq(deliveries.created_at, created_at), lt(deliveries.id, id)));
