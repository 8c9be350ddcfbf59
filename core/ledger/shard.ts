// Time shards: the log goes on in a new tree before its object is full. Each shard has an origin and a tree of its own; an
// entry's index says both, the shard and the place in it, as Rekor's index over its shards does. What was sealed before
// there were shards keeps its index: it is in shard 0.

/** Entries that no shard can reach (an object of 10 GB holds less than 10^8), and a number that people can read past. */
export const SHARD_SPAN = 10 ** 12;

/** The shard of an index, or of a size that is counted across shards. */
export const shardOf = (index: number): number => Math.floor(index / SHARD_SPAN);

/** Place in the shard's own tree: what proofs, tiles and checkpoints count in. */
export const placeInShard = (index: number): number => index % SHARD_SPAN;

/** Index across shards of a place in a shard's tree. */
export const acrossShards = (shard: number, place: number): number => shard * SHARD_SPAN + place;

/** The period that an origin ends in: `2027h1`. */
export const SHARD_NAME: RegExp = /^[a-z0-9][a-z0-9.-]{0,31}$/;

/** The origin of another shard of the same log: the last part is its own. */
export const originOfShard = (origin: string, name: string): string =>
  `${origin.slice(0, origin.lastIndexOf('/') + 1)}${name}`;

/**
 * Why trees of these origins cannot be shards of one log; null when they can. The same tree under two numbers would give
 * each entry two indices, and an order that it never had; two logs have no order at all.
 */
export function faultOfOrigins(origins: readonly string[]): string | null {
  const logs = new Set(origins.map((origin) => originOfShard(origin, '')));
  if (logs.size > 1) return `these are shards of ${logs.size} logs: ${[...logs].join(' and ')}`;
  return new Set(origins).size < origins.length ? 'the same shard is there under two numbers' : null;
}
