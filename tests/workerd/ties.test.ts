// Where policy ties resource and params, a call in which they disagree stops at every door, and no edit parts them.
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { examined } from './support/evidence.ts';
import { type Answer, get, post, success } from './support/house.ts';
import { decide, found, fresh, type Member, member, owner, propose, type World } from './support/world.ts';

const POLICY = `
version: 1
rules:
  - { id: outside, match: { action: chat.post, resource: "channel:External*" }, verdict: require_approval, risk: low, edits: any }
  - { id: inside, match: { action: chat.post }, verdict: allow, risk: low }
parameters:
  - action: chat.post
    resource: "channel:{channel}"
    schema: { required: [channel], properties: { channel: { type: string }, text: { type: string } } }
`;
let world: World;
let boss: Member;
beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
});
const post_ = (resource: string, channel: string): JsonObject => ({
  action: 'chat.post',
  resource: `channel:${resource}`,
  params: { channel, text: 'hello' },
});
const ask = (body: JsonObject) => post('/v1/approval-requests', { key: world.agent.text, body, idempotency: fresh() });
const PARTED = post_('general', 'External_0');
const refusal = { status: 400, body: { code: 'invalid-request', errors: [{ pointer: '/resource' }] } };

describe('a resource that the params do not say', () => {
  it('is refused with its place, and nothing is recorded', async () => {
    expect(await ask(PARTED)).toMatchObject(refusal);
    expect((await ask(PARTED)).body.detail).toContain('must be channel:External_0');
    expect(await ask(post_('a/b', 'a/b'))).toMatchObject({ body: { errors: [{ pointer: '/params/channel' }] } });
    const { data } = await success(get('/v1/approval-requests?action=chat.post', { key: world.admin.text }));
    expect(data).toEqual([]);
  });

  it('is refused by a dry run, by breaking glass, and is a no by AuthZEN, one or many', async () => {
    expect(await post('/v1/policy/evaluate', { key: world.agent.text, body: PARTED })).toMatchObject(refusal);
    const fire = await member(boss, 'fire@example.com', ['break_glass']);
    const body = { ...PARTED, actor: world.actor, reason: 'chat is down' };
    expect(await post('/v1/break-glass/options', { cookie: fire.cookie, body })).toMatchObject(refusal);
    const evaluation = (id: string) => ({
      subject: { type: 'service-account', id: 'release-bot' },
      action: { name: 'chat.post', properties: { channel: 'lobby', text: 'hello' } },
      resource: { type: 'channel', id },
    });
    const one = (id: string) => success(post('/access/v1/evaluation', { key: world.agent.text, body: evaluation(id) }));
    expect([(await one('lobby')).decision, (await one('general')).decision]).toEqual([true, false]);
    const evaluations = [evaluation('lobby'), evaluation('general')];
    const many = await success(post('/access/v1/evaluations', { key: world.agent.text, body: { evaluations } }));
    expect(many.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([true, false]);
  });

  it('is counted as refused by a simulation of a draft that ties them', async () => {
    const house = await found('live', 'version: 1');
    const first = await owner(house);
    await propose(house, PARTED);
    const simulated = async () => {
      const body = { source: POLICY, limit: 10 };
      const answer = await success(post('/v1/policy/simulations', { cookie: first.cookie, body }));
      return answer.differences.newly_refused.count;
    };
    await expect.poll(simulated, { timeout: 10_000 }).toBe(1);
  });
});

describe('a call in which both agree', () => {
  const edit = (id: string, params: JsonObject): Promise<Answer> =>
    post(`/v1/approval-requests/${id}/edit/options`, { cookie: boss.cookie, body: { params } });

  it('is judged by its resource, carries the tie to the page, and no edit parts the two', async () => {
    expect((await success(ask(post_('general', 'general')))).verdict).toBe('allow');
    const { id, verdict, parameters } = await propose(world, post_('External_0', 'External_0'));
    expect([verdict, parameters.resource]).toEqual(['require_approval', 'channel:{channel}']);
    expect(await edit(id, { channel: 'general', text: 'hello' })).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ pointer: '/params/channel' }] },
    });
    expect((await edit(id, { channel: 'External_0', text: 'hi' })).status).toBe(200);
  });

  it('is proved by its evidence to be about the resource that its params make', async () => {
    const { id } = await propose(world, post_('External_1', 'External_1'));
    await success(decide(boss, id, { decision: 'approve' }));
    const { report } = await examined(world.organization, id, { cookie: boss.cookie });
    expect(report.claims.filter(({ claim }) => claim === 'judgement')).toMatchObject([
      { status: 'proved', detail: expect.stringContaining('one that its params make (channel)') },
      { status: 'proved' },
    ]);
  });
});
