// Inclusion and consistency proofs (RFC 6962 section 2.1, checks as in RFC 9162): made from a reader of complete
// subtrees, checked without one. Sizes are numbers below 2^53, so no bit operator touches them: those cut to 32 bits.
import { equalBytes } from '../encoding.ts';
import { EMPTY_ROOT, nodeHash } from './tree.ts';

/** Root of the complete subtree over leaves [index · 2^level, (index + 1) · 2^level). Throws where there is none. */
export type HashReader = (level: number, index: number) => Uint8Array;

/** Largest power of two below `count`, which is at least 2: where RFC 6962 splits. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

function levelOf(count: number): number | null {
  let level = 0;
  let width = 1;
  for (; width < count; level++) width *= 2;
  return width === count ? level : null;
}

function rangeRoot(read: HashReader, from: number, to: number): Uint8Array {
  const level = levelOf(to - from);
  if (level !== null) return read(level, from / (to - from));
  const middle = from + splitOf(to - from);
  return nodeHash(rangeRoot(read, from, middle), rangeRoot(read, middle, to));
}

/** Root of the tree of the first `size` leaves. */
export const rootAt = (read: HashReader, size: number): Uint8Array =>
  size === 0 ? EMPTY_ROOT : rangeRoot(read, 0, size);

function assertRange(holds: boolean, what: string): void {
  if (!holds) throw new RangeError(what);
}

/**
 * PATH(index, D[size]): the siblings from the leaf up.
 *
 * @throws RangeError unless 0 ≤ index < size
 */
export function inclusionProof(read: HashReader, index: number, size: number): Uint8Array[] {
  assertRange(Number.isSafeInteger(size) && index >= 0 && index < size, `no leaf ${index} in a tree of ${size}`);
  return pathIn(read, index, 0, size);
}

function pathIn(read: HashReader, index: number, from: number, to: number): Uint8Array[] {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...pathIn(read, index, from, middle), rangeRoot(read, middle, to)]
    : [...pathIn(read, index, middle, to), rangeRoot(read, from, middle)];
}

/**
 * PROOF(from, D[to]): that the tree of `from` leaves is the beginning of the tree of `to`.
 *
 * @throws RangeError unless 0 ≤ from ≤ to
 */
export function consistencyProof(read: HashReader, from: number, to: number): Uint8Array[] {
  assertRange(Number.isSafeInteger(to) && from >= 0 && from <= to, `no proof from ${from} to ${to}`);
  return from === 0 || from === to ? [] : subproof(read, from, 0, to, true);
}

function subproof(read: HashReader, old: number, from: number, to: number, known: boolean): Uint8Array[] {
  if (old === to) return known ? [] : [rangeRoot(read, from, to)];
  const middle = from + splitOf(to - from);
  return old <= middle
    ? [...subproof(read, old, from, middle, known), rangeRoot(read, middle, to)]
    : [...subproof(read, old, middle, to, false), rangeRoot(read, from, middle)];
}

/** What an inclusion proof claims; hashes are 32 bytes. */
export interface Inclusion {
  index: number;
  size: number;
  leaf_hash: Uint8Array;
  hashes: readonly Uint8Array[];
  root: Uint8Array;
}

const half = (n: number): number => Math.floor(n / 2);
const sized = (hashes: readonly Uint8Array[]): boolean => hashes.every((hash) => hash.length === 32);

/** Whether the leaf is the one at `index` in the tree of `size` leaves with this root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion({ index, size, leaf_hash, hashes, root }: Inclusion): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  if (!sized([leaf_hash, root, ...hashes])) return false;
  let [node, last, hash] = [index, size - 1, leaf_hash];
  for (const sibling of hashes) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(hash, root);
}

/** What a consistency proof claims: the tree of `from` leaves is a prefix of the tree of `to`. */
export interface Consistency {
  from: number;
  from_root: Uint8Array;
  to: number;
  to_root: Uint8Array;
  hashes: readonly Uint8Array[];
}

/** Whether the older tree is the beginning of the newer one (RFC 9162 section 2.1.4.2). */
export function verifyConsistency({ from, from_root, to, to_root, hashes }: Consistency): boolean {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from > to) return false;
  if (!sized([from_root, to_root, ...hashes])) return false;
  if (from === to) return hashes.length === 0 && equalBytes(from_root, to_root);
  if (from === 0) return hashes.length === 0 && equalBytes(from_root, EMPTY_ROOT);
  // A complete older tree is itself the first node of the path; RFC 9162 leaves it out of the proof.
  const path = levelOf(from) === null ? [...hashes] : [from_root, ...hashes];
  const first = path.shift();
  return first !== undefined && pathLeadsToBoth(first, path, { from, from_root, to, to_root, hashes });
}

function pathLeadsToBoth(first: Uint8Array, path: Uint8Array[], claim: Consistency): boolean {
  let [node, last] = [claim.from - 1, claim.to - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [older, newer] = [first, first];
  for (const hash of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [older, newer] = [nodeHash(hash, older), nodeHash(hash, newer)];
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newer = nodeHash(newer, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equalBytes(older, claim.from_root) && equalBytes(newer, claim.to_root);
}
