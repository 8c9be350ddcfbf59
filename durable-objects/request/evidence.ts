// What a request's object gives to an evidence bundle: its visible events with their receipts, and what the ledger signed
// beside them. A statement that was erased is gone; its leaf stays.

import type { Journal } from '../journal.ts';
import type { EventLine, EvidenceParts } from './calls.ts';

/** @param lines the events that everybody may see */
export function evidenceOf(journal: Journal, lines: EventLine[]): Omit<EvidenceParts, 'request'> {
  const visible = new Set(lines.map(({ event }) => event.id));
  const rows = journal.rows();
  const payloads = new Map(
    rows.flatMap((row) => row.statements.map(({ event, payload }) => [event, payload] as const)),
  );
  const decisions = rows
    .flatMap((row) => row.sealed?.decisions ?? [])
    .filter(({ event }) => visible.has(event))
    .map((seal) => ({ ...seal, payload: payloads.get(seal.event) ?? null }));
  return { lines, decisions };
}
