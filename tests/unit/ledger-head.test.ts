import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../core/encoding.ts';
import {
  chainOf,
  hashesAt,
  leafHash,
  NOTHING_BEFORE,
  rootOfHashes,
  splitHashes,
  u64,
  widthOf,
} from '../../core/ledger.ts';
import { EMPTY_HEAD, growHead, rootOf } from '../../durable-objects/ledger/head.ts';
import type { TileRow } from '../../durable-objects/ledger/store.ts';

const SIZE = 256 * 256 + 256 + 44;
const hashes = Array.from({ length: SIZE }, (_, at) => leafHash(u64(at)));

/** Grown in flushes of uneven sizes, across every tile border. */
function grown() {
  let head = EMPTY_HEAD;
  const tiles: TileRow[] = [];
  for (let at = 0, step = 1; at < SIZE; at += step, step = (step * 7) % 251) {
    const next = growHead(head, hashes.slice(at, at + step));
    head = next.head;
    tiles.push(...next.tiles);
  }
  return { head, tiles };
}

describe('a head that grows', () => {
  const { head, tiles } = grown();

  it('has the root and the chain of all leaves', () => {
    expect(head.size).toBe(SIZE);
    expect(rootOf(head)).toEqual(rootOfHashes(hashes));
    expect(head.chain).toEqual(hashes.reduce(chainOf, NOTHING_BEFORE));
  });

  it('completes each tile once, in order, with the root of its own hashes, at two levels', () => {
    const numbers = (level: number) => tiles.filter((tile) => tile.level === level).map((tile) => tile.number);
    expect(numbers(0)).toEqual(Array.from({ length: 257 }, (_, number) => number));
    expect(numbers(1)).toEqual([0]);
    for (const tile of tiles) {
      const own = splitHashes(tile.hashes);
      if (own.length !== 256 || !equalBytes(tile.root, rootOfHashes(own)))
        expect.fail(`tile ${tile.level}/${tile.number}`);
    }
  });

  it('keeps the partial tiles of its size', () => {
    const widths = [0, 1, 2].map((level) => widthOf(level, Math.floor(hashesAt(level, SIZE) / 256), SIZE));
    expect(head.edge.map((level) => level.length)).toEqual(widths);
    expect(widths).toEqual([44, 1, 1]);
    expect(head.edge[0]).toEqual(hashes.slice(-44));
  });

  it('is another one: the head before it stays as it was', () => {
    const before = growHead(EMPTY_HEAD, hashes.slice(0, 255)).head;
    const root = rootOf(before);
    growHead(before, hashes.slice(255, 600));
    expect(before.size).toBe(255);
    expect(before.edge[0]!.length).toBe(255);
    expect(rootOf(before)).toEqual(root);
  });
});
