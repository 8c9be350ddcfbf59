// What is already sealed of an object, read back from the flushes: each batch names the flush of the one before, so a
// repeat of any age is answered with what was stored, and nothing is kept twice.
import { base64, fromUtf8, hex } from '../../core/encoding.ts';
import type { Instant } from '../../core/json.ts';
import { acrossShards, decodeEntries, parseEventLeaf, splitHashes } from '../../core/ledger.ts';
import { parseReceiptLeaf, receiptDigest, receiptKeyId } from '../../core/receipt.ts';
import type { AppendAnswer, AppendRequest, DecisionSeal } from './forms.ts';
import type { Batch, Flush, ObjectRow } from './store.ts';

/** A flush with its leaves and hashes apart; the one in the making has the same shape. */
export interface OpenFlush {
  first: number;
  sealed_at: Instant;
  leaves: Uint8Array[];
  hashes: Uint8Array[];
  batches: Batch[];
}

/** One sealed event. */
export interface Sealed {
  index: number;
  org_seq: number;
  leaf: Uint8Array;
  hash: Uint8Array;
  sealed_at: Instant;
  receipts: { index: number; leaf: string }[];
}

/**
 * Reads an object's sealed events back.
 *
 * @param open gives a flush by its first index
 * @param from the earliest seq that is wanted
 * @returns by seq
 */
export function sealedEvents(
  open: (first: number) => Flush | OpenFlush | null,
  object: ObjectRow,
  from: number,
): Map<number, Sealed> {
  const sealed = new Map<number, Sealed>();
  for (let at: number | null = object.last_flush; at !== null; ) {
    const found = open(at);
    const own =
      found?.batches.filter((b) => b.object === object.object && b.organization === object.organization) ?? [];
    if (found === null || own[0] === undefined) throw new Error(`flush ${at} has nothing of ${object.object}`);
    const flush = apart(found);
    for (const batch of own) readBatch(flush, batch, sealed);
    at = own[0].seq > from ? own[0].previous : null;
  }
  return sealed;
}

/** What one batch of a flush sealed; by seq. */
export function eventsOfBatch(flush: OpenFlush, batch: Batch): Map<number, Sealed> {
  const sealed = new Map<number, Sealed>();
  readBatch(flush, batch, sealed);
  return sealed;
}

function apart(flush: Flush | OpenFlush): OpenFlush {
  if (Array.isArray(flush.leaves)) return flush as OpenFlush;
  const { leaves, hashes, ...rest } = flush as Flush;
  return { ...rest, leaves: decodeEntries(leaves)!, hashes: splitHashes(hashes) };
}

function readBatch(flush: OpenFlush, batch: Batch, into: Map<number, Sealed>): void {
  for (let i = 0; i < batch.count; i++) {
    const index = batch.index + i;
    into.set(batch.seq + i, {
      ...{ index, org_seq: batch.org_seq + i, sealed_at: flush.sealed_at },
      ...{ leaf: flush.leaves[index - flush.first]!, hash: flush.hashes[index - flush.first]! },
      receipts: batch.receipts
        .filter(([seq]) => seq === batch.seq + i)
        .map(([, at]) => ({ index: at, leaf: fromUtf8(flush.leaves[at - flush.first]!)! })),
    });
  }
}

/**
 * What in a repeat differs from what is sealed.
 *
 * @param last the object's last sealed seq; later events are new and not compared
 * @returns null when it is the same
 */
export function faultOfRepeat(request: AppendRequest, last: number, sealed: Map<number, Sealed>): string | null {
  for (const event of request.events.filter(({ seq }) => seq <= last)) {
    const stored = sealed.get(event.seq)!;
    if (hex(partsOf(stored).commit) !== event.commit)
      return `another commit at seq ${event.seq}, which is sealed at ${stored.index}`;
    const given = request.receipts
      .filter((receipt) => receipt.event === event.id)
      .map(({ payload }) => receiptDigest(payload));
    const kept = stored.receipts.map(({ leaf }) => parseReceiptLeaf(leaf)!.digest);
    if (given.length > 0 && given.join() !== kept.join()) return `another receipt at seq ${event.seq}`;
  }
  return null;
}

/** @throws if the row says that a leaf is an event's and it is none */
function partsOf({ leaf, index }: Sealed): { commit: Uint8Array; link: Uint8Array } {
  const parts = parseEventLeaf(leaf);
  if (parts === null) throw new Error(`the leaf at ${index} is not an event's`);
  return parts;
}

/** What the caller hears, the first time and every time; with indices across shards. */
export function answerOf(
  request: AppendRequest,
  sealed: Map<number, Sealed>,
  shard: number,
): Omit<AppendAnswer, 'size'> {
  const events = request.events.map(({ id, seq }) => ({ event: id, seq, stored: sealed.get(seq)! }));
  return {
    receipts: events.map(({ event, seq, stored }) => {
      const { org_seq, hash, sealed_at } = stored;
      const index = acrossShards(shard, stored.index);
      return { event, seq, index, org_seq, link: hex(partsOf(stored).link), leaf_hash: hex(hash), sealed_at };
    }),
    decisions: events.flatMap(({ event, stored }) =>
      stored.receipts.map((receipt) => decisionOf(event, receipt, shard)),
    ),
  };
}

function decisionOf(event: string, { index: place, leaf }: Sealed['receipts'][number], shard: number): DecisionSeal {
  const { signature, public_key } = parseReceiptLeaf(leaf)!;
  const index = acrossShards(shard, place);
  return { event, index, leaf, signature: base64(signature), key: receiptKeyId(public_key) };
}
