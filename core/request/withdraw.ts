// What only narrows or tells: cancel, revoke, expire by hand, comment, and the outcome that the actor reports. None of
// these waits for a seal: what refuses takes effect at once.
import type { Stop } from '../authority.ts';
import { canonicalBytes } from '../canonical.ts';
import { digestOf } from '../digest.ts';
import type { Instant, JsonObject } from '../json.ts';
import type { Command } from '../lifecycle.ts';
import { MAX_COMMENTS, MAX_COMMENTS_OF_ONE, MAX_EVIDENCE_BYTES } from '../limits.ts';
import { fail, ok, type Result } from '../problems.ts';
import { type Advance, advance } from './advance.ts';
import type { RequestRecord } from './record.ts';
import { lifetimeLeft, type SealedAt } from './settle.ts';

/** Who does it, from where. */
export interface Hand {
  by: string;
  name: string;
  ip: string | null;
}

/** By the requester. It decides nothing: `decided_at` stays what it was. */
export function cancel(record: RequestRecord, hand: Hand, reason: string | null, now: Instant): Result<Advance> {
  return advance(record, {
    ...{ command: 'cancel', by: hand.by, now, facts: { by_requester: hand.by === record.requester.id } },
    parts: { 'approval.canceled': { personal: { reason, ip: hand.ip } } },
  });
}

/** By a person with the right, or by a stop that touches the request. */
export function revoke(
  record: RequestRecord,
  hand: Hand,
  reason: string | null,
  stop: Stop | null,
  now: Instant,
): Result<Advance> {
  return advance(record, {
    ...{ command: 'revoke', by: hand.by, now, facts: { has_right: true } },
    parts: {
      'capability.revoked': {
        skeleton: { capability: record.capability?.id ?? null, stop: stop?.id ?? null },
        personal: { reason, ip: hand.ip },
      },
    },
  });
}

/** A person with the right ends the waiting. */
export function expireNow(record: RequestRecord, hand: Hand, now: Instant): Result<Advance> {
  const stepped = advance(record, {
    ...{ command: 'expire', by: hand.by, now, facts: { has_right: true } },
    parts: { 'approval.expired': { skeleton: { expires_at: record.expires_at }, personal: { ip: hand.ip } } },
  });
  if (!stepped.ok) return stepped;
  return ok({ ...stepped.value, record: { ...stepped.value.record, decided_at: now, decided_by: 'person' as const } });
}

/** Of a pending request, by a member who does more than read; the Worker checks who that is. */
export function comment(record: RequestRecord, hand: Hand, text: string, now: Instant): Result<Advance> {
  if (record.comments.length >= MAX_COMMENTS)
    return fail('illegal-transition', `A request takes ${MAX_COMMENTS} comments, and this one has them.`);
  if (record.comments.filter(({ author }) => author === hand.by).length >= MAX_COMMENTS_OF_ONE)
    return fail(
      'illegal-transition',
      `A person comments a request ${MAX_COMMENTS_OF_ONE} times at most, and you have.`,
    );
  const stepped = advance(record, {
    ...{ command: 'comment', by: hand.by, now, facts: {} },
    parts: { 'approval.commented': { personal: { comment: text, author_name: hand.name, ip: hand.ip } } },
  });
  if (!stepped.ok) return stepped;
  const comments = [...record.comments, { author: hand.by, name: hand.name, comment: text, at: now }];
  return ok({ ...stepped.value, record: { ...stepped.value.record, comments } });
}

export interface Report {
  status: 'executed' | 'failed' | 'not_started';
  detail: string | null;
  evidence: JsonObject | null;
  /** A person with the right, not the requester, reports. */
  has_right: boolean;
}

const REPORT: Record<Report['status'], Command> = {
  executed: 'report_executed',
  failed: 'report_failed',
  not_started: 'report_not_started',
};

/** The actor's word on what happened, named as such. */
export function report(
  record: RequestRecord,
  hand: Hand,
  said: Report,
  sealedAt: SealedAt,
  now: Instant,
): Result<Advance> {
  if (said.evidence && canonicalBytes(said.evidence).length > MAX_EVIDENCE_BYTES) return tooMuch();
  const told = {
    skeleton: {
      reporter: hand.by,
      evidence_digest: said.evidence && digestOf({ salt: record.salt, evidence: said.evidence }),
    },
    personal: { detail: said.detail, evidence: said.evidence, ip: hand.ip },
  };
  const handed = { skeleton: { capability: record.capability?.id ?? null } };
  const stepped = advance(record, {
    ...{ command: REPORT[said.status], by: hand.by, now },
    facts: {
      by_requester: hand.by === record.requester.id,
      has_right: said.has_right,
      lifetime_left: lifetimeLeft(record, sealedAt, now),
    },
    parts: {
      'execution.executed': told,
      'execution.failed': told,
      'capability.returned': handed,
      'capability.expired': handed,
    },
  });
  if (!stepped.ok) return stepped;
  const outcome = { ...outcomeOf(said), reported_by: hand.by, reported_at: now };
  return ok({ ...stepped.value, record: { ...stepped.value.record, outcome } });
}

const tooMuch = () =>
  fail('invalid-request', `Evidence has at most ${MAX_EVIDENCE_BYTES} bytes: send a digest and where the rest is.`, {
    errors: [{ pointer: '/evidence', detail: `has more than ${MAX_EVIDENCE_BYTES} bytes` }],
  });

const outcomeOf = ({ status, detail, evidence }: Report) => ({ status, detail, evidence });
