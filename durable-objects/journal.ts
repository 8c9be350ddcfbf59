// An object's memory: its events, its state after each step, and its outbox, one row for all three, written in the
// caller's own synchronous transaction. The outbox is the rows that have no receipt yet (unsealed) or that are past the
// delivered mark (untold). Rows go out whole and in order, one flight at a time; each hop is repeatable by event id.

import { instantMs } from '../core/duration.ts';
import { type EventDraft, type RecordedEvent, recordEvent } from '../core/events.ts';
import { newId } from '../core/ids.ts';
import { fail, ok, type Result } from '../core/problems.ts';
import type { Env } from './env.ts';
import { CREATE_JOURNAL, type JournalRow, parseRow, type StoredRow } from './journal-row.ts';
import type { DecisionSeal, LedgerReceipt } from './ledger/forms.ts';
import { appendToLedger } from './ledger/shards.ts';

export type { JournalRow } from './journal-row.ts';

/** Text of an in-toto statement that the ledger signs beside the event at `draft`. */
export interface Statement {
  draft: number;
  payload: string;
}

export interface Place {
  organization: string;
  object: string;
}

export class Journal {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #kind: 'organization' | 'request';
  #sealing: Promise<Result<void>> | null = null;
  #exists = false;
  /** All rows, as last read: only this object writes them, and reading them again would parse them again. */
  #all: JournalRow[] | null = null;

  constructor(ctx: DurableObjectState, env: Env, kind: 'organization' | 'request') {
    this.#ctx = ctx;
    this.#env = env;
    this.#kind = kind;
  }

  /** Whether anything was ever recorded here. Creates nothing: an unknown id leaves no trace. */
  exists(): boolean {
    this.#exists ||= this.#query("SELECT name FROM sqlite_master WHERE name = 'journal'").length > 0;
    return this.#exists;
  }

  /**
   * Records one step. To be called inside the caller's `transactionSync`, with everything gathered before.
   *
   * @param state the object's state after the step, as text; null where the state has tables of its own
   * @returns the events with their places
   */
  commit(place: Place, drafts: EventDraft[], state: string | null, statements: Statement[] = []): RecordedEvent[] {
    if (!this.exists()) this.#query(CREATE_JOURNAL);
    this.#exists = true;
    this.#all = null;
    const last = this.last();
    let prev = last?.commit ?? null;
    const events = drafts.map((draft, i) => {
      const event = recordEvent(draft, { ...place, ...randomness(draft), seq: (last?.seq ?? 0) + i + 1, prev });
      prev = event.commit;
      return event;
    });
    const bound = statements.map((s) => ({ event: events[s.draft]!.id, payload: s.payload }));
    this.#query(
      'INSERT INTO journal (n, events, state, statements) VALUES (?, ?, ?, ?)',
      events.at(-1)!.seq,
      JSON.stringify(events),
      state,
      bound.length > 0 ? JSON.stringify(bound) : null,
    );
    return events;
  }

  /** The newest event's place in the chain. */
  last(): { seq: number; commit: string } | null {
    const event = this.rows({ newest: true }).at(-1)?.events.at(-1);
    return event ? { seq: event.seq, commit: event.commit } : null;
  }

  /** Rows in order; all of them, those after one `n` through another, or only the newest. */
  rows(which: { after?: number; through?: number; newest?: boolean } = {}): JournalRow[] {
    if (!this.exists()) return [];
    if (Object.keys(which).length === 0 && this.#all) return this.#all;
    const rows = which.newest
      ? this.#query<StoredRow>('SELECT * FROM journal ORDER BY n DESC LIMIT 1')
      : this.#query<StoredRow>(
          'SELECT * FROM journal WHERE n > ? AND n <= ? ORDER BY n',
          which.after ?? 0,
          which.through ?? Number.MAX_SAFE_INTEGER,
        );
    const read = rows.map(parseRow);
    if (Object.keys(which).length === 0) this.#all = read;
    return read;
  }

  /** A transaction was undone: what was remembered of it is not true. */
  forget(): void {
    this.#all = null;
    this.#exists = false;
  }

  /** Rows that the ledger has not acknowledged, in order. */
  unsealed(): JournalRow[] {
    if (!this.exists()) return [];
    const [mark] = this.#query<{ n: number }>('SELECT n FROM journal WHERE sealed IS NOT NULL ORDER BY n DESC LIMIT 1');
    return this.rows({ after: mark?.n ?? 0 });
  }

  /** Sealed rows that were not told to organisation, D1 and queue yet, in order. */
  untold(): JournalRow[] {
    if (!this.exists()) return [];
    const [mark] = this.#query<{ n: number }>('SELECT n FROM journal WHERE told IS NOT NULL ORDER BY n DESC LIMIT 1');
    return this.rows({ after: mark?.n ?? 0 }).filter((row) => row.sealed !== null);
  }

  /** Everything up to and including row `n` has arrived everywhere. */
  markTold(n: number): void {
    this.#query('UPDATE journal SET told = 1 WHERE n = ?', n);
  }

  /** Forgets that anything was told: a rebuilt D1 hears it all again, whole and in order. */
  untell(): void {
    if (this.exists()) this.#query('UPDATE journal SET told = NULL WHERE told IS NOT NULL');
  }

  /**
   * Takes the personal parts and their salts out of every event, and the statements and earlier states out of every row.
   * What is sealed stays as it is. To be called inside the caller's transaction, with nothing unsealed.
   *
   * @param state the newest state without what is personal
   * @param keeping a type of event that keeps its personal part: the word on the erasure itself
   */
  erase(state: string, { keeping }: { keeping?: RecordedEvent['type'] } = {}): void {
    this.eraseEvents(({ type }) => type !== keeping);
    this.#query('UPDATE journal SET state = NULL, statements = NULL');
    this.#query('UPDATE journal SET state = ? WHERE n = (SELECT max(n) FROM journal)', state);
  }

  /** Takes the personal part and its salt out of some events. @returns the rows that hold such, as they are now */
  eraseEvents(which: (event: RecordedEvent) => boolean): JournalRow[] {
    const bare = (event: RecordedEvent) => (which(event) ? { ...event, personal: null, salt_personal: null } : event);
    for (const { n, events } of this.rows().filter((row) => row.events.some(which)))
      this.#query('UPDATE journal SET events = ? WHERE n = ?', JSON.stringify(events.map(bare)), n);
    this.#all = null;
    return this.rows().filter((row) => row.events.some(which));
  }

  /** The ledger's receipt for the event `seq`; null while it is not sealed. */
  receipt(seq: number): LedgerReceipt | null {
    const [stored] = this.exists()
      ? this.#query<StoredRow>('SELECT * FROM journal WHERE n >= ? ORDER BY n LIMIT 1', seq)
      : [];
    return stored ? (parseRow(stored).sealed?.receipts.find((receipt) => receipt.seq === seq) ?? null) : null;
  }

  /**
   * Brings everything unsealed into the ledger and keeps its receipts. Single flight; callers share it.
   *
   * @param linkKey hex of K_org, with an organisation's first event only
   * @returns 'not-sealed-yet' if the ledger did not acknowledge: the same call repeated finishes it
   */
  async seal(linkKey?: string): Promise<Result<void>> {
    while (this.unsealed().length > 0) {
      this.#sealing ??= this.#append(linkKey).finally(() => {
        this.#sealing = null;
      });
      const sealed = await this.#sealing;
      if (!sealed.ok) return sealed;
    }
    return ok(undefined);
  }

  async #append(linkKey?: string): Promise<Result<void>> {
    const rows = this.unsealed();
    const events = rows.flatMap((row) => row.events);
    if (!events[0]) return ok(undefined);
    const answer = await reach(() =>
      appendToLedger(this.#env, {
        organization: events[0]!.organization,
        kind: this.#kind,
        object: events[0]!.object,
        link_key: linkKey,
        events: events.map(({ id, seq, type, commit }) => ({ id, seq, type, commit })),
        receipts: rows.flatMap((row) => row.statements),
      }),
    );
    if (!answer.ok) return notSealed(answer.problem.reason ?? answer.problem.detail);
    this.#keep(rows, answer.value.receipts, answer.value.decisions);
    return ok(undefined);
  }

  #keep(rows: JournalRow[], receipts: LedgerReceipt[], decisions: DecisionSeal[]): void {
    this.#all = null;
    this.#ctx.storage.transactionSync(() => {
      for (const row of rows) {
        const ids = new Set(row.events.map((event) => event.id));
        const sealed = {
          receipts: receipts.filter((receipt) => ids.has(receipt.event)),
          decisions: decisions.filter((decision) => ids.has(decision.event)),
        };
        if (sealed.receipts.length !== row.events.length)
          throw new Error('the ledger acknowledged less than it was given');
        this.#query('UPDATE journal SET sealed = ? WHERE n = ?', JSON.stringify(sealed), row.n);
      }
    });
  }

  #query<T extends Record<string, SqlStorageValue>>(sql: string, ...values: SqlStorageValue[]): T[] {
    return this.#ctx.storage.sql.exec<T>(sql, ...values).toArray();
  }
}

function randomness(draft: EventDraft): { id: string; salt_skeleton: Uint8Array; salt_personal: Uint8Array } {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return {
    id: newId('evt', instantMs(draft.at), random(10)),
    salt_skeleton: random(32),
    salt_personal: random(32),
  };
}

/** An object that cannot be reached is a value like any other refusal: the outbox keeps what it was to hear. */
async function reach<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await call();
  } catch (error) {
    return fail('unavailable', 'The ledger cannot be reached.', { reason: String(error) });
  }
}

const notSealed = (reason: string) =>
  fail('not-sealed-yet', 'The ledger has not sealed this yet. Nothing is lost: repeat the same call in a moment.', {
    retry_after_seconds: 1,
    reason,
  });
