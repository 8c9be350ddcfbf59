// The RFC 6962 Merkle tree, as far as it only grows: hashes of leaves and nodes, and the frontier (the roots of the
// complete subtrees, left to right), from which every root and every further leaf follow. Proofs are in proof.ts.
import { sha256 } from '#sha256';

const HASH_BYTES = 32;

/** Root of the tree without leaves: SHA-256 of nothing (RFC 6962 section 2.1). */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array());

/** MTH({d}) = SHA-256(0x00 ‖ d). The prefix keeps a leaf from being read as a node. */
export function leafHash(leaf: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(1 + leaf.length);
  prefixed.set(leaf, 1);
  return sha256(prefixed);
}

/** Synchronous, and read before it is written again: one for all nodes. */
const NODE = new Uint8Array(1 + 2 * HASH_BYTES);
NODE[0] = 1;

/** SHA-256(0x01 ‖ left ‖ right), both 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new RangeError('a node has two hashes');
  NODE.set(left, 1);
  NODE.set(right, 1 + HASH_BYTES);
  return sha256(NODE);
}

/**
 * Appends one leaf hash.
 *
 * @param frontier roots of the complete subtrees of a tree of `size` leaves, largest first
 * @returns the frontier of the tree of `size + 1` leaves; the argument stays as it was
 */
export function growFrontier(frontier: readonly Uint8Array[], size: number, hash: Uint8Array): Uint8Array[] {
  const grown = [...frontier];
  let node = hash;
  // Each trailing one bit of the size is a complete subtree that the new leaf completes further.
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) node = nodeHash(grown.pop()!, node);
  grown.push(node);
  return grown;
}

/** Root of the tree with this frontier. */
export function rootOfFrontier(frontier: readonly Uint8Array[]): Uint8Array {
  if (frontier.length === 0) return EMPTY_ROOT;
  return frontier.reduceRight((right, left) => nodeHash(left, right));
}

/** Root of exactly these leaf hashes, at least one; what a tile of complete subtrees hashes to. */
export function rootOfHashes(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  // Pair by pair; what is left alone at the end of a level goes up as it is: RFC 6962's split at the largest power of two.
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const right = level[at + 1];
      above.push(right === undefined ? level[at]! : nodeHash(level[at]!, right));
    }
    level = above;
  }
  return level[0] ?? EMPTY_ROOT;
}

/** Cuts a blob of hashes into its 32-byte pieces (views, not copies). */
export function splitHashes(blob: Uint8Array): Uint8Array[] {
  if (blob.length % HASH_BYTES !== 0) throw new Error(`a blob of hashes has ${blob.length} bytes`);
  return Array.from({ length: blob.length / HASH_BYTES }, (_, at) =>
    blob.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}
