// One decision as one state: what was read, what is typed, and how far its signature is. Pure; the pages show it and send
// what `answers.ts` makes of it. Invariants: nothing that was typed is dropped but by who typed it, or once the server
// confirms that it is part of the request; nothing changes while a signature is under way; a lost answer is no refusal.
import type { ApprovalRequest } from '../api/types.ts';
import { sameAsRead } from '../passkey/shown.ts';
import type { Entries, Entry } from './read-field.ts';

export type Act = 'approve' | 'reject' | 'edit';

/** A signature that was asked for. */
export interface Attempt {
  act: Act;
  /** What was on record by this person before it: whatever is there beside these is its work. */
  before: readonly string[];
  /** After this, milliseconds since the epoch, the server takes it no more. */
  ends_ms: number;
}

export type Phase =
  | { at: 'reading' }
  | { at: 'signing' | 'sealing'; attempt: Attempt }
  /** Sent, and the answer was lost. `looked`: the server answered since, and does not show it so far. */
  | { at: 'unknown'; attempt: Attempt; looked: boolean }
  | { at: 'failed'; act: Act; error: unknown };

export interface Rejection {
  open: boolean;
  reason: string;
  /** Null: that of the note. */
  external_ref: string | null;
}

export interface Decision {
  me: string;
  /** The request as this person has read it. */
  read: ApprovalRequest;
  /** As the server said it last: what is shown. */
  latest: ApprovalRequest;
  entries: Entries;
  note: { comment: string; external_ref: string };
  /** The action, typed where it is critical. */
  typed: string;
  rejection: Rejection;
  phase: Phase;
}

export type Step =
  | { step: 'enter'; pointer: string; entry: Entry | null }
  | { step: 'note'; note: Decision['note'] }
  | { step: 'type'; typed: string }
  | { step: 'reject'; rejection: Partial<Rejection> }
  | { step: 'have-read' }
  | { step: 'start'; act: Act; now_ms: number }
  | { step: 'sealing' }
  | { step: 'done'; request: ApprovalRequest }
  | { step: 'failed'; error: unknown }
  | { step: 'lost' }
  /** The server's newest; `asked` since an answer was lost. */
  | { step: 'server'; request: ApprovalRequest; asked?: { now_ms: number } };

/** trust.md: an intent lives for two minutes; a clock may be off, and a line slow. */
const ATTEMPT_MS = 150_000;

export class NotArrived extends Error {
  constructor() {
    super('What you signed did not reach Assentry in time, and is not taken any more. What you typed is still here.');
  }
}

export const begun = (request: ApprovalRequest, me: string): Decision => ({
  me,
  read: request,
  latest: request,
  entries: {},
  typed: '',
  phase: { at: 'reading' },
  note: { comment: '', external_ref: '' },
  rejection: { open: false, reason: '', external_ref: null },
});

/** Whether a signature is under way: nothing may change under it. */
export const isBusy = ({ phase }: Pick<Decision, 'phase'>): boolean =>
  phase.at === 'signing' || phase.at === 'sealing' || (phase.at === 'unknown' && !phase.looked);

/** Everything on record by this person, as names that are never used twice. */
function deedsOf({ decisions, edits }: ApprovalRequest, me: string): Record<Act, string[]> {
  const votes = (act: 'approve' | 'reject') =>
    decisions.filter((vote) => vote.reviewer.id === me && vote.decision === act).map((vote) => vote.decided_at);
  const edited = (edits ?? []).filter(({ editor }) => editor.id === me).map(({ edited_at }) => edited_at);
  return { approve: votes('approve'), reject: votes('reject'), edit: edited };
}

/** Whether what was signed is on record. */
const isRecorded = (request: ApprovalRequest, { act, before }: Attempt, me: string): boolean =>
  deedsOf(request, me)[act].some((deed) => !before.includes(deed));

/** What the server confirmed is part of the request now, and no draft of this person any more. */
function confirmed(state: Decision, act: Act, request: ApprovalRequest): Decision {
  const after: Decision = { ...state, latest: request, read: request, phase: { at: 'reading' } };
  if (act === 'reject') return { ...after, rejection: { open: false, reason: '', external_ref: null } };
  return { ...after, entries: {} };
}

/** Answers may overtake each other: an older one changes nothing. */
const isOlder = (request: ApprovalRequest, than: ApprovalRequest): boolean =>
  Date.parse(request.updated_at) < Date.parse(than.updated_at);

function heard(state: Decision, request: ApprovalRequest, asked: { now_ms: number } | undefined): Decision {
  if (isOlder(request, state.latest)) return state;
  const next = { ...state, latest: request };
  const { phase } = state;
  if (phase.at !== 'unknown') return next;
  if (isRecorded(request, phase.attempt, state.me)) return confirmed(state, phase.attempt.act, request);
  if (asked === undefined) return next;
  const over = request.status !== 'pending' || asked.now_ms > phase.attempt.ends_ms;
  if (over) return { ...next, phase: { at: 'failed', act: phase.attempt.act, error: new NotArrived() } };
  return { ...next, phase: { ...phase, looked: true } };
}

function typedIn(state: Decision, step: Step): Decision {
  if (isBusy(state)) return state;
  if (step.step === 'note') return { ...state, note: step.note };
  if (step.step === 'type') return { ...state, typed: step.typed };
  if (step.step === 'reject') return { ...state, rejection: { ...state.rejection, ...step.rejection } };
  if (step.step !== 'enter') return state;
  const { [step.pointer]: _before, ...others } = state.entries;
  return { ...state, entries: step.entry === null ? others : { ...others, [step.pointer]: step.entry } };
}

function started(state: Decision, act: Act, now_ms: number): Decision {
  if (isBusy(state) || !isRead(state)) return state;
  const before = deedsOf(state.latest, state.me)[act];
  return { ...state, phase: { at: 'signing', attempt: { act, before, ends_ms: now_ms + ATTEMPT_MS } } };
}

/** Whether what is shown is what was read: else the change has to be read first. */
export const isRead = ({ read, latest }: Pick<Decision, 'read' | 'latest'>): boolean => sameAsRead(read, latest);

/** What comes of a signature that is under way; nothing, where none is. */
function ended(state: Decision, step: Step): Decision {
  const { phase } = state;
  if (phase.at !== 'signing' && phase.at !== 'sealing') return state;
  const { attempt } = phase;
  if (step.step === 'sealing') return { ...state, phase: { at: 'sealing', attempt } };
  if (step.step === 'done') return confirmed(state, attempt.act, step.request);
  if (step.step === 'failed') return { ...state, phase: { at: 'failed', act: attempt.act, error: step.error } };
  return step.step === 'lost' ? { ...state, phase: { at: 'unknown', attempt, looked: false } } : state;
}

export function reduce(state: Decision, step: Step): Decision {
  if (step.step === 'server') return heard(state, step.request, step.asked);
  if (step.step === 'have-read') return isBusy(state) ? state : { ...state, read: state.latest };
  if (step.step === 'start') return started(state, step.act, step.now_ms);
  const after = ended(state, step);
  return after === state ? typedIn(state, step) : after;
}
