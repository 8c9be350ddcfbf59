// One step of the table applied to a record: the life after it, and drafts that each say which step they belong to and
// what the guards saw, so that a verifier can take the same step again.

import type { EventType } from '../event-fields.ts';
import type { EventDraft } from '../events.ts';
import type { Instant, Json, JsonObject } from '../json.ts';
import { type Command, type GuardFacts, NO_FACTS, type Status, step } from '../lifecycle.ts';
import { fail, ok, type ProblemCode, type Result } from '../problems.ts';
import type { RequestRecord } from './record.ts';
import type { Statement } from './statement.ts';

/** The record after a step, and what is to be recorded with it. */
export interface Advance {
  record: RequestRecord;
  drafts: EventDraft[];
  statements: Statement[];
  /** A repeat of what was done before: nothing new happened. */
  replayed?: boolean;
}

/** What one event of the step holds beside the step itself. */
export type Parts = Partial<Record<EventType, { skeleton?: JsonObject; personal?: JsonObject | null }>>;

export interface Move {
  command: Command;
  facts: Partial<GuardFacts>;
  by: string;
  now: Instant;
  parts: Parts;
}

/**
 * Takes one step.
 *
 * @returns the record with its new life and sequence (other fields are the caller's to change), or the problem that
 *   says why there is no such step
 */
export function advance(record: RequestRecord, move: Move): Result<Advance> {
  const facts = { ...NO_FACTS, ...move.facts };
  const taken = step(record.life, move.command, facts);
  if (!taken) return noSuchStep(record, move.command);
  const shared: JsonObject = {
    step: record.steps + 1,
    command: move.command,
    facts: { ...facts } as unknown as Json,
    from: record.life.status,
    to: taken.life.status,
    capability_status: taken.life.capability,
    returned_count: taken.life.returned_count,
  };
  const drafts = taken.row.emits.map((type) => draftOf(type as EventType, move, shared));
  const changed = drafts.length > 0;
  return ok({
    record: {
      ...record,
      life: taken.life,
      steps: record.steps + (changed ? 1 : 0),
      seq: record.seq + drafts.length,
      updated_at: changed ? move.now : record.updated_at,
    },
    drafts,
    statements: [],
    replayed: !changed,
  });
}

function draftOf(type: EventType, move: Move, shared: JsonObject): EventDraft {
  const part = move.parts[type];
  return {
    type,
    at: move.now,
    by: move.by,
    skeleton: { ...shared, ...part?.skeleton },
    personal: part?.personal ?? null,
  };
}

/** What a caller is told when the table has no row: by where the request stands now. */
const CLOSED: Partial<Record<Status, [ProblemCode, string]>> = {
  pending: ['illegal-transition', 'The request is pending: a reviewer has not decided yet. Wait for the decision.'],
  approved: ['already-decided', 'The request is approved already.'],
  executing: ['capability-spent', 'The capability was exchanged already. Only the first exchange counts.'],
  executed: ['capability-spent', 'The action was reported as executed. Nothing is left to do.'],
  failed: ['capability-spent', 'The action was reported as failed. Propose it again to try again.'],
  rejected: ['already-decided', 'The request was rejected. It can never run.'],
  expired: ['capability-expired', 'The request has expired. It can never run: propose it again.'],
  canceled: ['capability-revoked', 'The request was canceled or its capability revoked. It can never run.'],
  indeterminate: ['capability-spent', 'The time to report has passed; only an outcome can still be reported.'],
};

const DECIDING: readonly Command[] = ['approve', 'reject', 'edit', 'comment', 'escalate', 'remind', 'expire'];

/** What a caller did, in the caller's words; a command that is no caller's keeps its name. */
const WORDS: Partial<Record<Command, string>> = {
  cancel: 'Canceling',
  revoke: 'Revoking',
  report_executed: 'Reporting `executed`',
  report_failed: 'Reporting `failed`',
  report_not_started: 'Reporting `not_started`',
};

function noSuchStep(record: RequestRecord, command: Command): Result<never> {
  const status = record.life.status as Status;
  const [code, said] = CLOSED[status] ?? ['illegal-transition', 'Not possible now.'];
  if (record.life.capability === 'revoked' && command !== 'cancel')
    return fail('capability-revoked', 'The capability was revoked. It can never run.');
  if (command === 'consume' && record.life.capability === 'consumed')
    return fail('capability-spent', 'The capability was consumed already. Do not execute again.');
  if (DECIDING.includes(command) && status !== 'pending')
    return fail('already-decided', `The request is ${status} already: ${said}`);
  if (command === 'consume') return fail('capability-mismatch', `The request is ${status}: nothing to consume.`);
  if (command === 'exchange') return fail(code, said);
  return fail(
    'illegal-transition',
    `${WORDS[command] ?? command} is not possible while the request is ${status}. ${said}`,
  );
}
