// C2SP tlog-tiles: the tree in pieces of 256 hashes, and entry bundles. Paths in one canonical form, the widths that a
// tree of a size has, and a reader of subtree hashes out of tiles.
import { concatBytes } from '../encoding.ts';
import type { HashReader } from './proof.ts';
import { rootOfHashes, splitHashes } from './tree.ts';

/** "Full tiles MUST be exactly 256 hashes wide, or 8,192 bytes." */
export const TILE_WIDTH = 256;
/** A tile's height: 2^8 = 256. */
const TILE_LEVELS = 8;
/** "prefixed" by uint16: what fits. */
export const MAX_ENTRY_BYTES = 0xffff;

/** `level` counts in tile heights; `width` < 256 is a partial tile. */
export interface Tile {
  level: number | 'entries';
  number: number;
  width: number;
}

/** `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`. */
export function tilePath({ level, number, width }: Tile): string {
  const groups: string[] = [];
  for (let rest = number; rest > 0 || groups.length === 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(String(rest % 1000).padStart(3, '0'));
  }
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

const PATH = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,4}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/;

/** Reads a tile's path; null unless it is exactly what `tilePath` writes (one resource, one name). */
export function parseTilePath(path: string): Tile | null {
  const [, level = '', digits = '', width] = PATH.exec(path) ?? [];
  const tile: Tile = {
    level: level === 'entries' ? 'entries' : Number(level),
    number: Number(digits.replace(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  if (tile.width < 1 || (tile.level !== 'entries' && tile.level > 63)) return null;
  return tilePath(tile) === path ? tile : null;
}

/** How many hashes a tree of `size` leaves has at a tile level: floor(s / 256**l). */
export const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** Width of tile `number` in a tree of `size`: 256 when full, less at the right edge, 0 when there is none. */
export const widthOf = (level: number, number: number, size: number): number =>
  Math.max(0, Math.min(TILE_WIDTH, hashesAt(level, size) - number * TILE_WIDTH));

/** Gives a tile's hashes, at least `width` of them (a full tile may stand for a partial one). */
export type TileReader = (level: number, number: number, width: number) => Uint8Array;

/** Reads complete subtrees of a tree of `size` leaves out of its tiles. Throws for a subtree that is not complete. */
export function tileHashReader(readTile: TileReader, size: number): HashReader {
  return (level, index) => {
    if ((index + 1) * 2 ** level > size) throw new RangeError(`no complete subtree ${level}/${index} in ${size}`);
    const tileLevel = Math.floor(level / TILE_LEVELS);
    const count = 2 ** (level % TILE_LEVELS);
    const number = Math.floor((index * count) / TILE_WIDTH);
    const start = (index * count) % TILE_WIDTH;
    const hashes = readTile(tileLevel, number, widthOf(tileLevel, number, size));
    return rootOfHashes(splitHashes(hashes.subarray(start * 32, (start + count) * 32)));
  };
}

/** "Entry bundles are sequences of big-endian uint16 length-prefixed log entries." */
export function encodeEntries(leaves: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...leaves.flatMap((leaf) => [lengthOf(leaf), leaf]));
}

function lengthOf(leaf: Uint8Array): Uint8Array {
  if (leaf.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry has ${leaf.length} bytes, ${MAX_ENTRY_BYTES} fit`);
  return Uint8Array.of(leaf.length >> 8, leaf.length & 0xff);
}

/** The entries of a bundle (views, not copies); null when it ends in the middle of one. */
export function decodeEntries(bundle: Uint8Array): Uint8Array[] | null {
  const leaves: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= bundle.length) {
    const end = at + 2 + bundle[at]! * 256 + bundle[at + 1]!;
    if (end > bundle.length) return null;
    leaves.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return at === bundle.length ? leaves : null;
}
