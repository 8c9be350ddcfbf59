// Who decides a request next: its record put to core/requirement.ts. It judges nothing itself and knows no signature.
import type { Facts } from '../authority.ts';
import { excludedFrom, openStage, type RequestPeople } from '../requirement.ts';
import { editorsOf, inForce, liveVotes } from './in-force.ts';
import type { RequestRecord } from './record.ts';

/** The votes of earlier people whose standing must be known before anything is decided. */
export const votersOf = (record: RequestRecord): string[] => liveVotes(record).map((vote) => vote.reviewer);

/** The stage that is open by these facts. */
export function stageOf(record: RequestRecord, facts: Pick<Facts, 'standings' | 'owners'>) {
  const { requirement } = inForce(record);
  const excluded = excludedFrom(peopleOf(record, facts.owners), requirement.separation);
  return openStage(
    requirement,
    liveVotes(record),
    facts.standings,
    record.created_at,
    record.effective.action_digest,
    excluded,
  );
}

/** Everybody who is part of the request. `owners` as the organisation says them now. */
export const peopleOf = (record: RequestRecord, owners: string[]): RequestPeople => ({
  requester: record.requester.id,
  on_behalf_of: record.on_behalf_of,
  actor: record.proposal.actor,
  owners,
  editors: editorsOf(record),
});
