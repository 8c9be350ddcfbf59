// The form of a journal's row, in the table and in memory. What is written, and when, is journal.ts.
import type { RecordedEvent } from '../core/events.ts';
import type { DecisionSeal, LedgerReceipt } from './ledger/forms.ts';

/** One step: its events, the state after it (requests only), and what the ledger answered. */
export interface JournalRow {
  /** Seq of the row's last event. */
  n: number;
  events: RecordedEvent[];
  state: string | null;
  statements: { event: string; payload: string }[];
  sealed: { receipts: LedgerReceipt[]; decisions: DecisionSeal[] } | null;
}

/** A row as SQLite has it: everything but `n` and `told` is JSON. */
export type StoredRow = {
  n: number;
  events: string;
  state: string | null;
  statements: string | null;
  sealed: string | null;
};

export const CREATE_JOURNAL = `CREATE TABLE IF NOT EXISTS journal
  (n INTEGER PRIMARY KEY, events TEXT NOT NULL, state TEXT, statements TEXT, sealed TEXT, told INTEGER) STRICT`;

export const parseRow = (stored: StoredRow): JournalRow => ({
  n: stored.n,
  events: JSON.parse(stored.events),
  state: stored.state,
  statements: stored.statements ? JSON.parse(stored.statements) : [],
  sealed: stored.sealed ? JSON.parse(stored.sealed) : null,
});
