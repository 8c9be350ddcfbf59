// The only writer of D1. What objects have sealed is written here for lists, search, metrics and deliveries. Every write
// is repeatable: a request's row moves only forward, an event or a delivery that is there already writes nothing.

import { lt, ne, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { FeedAnswer } from '../core/authority.ts';
import type { RecordedEvent } from '../core/events.ts';
import { macKeys } from '../core/mac.ts';
import type { ApprovalRequest } from '../core/request/present.ts';
import { sealBody } from '../core/webhook/seal.ts';
import { cloudEvent, deliveryId } from '../core/webhook.ts';
import { approval_requests, deliveries, events } from '../migrations/schema.ts';
import type { Env } from './env.ts';
import type { LedgerReceipt } from './ledger/forms.ts';
import { eraseBodies } from './projection/erasure.ts';

export interface SealedEvent {
  event: RecordedEvent;
  receipt: LedgerReceipt;
}

/** Everything one delivery of an object's outbox says to D1. */
export interface Projection {
  sealed: SealedEvent[];
  /** The request after the last of them; null for an organisation's own events. */
  request: { document: ApprovalRequest; seq: number } | null;
  wanted: FeedAnswer['wanted'];
  now: string;
  /** The request's place when `sealed` is all of its events after an erasure: they overwrite what D1 had. */
  erased?: { organization: string; object: string } | null;
}

/** D1 binds at most 100 values per statement; a row of events has 9. */
const EVENTS_PER_STATEMENT = 10;

/**
 * Writes it all in one D1 transaction.
 *
 * @throws when D1 cannot be reached or refuses: the outbox keeps it and comes again
 */
export async function project(env: Env, told: Projection): Promise<void> {
  const db = drizzle(env.DB);
  const due = deliveryRows(env, told);
  const statements = [
    ...(told.request ? [upsertRequest(db, told.request)] : []),
    ...chunks(told.sealed.map(eventRow)).map((rows) => insertEvents(db, rows, !!told.erased)),
    ...(told.erased ? [eraseBodies(db, told.erased)] : []),
    ...due.map((row) => db.insert(deliveries).values(row).onConflictDoNothing({ target: deliveries.id })),
  ];
  const [first, ...rest] = statements;
  if (first) await db.batch([first, ...rest]);
}

type Database = ReturnType<typeof drizzle>;

function upsertRequest(db: Database, { document, seq }: NonNullable<Projection['request']>) {
  const row = requestRow(document, seq);
  // What never changes is not set again: each index of a column that is set is written again, and billed.
  const { id: _id, organization: _organization, created_at: _created_at, ...moving } = row;
  return db
    .insert(approval_requests)
    .values(row)
    .onConflictDoUpdate({
      target: [approval_requests.organization, approval_requests.created_at, approval_requests.id],
      set: moving,
      setWhere: lt(approval_requests.seq, sql`excluded.seq`),
    });
}

/** The same event again writes nothing; another event at its place in the ledger is an error, never an answer. */
function insertEvents(db: Database, rows: (typeof events.$inferInsert)[], erased: boolean) {
  const target = [events.organization, events.ledger_index];
  const statement = db.insert(events).values(rows);
  if (!erased)
    return statement.onConflictDoUpdate({
      target,
      set: { id: sql`NULL` },
      setWhere: ne(events.id, sql`excluded.id`),
    });
  const id = sql`CASE ${events.id} WHEN excluded.id THEN excluded.id END`;
  return statement.onConflictDoUpdate({ target, set: { id, document: sql`excluded.document` } });
}

function requestRow(document: ApprovalRequest, seq: number): typeof approval_requests.$inferInsert {
  const { id, organization, status, action, resource, actor, created_at, expires_at, decided_at, decided_by } =
    document;
  // An erased request has neither, and is found by neither.
  const found = { action: action ?? '', resource: resource ?? '' };
  return {
    ...{ id, organization, status, ...found, actor, created_at, expires_at, decided_at, decided_by, seq },
    ...{ requester: document.requester.id, risk: document.risk.level, rule: document.policy.rule },
    document: JSON.stringify(document),
  };
}

function eventRow({ event, receipt }: SealedEvent): typeof events.$inferInsert {
  const { id, organization, object, seq, type, at } = event;
  return {
    ...{ id, organization, object, seq, type, at, by: String(event.skeleton.by), ledger_index: receipt.index },
    document: JSON.stringify({ ...event, receipt }),
  };
}

function deliveryRows(env: Env, told: Projection): (typeof deliveries.$inferInsert)[] {
  if (told.wanted.length === 0) return [];
  const keys = macKeys(JSON.parse(env.MAC_SECRETS), 'delivery');
  return told.wanted.flatMap(({ endpoint, event: id }) => {
    const found = told.sealed.find(({ event }) => event.id === id)?.event;
    if (!found) return [];
    const { organization, object, type } = found;
    const body = JSON.stringify(cloudEvent(found, told.request?.document ?? null, env.BASE_URL));
    return {
      ...{ id: deliveryId(endpoint, id), organization, object, endpoint, event: id, event_type: type },
      ...{ status: 'due', attempts: 0, next_attempt_at: told.now, created_at: told.now },
      body: sealBody(keys, { organization, endpoint, event: id }, body),
    };
  });
}

function chunks<T>(rows: T[]): T[][] {
  const out: T[][] = [];
  for (let i = 0; i < rows.length; i += EVENTS_PER_STATEMENT) out.push(rows.slice(i, i + EVENTS_PER_STATEMENT));
  return out;
}
