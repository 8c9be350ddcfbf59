// What the ledger shows: proofs, tiles and entry bundles of the tree under its public checkpoint, never of what nobody
// has signed yet.
import { concatBytes, hex } from '../../core/encoding.ts';
import {
  consistencyProof,
  decodeEntries,
  encodeEntries,
  inclusionProof,
  parseTilePath,
  rootAt,
  TILE_WIDTH,
  widthOf,
} from '../../core/ledger.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { ConsistencyAnswer, InclusionAnswer, SignedHead } from './forms.ts';
import { type Head, hashReader, readTile } from './head.ts';
import type { LedgerStore } from './store.ts';

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** Inclusion of a leaf in the public tree, or in an earlier one of `size` leaves. */
export function proveInclusion(
  store: LedgerStore,
  head: Head,
  signed: SignedHead,
  asked: { index: number; size?: number },
): Result<InclusionAnswer> {
  const size = asked.size ?? signed.size;
  const refusal = refuseInclusion(head, signed, asked.index, size);
  if (refusal !== null) return refusal;
  const read = hashReader(store, head, size);
  return ok({
    index: asked.index,
    size,
    leaf_hash: hex(read(0, asked.index)),
    hashes: inclusionProof(read, asked.index, size).map(hex),
    root: hex(rootAt(read, size)),
    checkpoint: size === signed.size ? signed.note : null,
  });
}

function refuseInclusion(head: Head, signed: SignedHead, index: number, size: number) {
  if (!isCount(index) || !isCount(size)) return fail('invalid-request', 'index and size are whole numbers from 0.');
  const sealed = index < head.size && size <= head.size;
  if (sealed && (index >= signed.size || size > signed.size)) {
    return fail('not-sealed-yet', 'The entry is sealed; the public checkpoint reaches it within seconds.', {
      retry_after_seconds: 1,
      reason: 'not in the public checkpoint',
    });
  }
  if (index >= size || !sealed) return fail('not-found', `There is no entry ${index} in a tree of ${size}.`);
  return null;
}

/** That the tree of `from` leaves is the beginning of the tree of `to`, both public. */
export function proveConsistency(
  store: LedgerStore,
  head: Head,
  signed: SignedHead,
  { from, to }: { from: number; to: number },
): Result<ConsistencyAnswer> {
  if (!isCount(from) || !isCount(to) || from > to) return fail('invalid-request', 'from and to are sizes, from ≤ to.');
  if (to > Math.min(signed.size, head.size)) return fail('not-found', `The public tree has ${signed.size} entries.`);
  const read = hashReader(store, head, to);
  return ok({
    from,
    to,
    hashes: consistencyProof(read, from, to).map(hex),
    from_root: hex(rootAt(read, from)),
    to_root: hex(rootAt(read, to)),
  });
}

/** The bytes of `tile/…`; null when the path is none or the public tree has no such tile. */
export function readTilePath(store: LedgerStore, head: Head, signed: SignedHead, path: string): Uint8Array | null {
  const tile = parseTilePath(path);
  if (tile === null) return null;
  const level = tile.level === 'entries' ? 0 : tile.level;
  if (widthOf(level, tile.number, Math.min(signed.size, head.size)) < tile.width) return null;
  if (tile.level === 'entries') return readEntries(store, tile.number * TILE_WIDTH, tile.width);
  return readTile(store, head, level, tile.number, tile.width).slice(0, tile.width * 32);
}

function readEntries(store: LedgerStore, from: number, count: number): Uint8Array {
  const flushes = store.flushesBetween(from, from + count);
  const bundle = concatBytes(...flushes.map((flush) => flush.leaves));
  const skipped = from - flushes[0]!.first;
  return encodeEntries(decodeEntries(bundle)!.slice(skipped, skipped + count));
}
