// What a decision's state lets a person do, and exactly what each button signs. Pure. Invariant: what stands on the page,
// what the button names and what is signed are made from the same params, here and nowhere else.

import { pointerOf } from '../../../core/json/place.ts';
import type { Evidence } from '../../../core/policy/model.ts';
import { amountsOf } from '../../../core/policy/parameters/amounts.ts';
import { tiedIn } from '../../../core/policy/parameters/tie.ts';
import type { ApprovalRequest, JsonObject } from '../api/types.ts';
import { withParams } from '../passkey/edited.ts';
import type { Ballot } from '../passkey/shown.ts';
import { requirementNow } from '../text/asked.ts';
import { actorName } from '../text/people.ts';
import { type Draft, draftOf, type EditMode } from './draft.ts';
import { type Decision, isBusy, isRead } from './state.ts';

/** What the state does not hold: who reads, and on what line. */
export interface Circumstances {
  online: boolean;
  /** Why this person may not answer so; null where they may. */
  refused: Record<'approve' | 'reject', string | null>;
  /** False for a person who decides in a lent right, which is the right to decide, not to edit. */
  edits: boolean;
  /** What has to be looked at before anything is approved, and was not. */
  unopened: readonly string[];
}

export interface Answers {
  /** The request as it stands on the page: with the draft, where there is one. */
  shown: ApprovalRequest;
  mode: EditMode;
  draft: Draft;
  approve: {
    /** The words on the button. */
    label: string;
    /** What a press signs; null while it must not be pressed. */
    ballot: Ballot | null;
    /** Why it must not, in a sentence. */
    why: string | null;
  };
  /** What a press on "Reject with passkey" signs. */
  reject: { may: boolean; ballot: Ballot | null };
  /** What a press on "Sign the edit only" signs. */
  edit: { params: JsonObject; comment: string | null } | null;
  /** Whether fields may be typed in. */
  open: boolean;
  /** Whether this person has read what is shown; false after an edit by another person. */
  read: boolean;
}

const orNull = (text: string): string | null => text.trim() || null;

/** Whether every required piece has text in it. */
const hasAll = (required: readonly Evidence[], given: Record<Evidence, string>): boolean =>
  required.every((evidence) => given[evidence].trim() !== '');

const modeOf = ({ latest }: Decision, { edits }: Circumstances): EditMode =>
  edits && latest.status === 'pending' ? (latest.editable ?? 'none') : 'none';

/** The one amount that would move; null where there is none, or more than one: then no button names any. */
function amountNamed({ effective, parameters }: ApprovalRequest): string | null {
  const amounts = amountsOf(effective.params, parameters);
  return amounts.length === 1 ? amounts[0]!.text : null;
}

function labelOf(shown: ApprovalRequest, draft: Draft): string {
  if (draft.faults.size > 0) return 'Approve';
  const amount = amountNamed(shown);
  if (amount !== null) return `Approve ${amount} with passkey`;
  return draft.params === null ? 'Approve with passkey' : 'Approve the reduced action with passkey';
}

export const isCritical = ({ effective, risk }: ApprovalRequest): boolean =>
  (effective.risk ?? risk).level === 'critical';

/** What is missing above the button, as clauses. */
function gapsOf({ latest, note, typed }: Decision, { unopened }: Circumstances): string[] {
  return [
    unopened.length > 0 ? `open ${unopened.join(', ')}` : null,
    isCritical(latest) && typed.trim() !== latest.action ? 'type the action' : null,
    hasAll(requirementNow(latest)?.require.approve ?? [], note) ? null : 'write the note that policy asks for',
  ].filter((gap) => gap !== null);
}

function whyNot(state: Decision, of: Circumstances, mode: EditMode, draft: Draft): string | null {
  if (!isRead(state)) return 'Somebody edited this while you read it: read the change above.';
  if (of.refused.approve !== null) return of.refused.approve;
  if (draft.faults.size > 0) return [...draft.faults.values()][0]!;
  if (draft.params !== null && mode === 'any') return 'You changed it: sign the edit, and somebody else approves it.';
  const gaps = gapsOf(state, of);
  return gaps.length > 0 ? `Before you can approve, above: ${gaps.join(', and ')}.` : null;
}

function rejectionOf({ rejection, latest, note }: Decision): Ballot | null {
  const external_ref = rejection.external_ref ?? note.external_ref;
  const given = { comment: rejection.reason, external_ref };
  if (!hasAll(requirementNow(latest)?.require.reject ?? [], given)) return null;
  return { decision: 'reject', comment: orNull(rejection.reason), external_ref: orNull(external_ref) };
}

/** Everything that the page shows and signs, from one state. */
export function answersOf(state: Decision, of: Circumstances): Answers {
  const { latest, note, entries } = state;
  const mode = modeOf(state, of);
  const { parameters: schema, hidden = [] } = latest;
  const closed = [...hidden, ...tiedIn(schema).map((name) => pointerOf([name]))];
  const editable = { params: latest.effective.params, schema, closed, actor: actorName(latest.actor) };
  const draft = draftOf({ ...editable, mode }, entries);
  const shown = draft.params === null ? latest : withParams(latest, draft.params);
  const why = whyNot(state, of, mode, draft);
  const ready = of.online && !isBusy(state) && latest.status === 'pending';
  const edited = draft.params === null ? {} : { params: draft.params };
  const comment = orNull(note.comment);
  const ballot: Ballot = { decision: 'approve', comment, external_ref: orNull(note.external_ref), ...edited };
  const mayReject = ready && isRead(state) && of.refused.reject === null;
  return {
    shown,
    mode,
    draft,
    open: !isBusy(state),
    read: isRead(state),
    approve: { label: labelOf(shown, draft), ballot: ready && why === null ? ballot : null, why },
    reject: { may: mayReject, ballot: mayReject ? rejectionOf(state) : null },
    edit: ready && isRead(state) && draft.params !== null ? { params: draft.params, comment } : null,
  };
}
