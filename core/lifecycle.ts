// The life of an approval request as data: the table of the product's law, read top to bottom. The first row whose
// state, command and guard match is what happens; what has no row changes nothing. Objects run it, the reference page
// is printed from it, and the verifier replays recorded events through it, by the version that each event carries.
import { MAX_RETURNS } from './limits.ts';

export const LIFECYCLE_VERSION = 1;

export const STATUSES = [
  'pending',
  'approved',
  'executing',
  'executed',
  'failed',
  'rejected',
  'expired',
  'canceled',
  'indeterminate',
] as const;
export type Status = (typeof STATUSES)[number];

export const CAPABILITY_STATUSES = ['issued', 'exchanged', 'returned', 'consumed', 'revoked', 'expired'] as const;
export type CapabilityStatus = (typeof CAPABILITY_STATUSES)[number];

export const COMMANDS = [
  'propose',
  'break_glass',
  'approve',
  'edit',
  'reject',
  'comment',
  'escalate',
  'remind',
  'expire',
  'cancel',
  'revoke',
  'lapse',
  'exchange',
  'consume',
  'report_executed',
  'report_failed',
  'report_not_started',
  'overdue',
] as const;
export type Command = (typeof COMMANDS)[number];

/** All that the table knows of a request. `status` is null before it exists. */
export interface Life {
  status: Status | null;
  capability: CapabilityStatus | null;
  /** How often the capability was handed back unused. */
  returned_count: number;
}

/** What a guard may ask. Each is computed before the step, recorded with the event, and replayed by the verifier. */
export interface GuardFacts {
  verdict: 'allow' | 'require_approval' | 'deny' | null;
  /** This vote completes every stage. */
  requirement_met: boolean;
  /** The caller is a reviewer of the stage that is open now. */
  reviewer_of_stage: boolean;
  /** The stored deadline to decide has passed. */
  deadline_passed: boolean;
  /** The caller is the requester. */
  by_requester: boolean;
  /** The caller is a person with the right to do this, or a stop does it. */
  has_right: boolean;
  /** Break-glass only: role, reason and passkey are all there. */
  break_glass_granted: boolean;
  /** The capability's lifetime has not ended. */
  lifetime_left: boolean;
  /** The same actor, key, nonce, params, precondition and key thumbprint as the exchange before. */
  same_exchange: boolean;
  /** The time to report an outcome has passed. */
  outcome_overdue: boolean;
}

export const NO_FACTS: GuardFacts = {
  verdict: null,
  requirement_met: false,
  reviewer_of_stage: false,
  deadline_passed: false,
  by_requester: false,
  has_right: false,
  break_glass_granted: false,
  lifetime_left: false,
  same_exchange: false,
  outcome_overdue: false,
};

type Guard = (facts: GuardFacts, life: Life) => boolean;

const always: Guard = () => true;
const allowed: Guard = (facts) => facts.verdict === 'allow';
const asked: Guard = (facts) => facts.verdict === 'require_approval';
const denied: Guard = (facts) => facts.verdict === 'deny';
const breakGlassGranted: Guard = (facts) => facts.break_glass_granted;
const completes: Guard = (facts) => facts.reviewer_of_stage && facts.requirement_met && !facts.deadline_passed;
const counts: Guard = (facts) => facts.reviewer_of_stage && !facts.deadline_passed;
const deadlinePassedOrRight: Guard = (facts) => facts.deadline_passed || facts.has_right;
const byRequester: Guard = (facts) => facts.by_requester;
const hasRight: Guard = (facts) => facts.has_right;
const lifetimeEnded: Guard = (facts) => !facts.lifetime_left;
const firstUse: Guard = (facts, life) =>
  facts.lifetime_left && (life.capability === 'issued' || life.capability === 'returned');
const sameUse: Guard = (facts, life) => facts.same_exchange && facts.lifetime_left && life.capability === 'exchanged';
const unspent: Guard = (_facts, life) => life.capability === 'exchanged';
const unspentByRight: Guard = (facts, life) => facts.has_right && life.capability === 'exchanged';
const handedBack: Guard = (facts, life) =>
  facts.by_requester && facts.lifetime_left && life.capability === 'exchanged' && life.returned_count < MAX_RETURNS;
const handedBackTooLate: Guard = (facts, life) => facts.by_requester && life.capability !== 'consumed';
const overdue: Guard = (facts) => facts.outcome_overdue;
const reporter: Guard = (facts) => facts.by_requester || facts.has_right;

/** What becomes of the capability: a status, nothing, or what it was. */
type CapabilityEffect = CapabilityStatus | 'unchanged' | 'consumed-unless-revoked' | 'revoked-if-any';

export interface Row {
  from: readonly (Status | null)[];
  on: Command;
  when: Guard;
  to: Status;
  capability: CapabilityEffect;
  emits: readonly string[];
}

const row = (
  from: Row['from'],
  on: Command,
  when: Guard,
  to: Status,
  capability: CapabilityEffect,
  ...emits: string[]
): Row => ({ from, on, when, to, capability, emits });

/** The table, in the order in which it is read. */
export const LIFECYCLE: readonly Row[] = [
  row([null], 'propose', asked, 'pending', 'unchanged', 'approval.requested'),
  row([null], 'propose', allowed, 'approved', 'issued', 'approval.requested', 'approval.decided', 'capability.issued'),
  row([null], 'propose', denied, 'rejected', 'unchanged', 'approval.requested', 'approval.decided'),
  row(
    [null],
    'break_glass',
    breakGlassGranted,
    'approved',
    'issued',
    'approval.requested',
    'break_glass.used',
    'capability.issued',
  ),
  row(['pending'], 'approve', completes, 'approved', 'issued', 'approval.decided', 'capability.issued'),
  row(['pending'], 'approve', counts, 'pending', 'unchanged', 'approval.vote_recorded'),
  row(['pending'], 'edit', counts, 'pending', 'unchanged', 'approval.edited'),
  row(['pending'], 'reject', counts, 'rejected', 'unchanged', 'approval.decided'),
  row(['pending'], 'comment', always, 'pending', 'unchanged', 'approval.commented'),
  row(['pending'], 'escalate', always, 'pending', 'unchanged', 'approval.escalated'),
  row(['pending'], 'remind', always, 'pending', 'unchanged', 'approval.reminded'),
  row(['pending'], 'expire', deadlinePassedOrRight, 'expired', 'unchanged', 'approval.expired'),
  row(['pending', 'approved'], 'cancel', byRequester, 'canceled', 'revoked-if-any', 'approval.canceled'),
  row(['approved'], 'revoke', hasRight, 'canceled', 'revoked', 'capability.revoked'),
  row(['approved'], 'lapse', lifetimeEnded, 'expired', 'expired', 'capability.expired'),
  row(['approved'], 'exchange', firstUse, 'executing', 'exchanged', 'capability.exchanged'),
  row(['executing'], 'exchange', sameUse, 'executing', 'unchanged'),
  row(['executing'], 'consume', unspent, 'executing', 'consumed', 'capability.consumed'),
  row(['executing'], 'revoke', unspentByRight, 'executing', 'revoked', 'capability.revoked'),
  row(['executing'], 'report_executed', byRequester, 'executed', 'consumed-unless-revoked', 'execution.executed'),
  row(['executing'], 'report_failed', byRequester, 'failed', 'consumed-unless-revoked', 'execution.failed'),
  row(['executing'], 'report_not_started', handedBack, 'approved', 'returned', 'capability.returned'),
  row(['executing'], 'report_not_started', handedBackTooLate, 'expired', 'expired', 'capability.expired'),
  row(['executing'], 'overdue', overdue, 'indeterminate', 'unchanged', 'execution.indeterminate'),
  row(['indeterminate'], 'report_executed', reporter, 'executed', 'consumed-unless-revoked', 'execution.executed'),
  row(['indeterminate'], 'report_failed', reporter, 'failed', 'consumed-unless-revoked', 'execution.failed'),
];

const CAPABILITY_EFFECTS: Record<string, (life: Life) => CapabilityStatus | null> = {
  unchanged: (life) => life.capability,
  'consumed-unless-revoked': (life) => (life.capability === 'revoked' ? 'revoked' : 'consumed'),
  'revoked-if-any': (life) => (life.capability === null ? null : 'revoked'),
};

export interface Step {
  row: Row;
  life: Life;
}

/**
 * One step of a request's life.
 *
 * @param life what the request is now
 * @param command what is asked of it
 * @param facts what the guards may ask; see {@link GuardFacts}
 * @returns the row that applies and the life after it, or null: then nothing happens
 */
export function step(life: Life, command: Command, facts: GuardFacts): Step | null {
  const found = LIFECYCLE.find((r) => r.on === command && r.from.includes(life.status) && r.when(facts, life));
  if (!found) return null;
  const effect = CAPABILITY_EFFECTS[found.capability];
  const capability = effect ? effect(life) : (found.capability as CapabilityStatus);
  const returned_count = life.returned_count + (capability === 'returned' && life.capability !== 'returned' ? 1 : 0);
  return { row: found, life: { status: found.to, capability, returned_count } };
}

/** Nothing leaves these. */
export const TERMINAL: readonly Status[] = ['executed', 'failed', 'rejected', 'expired', 'canceled'];

/** These let something run: what leads to them is invisible until it is sealed. */
export const PERMITTING: readonly Status[] = ['approved', 'executing'];
