// What holds for a request now that it may have been edited: the requirement, the votes that can count, who edited, and
// the edit as everybody signs it. Of a request that nobody edited it is what policy said at first.
import type { Edited } from '../edit.ts';
import type { InForce } from '../policy/rejudge.ts';
import type { RecordedEdit, RecordedVote, RequestRecord } from './record.ts';

/** Records from before there were edits have no such field. */
export const editsOf = ({ edits }: RequestRecord): RecordedEdit[] => edits ?? [];

const lastEdit = (record: RequestRecord): RecordedEdit | undefined => editsOf(record).at(-1);

/** What policy asks for the effective action. */
export const inForce = (record: RequestRecord): InForce => lastEdit(record)?.in_force ?? record.judgement;

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
  return { params, action_digest, diff: edit.diff };
}
