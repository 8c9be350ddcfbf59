// Who decides a request next: its record put to core/requirement.ts. It judges nothing itself and knows no signature.
import type { Facts } from '../authority.ts';
import type { About } from '../delegation.ts';
import { instantAt } from '../duration.ts';
import type { Instant } from '../json.ts';
import { excludedFrom, openStage, type RequestPeople } from '../requirement.ts';
import { editorsOf, inForce, liveVotes } from './in-force.ts';
import type { RequestRecord } from './record.ts';

/** The earlier people, in whose right too, whose standing must be known before anything is decided. */
export const votersOf = (record: RequestRecord): string[] => [
  ...new Set(
    liveVotes(record).flatMap(({ reviewer, delegation }) => (delegation ? [reviewer, delegation.from] : reviewer)),
  ),
];

/** What of a request delegations are compared with. */
export const aboutOf = (record: RequestRecord, now: Instant): About => ({
  ...{ action: record.proposal.action, resource: record.proposal.resource, risk: inForce(record).risk.level, now },
});

/** The stage that is open by these facts, at their moment. */
export function stageOf(record: RequestRecord, facts: Pick<Facts, 'standings' | 'owners' | 'as_of'>) {
  const { requirement } = inForce(record);
  const excluded = excludedFrom(peopleOf(record, facts.owners), requirement.separation);
  return openStage(
    requirement,
    liveVotes(record),
    facts.standings,
    record.created_at,
    record.effective.action_digest,
    excluded,
    aboutOf(record, instantAt(facts.as_of)),
  );
}

/** Owners when it was asked, and now: "excluded at any of these moments" (policy.md "Who may decide"). */
const everOwners = ({ owners = [] }: RequestRecord, now: readonly string[]): string[] => [
  ...new Set([...owners, ...now]),
];

/** Facts as this request is judged by them, and as its votes commit to them. */
export const factsOf = (record: RequestRecord, facts: Facts): Facts => ({
  ...facts,
  owners: everOwners(record, facts.owners),
});

/** Everybody who is part of the request. `owners` as the organisation says them now. */
export const peopleOf = (record: RequestRecord, owners: string[]): RequestPeople => ({
  requester: record.requester.id,
  on_behalf_of: record.on_behalf_of,
  actor: record.proposal.actor,
  owners: everOwners(record, owners),
  editors: editorsOf(record),
});
