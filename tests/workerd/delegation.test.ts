// Delegation: somebody lends what they may decide, signed with their own passkey, for a time; a vote under it counts as
// both, and is void as soon as one of them or the delegation itself no longer stands.
import { beforeAll, describe, expect, it } from 'vitest';
import { instantAt } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Answer, call, get, post, success } from './support/house.ts';
import {
  change,
  decide,
  exchange,
  found,
  fresh,
  type Member,
  member,
  offered,
  owner,
  propose,
  sign,
  unique,
  type World,
} from './support/world.ts';

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: finance, match: { action: "pay.**" }, verdict: require_approval, risk: low, approvals: [{ from: "group:finance", count: 1 }] }
  - { id: two, match: { action: "two.**" }, verdict: require_approval, risk: low, approvals: [{ from: "group:finance", count: 2 }] }
  - { id: mixed, match: { action: "mixed.**" }, verdict: require_approval, risk: low, approvals: [{ from: ["group:finance", "group:ops"], count: 2 }] }
  - { id: edits, match: { action: "edit.**" }, verdict: require_approval, risk: low, edits: any, approvals: [{ from: "group:finance", count: 1 }] }
  - { id: steps, match: { action: "steps.**" }, verdict: require_approval, risk: low, edits: any, approvals: [{ from: "group:finance", count: 1 }, { from: "group:ops", count: 1 }] }
  - { id: grave, match: { action: "grave.**" }, verdict: require_approval, risk: high, approvals: [{ from: "group:finance", count: 1 }] }
`;

const DAY_MS = 86_400_000;
const inDays = (days: number): string => instantAt(Date.now() + days * DAY_MS);
const refused = (answer: Answer, status: number, code: string): void =>
  expect([answer.status, answer.body?.code], answer.text).toEqual([status, code]);

/** One organisation with an owner, two in finance, two in ops, and a reviewer in neither. */
interface House {
  world: World;
  boss: Member;
  ada: Member;
  bob: Member;
  cleo: Member;
  dan: Member;
  eve: Member;
  finance: string;
}

async function house(policy = POLICY): Promise<House> {
  const world = await found('live', policy);
  const boss = await owner(world);
  const join = (name: string) => member(boss, `${name}@example.com`, ['reviewer']);
  const [ada, bob, cleo, dan, eve] = [
    await join('ada'),
    await join('bob'),
    await join('cleo'),
    await join('dan'),
    await join('eve'),
  ];
  const { target: finance } = await change(boss, 'group', { name: 'finance', members: [ada.user, bob.user] });
  await change(boss, 'group', { name: 'ops', members: [cleo.user, dan.user] });
  return { world, boss, ada, bob, cleo, dan, eve, finance };
}

const lend = (from: Member, to: Member, more: JsonObject = {}): Promise<Answer['body']> =>
  change(from, 'delegation', { to: to.user, expires_at: inDays(7), ...more });
const end = (by: Member, id: string): Promise<Answer> =>
  call('DELETE', `/v1/delegations/${id}`, { cookie: by.cookie, body: {} });
const status = async (of: House, id: string): Promise<string> =>
  (await success(get(`/v1/approval-requests/${id}`, { cookie: of.boss.cookie }))).status;
/** A moment later, so that what came before is older than what comes now. */
const later = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A delegation, and then a request that it covers. */
async function lentAndAsked(of: House, action: string, from = of.ada, to = of.eve, more: JsonObject = {}) {
  const { target } = await lend(from, to, more);
  await later();
  const { id } = await propose(of.world, { action, ...unique() });
  return { delegation: target as string, id: id as string };
}

describe('a delegated vote', () => {
  let of: House;
  beforeAll(async () => {
    of = await house();
  });

  it('decides in the delegator’s right, and the record says in whose', async () => {
    const before = await propose(of.world, { action: 'pay.out', ...unique() });
    refused(await decide(of.eve, before.id), 403, 'not-eligible');
    const { delegation, id } = await lentAndAsked(of, 'pay.out');
    const decided = await success(decide(of.eve, id));
    expect(decided).toMatchObject({
      status: 'approved',
      decisions: [
        {
          reviewer: { id: of.eve.user, name: 'eve@example.com' },
          delegation: { id: delegation, from: { id: of.ada.user, name: 'ada@example.com' } },
        },
      ],
    });
    expect((await exchange(of.world, id)).status).toBe(200);
    const { data } = await success(get(`/v1/approval-requests/${id}/events`, { cookie: of.boss.cookie }));
    const vote = data.find(({ type }: { type: string }) => type === 'approval.decided');
    expect(vote.skeleton.delegation).toEqual({ id: delegation, from: of.ada.user });
    expect(vote.personal.delegator_name).toBe('ada@example.com');
  });

  it('under a delegation that is younger than the request counts for nothing', async () => {
    const { id } = await propose(of.world, { action: 'grave.thing', ...unique() });
    await later();
    await lend(of.bob, of.dan);
    const answer = await decide(of.dan, id);
    refused(answer, 403, 'not-eligible');
    expect(answer.body.detail).toMatch(/younger than this request/);
    expect(await status(of, id)).toBe('pending');
  });

  it('takes the seat of whoever lent it: neither of the two counts again', async () => {
    const { id } = await propose(of.world, { action: 'two.pay', ...unique() });
    expect((await success(decide(of.eve, id))).status).toBe('pending');
    const again = await decide(of.ada, id);
    refused(again, 403, 'not-eligible');
    expect(again.body.detail).toMatch(/on your behalf already/);
    refused(await decide(of.eve, id), 403, 'not-eligible');
    expect((await success(decide(of.bob, id))).status).toBe('approved');
  });

  it('is one’s own where one may decide oneself, so that the delegator still can', async () => {
    await lend(of.ada, of.cleo);
    await later();
    const { id } = await propose(of.world, { action: 'mixed.job', ...unique() });
    expect((await success(decide(of.cleo, id))).decisions[0].delegation).toBeNull();
    const done = await success(decide(of.ada, id));
    expect([done.status, done.decisions.length]).toEqual(['approved', 2]);
  });

  it('decides and does not edit: what was lent is the right to decide', async () => {
    const { id } = await propose(of.world, { action: 'edit.it', params: { amount: 5 } });
    const body = { params: { amount: 4 } };
    const offer = await post(`/v1/approval-requests/${id}/edit/options`, { cookie: of.eve.cookie, body });
    const assertion = offer.status < 300 ? await of.eve.passkey.get(offer.body.public_key) : null;
    const signed = { intent: offer.body.intent, intent_token: offer.body.intent_token, assertion } as never;
    const edited =
      assertion === null
        ? offer
        : await post(`/v1/approval-requests/${id}/edit`, { cookie: of.eve.cookie, body: signed });
    refused(edited, 403, 'not-eligible');
    expect((await success(decide(of.eve, id))).status).toBe('approved');
  });

  it('opens the next stage for its reviewers in everything that they do: they edit and claim', async () => {
    const claimed = async (by: Member, id: string) =>
      (await post(`/v1/approval-requests/${id}/claim`, { cookie: by.cookie, body: {} })).status;
    const { id } = await propose(of.world, { action: 'steps.go', params: { amount: 5 } });
    expect(await claimed(of.eve, id)).toBe(200);
    expect((await success(decide(of.eve, id))).requirement.stages[0].approved).toBe(1);
    expect([await claimed(of.ada, id), await claimed(of.cleo, id)]).toEqual([403, 200]);
    const body = { params: { amount: 4 } };
    const edit = (by: Member) => post(`/v1/approval-requests/${id}/edit/options`, { cookie: by.cookie, body });
    expect((await edit(of.eve)).status).toBe(403);
    expect((await success(edit(of.cleo))).intent.stage).toBe(1);
  });

  it('also rejects', async () => {
    const { id } = await propose(of.world, { action: 'pay.out', ...unique() });
    const rejected = await success(decide(of.eve, id, { decision: 'reject', comment: 'no' }));
    expect(rejected.status).toBe('rejected');
    expect(rejected.decisions[0].delegation).toMatchObject({ from: { id: of.ada.user } });
  });
});

describe('two delegations that cross', () => {
  it('never count two people twice', async () => {
    const of = await house();
    await lend(of.ada, of.cleo);
    await lend(of.cleo, of.ada);
    await later();
    const { id } = await propose(of.world, { action: 'mixed.job', ...unique() });
    expect((await success(decide(of.ada, id))).status).toBe('pending');
    refused(await decide(of.ada, id), 403, 'not-eligible');
    const both = await success(decide(of.cleo, id));
    expect([both.status, both.decisions.map((made: JsonObject) => made.delegation)]).toEqual([
      'approved',
      [null, null],
    ]);
    const two = await propose(of.world, { action: 'two.pay', ...unique() });
    expect((await success(decide(of.cleo, two.id))).decisions[0].delegation.from.id).toBe(of.ada.user);
    refused(await decide(of.ada, two.id), 403, 'not-eligible');
    expect(await status(of, two.id)).toBe('pending');
  });

  it('are not chained: what is lent to the lender is not lent on', async () => {
    const of = await house();
    await lend(of.ada, of.eve);
    await lend(of.eve, of.dan);
    await later();
    const { id } = await propose(of.world, { action: 'pay.out', ...unique() });
    refused(await decide(of.dan, id), 403, 'not-eligible');
    const asked = { to: of.dan.user, expires_at: inDays(1), scope: { sources: ['group:finance'] } };
    const chained = await post('/v1/changes', { cookie: of.eve.cookie, body: { kind: 'delegation', value: asked } });
    refused(chained, 400, 'invalid-request');
    expect(chained.body.errors[0].pointer).toBe('/value/scope/sources');
  });
});

describe('between two votes', () => {
  type Cut = (of: House, delegation: string) => Promise<unknown>;
  const cuts: [what: string, cut: Cut][] = [
    ['the delegator ends it', (of, id) => success(end(of.ada, id))],
    ['the delegate gives it back', (of, id) => success(end(of.eve, id))],
    ['an administrator ends it', (of, id) => success(end(of.boss, id))],
    [
      'the delegator is locked',
      (of) => success(post(`/v1/members/${of.ada.user}/lock`, { cookie: of.boss.cookie, body: {} })),
    ],
    [
      'the delegator is removed',
      (of) => success(call('DELETE', `/v1/members/${of.ada.user}`, { cookie: of.boss.cookie, body: {} })),
    ],
    [
      'the delegate is locked',
      (of) => success(post(`/v1/members/${of.eve.user}/lock`, { cookie: of.boss.cookie, body: {} })),
    ],
    ['the delegator leaves the group', (of) => change(of.boss, 'group', { members: [of.bob.user] }, of.finance)],
    [
      'the passkey that signed the delegation is revoked',
      async (of) => {
        const { passkeys } = await success(get('/v1/session', { cookie: of.ada.cookie }));
        await success(call('DELETE', `/v1/passkeys/${passkeys[0].id}`, { cookie: of.boss.cookie, body: {} }));
      },
    ],
  ];
  it.each(cuts)('%s: the first vote no longer counts', async (_what, cut) => {
    const of = await house();
    const { delegation, id } = await lentAndAsked(of, 'two.pay');
    expect((await success(decide(of.eve, id))).status).toBe('pending');
    await cut(of, delegation);
    expect((await success(decide(of.bob, id))).status).toBe('pending');
    expect(await status(of, id)).toBe('pending');
  });

  it('nothing happens: the two complete it', async () => {
    const of = await house();
    const { id } = await lentAndAsked(of, 'two.pay');
    await success(decide(of.eve, id));
    expect((await success(decide(of.bob, id))).status).toBe('approved');
  });
});

describe('a delegation is void for a request', () => {
  it('that the delegator asked for, or the delegate', async () => {
    const of = await house();
    const mine = async (by: Member) => {
      const body = { action: 'pay.mine', resource: 'a:b', actor: `user:${by.user}`, ...unique() };
      return success(post('/v1/approval-requests', { cookie: by.cookie, body, idempotency: fresh() }));
    };
    await lend(of.ada, of.eve);
    await later();
    for (const asker of [of.ada, of.eve]) {
      const { id } = await mine(asker);
      refused(await decide(of.eve, id), 403, 'not-eligible');
      expect((await success(decide(of.bob, id))).status).toBe('approved');
    }
  });

  const scopes: [what: string, scope: JsonObject, action: string][] = [
    ['another action', { actions: ['ship.**'] }, 'pay.out'],
    ['another resource', { resources: ['service:web'] }, 'pay.out'],
    ['higher risk', { max_risk: 'medium' }, 'grave.thing'],
    ['another source', { sources: ['role:reviewer'] }, 'pay.out'],
  ];
  it.each(scopes)('of %s than it is bound to', async (_what, scope, action) => {
    const of = await house();
    const { id } = await lentAndAsked(of, action, of.ada, of.eve, { scope });
    refused(await decide(of.eve, id), 403, 'not-eligible');
  });

  it('and is in force for what it is bound to', async () => {
    const of = await house();
    const scope = { actions: ['pay.*'], resources: ['service:*'], sources: ['group:finance'], max_risk: 'low' };
    const { id } = await lentAndAsked(of, 'pay.out', of.ada, of.eve, { scope });
    expect((await success(decide(of.eve, id))).status).toBe('approved');
  });

  it('before it begins', async () => {
    const of = await house();
    const { id } = await lentAndAsked(of, 'pay.out', of.ada, of.eve, { starts_at: inDays(1) });
    refused(await decide(of.eve, id), 403, 'not-eligible');
    const { data } = await success(get('/v1/delegations', { cookie: of.eve.cookie }));
    expect(data).toMatchObject([{ status: 'planned', from: { id: of.ada.user }, to: { id: of.eve.user } }]);
  });
});

describe('making a delegation', () => {
  let of: House;
  beforeAll(async () => {
    of = await house();
  });
  const ask = (by: Member, value: JsonObject, target?: string): Promise<Answer> =>
    post('/v1/changes', { cookie: by.cookie, body: { kind: 'delegation', value, ...(target ? { target } : {}) } });

  it('is nobody’s but the delegator’s: no administrator, no key, not with four eyes either', async () => {
    const value = { to: of.eve.user, expires_at: inDays(1) };
    const forOther = await ask(of.boss, { ...value, from: of.ada.user });
    refused(forOther, 403, 'forbidden');
    expect(forOther.body.errors[0].pointer).toBe('/value/from');
    refused(
      await post('/v1/changes', { key: of.world.admin.text, body: { kind: 'delegation', value } }),
      403,
      'forbidden',
    );
    const proposed = await success(ask(of.ada, value));
    const signAs = async (by: Member) => {
      const offer = await success(post(`/v1/changes/${proposed.id}/options`, { cookie: by.cookie, body: {} }));
      const assertion = await by.passkey.get(offer.public_key);
      const body = { intent: offer.intent, intent_token: offer.intent_token, assertion } as never;
      return post(`/v1/changes/${proposed.id}/sign`, { cookie: by.cookie, body });
    };
    for (const by of [of.boss, of.eve, of.bob]) refused(await signAs(by), 403, 'forbidden');
    expect((await success(get('/v1/delegations', { cookie: of.boss.cookie }))).data).toEqual([]);
    expect((await success(signAs(of.ada))).status).toBe('applied');
  });

  it('in a test organisation, too, is nothing that a key does', async () => {
    const rehearsal = await found('test', POLICY);
    const value = { to: of.eve.user, expires_at: inDays(1) };
    const asked = { key: rehearsal.admin.text, body: { kind: 'delegation', value } };
    refused(await post('/v1/changes', asked), 403, 'forbidden');
  });

  const wrong: [what: string, value: (of: House) => JsonObject, pointer: string][] = [
    ['longer than thirty days', (of) => ({ to: of.eve.user, expires_at: inDays(31) }), '/value/expires_at'],
    ['that has ended', (of) => ({ to: of.eve.user, expires_at: inDays(-1) }), '/value/expires_at'],
    ['without an end', (of) => ({ to: of.eve.user }), '/value/expires_at'],
    ['far ahead', (of) => ({ to: of.eve.user, starts_at: inDays(100), expires_at: inDays(101) }), '/value/starts_at'],
    ['to oneself', (of) => ({ to: of.ada.user, expires_at: inDays(1) }), '/value/to'],
    [
      'of what one is not',
      (of) => ({ to: of.eve.user, expires_at: inDays(1), scope: { sources: ['group:ops'] } }),
      '/value/scope/sources',
    ],
    [
      'with a scope of another word',
      (of) => ({ to: of.eve.user, expires_at: inDays(1), scope: { action: ['x'] } }),
      '/value/scope',
    ],
  ];
  it.each(wrong)('%s is refused by name', async (_what, value, pointer) => {
    const answer = await ask(of.ada, value(of));
    refused(answer, 400, 'invalid-request');
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it('to somebody who only reads is refused: that would be a new approver by one signature', async () => {
    const reader = await member(of.boss, 'reader@example.com', ['auditor']);
    const answer = await ask(of.ada, { to: reader.user, expires_at: inDays(1) });
    refused(answer, 400, 'invalid-request');
    refused(await ask(reader, { to: of.eve.user, expires_at: inDays(1) }), 403, 'forbidden');
  });

  it('is changed by nobody: it is ended and made anew', async () => {
    const { target } = await lend(of.bob, of.dan);
    refused(await ask(of.bob, { to: of.eve.user, expires_at: inDays(2) }, target), 400, 'invalid-request');
    refused(await end(of.cleo, target), 403, 'forbidden');
    await success(end(of.dan, target));
    await success(end(of.dan, target));
    const { data } = await success(get('/v1/delegations', { cookie: of.cleo.cookie }));
    expect(data.find(({ id }: { id: string }) => id === target)).toMatchObject({
      status: 'ended',
      ended_by: of.dan.user,
    });
  });

  it('needs a second signature where the organisation lists it, and then the delegator’s still', async () => {
    const second = await member(of.boss, 'second@example.com', ['admin']);
    await change(of.boss, 'organization', { settings: { four_eyes: ['delegation'] } });
    const half = await lend(of.ada, of.dan);
    expect([half.status, half.signatures_needed, half.signatures.length]).toEqual(['proposed', 2, 1]);
    const offer = await success(post(`/v1/changes/${half.id}/options`, { cookie: second.cookie, body: {} }));
    const assertion = await second.passkey.get(offer.public_key);
    const body = { intent: offer.intent, intent_token: offer.intent_token, assertion } as never;
    const signed = await success(post(`/v1/changes/${half.id}/sign`, { cookie: second.cookie, body }));
    expect(signed.status).toBe('applied');
  });
});

describe('a delegation that ends while its vote is being given', () => {
  it('either counts or does not, and never completes afterwards', async () => {
    const of = await house();
    for (let round = 0; round < 6; round++) {
      const { delegation, id } = await lentAndAsked(of, 'pay.out', of.ada, of.eve);
      const offer = await success(offered(of.eve, id));
      const [vote] = await Promise.all([sign(of.eve, id, offer), end(of.ada, delegation)]);
      expect([200, 403]).toContain(vote.status);
      expect(await status(of, id)).toBe(vote.status === 200 ? 'approved' : 'pending');
    }
  });
});
