// `writeOnly`: a value that policy hides is with the request's object and in the answer of the exchange, and nowhere else.
// Tokens are planted in every kind of place that a schema can hide, and looked for in everything that anybody reads.
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyEvidence } from '../../core/evidence.ts';
import type { JsonObject } from '../../core/json.ts';
import { policyJudge } from '../../core/policy/evidence-judge.ts';
import { Assentry } from '../../sdk/src/client.ts';
import { verifyCapability } from '../../sdk/src/verify/capability.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { until } from '../support/until.ts';
import { breakGlass, edit } from './support/acts.ts';
import { type Answer, BASE, env, front, get, post, success } from './support/house.ts';
import { everywhere, evidenceOf, holdNone, type Place, rowsOf } from './support/planted.ts';
import {
  change,
  decide,
  exchange,
  found,
  fresh,
  member as join,
  type Member,
  offered,
  owner,
  propose,
  type World,
} from './support/world.ts';

const schema = `
parameters:
  - action: "user.**"
    schema:
      type: object
      required: [name, password]
      properties:
        name: { type: string }
        seats: { type: integer, narrow: lower }
        password: { type: string, minLength: 4, writeOnly: true }
        pin: { type: integer, writeOnly: true }
        auth: { type: object, properties: { kind: { type: string }, token: { type: string, writeOnly: true } } }
        keys: { type: array, items: { type: string, writeOnly: true } }
        lines: { type: array, items: { type: object, properties: { secret: { writeOnly: true } } } }
        spare: { type: object, narrow: remove, properties: { code: { writeOnly: true } } }
      additionalProperties: { writeOnly: true }
`;
const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: let, match: { action: user.allowed }, when: param.seats > 1, verdict: allow }
  - { id: broken, match: { action: user.broken }, when: param.seats.x > 1, verdict: allow }
  - { id: any, match: { action: user.any }, verdict: require_approval, edits: any }
  - { id: users, match: { action: "user.**" }, verdict: require_approval, edits: narrow, message: Check the name. }
`;

const WORDS = [
  'hunter2-alpha',
  'bravo-token-77',
  'charlie-key-1',
  'delta-key-22',
  'echo-line-333',
  'foxtrot-extra',
  'golf-spare',
];
const [password, token, one, two, line, extra, code] = WORDS as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const PIN = 918273645;
const params = (name: string): JsonObject => ({
  name,
  seats: 5,
  password,
  pin: PIN,
  auth: { kind: 'bearer', token },
  keys: [one, two],
  lines: [{ secret: line, label: 'x' }],
  spare: { code },
  recovery: extra,
});
const SHOWN = {
  password: '(hidden)',
  pin: '(hidden)',
  auth: { kind: 'bearer', token: '(hidden)' },
  keys: ['(hidden)', '(hidden)'],
  lines: [{ secret: '(hidden)', label: 'x' }],
  spare: { code: '(hidden)' },
  recovery: '(hidden)',
};
const HIDDEN = [
  '/auth/token',
  '/keys/0',
  '/keys/1',
  '/lines/0/secret',
  '/password',
  '/pin',
  '/recovery',
  '/spare/code',
];
const PLANTED = [...WORDS, String(PIN)];

let world: World;
let boss: Member;
let second: Member;
let people: Record<string, Member>;
beforeAll(async () => {
  world = await found('live', POLICY.replace('version: 1\n', `version: 1\n${schema.trimStart()}`));
  boss = await owner(world);
  second = await join(boss, 'second@example.com', ['reviewer']);
  people = { boss, second };
  await change(boss, 'webhook_endpoint', { url: 'https://receiver.invalid/hook', events: ['*'] });
});

const ask = (name: string, action = 'user.create') =>
  propose(world, { action, resource: `user:${name}`, params: params(name) });
const read = (id: string, by: { key?: string; cookie?: string } = { cookie: boss.cookie }) =>
  success(get(`/v1/approval-requests/${id}`, by));

async function told(id: string): Promise<Place[]> {
  await until(async () => JSON.stringify(await rowsOf(world.organization)).includes(id));
  return everywhere(world, id, people);
}

async function verified(id: string) {
  const keys = await success(get('/v1/ledger/key'));
  const [[, text]] = (await evidenceOf(id, { cookie: boss.cookie })) as [Place];
  const anchors = {
    log_key: keys.verifier_key,
    receipt_key: keys.receipt_keys[0].public_key,
    organization: world.organization,
    origin: BASE,
    rp_id: env.RP_ID,
  };
  const report = await verifyEvidence(text, anchors, webCrypto, { judge: policyJudge });
  const failed = report.claims.filter(({ status }) => status === 'failed');
  const said = (status: string) =>
    new Set(report.claims.filter((one) => one.status === status).map(({ claim }) => claim));
  return { text, failed, proved: said('proved'), unproved: said('not-replayable') };
}

describe('hidden values', () => {
  it('stand nowhere while a request waits, is decided, exchanged and reported', async () => {
    const asked = await ask('walter');
    expect(asked).toMatchObject({ params: { name: 'walter', ...SHOWN }, effective: { params: SHOWN }, salt: null });
    expect([...asked.hidden].sort()).toEqual(HIDDEN);
    holdNone([['proposal', JSON.stringify(asked)]], PLANTED);
    holdNone(await told(asked.id), PLANTED);
    const offer = await offered(boss, asked.id);
    holdNone([['offer', offer.text]], PLANTED);
    const decided = await success(decide(boss, asked.id));
    expect(decided.status).toBe('approved');
    const taken = await success(exchange(world, asked.id));
    expect(taken.params).toEqual(params('walter'));
    const report = { status: 'executed', detail: 'made' };
    await success(post(`/v1/approval-requests/${asked.id}/outcome`, { key: world.agent.text, body: report }));
    await until(async () => JSON.stringify(await rowsOf(world.organization)).includes('execution.executed'));
    const places = await told(asked.id);
    expect(places.find(([name]) => name === 'D1 deliveries')?.[1]).toContain('approval.decided');
    expect(places.find(([name]) => name === 'export')?.[1]).toContain(asked.id);
    holdNone(places, PLANTED);
    const stream = await get(`/v1/approval-requests/${asked.id}/stream`, { cookie: boss.cookie });
    expect(stream.text).toContain('(hidden)');
    holdNone([['stream', stream.text]], PLANTED);
  });

  it('are in the answer of the exchange, whose token binds them: the resource takes no others', async () => {
    const { id, params_digest } = await ask('exchanged');
    await success(decide(boss, id));
    const taken = await success(exchange(world, id, { params: params('exchanged') }));
    const [detail] = taken.authorization_details;
    expect(detail.params_digest).toBe(params_digest);
    const jwks = await success(get(`/o/${world.organization}/.well-known/jwks.json`));
    const options = { issuer: `${BASE}/o/${world.organization}`, audience: 'user:exchanged', jwks };
    const verify = (given: JsonObject) =>
      verifyCapability(
        taken.access_token,
        { action: 'user.create', resource: 'user:exchanged', params: given },
        options,
      );
    expect((await verify(params('exchanged'))).request).toBe(id);
    await expect(verify({ ...params('exchanged'), password: 'other' })).rejects.toThrow();
    expect((await exchange(world, id, { params: { ...params('exchanged'), password: 'other' } })).status).toBe(409);
  });

  it('leave what is proved provable: only what is made of them is said to be withheld', async () => {
    const { id } = await ask('proved');
    await success(decide(boss, id));
    await success(exchange(world, id));
    const { failed, proved, unproved, text } = await verified(id);
    expect(failed).toEqual([]);
    for (const claim of ['lifecycle', 'request', 'judgement', 'signature', 'intent', 'capability', 'claims'])
      expect(proved, claim).toContain(claim);
    expect([...unproved]).toEqual(['digests']);
    holdNone([['evidence', text]], PLANTED);
  });

  it('are let through by policy without being told, and a rule that errs tells none', async () => {
    const allowed = await ask('let', 'user.allowed');
    const broken = await ask('broken', 'user.broken');
    expect([allowed.status, broken.status]).toEqual(['approved', 'pending']);
    for (const { id } of [allowed, broken]) holdNone(await told(id), PLANTED);
    expect((await success(exchange(world, allowed.id))).params).toEqual(params('let'));
  });

  it('are told by no dry run, AuthZEN, simulation or suggestion', async () => {
    const body = { action: 'user.create', resource: 'user:dry', params: params('dry') };
    const evaluation = {
      subject: { type: 'service-account', id: 'release-bot' },
      action: { name: 'user.create', properties: params('dry') },
      resource: { type: 'user', id: 'dry' },
    };
    const draft =
      'version: 1\nrules: [{ id: all, match: { action: "**" }, when: "size(param.name) > 2", verdict: allow }]\n';
    const answers: [string, Answer][] = [
      ['dry', await post('/v1/policy/evaluate', { key: world.agent.text, body })],
      ['authzen', await post('/access/v1/evaluation', { key: world.agent.text, body: evaluation })],
      ['simulation', await post('/v1/policy/simulations', { cookie: boss.cookie, body: { source: draft } })],
      ['suggestions', await get('/v1/policy/suggestions', { cookie: boss.cookie })],
    ];
    for (const [name, { status, text }] of answers) expect([name, status, text.length > 2]).toEqual([name, 200, true]);
    holdNone(
      answers.map(([name, { text }]) => [name, text]),
      PLANTED,
    );
  });

  it('are told by no refusal: of params that do not fit, of a repeat with another body, of another exchange', async () => {
    const wrong = { ...params('wrong'), pin: `${PIN}`, seats: 'many' };
    const refused = await post('/v1/approval-requests', {
      key: world.agent.text,
      body: { action: 'user.create', resource: 'user:wrong', params: wrong },
      idempotency: fresh(),
    });
    expect(refused.status).toBe(400);
    const idempotency = fresh();
    const send = (name: string) =>
      post('/v1/approval-requests', {
        key: world.agent.text,
        body: { action: 'user.create', resource: 'user:again', params: params(name) },
        idempotency,
      });
    const [first, again, other] = [await send('a'), await send('a'), await send('b')];
    expect([first.status, again.status, other.status]).toEqual([201, 201, 422]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    holdNone(
      [
        ['refused', refused.text],
        ['first', first.text],
        ['again', again.text],
        ['other', other.text],
      ],
      PLANTED,
    );
  });

  it('stand nowhere when glass is broken', async () => {
    const fire = await join(boss, 'fire@example.com', ['break_glass']);
    const asked = { action: 'user.create', resource: 'user:fire', params: params('fire'), actor: world.actor };
    const used = await breakGlass(fire, { ...asked, reason: 'locked out' });
    expect(used.status).toBe('approved');
    holdNone([['use', JSON.stringify(used)]], PLANTED);
    holdNone(await told(used.id), PLANTED);
    const { failed } = await verified(used.id);
    expect(failed).toEqual([]);
    expect((await success(exchange(world, used.id))).params).toEqual(params('fire'));
  });
});

describe('the SDK', () => {
  const client = () =>
    new Assentry({
      apiKey: world.agent.text,
      url: BASE,
      actor: world.actor,
      fetch: (input, init) => front.fetch(new Request(input as string, init as RequestInit)),
    });
  /** What the guarded function ran with, once `review` has decided. */
  async function guarded(name: string, review: (id: string) => Promise<unknown>): Promise<JsonObject[]> {
    const ran: JsonObject[] = [];
    const create = client().guard('user.create', (given: JsonObject) => void ran.push(given), {
      request: { resource: `user:${name}` },
    });
    const running = create(params(name));
    const id = await until(async () => {
      const { data } = await success(get('/v1/approval-requests?limit=1', { cookie: boss.cookie }));
      return data[0]?.resource === `user:${name}` && data[0].status === 'pending' ? (data[0].id as string) : null;
    });
    await review(id);
    await running;
    return ran;
  }

  it('guards a call with hidden values: it runs with all of them, and compares each digest before', async () => {
    expect(await guarded('sdk', async (id) => success(decide(boss, id)))).toEqual([params('sdk')]);
  });

  it('runs an edited one with what was approved and what was hidden', async () => {
    const less = { name: 'sdk-edited', seats: 1, ...SHOWN };
    const ran = await guarded('sdk-edited', async (id) => success(decide(boss, id, { params: less } as never)));
    expect(ran).toEqual([{ ...params('sdk-edited'), seats: 1 }]);
  });
});

describe('an edit beside hidden values', () => {
  const shown = (name: string, more: JsonObject = {}) => ({ name, seats: 5, ...SHOWN, ...more });

  it('keeps them: the reviewer signs what is shown, and the agent gets what it sent', async () => {
    const { id } = await ask('less');
    const answer = await success(decide(boss, id, { params: shown('less', { seats: 2 }) } as never));
    expect(answer).toMatchObject({ status: 'approved', effective: { params: { seats: 2, password: '(hidden)' } } });
    expect(answer.edits[0].diff).toEqual([{ pointer: '/seats', kind: 'changed', from: 5, to: 2 }]);
    holdNone(await told(id), PLANTED);
    const { failed, proved } = await verified(id);
    expect(failed).toEqual([]);
    for (const claim of ['edit', 'signature', 'judgement']) expect(proved, claim).toContain(claim);
    expect((await success(exchange(world, id))).params).toEqual({ ...params('less'), seats: 2 });
  });

  it('tells nothing of what was taken out around one', async () => {
    const { id } = await ask('spare');
    const { spare: _, ...rest } = shown('spare');
    const answer = await success(decide(boss, id, { params: rest } as never));
    expect(answer.edits[0].diff).toEqual([
      { pointer: '/spare', kind: 'removed', from: { code: '(hidden)' }, to: null },
    ]);
    holdNone(await told(id), PLANTED);
    const { spare: __, ...left } = params('spare');
    expect((await success(exchange(world, id))).params).toEqual(left);
  });

  it('of its own is approved by somebody else, and tells none', async () => {
    const { id } = await ask('own', 'user.any');
    await edit(boss, id, shown('own', { name: 'other' }));
    await success(decide(second, id));
    holdNone(await told(id), PLANTED);
    expect((await verified(id)).failed).toEqual([]);
    expect((await success(exchange(world, id))).params).toEqual({ ...params('own'), name: 'other' });
  });

  it.each<[string, string, JsonObject]>([
    ['changes one', '/params/password', { password: 'mine-now' }],
    ['changes one in a list', '/params/keys/0', { keys: ['mine-now', '(hidden)'] }],
    ['leaves an entry out', '/params/keys', { keys: ['(hidden)'] }],
    ['puts one where none was', '/params/further', { further: '(hidden)' }],
  ])('that %s is refused with its place', async (_what, pointer, more) => {
    const { id } = await ask(`refused ${pointer}`, 'user.any');
    const body = { params: shown(`refused ${pointer}`, more) };
    const answer = await post(`/v1/approval-requests/${id}/edit/options`, { cookie: boss.cookie, body });
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
    expect((await read(id)).edits).toEqual([]);
  });

  it('that removes one is refused', async () => {
    const { id } = await ask('removes', 'user.any');
    const { recovery: _, ...rest } = shown('removes');
    const answer = await post(`/v1/approval-requests/${id}/edit/options`, {
      cookie: boss.cookie,
      body: { params: rest },
    });
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '/params/recovery']);
  });
});
