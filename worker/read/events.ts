// The event log out of D1: newest first, by place in the ledger. A projection: nothing decides by it.
import { and, desc, eq, lt, type SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { RecordedEvent } from '../../core/events.ts';
import type { Json } from '../../core/json.ts';
import { ok, type Result } from '../../core/problems.ts';
import { events } from '../../migrations/schema.ts';
import { pageFrom, placeOf } from './page.ts';

export interface EventFilter {
  object?: string | undefined;
  type?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Events of one organisation, as answered. */
export async function listEvents(db: D1Database, organization: string, filter: EventFilter): Promise<Result<object>> {
  const place = placeOf(filter.cursor);
  if (!place.ok) return place;
  const wanted: (SQL | undefined)[] = [
    eq(events.organization, organization),
    filter.object === undefined ? undefined : eq(events.object, filter.object),
    filter.type === undefined ? undefined : eq(events.type, filter.type),
    place.value === null ? undefined : lt(events.ledger_index, Number(place.value)),
  ];
  const rows = await drizzle(db)
    .select()
    .from(events)
    .where(and(...wanted))
    .orderBy(desc(events.ledger_index))
    .limit(filter.limit + 1);
  const { data, next_cursor } = pageFrom(rows, filter.limit, (row) => row.ledger_index);
  return ok({ data: data.map(shown), next_cursor });
}

/** A row's document is the recorded event with its receipt. */
function shown(row: typeof events.$inferSelect): object {
  const { receipt = null, ...event } = JSON.parse(row.document) as RecordedEvent & { receipt?: Json };
  const { id, type, object, seq, at, skeleton, personal, salt_skeleton, salt_personal, commit } = event;
  return { id, type, object, seq, at, by: row.by, skeleton, personal, receipt, salt_skeleton, salt_personal, commit };
}
