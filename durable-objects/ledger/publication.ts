// Which head of the ledger the world knows: the signed checkpoint that moves at a fixed pace, its copies in D1, and the
// comparison with them when the object wakes. Never two roots for one size; never signed before the transaction; and a
// head that is behind its own signature is frozen for good, because it would give an index a second leaf.
import { base64, equalBytes } from '../../core/encoding.ts';
import type { Instant } from '../../core/json.ts';
import { type Checkpoint, type NoteSigner, type NoteVerifier, rootAt, signCheckpoint } from '../../core/ledger.ts';
import { readCheckpoints, writeCheckpoint } from '../projection/checkpoints.ts';
import type { Cosigned } from './cosigned.ts';
import type { SignedHead } from './forms.ts';
import { type Head, hashReader, rootOf } from './head.ts';
import { type LedgerEnv, logSigner, openOwnCheckpoint } from './keys.ts';
import type { LedgerStore } from './store.ts';
import { Witnessing } from './witnessing.ts';

/** D1 that does not answer must not hold up sealing: it is compared again with each flush. */
const COMPARE_WITHIN_MS = 1000;
/** What a flush gives a comparison that failed before; a D1 that hangs would else cost a second each time. */
const COMPARE_AGAIN_WITHIN_MS = 100;
/** The alarm waits longer, but not for ever: it must come again. */
const COPY_WITHIN_MS = 10_000;

export class Publication {
  readonly #env: LedgerEnv;
  readonly #store: LedgerStore;
  readonly #head: () => Head;
  readonly #final: () => SignedHead | null;
  #signer: Promise<NoteSigner & NoteVerifier> | null = null;
  #signing: Promise<SignedHead> | null = null;
  #public: (SignedHead & { at_ms: number }) | null = null;
  #comparing: Promise<void> | null = null;
  #compared = false;
  #failed = false;
  #copied = 0;
  #frozen: string | null;
  readonly #witnessing: Witnessing;

  /** @param final the last checkpoint of a shard that has ended: no other is shown any more */
  constructor(
    env: LedgerEnv,
    store: LedgerStore,
    cosigned: Cosigned,
    head: () => Head,
    final: () => SignedHead | null = () => null,
  ) {
    this.#env = env;
    this.#store = store;
    this.#head = head;
    this.#final = final;
    this.#frozen = store.frozen(env.LEDGER_ORIGIN);
    this.#witnessing = new Witnessing(env, cosigned, (size) => hashReader(store, head(), size));
  }

  get pace_ms(): number {
    return Number(this.#env.CHECKPOINT_SECONDS) * 1000;
  }

  /** The signed note that the storage is behind; null while all is well. */
  get frozen(): string | null {
    return this.#frozen;
  }

  /** Whether the alarm has nothing left to do: copies compared, newest head copied and cosigned. */
  get settled(): boolean {
    return this.#frozen !== null || this.#idle;
  }

  get #idle(): boolean {
    const { size } = this.#head();
    return this.#compared && this.#copied === size && !this.#witnessing.wants(size);
  }

  /** The public checkpoint; a newer one only when the pace allows. Frozen: the note that says why. */
  async current(): Promise<SignedHead> {
    await this.ready();
    if (this.#frozen !== null) return this.#open(this.#frozen);
    const final = this.#final();
    if (final !== null) {
      this.#public ??= { ...final, note: this.#witnessing.dressed(final.note, final.size), at_ms: Date.now() };
      return shown(this.#public);
    }
    const known = this.#public;
    if (known !== null && (known.size === this.#head().size || Date.now() - known.at_ms < this.pace_ms))
      return shown(known);
    this.#signing ??= this.#sign().finally(() => {
      this.#signing = null;
    });
    return this.#signing;
  }

  /**
   * Compares with the copies until that succeeded once in the life of the object: every flush and every look tries. The
   * first try may take a second, later ones hold nobody up, and what they find freezes whenever it comes.
   */
  async ready(): Promise<void> {
    if (this.#compared || this.#frozen !== null) return;
    const comparing = this.#comparison();
    await (this.#failed ? within(COMPARE_AGAIN_WITHIN_MS, comparing).catch(() => undefined) : comparing);
  }

  /** Whether the copies elsewhere were compared and nothing was found. */
  get sound(): boolean {
    return this.#compared && this.#frozen === null;
  }

  /** The last checkpoint, signed whatever the pace; copied and cosigned as far as that can be had now. */
  async close(): Promise<SignedHead> {
    const final = await this.#sign();
    await this.#copy();
    await this.#cosign();
    return this.#public === null ? final : shown(this.#public);
  }

  /** What the alarm is for: compares what could not be compared, copies what is not copied. Never rejects. */
  async again(): Promise<void> {
    if (!this.#compared) await this.#comparison();
    await this.#copy();
    await this.#cosign();
  }

  /** One at a time. Never rejects. */
  #comparison(): Promise<void> {
    this.#comparing ??= this.#compare().finally(() => {
      this.#comparing = null;
    });
    return this.#comparing;
  }

  async #compare(): Promise<void> {
    try {
      const copies = await within(COMPARE_WITHIN_MS, readCheckpoints(this.#env.DB, this.#env.LEDGER_ORIGIN));
      // Largest first: what freezes is the newest head that the world may know, not one before it.
      for (const { note } of copies) if (this.#frozen === null) await this.#judge(note);
      this.#compared = true;
    } catch (error) {
      this.#failed = true;
      console.warn('ledger: checkpoints could not be compared, sealing goes on', String(error));
    }
  }

  async #copy(): Promise<void> {
    try {
      const { note, size, root } = await this.current();
      if (this.#frozen !== null || size === this.#copied || size === 0) return;
      const copy = { origin: this.#env.LEDGER_ORIGIN, size, root, note, at: now() };
      await within(COPY_WITHIN_MS, writeCheckpoint(this.#env.DB, copy));
      this.#copied = size;
    } catch (error) {
      console.warn('ledger: the checkpoint could not be copied, trying again', String(error));
    }
  }

  /** Only what is copied: a head that nobody keeps elsewhere is not shown to witnesses either. */
  async #cosign(): Promise<void> {
    const known = this.#public;
    if (this.#frozen !== null || known === null || known.size !== this.#copied) return;
    await this.#witnessing.ask(shown(known));
    const now = this.#public;
    if (now?.size === known.size) this.#public = { ...now, note: this.#witnessing.dressed(now.note, now.size) };
  }

  async #sign(): Promise<SignedHead> {
    const signer = await this.#key();
    const head = this.#head();
    const root = rootOf(head);
    const signed = await signCheckpoint({ size: head.size, root }, signer);
    const note = this.#witnessing.dressed(signed, head.size);
    this.#public = { note, size: head.size, root: base64(root), at_ms: Date.now() };
    return shown(this.#public);
  }

  /** Only a note under our own key that this storage cannot have led to freezes it. */
  async #judge(note: string): Promise<void> {
    const copy = await openOwnCheckpoint(this.#env, note);
    if (copy === null) {
      console.warn('ledger: a copied checkpoint is not signed by this log, ignored', note);
    } else if (!this.#leadsTo(copy)) {
      console.error('ledger: frozen, the storage is behind or beside a checkpoint that it signed', note);
      this.#frozen = note;
      this.#store.freeze(this.#env.LEDGER_ORIGIN, note, now());
    }
  }

  /** A prefix of our own tree has its own root; whatever is larger was lost here. */
  #leadsTo({ size, root }: Checkpoint): boolean {
    const head = this.#head();
    return size <= head.size && equalBytes(rootAt(hashReader(this.#store, head, size), size), root);
  }

  async #open(note: string): Promise<SignedHead> {
    const checkpoint = await openOwnCheckpoint(this.#env, note);
    if (checkpoint === null) throw new Error('the note that froze this ledger is not under its key');
    return { note, size: checkpoint.size, root: base64(checkpoint.root) };
  }

  #key(): Promise<NoteSigner & NoteVerifier> {
    this.#signer ??= logSigner(this.#env);
    return this.#signer;
  }
}

const now = (): Instant => new Date().toISOString();
const shown = ({ note, size, root }: SignedHead): SignedHead => ({ note, size, root });

/** Rejects when the answer takes longer; the timer never outlives the call. */
async function within<T>(limit_ms: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limit_ms} ms`)), limit_ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
