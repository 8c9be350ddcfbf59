// The ledger's head: one object that puts every event of every organisation into one Merkle tree, and answers only when
// it is written. It knows commitments, never contents. What it has sealed it never changes; what it has signed it never
// contradicts. Its rooms: ledger/line (who waits), sealing (one flush), store (rows), publication (checkpoints), view.
import { DurableObject } from 'cloudflare:workers';
import { fromBase64, hex } from '../core/encoding.ts';
import { fail, ok, type Result } from '../core/problems.ts';
import { Alarm } from './alarm.ts';
import { Cosigned, type CosignedHead } from './ledger/cosigned.ts';
import type {
  AppendAnswer,
  AppendRequest,
  ConsistencyAnswer,
  DirectoryRow,
  InclusionAnswer,
  LedgerKeys,
  SignedHead,
} from './ledger/forms.ts';
import { type Head, loadHead } from './ledger/head.ts';
import { type LedgerEnv, ledgerKeys } from './ledger/keys.ts';
import { Publication } from './ledger/publication.ts';
import { damaged } from './ledger/refusal.ts';
import { Sealer } from './ledger/sealer.ts';
import { LedgerStore } from './ledger/store.ts';
import { proveConsistency, proveInclusion, readTilePath } from './ledger/view.ts';

export type * from './ledger/forms.ts';

/** At the earliest: D1 that fails now will not work in a millisecond. */
const AGAIN_AFTER_MS = 1000;
/** Rows of the directory in one answer. */
const MAX_DIRECTORY_ROWS = 1000;

export class Ledger extends DurableObject<LedgerEnv> {
  readonly #store: LedgerStore;
  readonly #cosigned: Cosigned;
  readonly #publication: Publication;
  readonly #sealer: Sealer;
  readonly #alarm: Alarm;
  /** An error when the rows contradict each other: then nothing is sealed, signed or shown any more. */
  #loaded: Head | Error;

  constructor(ctx: DurableObjectState, env: LedgerEnv) {
    super(ctx, env);
    this.#store = new LedgerStore(ctx.storage.sql);
    this.#loaded = loadHead(this.#store);
    this.#alarm = new Alarm(ctx.storage);
    this.#cosigned = new Cosigned(ctx.storage.sql, env.LEDGER_ORIGIN, (from, to) => this.#store.hasReceipts(from, to));
    this.#publication = new Publication(env, this.#store, this.#cosigned, () => this.#head);
    this.#sealer = new Sealer({
      ...{ env, storage: ctx.storage, store: this.#store },
      head: () => this.#head,
      adopt: (head) => {
        this.#loaded = head;
        return this.#alarm.arm(Date.now() + this.#publication.pace_ms);
      },
      mayNotSeal: () => this.#publication.ready().then(() => this.#publication.frozen !== null),
    });
  }

  /**
   * Seals events. Idempotent by (object, seq): a repeat, also one that overlaps with new events, is answered with what
   * was stored.
   *
   * @returns 'internal' when the events do not continue what is sealed; 'unavailable' when nothing was written (repeat),
   *   or for good: with reason 'frozen' behind its own checkpoints, 'damaged' when its rows contradict each other
   */
  async append(request: AppendRequest): Promise<Result<AppendAnswer>> {
    return this.#loaded instanceof Error ? damaged(this.#loaded) : this.#sealer.append(request);
  }

  /** The public copy of the head, signed; it moves every CHECKPOINT_SECONDS. */
  checkpoint(): Promise<SignedHead> {
    return this.#publication.current();
  }

  /** The same head without its signature, root in hex. */
  async head(): Promise<{ size: number; root: string }> {
    const { size, root } = await this.checkpoint();
    return { size, root: hex(fromBase64(root)!) };
  }

  /** Proves a leaf under the public checkpoint; 'not-sealed-yet' until that reaches it. */
  async proof(asked: { index: number; size?: number }): Promise<Result<InclusionAnswer>> {
    const signed = await this.checkpoint();
    return proveInclusion(this.#store, this.#head, signed, asked);
  }

  /** The first checkpoint with this entry that a witness cosigned: it was written before that time. */
  witnessed({ index }: { index: number }): Result<CosignedHead> {
    const first = this.#cosigned.first(index);
    return first === null ? fail('not-found', 'No witness has cosigned a checkpoint with this entry yet.') : ok(first);
  }

  /** Proves that one public tree is the beginning of another. */
  async consistency(sizes: { from: number; to: number }): Promise<Result<ConsistencyAnswer>> {
    const signed = await this.checkpoint();
    return proveConsistency(this.#store, this.#head, signed, sizes);
  }

  /** A C2SP tile or entry bundle by its path, `tile/…`; null when the public tree has none. */
  async tile(path: string): Promise<Uint8Array | null> {
    const signed = await this.checkpoint();
    return readTilePath(this.#store, this.#head, signed, path);
  }

  get #head(): Head {
    if (this.#loaded instanceof Error) throw this.#loaded;
    return this.#loaded;
  }

  /** Where an organisation's chain of links ends. */
  links({ organization }: { organization: string }): Result<{ org_seq: number; link: string; leaf_hash: string }> {
    const row = this.#store.organization(organization);
    if (row === null) return fail('not-found', 'The ledger has sealed nothing of this organisation.');
    return ok({ org_seq: row.org_seq, link: hex(row.last_link), leaf_hash: hex(row.last_leaf_hash) });
  }

  /**
   * Every object that was ever sealed, in order of organisation and object.
   *
   * @param page `after` is the last row of the page before
   */
  directory(page: { after?: { organization: string; object: string } | null; limit?: number }): DirectoryRow[] {
    const limit = Math.min(page.limit ?? MAX_DIRECTORY_ROWS, MAX_DIRECTORY_ROWS);
    return this.#store.directory(page.after ?? { organization: '', object: '' }, limit);
  }

  /** What verifiers pin. */
  keys(): LedgerKeys {
    return ledgerKeys(this.env);
  }

  /** Copies the checkpoint to D1, compares again what could not be compared, and comes back until both are done. */
  override async alarm(): Promise<void> {
    this.#alarm.fired();
    if (this.#loaded instanceof Error) return;
    await this.#publication.again();
    // Failing copies must not spin, whatever the pace.
    if (!this.#publication.settled)
      await this.#alarm.arm(Date.now() + Math.max(this.#publication.pace_ms, AGAIN_AFTER_MS));
  }
}
