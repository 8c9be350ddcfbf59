// The tiles of an export: which prove given entries under a checkpoint's root, and the check that they do.
import { equalBytes } from '../../encoding.ts';
import { rootAt } from '../proof.ts';
import { placeInShard, shardOf } from '../shard.ts';
import { hashesAt, TILE_WIDTH, type Tile, tileHashReader, tilePath, widthOf } from '../tile.ts';
import { rootOfHashes, splitHashes } from '../tree.ts';

const MAX_LEVEL = 6;
const key = (level: number, number: number): string => `${level}/${number}`;

/**
 * The tiles that prove these entries in a tree of `size` leaves: the tree's right edge, and above each entry every
 * complete tile. Highest level first.
 */
export function tilesOfExport(indices: Iterable<number>, size: number): Tile[] {
  const tiles = new Map<string, Tile>();
  const need = (level: number, number: number) => {
    const width = widthOf(level, number, size);
    if (width > 0) tiles.set(key(level, number), { level, number, width });
  };
  for (let level = 0; level <= MAX_LEVEL; level++) need(level, Math.floor(hashesAt(level, size) / TILE_WIDTH));
  for (const index of indices)
    for (let level = 0; hashesAt(level, size) > 0 && level <= MAX_LEVEL; level++)
      need(level, Math.floor(index / TILE_WIDTH ** (level + 1)));
  return [...tiles.values()].toSorted((a, b) => Number(b.level) - Number(a.level) || a.number - b.number);
}

/** Tiles as read from an export; believed only after `fault()` said that there is none. */
export class ProvingTiles {
  readonly #size: number;
  readonly #root: Uint8Array;
  readonly #tiles = new Map<string, { tile: Tile; hashes: Uint8Array }>();

  constructor({ size, root }: { size: number; root: Uint8Array }) {
    this.#size = size;
    this.#root = root;
  }

  /** Takes a tile. @returns what is wrong with it by itself */
  add(tile: Tile, hashes: Uint8Array): string | null {
    const path = tilePath(tile);
    if (tile.level === 'entries') return `${path} is no tile of hashes`;
    if (widthOf(tile.level, tile.number, this.#size) !== tile.width) return `a tree of ${this.#size} has no ${path}`;
    if (hashes.length !== tile.width * 32) return `${path} has ${hashes.length} bytes, not ${tile.width * 32}`;
    if (this.#tiles.has(key(tile.level, tile.number))) return `${path} stands twice`;
    this.#tiles.set(key(tile.level, tile.number), { tile, hashes });
    return null;
  }

  /** The first tile that does not lead to the checkpoint's root, in words. */
  fault(): string | null {
    try {
      const root = rootAt(
        tileHashReader((level, number) => this.#hashes(level, number), this.#size),
        this.#size,
      );
      if (!equalBytes(root, this.#root)) return "the tiles of the tree's right edge do not give the checkpoint's root";
      for (const { tile, hashes } of this.#tiles.values()) if (!this.#holds(tile, hashes)) return misfit(tile);
      return null;
    } catch (error) {
      return error instanceof RangeError ? error.message : String(error);
    }
  }

  /** The leaf hash at an index; null where no tile proves it. */
  leafHash(index: number): Uint8Array | null {
    const found = this.#tiles.get(key(0, Math.floor(index / TILE_WIDTH)));
    const at = (index % TILE_WIDTH) * 32;
    const hash = found?.hashes.subarray(at, at + 32);
    return hash?.length === 32 ? hash : null;
  }

  /** A complete tile is one hash of the tile above it; what is not complete is the right edge, read for the root. */
  #holds({ level, number, width }: Tile, hashes: Uint8Array): boolean {
    if (width < TILE_WIDTH) return true;
    const at = (number % TILE_WIDTH) * 32;
    const above = this.#hashes(Number(level) + 1, Math.floor(number / TILE_WIDTH)).subarray(at, at + 32);
    return above.length === 32 && equalBytes(rootOfHashes(splitHashes(hashes)), above);
  }

  #hashes(level: number, number: number): Uint8Array {
    const found = this.#tiles.get(key(level, number));
    if (found !== undefined) return found.hashes;
    const width = widthOf(level, number, this.#size);
    throw new RangeError(`${tilePath({ level, number, width: Math.max(1, width) })} is missing`);
  }
}

const misfit = (tile: Tile): string => `${tilePath(tile)} does not fit the tile above it`;

/** The tiles of every shard that an export is in. */
export class ShardTiles {
  readonly #shards: ReadonlyMap<number, ProvingTiles>;

  /** @param heads by shard */
  constructor(heads: ReadonlyMap<number, { size: number; root: Uint8Array }>) {
    this.#shards = new Map([...heads].map(([shard, head]) => [shard, new ProvingTiles(head)]));
  }

  /** Takes a tile. @returns what is wrong with it by itself */
  add(shard: number, tile: Tile, hashes: Uint8Array): string | null {
    const tiles = this.#shards.get(shard);
    return tiles === undefined ? `there is no shard ${shard} in the first line` : tiles.add(tile, hashes);
  }

  /** The first tile that does not lead to its checkpoint's root, in words. */
  fault(): string | null {
    for (const tiles of this.#shards.values()) {
      const fault = tiles.fault();
      if (fault !== null) return fault;
    }
    return null;
  }

  /** The leaf hash at an index across shards; null where no tile proves it. */
  leafHash(index: number): Uint8Array | null {
    return this.#shards.get(shardOf(index))?.leafHash(placeInShard(index)) ?? null;
  }
}
