// What holds for a request now that it may have been edited: the requirement, the votes that can count, who edited, and
// the edit as everybody signs it. Of a request that nobody edited it is what policy said at first.
import { sameJson } from '../canonical.ts';
import type { Edited } from '../edit.ts';
import type { InForce } from '../policy/rejudge.ts';
import { escalated } from '../requirement.ts';
import type { RecordedEdit, RecordedEscalation, RecordedVote, RequestRecord } from './record.ts';
import { shownParams } from './shown.ts';

/** Records from before there were edits have no such field. */
export const editsOf = ({ edits }: RequestRecord): RecordedEdit[] => edits ?? [];

const lastEdit = (record: RequestRecord): RecordedEdit | undefined => editsOf(record).at(-1);

/** What policy asks for the effective action, before anything was escalated. */
export const asWritten = (record: RequestRecord): InForce => lastEdit(record)?.in_force ?? record.judgement;

/** Records from before anything was escalated have no such field. */
export const escalationsOf = ({ escalations }: RequestRecord): RecordedEscalation[] => escalations ?? [];

/**
 * Whether the stages are those that policy wrote its escalations for. An edit that asks for others ends them: it must not
 * let anybody in whom the stricter requirement does not ask.
 */
export function stagesAsWritten(record: RequestRecord): boolean {
  const written = asWritten(record);
  return written === record.judgement || sameJson(json(written), json(record.judgement));
}

const json = ({ requirement }: InForce) =>
  requirement.stages.map(({ from, count, actions }) => ({ from, count, ...(actions ? { actions } : {}) }));

/** What is asked for the effective action now. */
export function inForce(record: RequestRecord): InForce {
  const written = asWritten(record);
  const further = stagesAsWritten(record) ? escalationsOf(record) : [];
  return further.length === 0 ? written : { ...written, requirement: escalated(written.requirement, further) };
}

/** Votes since the last edit. By place and not by digest alone: an edit can bring an earlier action back, not its votes. */
export const liveVotes = (record: RequestRecord): RecordedVote[] =>
  record.votes.filter(({ seq }) => seq > (lastEdit(record)?.seq ?? 0));

/** Whoever chose freely what is to run may not let it run; who only reduced it may (policy.md "Edits"). */
export const editorsOf = (record: RequestRecord): string[] =>
  editsOf(record)
    .filter(({ mode }) => mode === 'any')
    .map(({ editor }) => editor);

/** The effective action as a vote signs it; null while nobody edited. */
export function editedNow(record: RequestRecord): Edited | null {
  const edit = lastEdit(record);
  if (edit === undefined) return null;
  const { params, action_digest } = record.effective;
  return { params: shownParams(record, params), action_digest, diff: edit.diff };
}
