// What is done about a request that waits: escalating as policy wrote, by the clock or sooner by a person, and reminding
// those who are asked. Neither decides anything. Invariant: only whom policy names is ever asked in addition.
import type { Facts } from '../authority.ts';
import { instantAt, instantMs } from '../duration.ts';
import type { Instant } from '../json.ts';
import { MAX_REMINDERS, MIN_REMINDER_SECONDS } from '../limits.ts';
import { fail, ok, type Result } from '../problems.ts';
import { judgeReject } from '../requirement.ts';
import { type Advance, advance } from './advance.ts';
import { countedVotes } from './counted.ts';
import { escalationsOf, inForce, liveVotes, stagesAsWritten } from './in-force.ts';
import type { RequestRecord } from './record.ts';
import { aboutOf, peopleOf, stageOf } from './stage.ts';
import type { Hand } from './withdraw.ts';

const after = (record: RequestRecord, seconds: number): Instant =>
  instantAt(instantMs(record.created_at) + seconds * 1_000);

/** The next escalation that policy wrote; null when none is left, or an edit asks for other people now. */
const nextEscalation = (record: RequestRecord) =>
  stagesAsWritten(record) ? (record.judgement.escalate?.[escalationsOf(record).length] ?? null) : null;

/** When the next escalation is due; null for never. */
export function escalationDue(record: RequestRecord): Instant | null {
  const next = nextEscalation(record);
  return next && after(record, next.after_seconds);
}

/** Whom the next escalation asks, and when; null where none is left. */
export function escalationNext(record: RequestRecord): { to: string[]; at: Instant } | null {
  const next = nextEscalation(record);
  return next && { to: next.to, at: after(record, next.after_seconds) };
}

/** When those who are asked are next to be reminded; null for never, or no more. */
export function reminderDue(record: RequestRecord): Instant | null {
  const { remind_seconds } = record.judgement;
  const { count, last_at } = record.reminders ?? { count: 0, last_at: record.created_at };
  if (remind_seconds == null || count >= MAX_REMINDERS) return null;
  return instantAt(instantMs(last_at) + Math.max(remind_seconds, MIN_REMINDER_SECONDS) * 1_000);
}

/**
 * The stage that is open by what was recorded: the clock knows no standings, and goes by the votes that counted when they
 * were known last.
 */
function openByVotes(record: RequestRecord): number {
  const { stages } = inForce(record).requirement;
  const counted = countedVotes(record);
  const people = (index: number) => counted.filter((vote) => vote.stage === index).length;
  const open = stages.findIndex(({ count }, index) => people(index) < count);
  return open === -1 ? stages.length - 1 : open;
}

/**
 * Takes the next escalation: its people decide in the open stage as well, from now on.
 *
 * @param hand null: the clock
 * @param stage the one that is open, where somebody's standing is known
 */
export function escalate(
  record: RequestRecord,
  hand: Hand | null,
  reason: string | null,
  now: Instant,
  stage = openByVotes(record),
): Result<Advance> {
  const next = nextEscalation(record);
  if (next === null && record.life.status === 'pending')
    return fail('illegal-transition', 'Policy names nobody further to ask for this request.');
  const { to = [], after_seconds = 0 } = next ?? {};
  const stepped = advance(record, {
    ...{ command: 'escalate', by: hand?.by ?? 'clock', now, facts: {} },
    parts: {
      'approval.escalated': {
        skeleton: { escalated_to: to, stage, after_seconds },
        personal: hand && { reason, ip: hand.ip },
      },
    },
  });
  if (!stepped.ok) return stepped;
  const made = { stage, to, by: hand?.by ?? 'clock', at: now, seq: stepped.value.record.seq };
  return ok({
    ...stepped.value,
    record: { ...stepped.value.record, escalations: [...escalationsOf(record), made] },
  });
}

/** Reminds those who are asked; a bounded number of times. */
export function remind(record: RequestRecord, now: Instant): Result<Advance> {
  const count = (record.reminders?.count ?? 0) + 1;
  const stepped = advance(record, {
    ...{ command: 'remind', by: 'clock', now, facts: {} },
    parts: { 'approval.reminded': { skeleton: { count, stage: openByVotes(record) } } },
  });
  if (!stepped.ok) return stepped;
  return ok({ ...stepped.value, record: { ...stepped.value.record, reminders: { count, last_at: now } } });
}

/** The open stage, if this person may decide in it; `not-eligible` with the reason otherwise. */
export function reviewerOfStage(record: RequestRecord, facts: Facts, user: string, now: Instant) {
  return judgeReject({
    ...{ requirement: inForce(record).requirement, votes: liveVotes(record), standings: facts.standings },
    ...{ voter: user, created_at: record.created_at, people: peopleOf(record, facts.owners), voted_at: now },
    effective_action_digest: record.effective.action_digest,
    stage: stageOf(record, facts).index,
    about: aboutOf(record, instantAt(facts.as_of)),
  });
}
