// The request's own chain: every event holds what it commits to, follows the one before, and the lifecycle table takes
// every step. What the chain ends with is the operator's word: nothing shows that no further event exists.
import { canonicalize, sameJson } from '../canonical.ts';
import { digestOf } from '../digest.ts';
import { instantMs } from '../duration.ts';
import { faultOfEvent } from '../events.ts';
import type { Life } from '../lifecycle.ts';
import { replay } from '../replay.ts';
import type { Case } from './case.ts';
import type { EvidenceBundle, EvidenceLine } from './forms.ts';
import { atLine, type Tally } from './tally.ts';
import { withheldIn } from './withheld.ts';

/** Replays the life; null, and said, at the first event that is altered, missing or illegal. */
export function checkHistory({ events, organization_events }: EvidenceBundle, tally: Tally): Life | null {
  for (const [at, line] of organization_events.entries()) {
    const fault = faultOfEvent(line.event);
    const field = `/organization_events/${at}/event`;
    tally.holds(fault === null, 'commitment', `The event does not hold what it commits to (${fault}).`, {
      ...atLine(line),
      field,
    });
  }
  for (const line of [...events, ...organization_events].filter(({ event }) => isErased(event)))
    tally.say(
      'erased',
      'not-replayable',
      `The personal part of ${line.event.type} is erased or withheld.`,
      atLine(line),
    );
  const replayed = replay(events.map(({ event }) => event));
  if (replayed.ok) {
    const { status, capability } = replayed.life;
    const ends = `${status}${capability === null ? '' : `, its capability ${capability}`}`;
    tally.say('lifecycle', 'proved', `Its ${events.length} events are one legal life, which ends ${ends}.`);
    tally.say('completeness', 'asserted', `That nothing followed is the operator’s word.`, atLine(events.at(-1)!));
    return replayed.life;
  }
  const at = replayed.at_seq - 1;
  tally.say('lifecycle', 'failed', `Event ${replayed.at_seq}: ${replayed.reason}.`, {
    ...(events[at] ? atLine(events[at]) : {}),
    field: `/events/${at}/event`,
  });
  return null;
}

const isErased = ({ personal, skeleton }: EvidenceBundle['events'][number]['event']): boolean =>
  personal === null && skeleton.personal !== null;

const OUTCOMES: readonly string[] = ['execution.executed', 'execution.failed', 'capability.returned'];

/** Who decided where nobody signed, and who said how it ended. */
export function checkOutcome({ bundle, birth, tally }: Case): void {
  for (const line of bundle.events) {
    const { type, skeleton } = line.event;
    checkFacts(tally, birth, line);
    if (type === 'approval.escalated') checkEscalation(tally, birth, line);
    if (type === 'approval.decided' && skeleton.command === 'propose')
      tally.say('decision', 'asserted', `Policy decided (rule ${birth.skeleton.rule}): nobody signed.`, atLine(line));
    if (OUTCOMES.includes(type)) checkReport(tally, birth, line);
    if (ENDED_BY_RIGHT.includes(type) && skeleton.by !== 'clock')
      tally.say(
        'right',
        'asserted',
        `That ${skeleton.by} had the right to do this (${type}) is the operator’s word.`,
        atLine(line),
      );
  }
}

/** Facts of a step that its own chain can contradict: who acts, and whether the deadline had passed. */
function checkFacts(tally: Tally, birth: Case['birth'], line: EvidenceLine): void {
  const { skeleton, at } = line.event;
  const { by_requester, deadline_passed } = (skeleton.facts ?? {}) as Record<string, boolean>;
  const own = by_requester !== true || skeleton.by === birth.skeleton.requester;
  tally.holds(own, 'facts', `${skeleton.by} is not the requester, as the step says.`, atLine(line));
  const passed = deadline_passed !== true || at >= String(birth.skeleton.expires_at);
  tally.holds(passed, 'facts', 'The deadline had not passed, as the step says.', atLine(line));
}

const ENDED_BY_RIGHT: readonly string[] = ['approval.expired', 'capability.revoked'];

/** The reporter's word, and that the evidence given with it has the recorded digest. */
function checkReport(tally: Tally, birth: Case['birth'], line: EvidenceLine): void {
  const { type, skeleton, personal } = line.event;
  tally.say('outcome', 'asserted', `${skeleton.by} reported ${type}: nobody else has seen it.`, atLine(line));
  if (!personal || birth.personal === null || !type.startsWith('execution.')) return;
  const { evidence = null } = personal;
  if (evidence !== null && withheldIn(birth.line).length > 0) {
    const said =
      'Its digest is salted, and where policy hides a value no file holds the salt: not computed again here.';
    tally.say('outcome', 'not-replayable', said, atLine(line));
    return;
  }
  const salt = birth.personal.salt as string;
  const same = (evidence === null ? null : digestOf({ salt, evidence })) === skeleton.evidence_digest;
  tally.holds(same, 'outcome', 'The evidence that was reported is not that of its digest.', atLine(line));
}

/** Only whom the request named from the first is asked in addition, and by the clock not too early. */
function checkEscalation(tally: Tally, birth: Case['birth'], line: EvidenceLine): void {
  const { escalated_to, after_seconds, by } = line.event.skeleton;
  const written = (birth.skeleton.escalate ?? []) as { after_seconds: number; to: string[] }[];
  const named = written.some((one) => one.after_seconds === after_seconds && sameJson(one.to, escalated_to ?? null));
  const waited_ms = instantMs(line.event.at) - instantMs(birth.line.event.at);
  const inTime = by !== 'clock' || waited_ms >= Number(after_seconds) * 1_000;
  const said = `It was escalated to ${canonicalize(escalated_to ?? null)}, as was written when it was asked.`;
  const holds = named && inTime;
  if (tally.holds(holds, 'escalation', 'It was escalated to others than was written, or too early.', atLine(line)))
    tally.say('escalation', 'proved', said, atLine(line));
}
