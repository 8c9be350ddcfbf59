// What a request shows is what decides: votes of people or keys that lost the right count nowhere, whoever reads is told
// before any passkey is asked what would be refused, and a requirement that nobody can meet says so.
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { call, get, success } from './support/house.ts';
import {
  change,
  decide,
  found,
  type Member,
  member,
  offered,
  owner,
  propose,
  unique,
  type World,
} from './support/world.ts';

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - id: two
    match: { action: two.people }
    verdict: require_approval
    risk: low
    approvals: [{ from: [group:finance], count: 2 }]
  - id: pair
    match: { action: pair.people }
    verdict: require_approval
    risk: low
    approvals: [{ from: [group:pair], count: 2 }]
  - id: empty
    match: { action: empty.group }
    verdict: require_approval
    risk: low
    approvals: [{ from: [group:finance], count: 1 }, { from: [group:nobody], count: 1 }]
  - id: grave
    match: { action: grave.act }
    verdict: require_approval
    risk: high
`;

let world: World;
let boss: Member;
const people: Record<string, Member> = {};

async function join(name: string, groups: string[]): Promise<Member> {
  const made = await member(boss, `${name}@example.com`, ['reviewer']);
  people[name] = made;
  for (const group of groups) await grow(group, made.user);
  return made;
}

const members: Record<string, { id: string | null; members: string[] }> = {};
async function grow(group: string, user: string): Promise<void> {
  const known = members[group] ?? { id: null, members: [] };
  members[group] = known;
  known.members.push(user);
  const value = { name: group, members: known.members };
  const { target } =
    known.id === null ? await change(boss, 'group', value) : await change(boss, 'group', value, known.id);
  known.id = target;
}

beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
  for (const name of ['ann', 'bob', 'cy', 'dee']) await join(name, ['finance']);
  await join('eve', ['pair']);
});

const shown = (id: string, as: Member = boss) => success(get(`/v1/approval-requests/${id}`, { cookie: as.cookie }));
const tally = (request: { effective: { requirement: { stages: { approved: number; count: number }[] } } }) =>
  request.effective.requirement.stages.map(({ approved, count }) => `${approved} of ${count}`);
const row = async (id: string) => {
  const { data } = await success(get('/v1/approval-requests?limit=100', { cookie: boss.cookie }));
  return data.find((request: { id: string }) => request.id === id);
};
const two = () => propose(world, { action: 'two.people', ...unique() });

describe('a vote whose person or key has lost the right', () => {
  it('counts nowhere: not for the person who was removed, in the exact state, the list, or after the next vote', async () => {
    const { id } = await two();
    const gone = await join('gone', ['finance']);
    const later = await two();
    await success(decide(gone, later.id));
    expect(tally(await shown(later.id))).toEqual(['1 of 2']);
    await success(call('DELETE', `/v1/members/${gone.user}`, { cookie: boss.cookie }));
    members.finance!.members = members.finance!.members.filter((user) => user !== gone.user);
    const now = await shown(later.id);
    expect(tally(now)).toEqual(['0 of 2']);
    expect(now.decisions).toMatchObject([{ void: true, void_reason: 'withdrawn' }]);
    await until(async () => (await row(later.id))?.decisions.length === 1);
    expect(tally(await row(later.id))).toEqual(['0 of 2']);
    const second = await success(decide(people.ann!, later.id));
    expect([second.status, tally(second)]).toEqual(['pending', ['1 of 2']]);
    await until(async () => (await row(later.id))?.decisions.length === 2);
    expect(tally(await row(later.id))).toEqual(['1 of 2']);
    const third = await success(decide(people.bob!, later.id));
    expect([third.status, tally(third)]).toEqual(['approved', ['2 of 2']]);
    expect(third.decisions.map((vote: { void_reason: string | null }) => vote.void_reason)).toEqual([
      'withdrawn',
      null,
      null,
    ]);
    expect(tally(await shown(id))).toEqual(['0 of 2']);
  });

  it('is said by the events, so that evidence proves the count', async () => {
    const { id } = await two();
    await success(decide(people.cy!, id));
    await success(decide(people.dee!, id));
    const { data } = await success(get(`/v1/approval-requests/${id}/events`, { cookie: boss.cookie }));
    const counted = data.flatMap((event: { skeleton: { counted?: number[] } }) => event.skeleton.counted ?? []);
    expect(counted).toEqual([2, 2, 3]);
  });

  it('does not count with a passkey that was revoked since', async () => {
    const { id } = await two();
    await success(decide(people.cy!, id));
    const { data } = await success(get('/v1/members', { cookie: boss.cookie }));
    const { passkeys } = data.find((one: { id: string }) => one.id === people.cy!.user);
    await success(call('DELETE', `/v1/passkeys/${passkeys[0].id}`, { cookie: boss.cookie }));
    expect(tally(await shown(id))).toEqual(['0 of 2']);
    const after = await success(decide(people.dee!, id));
    expect([after.status, tally(after)]).toEqual(['pending', ['1 of 2']]);
  });
});

describe('whoever reads a request', () => {
  it('is told what would be refused, in the same words, before a passkey is asked', async () => {
    const { id } = await two();
    const late = await join('late', ['finance']);
    const { viewer } = await shown(id, late);
    expect(viewer.approve).toMatchObject({
      code: 'not-eligible',
      detail: expect.stringContaining('You became group:finance'),
    });
    const refused = await decide(late, id);
    expect([refused.body.code, refused.body.detail]).toEqual([viewer.approve.code, viewer.approve.detail]);
  });

  it('is told nothing stands in the way where nothing does, and that a new key must rest before what is grave', async () => {
    const { id } = await two();
    expect((await shown(id, people.ann)).viewer).toEqual({ approve: null, reject: null });
    await success(decide(people.ann!, id));
    expect((await shown(id, people.ann)).viewer.approve.detail).toContain('You have approved this request already');
    expect((await shown(id, people.eve)).viewer.approve.code).toBe('not-eligible');
    expect((await success(get(`/v1/approval-requests/${id}`, { key: world.agent.text }))).viewer).toBeNull();
  });

  it('is told of a stop and of what policy denies by now', async () => {
    const { id } = await two();
    const body = { target_kind: 'actor', target: world.actor, reason: 'A drill.' };
    const stop = await success(call('POST', '/v1/stops', { cookie: boss.cookie, body }));
    expect((await shown(id, people.bob)).viewer).toMatchObject({
      approve: { code: 'stopped' },
      reject: { code: 'stopped' },
    });
    await change(boss, 'stop_lift', {}, stop.id);
    expect((await offered(people.bob!, id)).status).toBe(200);
  });
});

describe('a requirement that nobody can meet', () => {
  const unmetOf = async (action: string) => (await shown((await propose(world, { action, ...unique() })).id)).unmet;

  it('says so on the request: more people than there are, and an empty group', async () => {
    expect(await unmetOf('pair.people')).toEqual([{ stage: 0, count: 2, able: 1 }]);
    expect(await unmetOf('empty.group')).toEqual([{ stage: 1, count: 1, able: 0 }]);
    expect(await unmetOf('two.people')).toBeNull();
  });

  it('says so still when somebody joins: who came after the request does not decide it', async () => {
    const { id } = await propose(world, { action: 'pair.people', ...unique() });
    await join('flo', ['pair']);
    expect((await shown(id)).unmet).toEqual([{ stage: 0, count: 2, able: 1 }]);
    expect(await unmetOf('pair.people')).toBeNull();
  });
});
