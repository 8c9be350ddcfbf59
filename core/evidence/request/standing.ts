// How a request stands, as its document shows it, out of the events: what may run and what policy asks for it, who has
// decided, the capability, the outcome, and where everything is sealed.
import { instantAt, instantMs } from '../../duration.ts';
import { asJson, type Instant, type JsonObject } from '../../json.ts';
import { parametersFor } from '../../policy/parameters/for-action.ts';
import { baseScopeOf } from '../capability.ts';
import { type Case, lineOf } from '../case.ts';
import type { EvidenceLine } from '../forms.ts';
import { type Held, heldBefore, stagesOf } from '../held.ts';
import { policyIn } from '../policy-document.ts';
import { countedSeqs } from './counted.ts';
import { ASSERTED, asked, type Expected, isErased, Open, personal, WITHHELD } from './open.ts';

const heldNow = (of: Case): Held => heldBefore(of, Number.POSITIVE_INFINITY);
const plus = (instant: Instant, seconds: number): Instant => instantAt(instantMs(instant) + seconds * 1_000);

export function effective(of: Case): Expected {
  const held = heldNow(of);
  return {
    action_digest: held.action_digest,
    params_digest: held.params_digest,
    params: personal(of, held.edit ?? of.birth.line, 'params'),
    requirement: requirement(of, held.requirement),
    risk: risk(of, held.edit ?? of.birth.line),
  };
}

/** As policy says of what was asked, or of what an edit left; what was claimed stays. */
export const risk = (of: Case, line: EvidenceLine): Expected => ({
  level: line.event.skeleton.risk ?? null,
  claimed: of.birth.skeleton.claimed_risk ?? null,
  reasons: personal(of, line, 'risk_reasons', []),
});

/** Null where policy asked nobody. `approved`: the votes that count, in each stage. */
export function requirement(of: Case, asks: Held['requirement']): Expected {
  if (asks === null) return null;
  const counted = countedSeqs(of);
  const approved = (index: number): number =>
    of.votes.filter(({ event }) => counted.includes(event.seq) && event.skeleton.stage === index).length;
  const stages = (asJson(asks.stages) as JsonObject[]).map((stage, index) => ({
    ...stage,
    approved: approved(index),
  }));
  return { ...(asJson(asks) as JsonObject), stages };
}

/** The schema that the pinned policy has for the action, where both are here. */
export function parameters(of: Case): Expected {
  const action = asked(of, 'action');
  const policy = policyIn(of);
  if (isErased(of)) return null;
  if (policy === null || action instanceof Open) return WITHHELD;
  return asJson(parametersFor(policy, action as string));
}

export function scope(of: Case): Expected {
  if (isErased(of)) return null;
  return (asJson(baseScopeOf(of)) as JsonObject | null) ?? WITHHELD;
}

export const editable = ({ life }: Case): Expected => (life?.status === 'pending' ? ASSERTED : 'none');

export function capability(of: Case): Expected {
  const issued = lineOf(of, 'capability.issued');
  if (issued === undefined) return null;
  const { capability: id, ttl_seconds } = issued.event.skeleton;
  return {
    id: id!,
    status: of.life?.capability ?? null,
    scope: personal(of, issued, 'scope'),
    // Its lifetime starts when its issue is sealed.
    expires_at: plus(issued.receipt.sealed_at, ttl_seconds as number),
  };
}

const OUTCOMES: Readonly<Record<string, string>> = {
  'execution.executed': 'executed',
  'execution.failed': 'failed',
  'execution.indeterminate': 'indeterminate',
  'capability.returned': 'not_started',
  'capability.expired': 'not_started',
};

/** What was reported last; what was said beside "not started" stands in no event. */
export function outcome(of: Case): Expected {
  const line = of.bundle.events.findLast(
    ({ event: { type, skeleton } }) =>
      OUTCOMES[type] !== undefined && (type !== 'capability.expired' || skeleton.command === 'report_not_started'),
  );
  if (line === undefined) return null;
  const { type, skeleton, at } = line.event;
  const unsaid = OUTCOMES[type] === 'not_started' && !isErased(of) ? ASSERTED : null;
  const words = type.startsWith('execution.') ? (name: string) => personal(of, line, name) : () => unsaid;
  return {
    status: OUTCOMES[type]!,
    reported_by: skeleton.by === 'clock' ? null : skeleton.by!,
    reported_at: at,
    detail: words('detail'),
    evidence: words('evidence'),
  };
}

/** The event that ended the waiting. */
const decidingLine = ({ bundle }: Case): EvidenceLine | undefined =>
  bundle.events.find(({ event }) => ['approval.decided', 'approval.expired', 'break_glass.used'].includes(event.type));

export const decidedAt = (of: Case): Expected => decidingLine(of)?.event.at ?? null;

export function decidedBy(of: Case): Expected {
  const event = decidingLine(of)?.event;
  if (event === undefined) return null;
  if (event.type === 'break_glass.used') return 'break_glass';
  if (event.type === 'approval.expired') return event.skeleton.by === 'clock' ? 'clock' : 'person';
  return event.skeleton.command === 'propose' ? 'policy' : 'person';
}

/** The reviewer's words, or policy's. */
export function rejectionReason(of: Case): Expected {
  const line = lineOf(of, 'approval.decided');
  if (line?.event.skeleton.decision !== 'reject' || isErased(of)) return null;
  const words = line.event.skeleton.command === 'propose' ? asked(of, 'message') : personal(of, line, 'comment');
  if (words !== null) return words;
  const denied = `Policy rule ${of.birth.skeleton.rule ?? 'default'} denies this.`;
  return line.event.skeleton.command === 'propose' ? denied : 'Rejected without a reason.';
}

/** The escalation that policy has next; an edit that asks for other stages ends it. */
export function nextEscalation(of: Case): Expected {
  const written = (of.birth.skeleton.escalate ?? []) as { after_seconds: number; to: string[] }[];
  const made = of.bundle.events.filter(({ event }) => event.type === 'approval.escalated').length;
  const next = written[made];
  const asWritten = stagesOf(heldNow(of).written) === stagesOf(of.birth.requirement);
  if (of.life?.status !== 'pending' || next === undefined || !asWritten) return null;
  return { to: next.to, at: plus(of.birth.line.event.at, next.after_seconds) };
}

/** Every event with its place; whether more waits to be sealed, no sealed event can say. */
export const ledger = ({ bundle }: Case): Expected => ({
  pending: ASSERTED,
  entries: bundle.events.map(({ event, receipt }) => {
    const { id, type, seq, at } = event;
    const { index, org_seq, leaf_hash, link, sealed_at } = receipt;
    return { event: id, type, seq, at, receipt: { index, org_seq, leaf_hash, link, sealed_at } };
  }),
});
