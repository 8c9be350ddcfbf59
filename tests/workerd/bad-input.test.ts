// Bad input of contract.md "Conventions": a clear 4xx that names the place, and nothing written.
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, MAX_EVIDENCE_BYTES, MAX_JSON_DEPTH, MAX_JSON_NODES } from '../../core/limits.ts';
import { app } from '../../worker/app.ts';
import { routesOf } from '../../worker/edge/known-route.ts';
import { TEXT_PATHS } from '../../worker/edge/strict-body.ts';
import { until } from '../support/until.ts';
import { type Answer, call, env, get, post, success } from './support/house.ts';
import { ASK, found, type Member, owner, propose, type World } from './support/world.ts';

let world: World;
let member: Member;
beforeAll(async () => {
  world = await found('live');
  member = await owner(world);
  // Opening a session is answered before it is sealed: created, asked, member, passkey, session.
  await until(async () => (await entries()) === 5);
});

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const proposal = (more: string): string => `{"action":"a.b","resource":"x:y",${more}}`;

/** What a problem looks like, whatever it is about. */
function refused(answer: Answer, status: number, code: string): void {
  expect(answer.body?.code, answer.text).toBe(code);
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { type, title, detail, request_id } = answer.body;
  expect(type).toMatch(new RegExp(`^https?://.*/docs/problems#${code}$`));
  for (const words of [title, detail, request_id]) expect(words).toMatch(/\S/);
  expect(answer.headers.get('x-request-id')).toBe(request_id);
}

/** Nothing was written: neither in the ledger nor in the list. */
async function nothingWritten<T>(act: () => Promise<T>): Promise<T> {
  const before = await entries();
  const done = await act();
  expect(await entries(), 'something was sealed').toBe(before);
  return done;
}

/** All entries there are, not only those that the public checkpoint, which lags by a second, has reached. */
const entries = (): Promise<number> =>
  runInDurableObject(
    env.LEDGER.getByName('head'),
    (_ledger, { storage }) => storage.sql.exec<{ size: number }>('SELECT max(size) AS size FROM flushes').one().size,
  );

describe('a body that is not strict JSON', () => {
  const cases: [why: string, raw: string, status: number, code: string, words?: RegExp][] = [
    ['is empty', '', 400, 'malformed-json'],
    ['is no JSON', '{"action":', 400, 'malformed-json', /line|end/i],
    ['goes on after its end', '{} {}', 400, 'malformed-json'],
    ['has a key twice', proposal('"action":"a.c"'), 400, 'malformed-json', /action/],
    ['has a key twice further down', proposal('"params":{"x":1,"x":2}'), 400, 'malformed-json', /x/],
    ['has the same key in two spellings', proposal('"params":{"a":1,"\\u0061":2}'), 400, 'malformed-json'],
    ['has an integer that no double holds', proposal('"params":{"x":9007199254740993}'), 400, 'malformed-json'],
    ['has a number without end', proposal('"params":{"x":1e999}'), 400, 'malformed-json'],
    ['says NaN', proposal('"params":{"x":NaN}'), 400, 'malformed-json'],
    ['has half a surrogate pair', proposal('"params":{"x":"\\ud800"}'), 400, 'malformed-json'],
    ['has __proto__', proposal('"params":{"__proto__":{}}'), 400, 'malformed-json', /__proto__/],
    ['has constructor', proposal('"params":{"constructor":1}'), 400, 'malformed-json', /constructor/],
    ['has prototype', proposal('"params":{"prototype":1}'), 400, 'malformed-json', /prototype/],
    ['has a comma too many', '{"action":"a.b",}', 400, 'malformed-json'],
    ['has a comment', '{/* no */}', 400, 'malformed-json'],
    ['is nested too deeply', proposal(`"params":${nested(MAX_JSON_DEPTH)}`), 400, 'malformed-json', /deep|32|level/i],
    [
      'has too many values',
      proposal(`"params":{"x":[${'0,'.repeat(MAX_JSON_NODES)}0]}`),
      400,
      'malformed-json',
      /10,?000|many/,
    ],
    ['is too large', proposal(`"params":{"x":"${'x'.repeat(MAX_BODY_BYTES)}"}`), 413, 'payload-too-large'],
  ];
  for (const [why, raw, status, code, words] of cases)
    it(`because it ${why} is refused, and nothing is written`, async () => {
      const answer = await nothingWritten(() => post('/v1/approval-requests', { key: world.agent.text, raw }));
      refused(answer, status, code);
      if (words) expect(JSON.stringify(answer.body)).toMatch(words);
    });

  it('of another type is refused', async () => {
    const raw = JSON.stringify(ASK);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      'multipart/form-data; boundary=x',
    ]) {
      const headers = { 'content-type': type };
      refused(
        await post('/v1/approval-requests', { key: world.agent.text, raw, headers }),
        415,
        'unsupported-media-type',
      );
    }
  });

  it('is refused by every route that takes one, whoever asks', async () => {
    const takes = routesOf(app)
      .filter(({ method }) => method === 'POST' || method === 'PUT' || method === 'PATCH')
      // Takes C2SP's text, whatever its type says; witness.test.ts has its bad inputs.
      .filter(({ path }) => !TEXT_PATHS.includes(path));
    expect(takes.length).toBeGreaterThan(15);
    for (const { method, path } of takes) {
      for (const raw of ['{"a":1,"a":2}', '', '{']) {
        const answer = await call(method, path.replace(':id', 'apr_x'), { cookie: member.cookie, raw });
        expect([`${path} ${answer.status}`, answer.body?.code]).toEqual([`${path} 400`, 'malformed-json']);
      }
    }
  });
});

describe('a proposal that does not fit', () => {
  const long = (length: number) => 'x'.repeat(length);
  const cases: [why: string, more: object, pointer: string][] = [
    ['lacks its action', { action: undefined }, '/action'],
    ['lacks its resource', { resource: undefined }, '/resource'],
    ['has an action that is no text', { action: 5 }, '/action'],
    ['has an empty action', { action: '' }, '/action'],
    ['has an action with capitals', { action: 'Deployment.Execute' }, '/action'],
    ['has an action with an invisible character', { action: 'deployment.\u200bexecute' }, '/action'],
    ['has an action of two scripts', { action: 'dеployment.execute' }, '/action'],
    ['has a resource without a type', { resource: 'billing' }, '/resource'],
    ['has an action that is too long', { action: long(257) }, '/action'],
    ['has an actor of no kind', { actor: 'robot' }, '/actor'],
    ['claims a risk that there is not', { risk: 'extreme' }, '/risk'],
    ['has params that are no object', { params: [1] }, '/params'],
    ['has params that are null', { params: null }, '/params'],
    ['has params that are too large', { params: { x: long(33_000) } }, '/params'],
    ['has metadata with structure', { metadata: { a: { b: 1 } } }, '/metadata/a'],
    ['has a context that is text', { context: 'because' }, '/context'],
    ['has a deadline below the least', { expires_in: 29 }, '/expires_in'],
    ['has a deadline of half a second', { expires_in: 30.5 }, '/expires_in'],
    ['has a deadline as text', { expires_in: '1h' }, '/expires_in'],
    ['has a precondition that is no digest', { precondition: { digest: 'sha256:xyz' } }, '/precondition/digest'],
    ['has a run without an id', { run: { tool_call_id: 'x' } }, '/run/id'],
    ['has a field that nobody knows', { approved: true }, '/approved'],
    ['says on whose behalf it acts', { on_behalf_of: 'usr_1' }, '/on_behalf_of'],
    ['brings its own verdict', { verdict: 'allow' }, '/verdict'],
  ];
  for (const [why, more, pointer] of cases)
    it(`because it ${why} is refused at ${pointer}, and nothing is written`, async () => {
      const raw = JSON.stringify({ ...ASK, ...more });
      const answer = await nothingWritten(() => post('/v1/approval-requests', { key: world.agent.text, raw }));
      refused(answer, 400, 'invalid-request');
      expect(answer.body.errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer);
    });

  it('names every place that is wrong, not only the first', async () => {
    const raw = JSON.stringify({ action: 5, resource: 6, risk: 7 });
    const answer = await post('/v1/approval-requests', { key: world.agent.text, raw });
    const pointers = answer.body.errors.map((one: { pointer: string }) => one.pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/action', '/resource', '/risk']));
  });

  it('is refused for an actor that the account does not list', async () => {
    const raw = JSON.stringify({ ...ASK, actor: 'agent:somebody-else' });
    refused(
      await nothingWritten(() => post('/v1/approval-requests', { key: world.agent.text, raw })),
      403,
      'forbidden',
    );
  });
});

describe('the same key', () => {
  const ask = (idempotency: string, body: object) =>
    post('/v1/approval-requests', { key: world.agent.text, raw: JSON.stringify(body), idempotency });

  it('with the same body is the same request, whatever the order of its keys', async () => {
    const first = await ask('same', ASK);
    const again = await ask('same', Object.fromEntries(Object.entries(ASK).toReversed()));
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.id).toBe(first.body.id);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('with another body is refused', async () => {
    await success(ask('moved', ASK));
    refused(
      await nothingWritten(() => ask('moved', { ...ASK, params: { version: 'v3' } })),
      422,
      'idempotency-mismatch',
    );
  });

  it('of a run with another body is refused as such', async () => {
    const run = { id: 'run_7', tool_call_id: 'call_3' };
    await success(ask('run-1', { ...ASK, run }));
    refused(await nothingWritten(() => ask('run-2', { ...ASK, run, params: {} })), 422, 'run-mismatch');
  });

  it('of a run is the same call with no key or with the same one, and refused with another', async () => {
    const run = { id: 'run_8' };
    const body = { ...ASK, run };
    const bare = () => post('/v1/approval-requests', { key: world.agent.text, body });
    const { id } = await success(bare());
    for (const again of [await bare(), await ask('run-key', body), await bare()])
      expect([again.status, again.body.id]).toEqual([201, id]);
    const named = { ...ASK, run: { id: 'run_9' } };
    await success(ask('one', named));
    refused(await nothingWritten(() => ask('two', named)), 422, 'run-mismatch');
  });

  it('sent by thirty callers at once makes one request', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask('thirty', ASK)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    for (const { status, text } of answers) expect([201, 409], text).toContain(status);
  });

  it('that is no key is refused', async () => {
    for (const key of ['x'.repeat(256), 'with space']) refused(await ask(key, ASK), 400, 'invalid-request');
  });
});

describe('an address', () => {
  it('that is not there is 404, under another method 405 with Allow', async () => {
    refused(await get('/v1/nothing', { key: world.agent.text }), 404, 'not-found');
    const answer = await call('DELETE', '/v1/approval-requests', { key: world.agent.text });
    refused(answer, 405, 'method-not-allowed');
    expect(answer.headers.get('allow')).toMatch(/GET, POST/);
  });

  it('with a bad query names the parameter', async () => {
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'status=maybe', 'strange=1', 'cursor=%00']) {
      const answer = await get(`/v1/approval-requests?${query}`, { key: world.admin.text });
      refused(answer, 400, 'invalid-request');
      expect(JSON.stringify(answer.body.errors)).toContain(query.split('=')[0]);
    }
  });

  it('with an id that is none is 404, and no 5xx', async () => {
    for (const id of ['apr_', 'apr_x', 'x', '%00', '..%2f..', 'apr_00000000000000000000000000', '🙂', 'a'.repeat(64)]) {
      const answer = await get(`/v1/approval-requests/${id}`, { key: world.agent.text });
      expect([400, 404], `${id}: ${answer.text}`).toContain(answer.status);
    }
  });
});

describe('a credential', () => {
  it('that is missing, malformed or of nobody is 401, the same for all', async () => {
    const bodies = new Set<string>();
    const flipped = world.agent.text.slice(0, -1) + (world.agent.text.endsWith('0') ? '1' : '0');
    for (const key of [
      'x',
      'asn_live_',
      flipped,
      world.agent.text.toUpperCase(),
      world.agent.text.replace('live', 'test'),
    ]) {
      const answer = await get('/v1/approval-requests/apr_x', { key });
      refused(answer, 401, 'unauthenticated');
      bodies.add(answer.text.replace(/"request_id":"[^"]*"/, ''));
    }
    expect(bodies.size).toBe(1);
  });
});

describe('evidence of an outcome', () => {
  it('that is too large is refused by its pointer, and nothing is written', async () => {
    const { id } = await propose(world);
    const body = { status: 'executed', evidence: { log: 'x'.repeat(MAX_EVIDENCE_BYTES) } };
    const ask = { key: world.agent.text, body };
    const answer = await nothingWritten(() => post(`/v1/approval-requests/${id}/outcome`, ask));
    refused(answer, 400, 'invalid-request');
    expect(answer.body.errors[0].pointer).toBe('/evidence');
  });
});
