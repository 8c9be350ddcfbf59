import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Standing } from '../../core/authority.ts';
import {
  assuranceAllows,
  excludedFrom,
  judgeReject,
  judgeVote,
  openStage,
  type RequestPeople,
  type Vote,
  type VoteQuestion,
} from '../../core/requirement.ts';

const CREATED = '2026-03-01T12:00:00.000Z';
const BEFORE = '2026-02-01T00:00:00.000Z';
const AFTER = '2026-03-01T12:00:00.001Z';
const NOW = '2026-03-01T12:30:00.000Z';
const ACTION = `sha256:${'a'.repeat(64)}`;
const EDITED = `sha256:${'b'.repeat(64)}`;

const standing = (user: string, sources: Record<string, string>, active = true): Standing => ({
  ...{ user, name: user, email: `${user}@example.com`, active, roles: [], groups: [], passkeys: [] },
  sources: { [`user:${user}`]: BEFORE, [`user:${user}@example.com`]: BEFORE, ...sources },
});
const everyone = (...all: Standing[]) => Object.fromEntries(all.map((one) => [one.user, one]));
const PEOPLE: RequestPeople = {
  ...{
    requester: 'sa_1',
    on_behalf_of: null,
    actor: 'service-account:release-bot',
    owners: ['usr_owner'],
    editors: [],
  },
};
const vote = (reviewer: string, stage = 0, action_digest = ACTION): Vote => ({
  ...{ reviewer, stage, action_digest, decision: 'approve', voted_at: NOW },
});
const ask = (question: Partial<VoteQuestion>): VoteQuestion => ({
  requirement: { stages: [{ from: ['role:admin'], count: 1 }], separation: 'requester' },
  votes: [],
  standings: everyone(standing('usr_a', { 'role:admin': BEFORE })),
  ...{ voter: 'usr_a', created_at: CREATED, effective_action_digest: ACTION, people: PEOPLE, stage: 0, voted_at: NOW },
  ...question,
});
const refusal = (question: Partial<VoteQuestion>): string => {
  const judged = judgeVote(ask(question));
  if (judged.ok) throw new Error('the vote was admitted');
  expect(judged.problem.code).toBe('not-eligible');
  const rejected = judgeReject(ask(question));
  if (!judged.problem.detail.startsWith('You have approved')) expect(rejected).toEqual(judged);
  return judged.problem.detail;
};

describe('a source with one right', () => {
  const LIMITED = {
    stages: [
      {
        from: ['role:admin', 'group:r', 'group:a'],
        count: 1,
        actions: { 'group:r': ['reject'], 'group:a': ['approve'] },
      },
    ],
  } satisfies VoteQuestion['requirement'];
  const as = (sources: Record<string, string>) => {
    const question = ask({ requirement: LIMITED, standings: everyone(standing('usr_a', sources)) });
    return [judgeVote(question).ok, judgeReject(question).ok];
  };
  it('answers in that way only; who is more than that source is not held back by it', () => {
    expect(as({ 'group:r': BEFORE })).toEqual([false, true]);
    expect(as({ 'group:a': BEFORE })).toEqual([true, false]);
    expect(as({ 'group:r': BEFORE, 'group:a': BEFORE })).toEqual([true, true]);
    expect(as({ 'group:r': BEFORE, 'role:admin': BEFORE })).toEqual([true, true]);
  });
  it('does not borrow the time of another: a member since before who may only reject approves nothing', () => {
    expect(as({ 'group:r': BEFORE, 'role:admin': AFTER })).toEqual([false, true]);
  });
  it('counts no approval that such a person left behind', () => {
    const standings = everyone(standing('usr_r', { 'group:r': BEFORE }));
    expect(openStage(LIMITED, [vote('usr_r')], standings, CREATED, ACTION, new Set()).complete).toBe(false);
  });
});

describe('a vote', () => {
  it('meets a requirement of one by one person who is in the source since before', () => {
    const judged = judgeVote(ask({}));
    expect(judged).toMatchObject({ ok: true, value: { stage: 0, requirement_met: true, counted: [vote('usr_a')] } });
    expect(judgeReject(ask({}))).toEqual({ ok: true, value: { stage: 0, counted: [] } });
  });

  it('goes through the stages in order, by different people', () => {
    const stages = [
      { from: ['group:finance'], count: 2 },
      { from: ['role:admin', 'user:usr_c@example.com'], count: 1 },
    ];
    const standings = everyone(
      standing('usr_a', { 'group:finance': BEFORE, 'role:admin': BEFORE }),
      standing('usr_b', { 'group:finance': BEFORE }),
      standing('usr_c', {}),
    );
    const question = { requirement: { stages }, standings };
    expect(judgeVote(ask(question))).toMatchObject({ ok: true, value: { stage: 0, requirement_met: false } });
    const second = judgeVote(ask({ ...question, votes: [vote('usr_a')], voter: 'usr_b' }));
    expect(second).toMatchObject({ ok: true, value: { stage: 0, requirement_met: false } });
    const votes = [vote('usr_a'), vote('usr_b')];
    expect(refusal({ ...question, votes, stage: 1 })).toMatch(/a person counts once/);
    const third = judgeVote(ask({ ...question, votes, voter: 'usr_c', stage: 1 }));
    expect(third).toMatchObject({
      ok: true,
      value: {
        stage: 1,
        requirement_met: true,
        per_stage: [
          { count: 2, approved: 2 },
          { count: 1, approved: 1 },
        ],
      },
    });
  });

  const admins = [standing('usr_a', { 'role:admin': BEFORE }), standing('usr_b', { 'role:admin': BEFORE })] as const;
  const two = { stages: [{ from: ['role:admin'], count: 2 }] };
  const table: [why: string, question: Partial<VoteQuestion>, detail: RegExp][] = [
    ['from nobody known', { standings: {} }, /not an active member/],
    [
      'from somebody locked',
      { standings: everyone(standing('usr_a', { 'role:admin': BEFORE }, false)) },
      /not an active/,
    ],
    ['whose standing is of somebody else', { standings: { usr_a: admins[1] } }, /not an active/],
    [
      'from outside the source',
      { standings: everyone(standing('usr_a', {})) },
      /decided by role:admin, and you are none/,
    ],
    [
      'from a later admin',
      { standings: everyone(standing('usr_a', { 'role:admin': AFTER })) },
      /after this request was made/,
    ],
    [
      'from an admin of the same moment',
      { standings: everyone(standing('usr_a', { 'role:admin': CREATED })) },
      /after this/,
    ],
    ['for another stage', { stage: 1 }, /Stage 1 is open now.*signed for stage 2/],
    ['from the requester', { people: { ...PEOPLE, requester: 'usr_a' } }, /part of this request/],
    ['from the actor', { people: { ...PEOPLE, actor: 'user:usr_a' } }, /part of this request/],
    [
      'from the actor by mail address',
      { people: { ...PEOPLE, actor: 'user:usr_a@example.com' } },
      /part of this request/,
    ],
    ['from whom it acts for', { people: { ...PEOPLE, on_behalf_of: 'usr_a' } }, /part of this request/],
    ['from whom it acts for, with prefix', { people: { ...PEOPLE, on_behalf_of: 'user:usr_a' } }, /part of this/],
    ['from an editor', { people: { ...PEOPLE, editors: ['usr_a'] } }, /part of this request/],
    ['when all is complete', { votes: [vote('usr_b')], standings: everyone(...admins) }, /nothing left to decide/],
    ['a second time', { requirement: two, votes: [vote('usr_a')], standings: everyone(...admins) }, /counts once/],
  ];
  for (const [why, question, detail] of table) {
    it(`is refused ${why}`, () => {
      expect(refusal(question)).toMatch(detail);
    });
  }

  it('of an owner of the service account counts unless separation is owners', () => {
    const people = { ...PEOPLE, owners: ['usr_a'] };
    expect(judgeVote(ask({ people })).ok).toBe(true);
    const requirement = { ...ask({}).requirement, separation: 'owners' as const };
    expect(refusal({ people, requirement })).toMatch(/part of this request/);
    expect(excludedFrom(people, 'owners')).toEqual(new Set(['sa_1', 'usr_a']));
  });

  it('lets somebody who approved think again and reject', () => {
    const standings = everyone(...admins);
    const votes = [vote('usr_a')];
    expect(judgeReject(ask({ requirement: two, votes, standings }))).toEqual({
      ok: true,
      value: { stage: 0, counted: votes },
    });
  });
});

describe('the open stage', () => {
  const stages = [
    { from: ['role:admin'], count: 1 },
    { from: ['role:owner'], count: 1 },
  ];
  const standings = everyone(standing('usr_a', { 'role:admin': BEFORE }), standing('usr_o', { 'role:owner': BEFORE }));
  const open = (votes: Vote[], who: Record<string, Standing> = standings, excluded = new Set<string>()) =>
    openStage({ stages }, votes, who, CREATED, ACTION, excluded);

  it('opens again when an earlier voter stands no more, and the later votes stay', () => {
    const votes = [vote('usr_a'), vote('usr_o', 1)];
    expect(open(votes)).toMatchObject({ index: 2, complete: true });
    const left = open(votes, everyone(standings.usr_o!));
    expect(left).toMatchObject({ index: 0, complete: false, counted: [vote('usr_o', 1)] });
    expect(open(votes, standings, new Set(['usr_a']))).toEqual(left);
  });

  it('counts no vote for another action, no rejection and no stage that there is not', () => {
    const strange = [vote('usr_a', 0, EDITED), { ...vote('usr_a'), decision: 'reject' as const }, vote('usr_a', 7)];
    expect(open(strange)).toMatchObject({ index: 0, counted: [] });
  });

  it('counts a person once, whatever stages the votes name', () => {
    const both = everyone(standing('usr_a', { 'role:admin': BEFORE, 'role:owner': BEFORE }));
    expect(open([vote('usr_a'), vote('usr_a'), vote('usr_a', 1)], both)).toMatchObject({
      index: 1,
      counted: [vote('usr_a')],
    });
  });

  it('is never asked of a requirement that nobody has to meet', () => {
    for (const none of [[], [{ from: ['role:admin'], count: 0 }], [{ from: ['role:admin'], count: Number.NaN }]])
      expect(() => openStage({ stages: none }, [], {}, CREATED, ACTION, new Set())).toThrow(/at least one/);
  });

  it('finds no source in what every object has', () => {
    const odd = { stages: [{ from: ['constructor', '__proto__', 'toString'], count: 1 }] };
    expect(openStage(odd, [vote('usr_a')], standings, CREATED, ACTION, new Set()).counted).toEqual([]);
  });
});

// Whoever votes and whatever happens in between: the judgement is asked before each vote, as the object does.
describe('a requirement, met at random', () => {
  const users = ['usr_a', 'usr_b', 'usr_c', 'usr_d'];
  const source = fc.constantFrom('role:admin', 'role:owner', 'group:x');
  const arbitrary = fc.record({
    stages: fc.array(
      fc.record({ from: fc.uniqueArray(source, { minLength: 1 }), count: fc.integer({ min: 1, max: 2 }) }),
      { minLength: 1, maxLength: 3 },
    ),
    separation: fc.constantFrom('requester' as const, 'owners' as const),
    people: fc.record({
      requester: fc.constantFrom('sa_1', ...users),
      on_behalf_of: fc.constantFrom(null, ...users),
      actor: fc.constantFrom('agent:x', ...users.map((user) => `user:${user}`)),
      owners: fc.subarray(users),
      editors: fc.subarray(users, { maxLength: 1 }),
    }),
    standings: fc.tuple(
      ...users.map((user) =>
        fc
          .record({ active: fc.boolean(), sources: fc.dictionary(source, fc.constantFrom(BEFORE, BEFORE, AFTER)) })
          .map(({ active, sources }) => standing(user, { ...sources }, active)),
      ),
    ),
    tries: fc.array(fc.record({ voter: fc.constantFrom(...users), stage: fc.nat(2), other: fc.boolean() }), {
      maxLength: 30,
    }),
  });

  it('is never met by the same person twice, by anyone excluded or by too few', () => {
    fc.assert(
      fc.property(arbitrary, ({ stages, separation, people, standings, tries }) => {
        const votes: Vote[] = [];
        const banned = [people.requester, people.on_behalf_of, people.actor.replace('user:', ''), ...people.editors];
        if (separation === 'owners') banned.push(...people.owners);
        for (const { voter, stage, other } of tries) {
          if (other) votes.push(vote(voter, stage, EDITED));
          const question = ask({
            requirement: { stages, separation },
            votes,
            voter,
            people,
            standings: everyone(...standings),
            stage,
          });
          const judged = judgeVote(question);
          if (!judged.ok) continue;
          expect(banned).not.toContain(voter);
          votes.push(vote(voter, judged.value.stage));
          const counted = judged.value.counted.map(({ reviewer }) => reviewer);
          expect(new Set(counted).size).toBe(counted.length);
          expect(counted.some((one) => banned.includes(one))).toBe(false);
          const needed = stages.reduce((sum, { count }) => sum + count, 0);
          expect(judged.value.requirement_met).toBe(counted.length === needed);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a further passkey', () => {
  const passkey = { restricted_until: NOW };
  it('decides nothing high or critical before its time, and everything after', () => {
    for (const risk of ['high', 'critical'] as const) {
      const early = assuranceAllows(passkey, risk, CREATED);
      expect(early).toMatchObject({ ok: false, problem: { code: 'passkey-too-new' } });
      expect(assuranceAllows(passkey, risk, NOW).ok).toBe(true);
      expect(assuranceAllows({ restricted_until: null }, risk, CREATED).ok).toBe(true);
    }
    for (const risk of ['low', 'medium'] as const) expect(assuranceAllows(passkey, risk, CREATED).ok).toBe(true);
  });
});
