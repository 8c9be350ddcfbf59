import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import type { present } from '../../../core/request/present.ts';
import type { ApprovalRequest } from '../../../sdk/src/index.ts';
import {
  Assentry,
  AssentryError,
  AuthenticationError,
  MismatchError,
  UnavailableError,
} from '../../../sdk/src/index.ts';
import { ContractServer } from './contract-server.ts';

const DEPLOY = { action: 'deployment.execute', resource: 'service:billing-api', params: { version: 'v2.1.0' } };

let server: ContractServer;
let assentry: Assentry;
beforeEach(async () => {
  server = new ContractServer();
  assentry = new Assentry({ apiKey: 'asn_live_x', url: await server.start() });
});
afterEach(() => server.stop());

const failing = (times: number, answer: ReturnType<ContractServer['before']>) => {
  server.before = () => (times-- > 0 ? answer : undefined);
};
const problem = (status: number, code: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: { code, status, detail: code, request_id: 'req_9', errors: [{ pointer: '/action', detail: 'bad' }] },
});

describe('new Assentry', () => {
  it('refuses to carry a key over plain http, but to this machine', () => {
    expect(() => new Assentry({ apiKey: 'k', url: 'http://api.example.com' })).toThrow('https');
    expect(new Assentry({ apiKey: 'k', url: 'https://api.example.com/base/' }).url).toBe(
      'https://api.example.com/base',
    );
    expect(() => new Assentry({ apiKey: '' })).toThrow('apiKey');
  });

  it.each(['maxRetries', 'timeoutMs'])('throws a TypeError where %s is no number of 0 or more', (name) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, '5'])
      expect(() => new Assentry({ apiKey: 'k', [name]: value }), String(value)).toThrow(TypeError);
  });

  it('does not show its key when it is printed', () => {
    expect(JSON.stringify(assentry)).not.toContain('asn_live');
    expect(Object.keys(assentry)).toEqual([]);
  });
});

describe('request', () => {
  it('answers the request that was proposed', async () => {
    const request = await assentry.request({ ...DEPLOY, actor: 'agent.reporter', metadata: undefined });
    expect(request).toMatchObject({ status: 'pending', actor: 'agent:reporter' });
  });

  it.each([
    ['no answer', 'hang-up' as const],
    ['the same call in flight', problem(409, 'idempotency-in-flight')],
    ['too many requests', problem(429, 'rate-limited', { 'retry-after': '0' })],
    ['not sealed yet', problem(503, 'not-sealed-yet', { 'retry-after': '0' })],
    ['a gateway', { status: 502, body: 'x' }],
  ])('repeats after %s, with the same Idempotency-Key, and makes one request', async (_why, answer) => {
    failing(2, answer);
    await assentry.request(DEPLOY);
    expect(server.seen).toHaveLength(3);
    expect(new Set(server.seen.map(({ key }) => key)).size).toBe(1);
    expect(server.seen[0]!.key).toMatch(/.{20}/);
    expect(server.requests.size).toBe(1);
  });

  it('gives another call another key', async () => {
    await assentry.request(DEPLOY);
    await assentry.request(DEPLOY);
    expect(server.requests.size).toBe(2);
  });

  it('waits as long as Retry-After asks', async () => {
    failing(1, problem(429, 'rate-limited', { 'retry-after': '1' }));
    const started = Date.now();
    await assentry.request(DEPLOY);
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
  });

  it.each([
    [400, 'invalid-request', AssentryError],
    [401, 'unauthenticated', AuthenticationError],
    [403, 'forbidden', AuthenticationError],
    [403, 'policy-denies', AssentryError],
    [409, 'recently-rejected', AssentryError],
    [422, 'idempotency-mismatch', AssentryError],
    [429, 'too-many-pending', UnavailableError],
    [500, 'internal', UnavailableError],
  ])('does not repeat %d %s, and throws its code, places and request id', async (status, code, type) => {
    failing(1, problem(status, code));
    const error = await assentry.request(DEPLOY).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code, status, request_id: 'req_9', errors: [{ pointer: '/action' }] });
    expect(server.seen).toHaveLength(1);
  });

  it('says that nobody answered, after its last repeat', async () => {
    failing(9, 'hang-up');
    const impatient = new Assentry({ apiKey: 'asn_live_x', url: assentry.url, maxRetries: 1 });
    await expect(impatient.request(DEPLOY)).rejects.toMatchObject({ name: 'UnavailableError', code: 'network' });
    expect(server.seen).toHaveLength(2);
  });

  it('gives up an attempt that takes too long', async () => {
    failing(9, 'hold');
    const impatient = new Assentry({ apiKey: 'asn_live_x', url: assentry.url, maxRetries: 0, timeoutMs: 50 });
    await expect(impatient.request(DEPLOY)).rejects.toMatchObject({ code: 'network' });
  });

  it('stops at once when its signal aborts, also between repeats', async () => {
    failing(9, problem(503, 'unavailable', { 'retry-after': '30' }));
    const signal = AbortSignal.timeout(60);
    await expect(assentry.request(DEPLOY, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(signal.aborted).toBe(true);
    expect(server.seen).toHaveLength(1);
  });

  it('throws on a redirect instead of carrying the key along', async () => {
    failing(1, { status: 302, body: {}, headers: { location: 'http://localhost:1/' } });
    await expect(assentry.request(DEPLOY)).rejects.toMatchObject({ status: 302 });
  });

  const LIES: [string, object][] = [
    ['other params', { params: { version: 'v6.6.6' } }],
    ['another action', { action: 'db.drop' }],
    ['another resource', { resource: 'service:other' }],
    ['another actor', { actor: 'agent:other' }],
    ['other metadata', { metadata: { environment: 'staging' } }],
    ['another salt', { salt: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['a params_digest of something else', { params_digest: `sha256:${'0'.repeat(64)}` }],
    ['an action_digest of something else', { action_digest: `sha256:${'0'.repeat(64)}` }],
    ['a constraint outside the digest', { constraints: { 'context.records': 5 } }],
  ];
  it("fits the server's own form, as far as the compiler can see", () => {
    expectTypeOf<(request: ReturnType<typeof present>) => ReturnType<typeof present>>().toExtend<
      (request: ReturnType<typeof present>) => ApprovalRequest
    >();
  });

  it.each([null, [], 'ok', {}, { id: 'apr_1' }])('refuses an answer that is no request (%j)', async (body) => {
    failing(1, { status: 201, body });
    await expect(assentry.request(DEPLOY)).rejects.toBeInstanceOf(MismatchError);
  });

  it.each(LIES)('refuses an answer with %s', async (_what, lie) => {
    server.birth = lie;
    await expect(assentry.request({ ...DEPLOY, actor: 'agent:reporter' })).rejects.toBeInstanceOf(MismatchError);
  });

  it('refuses what JSON cannot carry unaltered, before it sends anything', async () => {
    for (const value of [new Date(), 2 ** 53, Number.NaN, 1n, '\ud800', { constructor: 1 }, new Map()]) {
      const proposal = { ...DEPLOY, params: { value } as never };
      await expect(assentry.request(proposal)).rejects.toMatchObject({ code: 'invalid-request' });
    }
    expect(server.seen).toEqual([]);
  });
});

describe('the other calls', () => {
  it('get names an unknown id as not found', async () => {
    await expect(assentry.get('apr_x/../y')).rejects.toMatchObject({ code: 'not-found', status: 404 });
    expect(server.seen[0]!.path).toBe('/v1/approval-requests/apr_x%2F..%2Fy');
  });

  it('list reads page after page, only as far as it is read', async () => {
    for (let count = 0; count < 5; count++) await assentry.request(DEPLOY);
    const ids: string[] = [];
    for await (const request of assentry.list({ limit: 2, status: 'pending' })) ids.push(request.id);
    expect(ids).toEqual([...server.requests.keys()].reverse());
    expect(server.calls('GET', /limit=2/)).toHaveLength(3);
    for await (const _first of assentry.list({ limit: 2 })) break;
    expect(server.calls('GET', /limit=2/)).toHaveLength(4);
  });

  it('cancel and report send what the contract says', async () => {
    const { id } = await assentry.request(DEPLOY);
    expect(await assentry.cancel(id)).toMatchObject({ status: 'canceled' });
    expect(await assentry.report(id, { status: 'failed', detail: 'no disk' })).toMatchObject({ status: 'failed' });
    expect(server.seen.at(-1)).toMatchObject({
      path: `/v1/approval-requests/${id}/outcome`,
      body: { status: 'failed', detail: 'no disk' },
    });
  });

  it('exchange repeats a lost answer with the same nonce', async () => {
    const { id } = await assentry.request(DEPLOY);
    server.approve(id);
    let lost = 1;
    server.before = ({ path }) => (path.endsWith('exchange') && lost-- > 0 ? 'hang-up' : undefined);
    expect(await assentry.exchange({ request: id })).toMatchObject({ access_token: 'a.b.c', expires_in: 300 });
    const calls = server.calls('POST', /exchange/);
    expect(calls).toHaveLength(2);
    expect(new Set(calls.map(({ body }) => body.nonce)).size).toBe(1);
    expect(calls[0]!.body).toMatchObject({ request: id, actor: 'service-account:release-bot', nonce: calls[0]!.key });
  });

  it('check answers allowed, asked or refused', async () => {
    const ask = { actor: 'agent:devops', action: 'deploy.production', context: { version: 'v2.1.0' } };
    expect(await assentry.check(ask)).toMatchObject({
      allowed: false,
      requiresApproval: true,
      approvalId: expect.stringMatching(/^apr_/),
    });
    server.birth = { status: 'approved', verdict: 'allow' };
    expect(await assentry.check(ask)).toMatchObject({
      allowed: true,
      requiresApproval: false,
      reason: 'Policy allows this (rule deploys).',
    });
    server.birth = { status: 'rejected', verdict: 'deny', message: 'Never on Fridays.' };
    expect(await assentry.check(ask)).toMatchObject({
      allowed: false,
      requiresApproval: false,
      reason: 'Never on Fridays.',
    });
    server.birth = { status: 'waved-through' as never };
    expect(await assentry.check(ask)).toMatchObject({ allowed: false, requiresApproval: false });
  });
});
