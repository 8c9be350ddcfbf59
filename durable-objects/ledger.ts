// The ledger's head: one object that puts every event of every organisation into one Merkle tree, and answers only when
// it is written. It knows commitments, never contents. What it has sealed it never changes; what it has signed it never
// contradicts. Its rooms: ledger/line (who waits), sealing (one flush), store (rows), publication (checkpoints), view,
// deployment (entries of its own), rollover (its end, and the shard after it), inheritance (the shard before it).
import { DurableObject } from 'cloudflare:workers';
import { fromBase64, hex } from '../core/encoding.ts';
import { fail, ok, type Result } from '../core/problems.ts';
import { Alarm } from './alarm.ts';
import { Cosigned, type CosignedHead } from './ledger/cosigned.ts';
import { Deployment } from './ledger/deployment.ts';
import type {
  AppendAnswer,
  AppendRequest,
  ConsistencyAnswer,
  DeploymentEntry,
  DirectoryRow,
  InclusionAnswer,
  LedgerKeys,
  ShardView,
  SignedHead,
} from './ledger/forms.ts';
import { type Head, loadHead } from './ledger/head.ts';
import {
  Inheritance,
  type Inherited,
  type Predecessor,
  type StandingQuestion,
  standingsIn,
} from './ledger/inheritance.ts';
import { type LedgerEnv, ledgerKeys } from './ledger/keys.ts';
import { type Opening, Own } from './ledger/own.ts';
import { Publication } from './ledger/publication.ts';
import { damaged, frozen, notEnded, otherShard } from './ledger/refusal.ts';
import { Rollover } from './ledger/rollover.ts';
import { Sealer } from './ledger/sealer.ts';
import { predecessorOf, shardStub } from './ledger/shards.ts';
import { LedgerStore } from './ledger/store.ts';
import { proveConsistency, proveInclusion, readTilePath } from './ledger/view.ts';

export type * from './ledger/forms.ts';

/** At the earliest: D1 that fails now will not work in a millisecond. */
const AGAIN_AFTER_MS = 1000;
/** Rows of the directory in one answer. */
const MAX_DIRECTORY_ROWS = 1000;

/** What works under the origin of this object's shard. */
interface Rooms {
  shard: number;
  origin: string;
  env: LedgerEnv;
  cosigned: Cosigned;
  publication: Publication;
  deployment: Deployment;
  sealer: Sealer;
  before: Predecessor | null;
  openNext(opening: Opening): Promise<Result<null>>;
}

export class Ledger extends DurableObject<LedgerEnv> {
  readonly #store: LedgerStore;
  readonly #own: Own;
  readonly #alarm: Alarm;
  readonly #rollover: Rollover;
  /** Under the origin of this shard: made anew when it is opened. */
  #rooms: Rooms;
  /** An error when the rows contradict each other: then nothing is sealed, signed or shown any more. */
  #loaded: Head | Error;

  constructor(ctx: DurableObjectState, env: LedgerEnv) {
    super(ctx, env);
    this.#store = new LedgerStore(ctx.storage.sql);
    this.#own = new Own(ctx.storage.sql);
    this.#loaded = loadHead(this.#store);
    this.#alarm = new Alarm(ctx.storage);
    this.#rollover = new Rollover(this.#own, () => ({ ...this.#rooms, own: this.#own }));
    this.#rooms = this.#furnish();
  }

  #furnish(): Rooms {
    const { ctx, env } = this;
    const { shard = 0, origin = env.LEDGER_ORIGIN } = this.#own.get('opening') ?? {};
    const mine: LedgerEnv = Object.create(env, { LEDGER_ORIGIN: { value: origin, enumerable: true } });
    const store = this.#store;
    const head = () => this.#head;
    const cosigned = new Cosigned(ctx.storage.sql, origin, (from, to) => store.hasReceipts(from, to));
    const final = () => this.#rollover.retirement?.final ?? null;
    const publication = new Publication(mine, store, cosigned, head, final);
    const deployment = new Deployment(this.#own, mine);
    const before = predecessorOf(env, shard);
    const sealer = new Sealer({
      ...{ env: mine, storage: ctx.storage, store, shard, deployment, head },
      inherited: (requests) => Inheritance.of(before, store, deployment.asking(requests)),
      closed: () => this.#rollover.retirement !== null,
      adopt: (head) => {
        this.#loaded = head;
        return this.#alarm.arm(Date.now() + publication.pace_ms);
      },
      frozen: () => publication.frozen !== null,
      mayNotSeal: () => publication.ready().then(() => publication.frozen !== null),
    });
    const openNext = (opening: Opening) => shardStub(env as never, shard + 1).open(opening) as Promise<Result<null>>;
    return { shard, origin, env: mine, cosigned, publication, deployment, sealer, before, openNext };
  }

  /**
   * Seals events. Idempotent by (object, seq), also across shards: a repeat, also one that overlaps with new events, is
   * answered with what was stored.
   *
   * @returns 'internal' when the events do not continue what is sealed; 'unavailable' when nothing was written (repeat),
   *   or for good: with reason 'frozen' behind its own checkpoints, 'damaged' when its rows contradict each other
   */
  async append(request: AppendRequest): Promise<Result<AppendAnswer>> {
    const { shard, sealer } = this.#rooms;
    if ((request.shard ?? 0) !== shard) return otherShard(request.shard ?? 0, shard);
    return this.#loaded instanceof Error ? damaged(this.#loaded) : sealer.append(request);
  }

  /** Ends this shard for good and opens the next, which `name` names. Repeatable: it goes on where it stopped. */
  async retire({ name }: { name: string }): Promise<Result<ShardView>> {
    if (this.#loaded instanceof Error) return damaged(this.#loaded);
    const ended = await this.#rollover.retire(name);
    return ended.ok ? ok(this.view()) : ended;
  }

  /** Begins a shard in this object, which nobody has used. */
  async open(opening: Opening): Promise<Result<null>> {
    const known = this.#own.get('opening');
    if (known === null && (this.#head.size > 0 || this.#rollover.retirement !== null))
      return otherShard(opening.shard, 0);
    if (known !== null && known.origin !== opening.origin) return otherShard(opening.shard, known.shard);
    if (known === null) {
      this.#own.put('opening', opening);
      this.#rooms = this.#furnish();
    }
    await this.#rooms.sealer.speak();
    return ok(null);
  }

  /** How far objects and organisations had come when this shard ended; only then, because only then it is true for good. */
  async standings(asked: StandingQuestion[]): Promise<Result<Inherited[]>> {
    if (this.#loaded instanceof Error) return damaged(this.#loaded);
    await this.#rooms.publication.ready();
    if (this.#rooms.publication.frozen !== null) return frozen();
    return this.#rollover.retirement === null ? notEnded() : standingsIn(this.#store, this.#rooms.before, asked);
  }

  /** What everybody may know of this shard. */
  view(): ShardView {
    const { shard, origin, env } = this.#rooms;
    const { verifier_key, verifier_keys } = ledgerKeys(env);
    const { final = null, opened = false, successor = null } = this.#rollover.retirement ?? {};
    return { shard, origin, verifier_key, verifier_keys, retired: final, successor: opened ? successor : null };
  }

  /** What the deployment sealed of its own in this shard. */
  deployment(): DeploymentEntry[] {
    return this.#own.entries();
  }

  /** The public copy of the head, signed; it moves every CHECKPOINT_SECONDS. */
  async checkpoint(): Promise<SignedHead> {
    const { publication, sealer, shard } = this.#rooms;
    if (this.#store.exists() && !(this.#loaded instanceof Error)) await sealer.speak().catch(unsaid);
    const moved = this.#rollover.retirement?.opened === true;
    return { ...(await publication.current()), ...(shard > 0 ? { shard } : {}), ...(moved ? { moved } : {}) };
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
    const first = this.#rooms.cosigned.first(index);
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
    return ledgerKeys(this.#rooms.env);
  }

  /** Copies the checkpoint to D1, compares again what could not be compared, and comes back until both are done. */
  override async alarm(): Promise<void> {
    this.#alarm.fired();
    if (this.#loaded instanceof Error) return;
    const { publication } = this.#rooms;
    await publication.again();
    const finished = await this.#rollover.finish();
    // Failing copies must not spin, whatever the pace.
    if (!publication.settled || !finished.ok)
      await this.#alarm.arm(Date.now() + Math.max(publication.pace_ms, AGAIN_AFTER_MS));
  }
}

/** A look shows what is there; the next flush says it. */
const unsaid = (error: unknown) => console.error('ledger: its own entries are not sealed yet', error);
