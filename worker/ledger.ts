// The log as the edge sees it: one log in shards, each an object. An index says its shard (core/ledger/shard.ts); sizes,
// proofs, tiles and checkpoints count within one.
import { acrossShards, placeInShard, shardOf } from '../core/ledger.ts';
import { fail, type Result } from '../core/problems.ts';
import type { Env } from '../durable-objects/env.ts';
import type { CosignedHead } from '../durable-objects/ledger/cosigned.ts';
import type {
  ConsistencyAnswer,
  DeploymentEntry,
  DirectoryRow,
  InclusionAnswer,
  LedgerKeys,
  ShardView,
  SignedHead,
} from '../durable-objects/ledger/forms.ts';
import { inNewestShard, shardStub } from '../durable-objects/ledger/shards.ts';

/** One shard's object, in plain types. */
export interface ShardPort {
  checkpoint(): Promise<SignedHead>;
  proof(asked: { index: number; size?: number }): Promise<Result<InclusionAnswer>>;
  consistency(sizes: { from: number; to: number }): Promise<Result<ConsistencyAnswer>>;
  witnessed(asked: { index: number }): Promise<Result<CosignedHead>>;
  /** Null when the public tree has none at this path. */
  tile(path: string): Promise<Uint8Array | null>;
  keys(): Promise<LedgerKeys>;
  view(): Promise<ShardView>;
  deployment(): Promise<DeploymentEntry[]>;
  directory(page: { after?: Position | null; limit?: number }): Promise<DirectoryRow[]>;
  retire(named: { name: string }): Promise<Result<ShardView>>;
}

interface Position {
  organization: string;
  object: string;
}

type LedgerBinding = Pick<Env, 'LEDGER'>;

/** The object of one shard. */
export const shardPort = (env: LedgerBinding, shard: number): ShardPort =>
  shardStub(env, shard) as unknown as ShardPort;

const NO_SHARD = fail('not-found', 'The log has no such shard.');

export class Ledger {
  readonly #env: LedgerBinding;

  constructor(env: LedgerBinding) {
    this.#env = env;
  }

  /** The public checkpoint of the shard that takes entries. */
  checkpoint(): Promise<SignedHead> {
    const hasMoved = ({ moved = false }: SignedHead) => moved;
    return inNewestShard(this.#env, (_, shard) => shardPort(this.#env, shard).checkpoint(), hasMoved);
  }

  /** Every shard, the first one first. */
  async shards(): Promise<ShardView[]> {
    const views: ShardView[] = [];
    do views.push(await shardPort(this.#env, views.length).view());
    while (views.at(-1)!.successor !== null);
    return views;
  }

  /** A shard that is there; null for any other number, which must not wake an object. */
  async shard(shard: number): Promise<ShardPort | null> {
    const { shard: newest = 0 } = shard === 0 ? {} : await this.checkpoint();
    return shard <= newest ? shardPort(this.#env, shard) : null;
  }

  /** The shard that takes entries. */
  async newest(): Promise<ShardPort> {
    const { shard = 0 } = await this.checkpoint();
    return shardPort(this.#env, shard);
  }

  /** @param asked `index` across shards; `size` is of its shard's tree */
  async proof({ index, size }: { index: number; size?: number }): Promise<Result<InclusionAnswer>> {
    const shard = await this.shard(shardOf(index));
    if (shard === null) return NO_SHARD;
    return shard.proof({ index: placeInShard(index), ...(size === undefined ? {} : { size }) });
  }

  /** @param index across shards */
  async witnessed({ index }: { index: number }): Promise<Result<CosignedHead>> {
    const shard = await this.shard(shardOf(index));
    return shard === null ? NO_SHARD : shard.witnessed({ index: placeInShard(index) });
  }

  /** Sizes of one shard's tree; of the newest one where none is named. */
  async consistency(sizes: { from: number; to: number; shard?: number }): Promise<Result<ConsistencyAnswer>> {
    const { shard: number, from, to } = sizes;
    const shard = number === undefined ? await this.newest() : await this.shard(number);
    return shard === null ? NO_SHARD : shard.consistency({ from, to });
  }

  async keys(): Promise<LedgerKeys> {
    return (await this.newest()).keys();
  }

  /** Where the log is now, its size counted across shards. */
  async head(): Promise<{ size: number; root: string }> {
    const { size, root, shard = 0 } = await this.checkpoint();
    return { size: acrossShards(shard, size), root };
  }
}

/** The log. */
export const ledgerOf = (env: LedgerBinding): Ledger => new Ledger(env);
