// Who could decide, and whether enough did: each vote judged again by core/requirement.ts, on the snapshot that its event
// commits to. That the snapshot was true is the operator's word; that the decision follows from it is not.
import type { Passkey, Standing } from '../authority.ts';
import { sameJson } from '../canonical.ts';
import type { OnBehalf } from '../delegation.ts';
import type { Instant, Json, JsonObject } from '../json.ts';
import type { RiskLevel } from '../policy.ts';
import {
  assuranceAllows,
  judgeReject,
  judgeVote,
  type ProvenIdentity,
  personsOf,
  type Vote,
  type VoteQuestion,
} from '../requirement.ts';
import type { Case } from './case.ts';
import { pointerTo } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { editorsBefore, editsOf, type Held, heldBefore } from './held.ts';
import { signedOf } from './signature.ts';
import { type At, atLine } from './tally.ts';
import { isByToken, provenBy } from './token.ts';

export interface Snapshot {
  nonce: string;
  owners: string[];
  people: Standing[];
}

/** One request's events cannot show what the organisation's would: that nothing had stopped it before. */
const ELSEWHERE = 'That nothing had revoked it before, an export of the whole organisation proves.';

const voteOf = (of: Case, line: EvidenceLine): Vote => {
  const { event } = line;
  const { reviewer, stage, decision, passkey, delegation, ...digests } = event.skeleton as Record<string, Json>;
  const action_digest = digests.effective_action_digest ?? digests.action_digest;
  const token = isByToken(line) ? { token: provenBy(of, line) ?? NOBODY } : { passkey };
  const vote = { reviewer, stage, action_digest, decision, ...token, voted_at: event.at };
  return { ...vote, ...(delegation === undefined ? {} : { delegation }) } as unknown as Vote;
};

/** Whom a token proves that cannot be read: nobody is linked to no provider. */
const NOBODY: ProvenIdentity = { issuer: '', subject: '', groups: [], until: '' };

/** Votes that an edit has not made void: those after the last one before this event. */
const votesBefore = ({ votes }: Case, { event }: EvidenceLine, { edit }: Held): EvidenceLine[] =>
  votes.filter((vote) => vote.event.seq < event.seq && vote.event.seq > (edit?.event.seq ?? 0));

/** Each is judged with all before it. A vote with its signature takes some 4 KB: no file that is real has so many. */
const MAX_VOTES = 2_000;

/**
 * Judges every edit and every vote again, in order.
 *
 * @returns the votes that the approval rests on, the deciding one last; null where that cannot be counted again
 */
export function checkQuorum(of: Case): EvidenceLine[] | null {
  const few = of.votes.length <= MAX_VOTES;
  if (!of.tally.holds(few, 'quorum', `More than ${MAX_VOTES} votes: no request takes so many.`)) return null;
  for (const line of editsOf(of)) judgeAgain(of, line);
  const judged = of.votes.map((line) => judgeAgain(of, line));
  const deciding = of.votes.findIndex(({ event }) => event.type === 'approval.decided');
  if (deciding >= 0) countPeople(of, of.votes[deciding]!);
  if (of.votes.length === 0) return [];
  return judged[deciding] ?? null;
}

/** The votes that count with this one, itself last; null when it does not hold or cannot be judged again. */
function judgeAgain(of: Case, line: EvidenceLine): EvidenceLine[] | null {
  const { tally } = of;
  const held = heldBefore(of, line.event.seq);
  const before = votesBefore(of, line, held);
  const { skeleton } = line.event;
  const at = { ...atLine(line), field: pointerTo(of, line, '/event/personal/eligibility') };
  const signed = signedOf(line);
  if (signed === null) {
    tally.say('eligibility', 'not-replayable', `Who could decide then is erased: not replayable here.`, atLine(line));
    return null;
  }
  const snapshot = signed.eligibility as unknown as Snapshot;
  const question = questionOf(of, line, before, snapshot, held);
  const own = snapshot.people.find(({ user }) => user === skeleton.reviewer);
  tally.holds(snapshot.nonce === signed.intent.nonce, 'eligibility', 'The snapshot is of another ceremony.', at);
  const key = own?.passkeys.find(({ id, status }) => id === skeleton.passkey && status === 'active') ?? null;
  const what = isByToken(line) ? `The identity at ${skeleton.issuer}` : String(skeleton.passkey);
  const stood = isByToken(line) ? isLinked(of, line, own) : key !== null;
  if (!tally.holds(stood, 'key-status', `${what} was not ${skeleton.reviewer}’s in the snapshot.`, at)) return null;
  const word = `${what} was ${skeleton.reviewer}’s and active then: the operator’s word, committed to. ${ELSEWHERE}`;
  tally.say('key-status', 'asserted', word, atLine(line));
  checkAssurance(of, line, key, at);
  return skeleton.command === 'approve'
    ? approves(of, line, before, question, at)
    : rejects(of, line, before, question, at);
}

/** Where policy took a token: of an identity that was linked before the request was made. */
function isLinked(of: Case, line: EvidenceLine, own: Standing | undefined): boolean {
  const proven = provenBy(of, line);
  const link = own?.identities?.find(({ issuer, subject }) => issuer === proven?.issuer && subject === proven.subject);
  const takesToken = heldBefore(of, line.event.seq).requirement?.verify === 'oidc';
  return takesToken && link !== undefined && link.linked_at < of.birth.line.event.at;
}

function questionOf(
  of: Case,
  line: EvidenceLine,
  before: EvidenceLine[],
  snapshot: Snapshot,
  held: Held,
): VoteQuestion {
  const { birth } = of;
  const { requester, actor, on_behalf_of } = birth.skeleton as Record<string, string>;
  return {
    requirement: held.requirement!,
    votes: before.map((vote) => voteOf(of, vote)),
    standings: Object.fromEntries(snapshot.people.map((person) => [person.user, person])),
    voter: line.event.skeleton.reviewer as string,
    ...(isByToken(line) ? { token: provenBy(of, line) ?? NOBODY } : {}),
    created_at: birth.line.event.at,
    effective_action_digest: held.action_digest,
    people: {
      requester: requester!,
      actor: actor!,
      on_behalf_of: on_behalf_of ?? null,
      owners: snapshot.owners,
      editors: editorsBefore(of, line.event.seq),
    },
    stage: line.event.skeleton.stage as number,
    voted_at: line.event.at,
    about: aboutOf(birth, held.risk, line.event.at),
  };
}

/** What delegations were compared with; undefined, so that none covers it, where the proposal's contents are erased. */
function aboutOf({ personal }: Case['birth'], risk: RiskLevel, now: Instant): VoteQuestion['about'] {
  if (personal === null) return undefined;
  const { action, resource } = personal as Record<string, string>;
  return { action: action!, resource: resource!, risk, now };
}

/** Whether a vote was given in the right that the event says: the voter's own, or under this delegation. */
function sameRight(of: Case, line: EvidenceLine, judged: { delegation?: OnBehalf }, at: At): boolean {
  const said = (line.event.skeleton.delegation ?? null) as JsonObject | null;
  const same = sameJson(said, (judged.delegation ?? null) as JsonObject | null);
  return of.tally.holds(same, 'delegation', 'The vote was given in another right than its event says.', at);
}

/** Policy's further wishes: what must be said with the decision, how long a key must have rested. */
function checkAssurance(of: Case, line: EvidenceLine, key: Passkey | null, at: At): void {
  const { tally } = of;
  // An edit is judged by the risk that comes of it.
  const held = heldBefore(of, line.event.seq + 1);
  const assured = key === null || assuranceAllows(key, held.risk, line.event.at as Instant).ok;
  tally.holds(assured, 'eligibility', 'The passkey was too new for this risk.', at);
  const decision = line.event.skeleton.command as 'approve' | 'reject' | 'edit';
  if (decision === 'edit') return;
  const said = line.event.personal as JsonObject;
  const missing = held.requirement!.require[decision].filter((field) => !(said[field] as string | null)?.trim());
  tally.holds(missing.length === 0, 'eligibility', `Policy asks for ${missing.join(' and ')} with this decision.`, at);
}

function approves(of: Case, line: EvidenceLine, before: EvidenceLine[], question: VoteQuestion, at: At) {
  const judged = judgeVote(question);
  const { facts, reviewer } = line.event.skeleton as { facts: JsonObject; reviewer: string };
  if (!judged.ok) {
    of.tally.say('eligibility', 'failed', `${reviewer} could not decide: ${judged.problem.detail}`, at);
    return null;
  }
  const met = judged.value.requirement_met === facts.requirement_met;
  if (!of.tally.holds(met, 'quorum', 'Whether enough people had approved is not what the event says.', at)) return null;
  if (!sameRight(of, line, judged.value, at)) return null;
  of.tally.say(
    'eligibility',
    'proved',
    `${reviewer} could decide, by the snapshot that the event commits to.`,
    atLine(line),
  );
  const counted = judged.value.counted.slice(0, -1).map((vote) => before[question.votes.indexOf(vote)]!);
  return saysCounted(of, line, [...counted, line], at) ? [...counted, line] : null;
}

function rejects(of: Case, line: EvidenceLine, before: EvidenceLine[], question: VoteQuestion, at: At) {
  const judged = judgeReject(question);
  const { reviewer } = line.event.skeleton;
  const detail = judged.ok ? '' : `${reviewer} could not decide: ${judged.problem.detail}`;
  if (!of.tally.holds(judged.ok, 'eligibility', detail, at)) return null;
  if (!sameRight(of, line, judged.ok ? judged.value : {}, at)) return null;
  const counted = judged.ok ? judged.value.counted.map((vote) => before[question.votes.indexOf(vote)]!) : [];
  if (!saysCounted(of, line, counted, at)) return null;
  of.tally.say(
    'eligibility',
    'proved',
    `${reviewer} could decide, by the snapshot that the event commits to.`,
    atLine(line),
  );
  return [line];
}

/** Whether the event names the approvals that count with it; events from before they did name none. */
function saysCounted(of: Case, { event }: EvidenceLine, counted: readonly EvidenceLine[], at: At): boolean {
  const said = event.skeleton.counted;
  const same =
    said === undefined ||
    sameJson(
      said,
      counted.map((line) => line.event.seq),
    );
  return of.tally.holds(same, 'quorum', 'The approvals that count are not those that the event names.', at);
}

/** What stays for ever: how many different people approved in each stage. */
function countPeople(of: Case, deciding: EvidenceLine): void {
  const { tally } = of;
  if (deciding.event.skeleton.decision !== 'approve') return;
  const held = heldBefore(of, deciding.event.seq);
  const { stages } = held.requirement!;
  const counting = [...votesBefore(of, deciding, held), deciding];
  const approving = eachOnce(counting.map((line) => voteOf(of, line)).filter(({ decision }) => decision === 'approve'));
  const people = (stage: number) => approving.filter((vote) => vote.stage === stage).length;
  const needed = stages.reduce((sum, { count }) => sum + count, 0);
  const different = approving.length;
  const met = needed > 0 && different >= needed && stages.every(({ count }, stage) => people(stage) >= count);
  if (tally.holds(met, 'quorum', `${needed} different people are needed, ${different} approved.`, atLine(deciding)))
    tally.say('quorum', 'proved', `${different} different people approved; ${needed} were needed.`, atLine(deciding));
}

/** The votes in which nobody counts again, neither as who voted nor as who lent the right. */
function eachOnce(votes: Vote[]): Vote[] {
  const counted = new Set<string>();
  return votes.filter((vote) => {
    const persons = personsOf(vote);
    if (persons.some((one) => counted.has(one))) return false;
    for (const one of persons) counted.add(one);
    return true;
  });
}
