// What a request is for its reader: which votes count by what is known now, whether this person may answer and why not, and
// whether anybody can. By the functions that decide, so that no passkey is asked for what would be refused. Pure.
import type { Facts } from '../authority.ts';
import type { Instant } from '../json.ts';
import { fail, type Result } from '../problems.ts';
import { assuranceAllows, judgeReject, judgeVote, type Reach, type Vote } from '../requirement.ts';
import { inForce, liveVotes } from './in-force.ts';
import type { Viewer } from './present.ts';
import type { RecordedVote, RequestRecord } from './record.ts';
import { aboutOf, peopleOf, stageOf } from './stage.ts';

type Refusal = Viewer['approve'];

const refusalOf = (judged: Result<unknown>): Refusal =>
  judged.ok ? null : { code: judged.problem.code, detail: judged.problem.detail };

/** Why none of a person's passkeys may sign at this risk; null where one may, or a token may. */
function passkeyRefusal(record: RequestRecord, facts: Facts, user: string, now: Instant): Refusal {
  const { risk, requirement } = inForce(record);
  const active = (facts.standings[user]?.passkeys ?? []).filter(({ status }) => status === 'active');
  if (requirement.verify === 'oidc' && active.length === 0) return null;
  const tried = active.map((passkey) => assuranceAllows(passkey, risk.level, now));
  if (tried.some(({ ok }) => ok)) return null;
  return refusalOf(tried[0] ?? fail('passkey-required', 'You have no active passkey: add one under “You”.'));
}

/** Whether this person may answer now, as the decision itself would judge it. */
export function viewerOf(record: RequestRecord, facts: Facts, user: string, now: Instant): Viewer {
  const question = {
    requirement: inForce(record).requirement,
    votes: liveVotes(record),
    standings: facts.standings,
    voter: user,
    created_at: record.created_at,
    people: peopleOf(record, facts.owners),
    voted_at: now,
    effective_action_digest: record.effective.action_digest,
    about: aboutOf(record, now),
    stage: stageOf(record, facts).index,
  };
  const key = passkeyRefusal(record, facts, user, now);
  return { approve: refusalOf(judgeVote(question)) ?? key, reject: refusalOf(judgeReject(question)) ?? key };
}

/** The votes as the organisation needs them to count: without signatures and words. */
const bare = ({
  reviewer,
  stage,
  action_digest,
  decision,
  voted_at,
  passkey,
  token,
  delegation,
}: RecordedVote): Vote => ({
  reviewer,
  stage,
  action_digest,
  decision,
  voted_at,
  passkey,
  ...(token ? { token } : {}),
  ...(delegation ? { delegation: { id: delegation.id, from: delegation.from } } : {}),
});

/** The question to the organisation whether anybody can meet the requirement; null where nobody is asked, or by token. */
export function reachOf(record: RequestRecord, now: Instant): Reach | null {
  const { requirement } = inForce(record);
  if (record.judgement.verdict !== 'require_approval' || requirement.verify === 'oidc') return null;
  return {
    requirement: { stages: requirement.stages, separation: requirement.separation },
    votes: liveVotes(record).map(bare),
    created_at: record.created_at,
    about: aboutOf(record, now),
    effective_action_digest: record.effective.action_digest,
    people: peopleOf(record, []),
  };
}
