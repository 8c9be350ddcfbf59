// What a request's object remembers, read from its journal: the true record, and the record as everybody may see it.
// What permits is invisible until it is sealed: then the step before it is shown, with `ledger.pending`.
import { PERMITTING } from '../../core/lifecycle.ts';
import { type ApprovalRequest, present, type ReceiptLine } from '../../core/request/present.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import type { SealedAt } from '../../core/request/settle.ts';
import type { Journal, JournalRow } from '../journal.ts';
import type { EventLine } from './calls.ts';

export class Memory {
  readonly rows: JournalRow[];

  constructor(journal: Journal) {
    this.rows = journal.rows();
  }

  /** The true state, which commands judge. */
  get record(): RequestRecord {
    return recordOf(this.rows.at(-1)!);
  }

  get sealedAt(): SealedAt {
    return (seq) => this.#receipts().find((receipt) => receipt.seq === seq)?.sealed_at ?? null;
  }

  /** The state that every door shows; null if nothing may be seen yet. */
  visible(): RequestRecord | null {
    const row = this.#visibleRow();
    return row ? recordOf(row) : null;
  }

  /** Id of the event with this seq. */
  eventId(seq: number): string {
    return this.rows.flatMap((row) => row.events).find((event) => event.seq === seq)!.id;
  }

  /** The events that may be seen, each with its receipt once it is sealed. */
  eventLines(): EventLine[] {
    const through = this.visible()?.seq ?? 0;
    const receipts = this.#receipts();
    return this.rows
      .flatMap((row) => row.events)
      .filter((event) => event.seq <= through)
      .map((event) => ({ event, receipt: receipts.find((receipt) => receipt.seq === event.seq) ?? null }));
  }

  /** The wire form of one of the states. */
  presentRecord(record: RequestRecord, base_url: string): ApprovalRequest {
    return present(record, {
      base_url,
      sealedAt: this.sealedAt,
      receipts: this.#lines(record.seq),
      ledger_pending: this.rows.some((row) => row.sealed === null),
    });
  }

  #visibleRow(): JournalRow | undefined {
    const unsealed = this.rows.findIndex((row) => row.sealed === null);
    const last = this.rows.at(-1);
    if (unsealed === -1 || !last || !PERMITTING.includes(recordOf(last).life.status!)) return last;
    return this.rows[unsealed - 1];
  }

  #receipts() {
    return this.rows.flatMap((row) => row.sealed?.receipts ?? []);
  }

  #lines(through: number): ReceiptLine[] {
    const receipts = this.#receipts();
    return this.rows
      .flatMap((row) => row.events)
      .filter((event) => event.seq <= through)
      .map(({ id, type, seq, at }) => {
        const found = receipts.find((receipt) => receipt.seq === seq);
        return { event: id, type, seq, at, receipt: found ? strip(found) : null };
      });
  }
}

/** Parsed once per row: nobody changes a record, each step makes a new one. */
const PARSED = new WeakMap<JournalRow, RequestRecord>();

function recordOf(row: JournalRow): RequestRecord {
  const known = PARSED.get(row);
  if (known) return known;
  const record = JSON.parse(row.state!) as RequestRecord;
  PARSED.set(row, record);
  return record;
}

const strip = ({
  index,
  org_seq,
  leaf_hash,
  link,
  sealed_at,
}: NonNullable<JournalRow['sealed']>['receipts'][number]) => ({
  ...{ index, org_seq, leaf_hash, link, sealed_at },
});
