// Which votes count: as the deciding function said it last, so that what is shown is never computed apart from what decides.
// A record keeps it from each step that was judged with everybody's standing; records from before that have no such field.
import type { Facts } from '../authority.ts';
import { liveVotes } from './in-force.ts';
import type { RecordedVote, RequestRecord } from './record.ts';
import { stageOf } from './stage.ts';

type Known = Pick<Facts, 'standings' | 'owners' | 'as_of'>;

/** Seqs of the approvals that count by these facts. */
const countedBy = (record: RequestRecord, facts: Known): number[] =>
  stageOf(record, facts).counted.map((vote) => (vote as RecordedVote).seq);

/** The record with what these facts say of its votes; the same one where there are none. */
export const withCounted = (record: RequestRecord, facts: Known): RequestRecord =>
  record.votes.length === 0 || record.judgement.verdict !== 'require_approval'
    ? record
    : { ...record, counted: countedBy(record, facts) };

/** The approvals that count now, as far as the record knows: since the last edit, and by people and keys that stand. */
export function countedVotes(record: RequestRecord): RecordedVote[] {
  const live = liveVotes(record).filter(({ decision }) => decision === 'approve');
  const { counted } = record;
  return counted === undefined ? live : live.filter(({ seq }) => counted.includes(seq));
}

/** Why a vote counts for nothing any more; null while it does. */
export function voidReason(record: RequestRecord, vote: RecordedVote): 'edited' | 'withdrawn' | null {
  if (!liveVotes(record).includes(vote)) return 'edited';
  return vote.decision === 'approve' && !countedVotes(record).includes(vote) ? 'withdrawn' : null;
}
