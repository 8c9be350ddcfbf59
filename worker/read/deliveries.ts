// Webhook deliveries out of D1, newest first; bodies stay where they are.
import { and, desc, eq, lt } from 'drizzle-orm';
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

const {
  id,
  endpoint,
  event,
  event_type,
  object,
  status,
  attempts,
  next_attempt_at,
  last_status,
  last_error,
  created_at,
} = deliveries;
const SHOWN = {
  id,
  endpoint,
  event,
  event_type,
  object,
  status,
  attempts,
  next_attempt_at,
  last_status,
  last_error,
  created_at,
};

/** Deliveries of one organisation, as answered. */
export async function listDeliveries(
  db: D1Database,
  organization: string,
  filter: DeliveryFilter,
): Promise<Result<object>> {
  const place = placeOf(filter.cursor);
  if (!place.ok) return place;
  const rows = await drizzle(db)
    .select(SHOWN)
    .from(deliveries)
    .where(
      and(
        eq(deliveries.organization, organization),
        filter.endpoint === undefined ? undefined : eq(endpoint, filter.endpoint),
        filter.status === undefined ? undefined : eq(status, filter.status),
        place.value === null ? undefined : lt(id, place.value),
      ),
    )
    .orderBy(desc(id))
    .limit(filter.limit + 1);
  return ok(pageFrom(rows, filter.limit, (row) => row.id));
}
