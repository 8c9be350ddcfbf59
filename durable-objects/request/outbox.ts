// The way out of a request's object: ledger, organisation, D1, queue, in this order, each repeatable, keyed by event id.
// One delivery in flight, whole and in order; what fails stays and comes again.

import type { FeedItem } from '../../core/authority.ts';
import { instantAt } from '../../core/duration.ts';
import { editsOf } from '../../core/request/in-force.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import { fingerprintOf } from '../../core/request/record.ts';
import type { Env } from '../env.ts';
import type { Journal, JournalRow } from '../journal.ts';
import { project } from '../projection.ts';
import { Memory } from './memory.ts';

/** The alarm looks after what the Worker should have delivered by then. */
export const OUTBOX_RETRY_MS = 2_000;
const MAX_BACKOFF_MS = 60_000;

export class Outbox {
  readonly #env: Env;
  readonly #journal: Journal;
  readonly #storage: DurableObjectStorage;
  #flight: Promise<boolean> | null = null;
  #failures = 0;

  constructor(env: Env, journal: Journal, storage: DurableObjectStorage) {
    this.#env = env;
    this.#journal = journal;
    this.#storage = storage;
  }

  /** Whether anything is not sealed or not told. */
  pending(): boolean {
    return this.#journal.unsealed().length > 0 || this.#journal.untold().length > 0;
  }

  backoffMs(): number {
    return Math.min(OUTBOX_RETRY_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
  }

  /** Delivers everything there is. Answers whether nothing is left. */
  async deliver(): Promise<boolean> {
    while (this.pending()) {
      this.#flight ??= this.#deliverOnce().finally(() => {
        this.#flight = null;
      });
      if (!(await this.#flight)) return false;
    }
    return true;
  }

  async #deliverOnce(): Promise<boolean> {
    const sealed = await this.#journal.seal();
    const rows = this.#journal.untold();
    try {
      if (rows.length > 0) await this.#tell(rows);
      if (!sealed.ok) throw new Error(sealed.problem.reason ?? sealed.problem.code);
      this.#failures = 0;
      return true;
    } catch (error) {
      this.#failures += 1;
      console.warn(JSON.stringify({ message: 'outbox: delivery failed, will come again', reason: String(error) }));
      return false;
    }
  }

  async #tell(rows: JournalRow[]): Promise<void> {
    const last = rows.at(-1)!;
    const record = JSON.parse(last.state!) as RequestRecord;
    const organization = this.#env.ORGANIZATION.getByName(record.organization.id);
    const fed = await organization.deliver(feedItem(record, rows));
    if (!fed.ok) throw new Error(fed.problem.reason ?? fed.problem.detail);
    for (const use of counted(record, rows)) await organization.passkeyUsed(use);
    // After an erasure D1 hears every event again: what it had of them is overwritten.
    const erased = rows.some((row) => row.events.some(({ type }) => type === 'erasure.performed'));
    const projected = erased ? this.#journal.rows({ through: last.n }) : rows;
    const receipts = projected.flatMap((row) => row.sealed!.receipts);
    await project(this.#env, {
      erased: erased ? place(record) : null,
      sealed: projected
        .flatMap((row) => row.events)
        .map((event) => ({ event, receipt: receipts.find((receipt) => receipt.event === event.id)! })),
      request: { document: new Memory(this.#journal).presentRecord(record, this.#env.BASE_URL), seq: record.seq },
      wanted: fed.value.wanted,
      now: instantAt(Date.now()),
    });
    // A second time: a page that read a list at the first news read it before D1 had this.
    await organization.announce({ request: record.id, status: record.life.status! });
    this.#storage.transactionSync(() => this.#journal.markTold(last.n));
    if (fed.value.wanted.length > 0)
      await this.#env.WAKEUPS.send({ kind: 'deliveries', organization: record.organization.id });
  }
}

const place = ({ organization, id }: RequestRecord) => ({ organization: organization.id, object: id });

/** Counters of the passkeys that signed in these rows; synced passkeys do not count, and have nothing to tell. */
const counted = (record: RequestRecord, rows: JournalRow[]) =>
  [...record.votes, ...editsOf(record), ...(record.break_glass ? [record.break_glass] : [])]
    .filter(
      (signed) => signed.new_counter > 0 && rows.some((row) => row.events.some((event) => event.seq === signed.seq)),
    )
    // Only a passkey counts.
    .map(({ passkey, new_counter, backed_up }) => ({ passkey: passkey!, new_counter, backed_up }));

function feedItem(record: RequestRecord, rows: JournalRow[]): FeedItem {
  const rejected = record.life.status === 'rejected' && record.decided_by === 'person';
  return {
    request: record.id,
    actor: record.proposal.actor,
    status: record.life.status!,
    rejected_fingerprint: rejected ? fingerprintOf(record.proposal) : null,
    events: rows.flatMap((row) => row.events).map(({ id, type, seq, at }) => ({ id, type, seq, at })),
  };
}
