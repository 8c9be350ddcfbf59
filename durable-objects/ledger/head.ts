// The ledger's right edge in memory: size, chain, frontier, and the hashes of each level's unfinished tile. A head never
// changes: growing makes another one, which the object adopts only after its transaction.

import { concatBytes, equalBytes } from '../../core/encoding.ts';
import {
  chainOf,
  growFrontier,
  type HashReader,
  hashesAt,
  NOTHING_BEFORE,
  nodeHash,
  rootAt,
  rootOfFrontier,
  splitHashes,
  TILE_WIDTH,
  tileHashReader,
} from '../../core/ledger.ts';
import type { LedgerStore, TileRow } from './store.ts';

export interface Head {
  readonly size: number;
  readonly chain: Uint8Array;
  readonly frontier: readonly Uint8Array[];
  /** For each tile level, the hashes of its tile that is not complete yet (0 to 255 of them). */
  readonly edge: readonly (readonly Uint8Array[])[];
}

export const EMPTY_HEAD: Head = { size: 0, chain: NOTHING_BEFORE, frontier: [], edge: [] };

export const rootOf = (head: Head): Uint8Array => rootOfFrontier(head.frontier);

/**
 * Appends leaf hashes.
 *
 * @returns the new head, and the tiles that these leaves completed
 */
export function growHead(head: Head, hashes: readonly Uint8Array[]): { head: Head; tiles: TileRow[] } {
  const tiles: TileRow[] = [];
  const edge = head.edge.map((level) => [...level]);
  let { size, chain } = head;
  let frontier = [...head.frontier];
  for (const hash of hashes) {
    chain = chainOf(chain, hash);
    pushHash(edge, 0, hash, { size, frontier }, tiles);
    frontier = growFrontier(frontier, size, hash);
    size += 1;
  }
  return { head: { size, chain, frontier, edge }, tiles };
}

/** A full tile becomes one hash of the level above. @param before the tree without the leaf that is being added */
function pushHash(
  edge: Uint8Array[][],
  level: number,
  hash: Uint8Array,
  before: Pick<Head, 'size' | 'frontier'>,
  tiles: TileRow[],
): void {
  edge[level] ??= [];
  const hashes = edge[level];
  hashes.push(hash);
  if (hashes.length < TILE_WIDTH) return;
  const root = tileRoot(level, hash, before.frontier);
  tiles.push({
    level,
    number: hashesAt(level, before.size + 1) / TILE_WIDTH - 1,
    hashes: concatBytes(...hashes),
    root,
  });
  edge[level] = [];
  pushHash(edge, level + 1, root, before, tiles);
}

/** Eight hashes instead of 255: the last hash of a tile meets exactly the frontier's next eight subtrees. */
function tileRoot(level: number, last: Uint8Array, frontier: readonly Uint8Array[]): Uint8Array {
  const end = frontier.length - 8 * level;
  return frontier.slice(end - 8, end).reduceRight((right, left) => nodeHash(left, right), last);
}

/**
 * Rebuilds the head from the rows.
 *
 * @returns an error if they contradict each other: a ledger whose storage was altered must not seal anything more
 */
export function loadHead(store: LedgerStore): Head | Error {
  try {
    return rebuild(store);
  } catch (error) {
    console.error('ledger: damaged', error);
    return error instanceof Error ? error : new Error(String(error));
  }
}

function rebuild(store: LedgerStore): Head {
  const last = store.lastFlush();
  if (last === null) return EMPTY_HEAD;
  const { size, chain } = last;
  const head = { size, chain, frontier: splitHashes(last.frontier), edge: loadEdge(store, size) };
  if (!equalBytes(rootAt(hashReader(store, head), size), rootOf(head))) {
    throw new Error(`the ledger's rows contradict each other at size ${size}`);
  }
  return head;
}

function loadEdge(store: LedgerStore, size: number): Uint8Array[][] {
  const edge = [lastHashes(store, size)];
  for (let level = 1; hashesAt(level, size) > 0; level++) {
    const count = hashesAt(level, size);
    edge.push(store.tileRoots(level - 1, count - (count % TILE_WIDTH), count));
  }
  return edge;
}

/** Leaf hashes of the level-0 tile that is not complete. */
function lastHashes(store: LedgerStore, size: number): Uint8Array[] {
  const from = size - (size % TILE_WIDTH);
  const flushes = from === size ? [] : store.flushesBetween(from, size);
  const skipped = from - (flushes[0]?.first ?? from);
  return flushes.flatMap((flush) => splitHashes(flush.hashes)).slice(skipped);
}

/** A tile's hashes, at least `width` of them; out of a row when it is complete, out of the edge otherwise. */
export function readTile(store: LedgerStore, head: Head, level: number, number: number, width: number): Uint8Array {
  const complete = (number + 1) * TILE_WIDTH <= hashesAt(level, head.size);
  const hashes = complete ? store.tile(level, number) : concatBytes(...(head.edge[level] ?? []).slice(0, width));
  if (hashes === null || hashes.length < width * 32) throw new Error(`tile ${level}/${number} has not ${width} hashes`);
  return hashes;
}

/** Reads complete subtrees of the tree of `size` leaves, the head's own by default. */
export const hashReader = (store: LedgerStore, head: Head, size: number = head.size): HashReader =>
  tileHashReader((level, number, width) => readTile(store, head, level, number, width), size);
