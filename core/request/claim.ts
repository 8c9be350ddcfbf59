// A reviewer says "I am on it". Advisory: it keeps nobody from deciding, another reviewer may take it over, and it ends by
// itself. It is no step of a request's life and stands beside it in the chain, under a type of its own, so that nobody
// who reads comments or counts steps takes it for one.
import { instantAt, instantMs } from '../duration.ts';
import type { Instant } from '../json.ts';
import { CLAIM_SECONDS } from '../limits.ts';
import { fail, ok, type Result } from '../problems.ts';
import type { Advance } from './advance.ts';
import type { RequestRecord } from './record.ts';
import type { Hand } from './withdraw.ts';

/** Claims the request, or prolongs the own claim. */
export function claim(record: RequestRecord, hand: Hand, now: Instant): Result<Advance> {
  const until = instantAt(instantMs(now) + CLAIM_SECONDS * 1_000);
  return said(record, hand, { reviewer: { id: hand.by, name: hand.name }, until }, now);
}

/** Gives a claim back: one's own, or anybody's with the right. Nothing to give back is no mistake. */
export function release(record: RequestRecord, hand: Hand, has_right: boolean, now: Instant): Result<Advance> {
  const held = record.claim;
  if (!held || held.until <= now) return ok({ record, drafts: [], statements: [], replayed: true });
  if (held.reviewer.id !== hand.by && !has_right)
    return fail('forbidden', 'This is somebody else’s claim. It ends by itself, and keeps you from nothing.');
  return said(record, hand, null, now);
}

function said(record: RequestRecord, hand: Hand, held: RequestRecord['claim'], now: Instant): Result<Advance> {
  if (record.life.status !== 'pending')
    return fail('already-decided', `The request is ${record.life.status} already: nothing is left to look after.`);
  const skeleton = { reviewer: held?.reviewer.id ?? null, until: held?.until ?? null };
  const personal = { reviewer_name: held?.reviewer.name ?? null, ip: hand.ip };
  const draft = { type: 'approval.claimed' as const, at: now, by: hand.by, skeleton, personal };
  const next = { ...record, seq: record.seq + 1, updated_at: now, claim: held ?? null };
  return ok({ record: next, drafts: [draft], statements: [] });
}
