// OpenID AuthZEN 1.0 as its certification scenario asks it, through the Worker's front door: the fixture written as one
// of our policies, every decision that the scenario validates, and the shapes, errors and headers that it demands.
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { BASE, call, get, post, success } from './support/house.ts';
import { found, type Member, owner, type World } from './support/world.ts';

const FIXTURE = `
version: 1
defaults: { verdict: deny, risk: low }
rules:
  - { id: reading, match: { action: read, resource: "record:*", actor: ["user:alice", "user:bob"] }, verdict: allow, risk: low }
  - id: admins-write-archived
    match: { action: write, resource: "record:*" }
    when: has(context.subject) && has(context.subject.role) && context.subject.role == "admin" && has(metadata.status) && metadata.status == "archived"
    verdict: allow
    risk: low
  - id: archived
    match: { action: write, resource: "record:*" }
    when: has(metadata.status) && metadata.status == "archived"
    verdict: require_approval
    message: Archived records are changed by admins.
  - { id: alice-writes, match: { action: write, resource: "record:*", actor: "user:alice" }, verdict: allow, risk: low }
  - { id: soft, match: { action: delete, resource: "record:*", actor: "user:alice" }, when: has(param.soft) && param.soft == true, verdict: allow, risk: low }
  - { id: asks, match: { action: pay.out }, verdict: require_approval, risk: high, approvals: [{ from: "role:admin", count: 2 }] }
  - { id: exports, match: { action: data.export }, verdict: require_approval, risk: low }
trusted:
  - { id: small-exports, match: { action: data.export }, when: context.records < 100, limit: { count: 5, per: 1h } }
  - { id: free-exports, match: { action: data.export }, when: context.records < 10 }
`;

const user = (id: string, properties?: JsonObject): JsonObject => ({
  type: 'user',
  id,
  ...(properties ? { properties } : {}),
});
const record = (id: string, properties?: JsonObject): JsonObject => ({
  type: 'record',
  id,
  ...(properties ? { properties } : {}),
});
const action = (name: string, properties?: JsonObject): JsonObject => ({ name, ...(properties ? { properties } : {}) });
const ask = (subject: JsonObject, does: JsonObject, resource: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...{ subject, action: does, resource },
  ...more,
});

const [alice, bob] = [user('alice'), user('bob')];
const ARCHIVED = { status: 'archived' };
const CONTEXT = { context: { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' } };
/** The scenario's mandated decisions (its section "Required Policy Behaviour" and the requests that validate them). */
const CASES: [says: string, request: JsonObject, decision: boolean][] = [
  ['alice reads', ask(alice, action('read'), record('record-1')), true],
  ['alice writes', ask(alice, action('write'), record('record-1')), true],
  ['bob reads', ask(bob, action('read'), record('record-1')), true],
  ['bob does not write', ask(bob, action('write'), record('record-1')), false],
  ['alice does not write what is archived', ask(alice, action('write'), record('record-2', ARCHIVED)), false],
  ['an admin does', ask(user('bob', { role: 'admin' }), action('write'), record('record-2', ARCHIVED)), true],
  ['alice deletes softly', ask(alice, action('delete', { soft: true }), record('record-1')), true],
  ['and not for good', ask(alice, action('delete', { soft: false }), record('record-1')), false],
  ['a context changes nothing that no rule reads', ask(alice, action('read'), record('record-1'), CONTEXT), true],
  [
    'properties that nobody asked for change nothing',
    ask(
      user('alice', { department: 'Sales', role: 'manager' }),
      action('read', { method: 'GET' }),
      record('record-1', { status: 'active', owner: 'bob' }),
    ),
    true,
  ],
  [
    'unknown fields are ignored',
    ask(alice, action('read'), record('record-1'), { foo: 'bar', future: { n: 1 } }),
    true,
  ],
];

let world: World;
let ann: Member;
beforeAll(async () => {
  world = await found('live', FIXTURE);
  ann = await owner(world);
});

const evaluate = (body: JsonObject) => post('/access/v1/evaluation', { key: world.admin.text, body });
const evaluations = (body: JsonObject) => post('/access/v1/evaluations', { key: world.admin.text, body });

describe('one evaluation', () => {
  it.each(CASES)('%s', async (_says, request, decision) => {
    for (let time = 0; time < 2; time++) {
      const answer = await evaluate(request);
      expect(answer.status, answer.text).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(answer.body.decision).toBe(decision);
      expect(answer.body.context).toBeTypeOf('object');
    }
  });

  it('says of what needs a person that it is a no, who must approve, and how to ask', async () => {
    const { decision, context } = await success(evaluate(ask(alice, action('pay.out'), record('r'))));
    expect(decision).toBe(false);
    expect(context).toMatchObject({ verdict: 'require_approval', rule: 'asks', risk: 'high' });
    expect(context.requirement.stages).toEqual([{ from: ['role:admin'], count: 2 }]);
    expect(context.reason).toContain('/v1/approval-requests');
  });

  it('lets nothing through on a budget that it does not count', async () => {
    const exported = (records: number) => ask(alice, action('data.export'), record('r'), { context: { records } });
    expect((await evaluate(exported(50))).body.decision).toBe(false);
    expect((await evaluate(exported(5))).body).toMatchObject({
      decision: true,
      context: { constraints: { 'context.records': 5 } },
    });
  });

  it.each([
    ['no subject', { action: action('read'), resource: record('record-1') }],
    ['no action', { subject: alice, resource: record('record-1') }],
    ['no resource', { subject: alice, action: action('read') }],
    ['a subject without type', ask({ id: 'alice' }, action('read'), record('record-1'))],
    ['a subject without id', ask({ type: 'user' }, action('read'), record('record-1'))],
    ['an action without name', ask(alice, {}, record('record-1'))],
    ['a resource without type', ask(alice, action('read'), { id: 'record-1' })],
    ['a resource without id', ask(alice, action('read'), { type: 'record' })],
    ['a subject that is text', { ...ask(alice, action('read'), record('record-1')), subject: 'alice' }],
    ['an action whose name is a number', ask(alice, { name: 123 }, record('record-1'))],
  ])('%s is a bad request that names the place', async (_says, body) => {
    for (const answer of [await evaluate(body), await evaluations(body)]) {
      expect(answer.status, answer.text).toBe(400);
      expect(answer.body.errors[0].pointer).toMatch(/^\/(subject|action|resource)/);
    }
  });

  it.each([
    ['another type of content', { raw: '{}', headers: { 'content-type': 'text/plain' } }],
    ['no JSON', { raw: '{"subject":' }],
    ['nothing', { raw: '', headers: { 'content-type': 'application/json' } }],
  ])('%s is a bad request', async (_says, sent) => {
    const answer = await call('POST', '/access/v1/evaluation', { key: world.admin.text, ...sent });
    expect(answer.status, answer.text).toBe(400);
  });

  it('is for callers that we know', async () => {
    const answer = await post('/access/v1/evaluation', { body: CASES[0]![1] });
    expect(answer.status).toBe(401);
  });

  it('answers a name that our rules refuse with a no, not with an error', async () => {
    const { decision, context } = await success(evaluate(ask(user('Alice*'), action('read'), record('record-1'))));
    expect(decision).toBe(false);
    expect(context.reason).toContain('actor');
  });

  it('gives back the identifier of the call, and one of ours where there is none', async () => {
    const [, body] = CASES[0]!;
    const id = 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716';
    const sent = { key: world.admin.text, body };
    const answer = await post('/access/v1/evaluation', { ...sent, headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toBe(id);
    expect((await evaluate(body)).headers.get('x-request-id')).toMatch(/^req_/);
    const odd = await post('/access/v1/evaluation', { ...sent, headers: { 'x-request-id': 'x'.repeat(129) } });
    expect(odd.headers.get('x-request-id')).toMatch(/^req_/);
  });
});

describe('a key', () => {
  const own = (does: string) => {
    const [type, id] = world.actor.split(':') as [string, string];
    return ask({ type, id }, action(does), record('record-1'));
  };
  const asked = (key: string, body: JsonObject) => post('/access/v1/evaluation', { key, body });

  it('that proposes asks about the actors that it proposes as, and is told nothing of others', async () => {
    expect((await success(asked(world.agent.text, own('read')))).context.verdict).toBeDefined();
    const { decision, context } = await success(asked(world.agent.text, CASES[0]![1]));
    expect(decision).toBe(false);
    expect(context).toEqual({ reason: expect.stringContaining(world.actor), code: 'forbidden' });
    const many: JsonObject = { evaluations: [CASES[0]![1], own('read')] };
    const { evaluations: all } = await success(post('/access/v1/evaluations', { key: world.agent.text, body: many }));
    expect(all[0].context.code).toBe('forbidden');
    expect(all[1].context.verdict).toBeDefined();
  });

  it('that only verifies capabilities is answered nothing', async () => {
    for (const path of ['/access/v1/evaluation', '/access/v1/evaluations']) {
      const body = path.endsWith('s') ? { evaluations: [own('read')] } : own('read');
      const answer = await post(path, { key: world.verifier.text, body });
      expect([answer.status, answer.body.code], answer.text).toEqual([403, 'forbidden']);
    }
  });
});

describe('under a stop of a service account', () => {
  it('nothing is let through of its keys, nor of its actors for whoever asks', async () => {
    const other = await found('live', FIXTURE.replace('"user:alice", "user:bob"', '"**"'));
    const admin = await owner(other);
    const acts = other.actor.split(':') as [string, string];
    const own = ask({ type: acts[0], id: acts[1] }, action('read'), record('record-1'));
    const said = async (body: JsonObject, caller: { key?: string; cookie?: string }) =>
      (await success(post('/access/v1/evaluation', { ...caller, body }))).decision;
    const [key, alices] = [{ key: other.admin.text }, ask(alice, action('read'), record('record-1'))];
    const cookie = { cookie: admin.cookie };
    expect([await said(own, key), await said(alices, key), await said(own, cookie)]).toEqual([true, true, true]);
    const target = { target_kind: 'service_account', target: other.service_account, reason: 'went astray' };
    await success(post('/v1/stops', { ...cookie, body: target }));
    expect([await said(own, key), await said(alices, key), await said(own, cookie)]).toEqual([false, false, false]);
    expect(await said(alices, cookie)).toBe(true);
  });
});

describe('many evaluations', () => {
  const [reads, writes] = [action('read'), action('write')];

  it('inherit what they leave out, whole, and are answered in order', async () => {
    const body: JsonObject = {
      ...ask(alice, writes, record('record-1', { status: 'active' }), CONTEXT),
      evaluations: [{}, { resource: record('record-2', ARCHIVED) }, { subject: bob }, { action: reads, subject: bob }],
    };
    const { evaluations: all, decision } = await success(evaluations(body));
    expect(all.map((one: JsonObject) => one.decision)).toEqual([true, false, false, true]);
    expect(decision).toBeUndefined();
  });

  it('deny the one that lacks something and answer the others', async () => {
    const body: JsonObject = {
      ...{ subject: alice, action: reads, options: { evaluations_semantic: 'execute_all' } },
      evaluations: [{ resource: record('record-1') }, {}, { resource: 'record-1' }],
    };
    const { evaluations: all } = await success(evaluations(body));
    expect(all.map((one: JsonObject) => one.decision)).toEqual([true, false, false]);
    expect(all[1].context.reason).toContain('/resource');
  });

  it.each([
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
    ['execute_all', [true, false, true]],
  ])('stop where %s says', async (evaluations_semantic, decisions) => {
    const body = {
      ...{ action: writes, resource: record('record-1'), options: { evaluations_semantic } },
      evaluations: [{ subject: alice }, { subject: bob }, { subject: alice }],
    };
    const { evaluations: all } = await success(evaluations(body));
    expect(all.map((one: JsonObject) => one.decision)).toEqual(decisions);
  });

  it.each([[undefined], [[]]])('are one evaluation where the list is %j', async (list) => {
    const body = { ...CASES[0]![1], ...(list === undefined ? {} : { evaluations: list }) };
    expect((await success(evaluations(body))).decision).toBe(true);
  });

  it('refuse a semantic that is none, and more than a hundred', async () => {
    const [, one] = CASES[0]!;
    expect((await evaluations({ ...one, evaluations: [{}], options: { evaluations_semantic: 'any' } })).status).toBe(
      400,
    );
    expect((await evaluations({ ...one, evaluations: Array(101).fill({}) })).status).toBe(400);
  });
});

it('says where it answers, under the address that was asked', async () => {
  const { status, body } = await get('/.well-known/authzen-configuration');
  expect(status).toBe(200);
  expect(body).toEqual({
    policy_decision_point: BASE,
    access_evaluation_endpoint: `${BASE}/access/v1/evaluation`,
    access_evaluations_endpoint: `${BASE}/access/v1/evaluations`,
  });
});

it('says no to everything under a stop, with its reason', async () => {
  const halt = { target_kind: 'organization', target: world.organization, reason: 'Drill at noon.' };
  await success(post('/v1/stops', { cookie: ann.cookie, body: halt }));
  const { decision, context } = await success(evaluate(CASES[0]![1]));
  expect(decision).toBe(false);
  expect(context).toMatchObject({ code: 'stopped' });
  expect(context.reason).toContain('Drill at noon.');
});
