// D1: a projection of the objects, for lists, search, metrics and deliveries; authority for nothing. The SQL beside this
// file is generated from it (`npx drizzle-kit generate`). Only durable-objects/projection.ts and its rooms write here.
// Each index entry is billed as a row, so the index that lists read is also the one that tells rows apart.
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const approval_requests = sqliteTable(
  'approval_requests',
  {
    id: text('id').notNull(),
    organization: text('organization').notNull(),
    status: text('status').notNull(),
    action: text('action').notNull(),
    resource: text('resource').notNull(),
    actor: text('actor').notNull(),
    requester: text('requester').notNull(),
    risk: text('risk').notNull(),
    rule: text('rule'),
    /** Last event's seq: an upsert with an older one writes nothing. */
    seq: integer('seq').notNull(),
    /** The whole wire form, JSON. */
    document: text('document').notNull(),
    created_at: text('created_at').notNull(),
    expires_at: text('expires_at').notNull(),
    decided_at: text('decided_at'),
    /** `person`, `policy`, `clock`, or null: what metrics tell apart. */
    decided_by: text('decided_by'),
  },
  (table) => [
    uniqueIndex('approval_requests_newest').on(table.organization, table.created_at, table.id),
    index('approval_requests_pending')
      .on(table.organization, table.created_at, table.id)
      .where(sql`status = 'pending'`),
  ],
);

export const events = sqliteTable(
  'events',
  {
    id: text('id').notNull(),
    organization: text('organization').notNull(),
    object: text('object').notNull(),
    seq: integer('seq').notNull(),
    type: text('type').notNull(),
    at: text('at').notNull(),
    by: text('by').notNull(),
    /** Index of its leaf in the ledger. */
    ledger_index: integer('ledger_index').notNull(),
    /** The recorded event with its receipt, JSON; the personal part goes at erasure. */
    document: text('document').notNull(),
  },
  (table) => [uniqueIndex('events_newest').on(table.organization, table.ledger_index)],
);

export const deliveries = sqliteTable(
  'deliveries',
  {
    id: text('id').primaryKey(),
    organization: text('organization').notNull(),
    endpoint: text('endpoint').notNull(),
    event: text('event').notNull(),
    event_type: text('event_type').notNull(),
    object: text('object').notNull(),
    /** `due`, `delivered` or `dead`. */
    status: text('status').notNull(),
    attempts: integer('attempts').notNull(),
    next_attempt_at: text('next_attempt_at'),
    last_status: integer('last_status'),
    last_error: text('last_error'),
    /** A MAC and the CloudEvents body, fixed when it became due (core/webhook/seal.ts). */
    body: text('body').notNull(),
    created_at: text('created_at').notNull(),
  },
  (table) => [
    index('deliveries_due').on(table.organization, table.next_attempt_at).where(sql`status = 'due'`),
    index('deliveries_by_time').on(table.organization, table.created_at, table.id),
  ],
);

export const delivery_attempts = sqliteTable(
  'delivery_attempts',
  {
    delivery: text('delivery').notNull(),
    attempt: integer('attempt').notNull(),
    at: text('at').notNull(),
    status: integer('status'),
    error: text('error'),
    duration_ms: integer('duration_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.delivery, table.attempt] })],
);

export { checkpoints } from './schema/checkpoints.ts';
