// What the ledger does not seal. These are broken invariants of our own objects, never a caller's mistake: they are
// logged loudly and refused, because a wrong leaf could never be taken back.
import { fail } from '../../core/problems.ts';
import type { AppendRequest } from './forms.ts';

/** 66 bytes of leaf, 32 of hash and 2 of length each: well below the 2 MB of a row. */
const MAX_LEAVES = 8192;
const COMMIT = /^[0-9a-f]{64}$/;

/** What is wrong with a request in itself; null when nothing is. */
export function faultOfShape({ events, receipts, link_key, organization, object }: AppendRequest): string | null {
  if (!organization || !object) return 'no organisation or object';
  if (events.length === 0) return 'no events';
  if (events.length + receipts.length > MAX_LEAVES) return `more than ${MAX_LEAVES} leaves in one request`;
  const first = events[0]!.seq;
  if (!Number.isSafeInteger(first) || first < 1) return `seq ${first} is not a place`;
  const strange = events.find((event, at) => event.seq !== first + at || !COMMIT.test(event.commit) || !event.id);
  if (strange) return `event ${strange.id} at seq ${strange.seq} is out of order or has no commit`;
  const ids = new Set(events.map((event) => event.id));
  if (ids.size < events.length) return 'the same event twice';
  if (receipts.some((receipt) => !ids.has(receipt.event))) return 'a receipt without its event';
  return link_key === undefined || COMMIT.test(link_key) ? null : 'a link key that is not 32 bytes of hex';
}

/** Refuses loudly. @param reason for our own log only */
export function broken({ organization, object, events }: AppendRequest, reason: string) {
  console.error('ledger: refused to seal', { organization, object, seq: events[0]?.seq, count: events.length, reason });
  return fail('internal', 'The ledger refused this: it does not continue what is sealed of the same object.', {
    reason,
  });
}

/** The head is behind a signed checkpoint: sealing on could give an index a second leaf. */
export const frozen = () =>
  fail(
    'unavailable',
    'The ledger is frozen: its storage is behind a checkpoint that it signed. An operator must act.',
    {
      reason: 'frozen',
    },
  );

/** The rows contradict each other: whatever was altered, a leaf on top of it would be a lie. */
export const damaged = (error: Error) =>
  fail('unavailable', 'The ledger cannot trust its own storage. An operator must act.', {
    reason: `damaged: ${error.message}`,
  });

/** This shard takes no entries any more: the next one does. Callers go there by themselves (shards.ts). */
export const MOVED = 'the log goes on in the next shard';
export const moved = () =>
  fail('unavailable', 'This part of the log is closed. Repeat the same call.', {
    retry_after_seconds: 1,
    reason: MOVED,
  });

/** What a shard has sealed is final only when it has ended. */
export const notEnded = () =>
  fail('unavailable', 'This part of the log has not ended.', { retry_after_seconds: 1, reason: 'the shard goes on' });

/** Meant for a shard that this object is not (yet). */
export const otherShard = (asked: number, own: number) =>
  fail('unavailable', 'This part of the log is not open yet. Repeat the same call.', {
    retry_after_seconds: 1,
    reason: `shard ${asked} was asked for, this is ${own}`,
  });

/** Nothing was written: the same call repeated finishes it. */
export const notWritten = (error: unknown) => {
  console.error('ledger: a flush failed', error);
  return fail('unavailable', 'The ledger could not write. Nothing is lost: repeat the same call.', {
    retry_after_seconds: 1,
    reason: String(error),
  });
};

/** The line is full. */
export const busy = () =>
  fail('unavailable', 'The ledger has more to seal than it can take in. Repeat the same call.', {
    retry_after_seconds: 1,
    reason: 'line full',
  });
