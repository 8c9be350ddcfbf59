// Copies of signed ledger checkpoints, kept outside the ledger's own storage: after a restore they say that the head is
// behind. Not trusted: only a note that verifies under the ledger's own key counts.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const checkpoints = sqliteTable(
  'checkpoints',
  {
    origin: text('origin').notNull(),
    size: integer('size').notNull(),
    /** Base64, as in the note. */
    root: text('root').notNull(),
    /** The signed note, verbatim. */
    note: text('note').notNull(),
    at: text('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.size] })],
);
