// One request's events against the log: each commits to what it says, follows the one before, and its leaf is in the tree
// under the verified root. What the public checkpoint does not cover yet is counted, not doubted.

import { equalBytes, fromHex } from '../../../core/encoding.ts';
import { faultOfEvent, type RecordedEvent } from '../../../core/events.ts';
import { eventLeaf, leafHash, placeInShard, verifyInclusion } from '../../../core/ledger.ts';
import type { Context } from '../context.ts';
import type { Heads, VerifiedHead } from './head.ts';

interface Receipt {
  index: number;
  link: string;
  leaf_hash: string;
}
type SealedEvent = RecordedEvent & { receipt: Receipt | null };

export interface Finding {
  request: string;
  proved: number;
  /** Newer than the checkpoint, or not sealed yet. */
  unproved: number;
  /** Each names the event and what does not hold. */
  faults: string[];
}

const NOTHING = new Uint8Array(0);
const bytesOf = (text: string): Uint8Array => fromHex(text) ?? NOTHING;

/** Verifies all events of one request. */
export async function verifyEvents(context: Context, heads: Heads, request: string): Promise<Finding> {
  const path = `/v1/approval-requests/${encodeURIComponent(request)}/events`;
  const { data } = await context
    .client()
    .call<{ data: SealedEvent[] }>('GET', path, undefined, { signal: context.signal });
  const finding: Finding = { request, proved: 0, unproved: 0, faults: [] };
  if (data.length === 0) finding.faults.push('has no events');
  for (const [at, event] of data.entries()) {
    const fault = faultOfEvent(event) ?? orderFault(request, event, data[at - 1]);
    const head = event.receipt && (await heads.holding(event.receipt.index));
    if (fault !== null) finding.faults.push(`${event.id}: ${fault}`);
    else if (event.receipt === null || placeInShard(event.receipt.index) >= head!.size) finding.unproved++;
    else if (await isIncluded(context, head!, event, event.receipt)) finding.proved++;
    else finding.faults.push(`${event.id}: is not at index ${event.receipt.index} of the log`);
  }
  return finding;
}

function orderFault(request: string, event: SealedEvent, before: SealedEvent | undefined): string | null {
  if (event.object !== request) return 'belongs to another object';
  if (event.seq !== (before?.seq ?? 0) + 1) return `has seq ${event.seq} after ${before?.seq ?? 0}`;
  return event.skeleton.prev === (before?.commit ?? null) ? null : 'does not follow the event before it';
}

/** The leaf is made here from the event itself: the server's word for it is only compared. */
async function isIncluded(
  context: Context,
  head: VerifiedHead,
  event: SealedEvent,
  receipt: Receipt,
): Promise<boolean> {
  const [commit, link] = [bytesOf(event.commit), bytesOf(receipt.link)];
  if (commit.length !== 32 || link.length !== 32) return false;
  const leaf_hash = leafHash(eventLeaf(commit, link));
  if (!equalBytes(leaf_hash, bytesOf(receipt.leaf_hash))) return false;
  const { index } = receipt;
  const path = `/v1/ledger/proofs?index=${index}&size=${head.size}`;
  const proof = await context.client().call<{ hashes: string[] }>('GET', path, undefined, { signal: context.signal });
  return verifyInclusion({
    index: placeInShard(index),
    size: head.size,
    root: head.root,
    leaf_hash,
    hashes: proof.hashes.map(bytesOf),
  });
}
