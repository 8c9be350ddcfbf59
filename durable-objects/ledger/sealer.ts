// Group commit: callers wait a few milliseconds in line, then all that fits is sealed in one transaction. One flush at
// a time; signatures of receipts are awaited before it, and nothing is awaited inside it.
import type { Instant } from '../../core/json.ts';
import { fail, type Result } from '../../core/problems.ts';
import type { Deployment } from './deployment.ts';
import type { AppendAnswer, AppendRequest } from './forms.ts';
import type { Head } from './head.ts';
import type { Inheritance } from './inheritance.ts';
import { type LedgerEnv, type ReceiptSigner, receiptSigner } from './keys.ts';
import { Line, MAX_WAITING, type Waiting } from './line.ts';
import { type SignedReceipt, signReceipt } from './receipts.ts';
import { busy, frozen, notWritten } from './refusal.ts';
import { Sealing } from './sealing.ts';
import type { LedgerStore } from './store.ts';

/** How long the first caller waits for company. */
const FLUSH_AFTER_MS = 5;
/** One tile: a larger flush makes no proof cheaper. */
const FLUSH_LEAVES = 256;

/** What the sealer needs of its object. */
export interface SealerHost {
  storage: DurableObjectStorage;
  store: LedgerStore;
  env: LedgerEnv;
  shard: number;
  deployment: Deployment;
  /** What earlier shards know of these callers and of the deployment's own chain. */
  inherited(requests: AppendRequest[]): Promise<Inheritance>;
  /** Whether the shard has ended. */
  closed(): boolean;
  head(): Head;
  /** Takes over the grown head, after the transaction and before anyone hears of it. */
  adopt(head: Head): Promise<void>;
  /** Whether the copies that were compared so far forbid to seal anything, for good. */
  frozen(): boolean;
  /** Resolves when the copies are compared; says whether nothing may be sealed. */
  mayNotSeal(): Promise<boolean>;
}

export class Sealer {
  readonly #of: SealerHost;
  readonly #line = new Line();
  #signer: Promise<ReceiptSigner> | null = null;
  #pumping = false;
  /** One flush at a time, whoever asks for it. */
  #turn: Promise<unknown> = Promise.resolve();
  #full: (() => void) | null = null;

  constructor(of: SealerHost) {
    this.#of = of;
  }

  /** Waits for the flush that seals this request. */
  append(request: AppendRequest): Promise<Result<AppendAnswer>> {
    if (this.#line.length >= MAX_WAITING) return Promise.resolve(busy());
    const signed = this.#sign(request);
    // Awaited in the flush; until then nobody listens, and that is no unhandled rejection.
    signed.catch(() => undefined);
    return new Promise((settle) => {
      this.#line.join({ request, signed, settle });
      if (this.#line.leaves >= FLUSH_LEAVES) this.#full?.();
      if (!this.#pumping) void this.#pump();
    });
  }

  /** Seals what the deployment has to say, if anything. */
  async speak(): Promise<void> {
    if (this.#of.deployment.silent) return;
    await this.#inTurn(async () => {
      if (!(await this.#of.mayNotSeal())) await this.#seal([], []);
    });
  }

  /**
   * Seals the shard's last entry.
   *
   * @param end what is written with it, in the same transaction
   * @param ended called before anything else is sealed; not called where the ledger is frozen meanwhile
   */
  close(said: { shard: number; origin: string; successor: string }, end: () => void, ended: () => void): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#of.closed()) return;
      const within = (sealing: Sealing, at: Instant) => {
        this.#of.deployment.close((request) => sealing.seal(request, []), at, said);
        end();
      };
      await this.#seal([], [], { within, after: ended });
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    while (this.#line.length > 0) {
      if (this.#line.leaves < FLUSH_LEAVES) await this.#company();
      await this.#inTurn(() => this.#flush(this.#line.take(FLUSH_LEAVES)));
    }
    this.#pumping = false;
  }

  #company(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, FLUSH_AFTER_MS);
      this.#full = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Answers everyone in it, whatever happens. */
  async #flush(batch: Waiting[]): Promise<void> {
    try {
      const signed = await Promise.allSettled(batch.map((one) => one.signed));
      const answers = (await this.#of.mayNotSeal()) ? batch.map(frozen) : await this.#seal(batch, signed);
      for (const [at, { settle }] of batch.entries()) settle(answers[at]!);
    } catch (error) {
      for (const { settle } of batch) settle(notWritten(error));
    }
  }

  /** @param last `within`: what is sealed after the batch, in the same transaction; `after`: at once when that stands */
  async #seal(
    batch: Waiting[],
    signed: PromiseSettledResult<SignedReceipt[]>[],
    last?: { within(sealing: Sealing, at: Instant): void; after(): void },
  ): Promise<Result<AppendAnswer>[]> {
    const { storage, store, shard, deployment } = this.#of;
    const inherited = await this.#of.inherited(batch.map(({ request }) => request));
    // A comparison that came late may have frozen it while others were asked.
    if (this.#of.frozen()) return batch.map(frozen);
    store.create();
    const { head, answers } = storage.transactionSync(() => {
      const [at, closed] = [new Date().toISOString(), this.#of.closed()];
      const sealing = new Sealing({ store, head: this.#of.head(), shard, closed, inherited }, at);
      if (!closed) deployment.say((request) => sealing.seal(request, []), at);
      const all = batch.map(({ request }, n) => {
        const receipts = signed[n]!;
        return receipts.status === 'fulfilled' ? sealing.seal(request, receipts.value) : unsigned(receipts.reason);
      });
      last?.within(sealing, at);
      return { answers: all, head: sealing.write() };
    });
    deployment.said();
    last?.after();
    if (head !== this.#of.head()) await this.#of.adopt(head);
    return answers;
  }

  /** Signs what is not sealed yet; a repeat is answered from what was stored and needs no second signature. */
  async #sign({ organization, object, events, receipts }: AppendRequest): Promise<SignedReceipt[]> {
    if (receipts.length === 0) return [];
    const last = this.#of.store.object(organization, object)?.last_seq ?? 0;
    const fresh = new Set(events.filter(({ seq }) => seq > last).map(({ id }) => id));
    const wanted = receipts.filter(({ event }) => fresh.has(event));
    if (wanted.length === 0) return [];
    this.#signer ??= receiptSigner(this.#of.env);
    const signer = await this.#signer;
    return Promise.all(wanted.map((receipt) => signReceipt(receipt, signer)));
  }
}

function unsigned(error: unknown): Result<never> {
  console.error('ledger: a receipt could not be signed', error);
  return fail('internal', 'The receipt of this decision could not be signed, so nothing was sealed.', {
    reason: String(error),
  });
}
