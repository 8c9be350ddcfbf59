// What every request meets before its route: names, headers, bounds, strict JSON, same origin, and problems as the only
// way of saying no. Through the Worker's own address, and through the dashboard's, where people and programs reach it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentialDigest, formatApiKey, formatSession } from '../../core/credential.ts';
import { utf8 } from '../../core/encoding.ts';
import { newId } from '../../core/ids.ts';
import { INTERNAL_HEADER, internalHeader } from '../../core/internal-call.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../core/limits.ts';
import { macKeys } from '../../core/mac.ts';
import { PROBLEMS, type ProblemCode } from '../../core/problems.ts';
import { onRequest } from '../../dashboard/functions/[[path]].ts';
import { app } from '../../worker/app.ts';
import { routesOf } from '../../worker/edge/known-route.ts';
import { macKeysOf } from '../../worker/secrets.ts';
import { type Answer, BASE, call, type Door, env, front, get, goThrough, post } from './support/house.ts';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const organization = newId('org', Date.now(), random(10));
const key = newId('key', Date.now(), random(10));
/** Ours by its MAC, of an organisation that never was. */
const apiKey = formatApiKey(macKeysOf(env, 'api-key'), { kind: 'live', organization, key }, random(16));
const session = `__Host-assentry_session=${formatSession(macKeysOf(env, 'session'), organization, random(32))}`;

/** A whole problem of this code, and nothing else. */
function expectProblem(answer: Answer, code: ProblemCode) {
  expect(answer.body, answer.text).toMatchObject({ code, status: PROBLEMS[code][0], title: PROBLEMS[code][1] });
  expect(answer.status).toBe(PROBLEMS[code][0]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body.type).toBe(`${BASE}/docs/problems#${code}`);
  expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
  expect(answer.body.detail).not.toBe('');
}

const worker: Door = { fetch: (request) => Promise.resolve(app.fetch(request, env)) };
const noPages: Door = { fetch: () => Promise.resolve(new Response('no page', { status: 404 })) };
const DOORS: Record<string, Door> = {
  'the Worker': worker,
  'the front': { fetch: (request) => onRequest({ request, env: { API: worker, ASSETS: noPages } }) },
};

describe.each(Object.entries(DOORS))('through %s', (name, door) => {
  beforeAll(() => goThrough(door));
  afterAll(() => goThrough(front));

  describe('every answer', () => {
    it('carries a request id, limits, and headers that allow nothing', async () => {
      const { headers } = await get('/v1/organization');
      expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{26}$/);
      expect(headers.get('ratelimit')).toMatch(/^"address";r=\d+;t=\d+$/);
      expect(headers.get('ratelimit-policy')).toMatch(/^"address";q=\d+;w=60$/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it('has a request id of ours, whatever the caller sends', async () => {
      const { headers } = await get('/v1/organization', { headers: { 'x-request-id': 'mine' } });
      expect(headers.get('x-request-id')).not.toBe('mine');
    });
  });

  describe('an address without a route', () => {
    it.each(['/v1', '/v1/nothing', '/v1/members/', '/v2/members', '/V1/members', '/v1//members', '/v1/members/%2e%2e'])(
      '%s is a 404 problem, with a body or without',
      async (path) => {
        expectProblem(await get(path), 'not-found');
        expectProblem(await post(path, { raw: 'not json' }), 'not-found');
      },
    );

    it('under another method is a 405 that names the right ones', async () => {
      const answer = await call('PUT', '/v1/stops', { body: {} });
      expectProblem(answer, 'method-not-allowed');
      expect(answer.headers.get('allow')).toBe('GET, POST');
      expectProblem(await call('OPTIONS', '/v1/stops'), 'method-not-allowed');
    });
  });

  describe('a body', () => {
    const path = '/v1/session/options';
    const deep = `${'['.repeat(33)}${']'.repeat(33)}`;

    it.each<[string, string, ProblemCode, string]>([
      ['with a key twice', '{"a":1,"a":2}', 'malformed-json', ''],
      ['with an integer beyond 2^53', '{"a":9007199254740993}', 'malformed-json', '/a'],
      ['with a number that is infinite', '{"a":1e999}', 'malformed-json', '/a'],
      ['with a lone surrogate', '{"a":"\\ud800"}', 'malformed-json', '/a'],
      ['with __proto__', '{"__proto__":{}}', 'malformed-json', ''],
      ['with constructor', '{"a":{"constructor":1}}', 'malformed-json', '/a'],
      ['with prototype', '{"prototype":1}', 'malformed-json', ''],
      ['nested too deep', deep, 'malformed-json', '/0'],
      ['with too many values', `[${'0,'.repeat(10_000)}0]`, 'malformed-json', '/9999'],
      ['that ends early', '{"a":', 'malformed-json', '/a'],
      ['with something after it', '{} {}', 'malformed-json', ''],
      ['with a comment', '{/**/}', 'malformed-json', ''],
      ['that is empty', '', 'malformed-json', ''],
      ['with an unknown field', '{"extra":1}', 'invalid-request', '/extra'],
      ['that is an array', '[]', 'invalid-request', ''],
      ['that is null', 'null', 'invalid-request', ''],
    ])('%s is refused with its place', async (_, raw, code, pointer) => {
      const answer = await post(path, { raw });
      expectProblem(answer, code);
      if (raw !== '') expect(answer.body.errors[0].pointer.startsWith(pointer), answer.text).toBe(true);
    });

    it('may be absent on DELETE, also where a proxy sends that as an empty body', async () => {
      const path = '/v1/api-keys/key_00000000000000000000000000';
      expectProblem(await call('DELETE', path, { cookie: session }), 'unauthenticated');
      const empty = { cookie: session, raw: '' };
      expectProblem(await call('DELETE', path, empty), 'unauthenticated');
      // The kind of body that a browser's DELETE becomes behind the dashboard: there, empty, of no type.
      expectProblem(await call('DELETE', path, { ...empty, headers: { 'content-type': '' } }), 'unauthenticated');
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json; charset=latin1',
      '',
    ])('of type "%s" is a 415', async (type) => {
      expectProblem(await post(path, { raw: '{}', headers: { 'content-type': type } }), 'unsupported-media-type');
    });

    it('of more than 64 KiB is a 413, by its declared and by its real length', async () => {
      expectProblem(await post(path, { raw: `{"a":"${'x'.repeat(65_536)}"}` }), 'payload-too-large');
      const chunks = new ReadableStream({
        start(controller) {
          for (let n = 0; n < 70; n++) controller.enqueue(new Uint8Array(1024).fill(0x20));
          controller.close();
        },
      });
      const headers = { 'content-type': 'application/json', origin: BASE };
      const response = await door.fetch(new Request(BASE + path, { method: 'POST', body: chunks, headers }));
      expect(response.status).toBe(413);
    });

    it('that is not UTF-8 is refused', async () => {
      const body = Uint8Array.of(0x22, 0xff, 0x22);
      const headers = { 'content-type': 'application/json', origin: BASE };
      const response = await door.fetch(new Request(BASE + path, { method: 'POST', body, headers }));
      expect(await response.json()).toMatchObject({ code: 'malformed-json' });
    });

    it('that is right is taken', async () => {
      const answer = await post(path, { raw: ' {} ', headers: { 'content-type': 'Application/JSON; charset=UTF-8' } });
      expect(answer.status, answer.text).toBe(200);
      expect(answer.body.intent).toMatchObject({ kind: 'sign-in', organization: '', user: null });
    });
  });

  describe('a call without a credential that we made', () => {
    const refused: [string, Record<string, string>][] = [
      ['none', {}],
      ['a word', { authorization: 'Bearer hello' }],
      ['another scheme', { authorization: `Basic ${apiKey}` }],
      [
        'a key of another deployment',
        { authorization: `Bearer ${apiKey.slice(0, -1)}${apiKey.endsWith('0') ? '1' : '0'}` },
      ],
      ['a token of a capability', { authorization: 'Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJhIjoxfQ.AAAA' }],
      ['a cookie of garbage', { cookie: '__Host-assentry_session=AAAA' }],
      ['a good cookie behind a bad header', { authorization: 'Bearer x', cookie: session }],
    ];
    it.each(refused)('(%s) is one and the same 401', async (_, headers) => {
      const answer = await get('/v1/members', { headers });
      expectProblem(answer, 'unauthenticated');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('is told nothing about which organisations exist', async () => {
      const unknown = await get('/v1/members', { key: apiKey });
      expectProblem(unknown, 'unauthenticated');
      expect(unknown.text).not.toContain(organization);
      expect(unknown.text).not.toContain(credentialDigest(apiKey));
    });
  });

  describe('a flood from one address', () => {
    const flooded = `192.0.2.${1 + Object.keys(DOORS).indexOf(name)}`;
    const at = (address: string) =>
      door.fetch(new Request(`${BASE}/v1/nothing`, { headers: { 'cf-connecting-ip': address } }));

    it('is told to wait, and nobody else is', async () => {
      // The counts of the earlier door have to be over, so each door has an address of its own.
      const first = await at(flooded);
      const quota = Number(/q=(\d+)/.exec(first.headers.get('ratelimit-policy')!)![1]);
      for (let n = 2; n <= quota; n++) await at(flooded);
      const refused = await at(flooded);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({ code: 'rate-limited' });
      expect((await at('192.0.2.9')).status).toBe(404);
    });
  });

  describe('a mutation from elsewhere', () => {
    const path = '/v1/session/options';
    const send = (headers: Record<string, string>) =>
      door.fetch(
        new Request(BASE + path, {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json', ...headers },
        }),
      );

    it.each<[string, Record<string, string>, number]>([
      ['another origin', { origin: 'https://evil.example' }, 403],
      ['a null origin', { origin: 'null' }, 403],
      ['a sibling site', { origin: BASE, 'sec-fetch-site': 'same-site' }, 403],
      ['a cross-site page', { 'sec-fetch-site': 'cross-site' }, 403],
      ['a cookie without an origin', { cookie: session }, 403],
      ['a script without cookie or origin', {}, 200],
      ['our own page', { origin: BASE, 'sec-fetch-site': 'same-origin', cookie: session }, 200],
    ])('%s', async (_, headers, status) => {
      expect((await send(headers)).status).toBe(status);
    });

    it('cannot open the live feed either', async () => {
      const headers = { upgrade: 'websocket', cookie: session, origin: 'https://evil.example' };
      const response = await door.fetch(new Request(`${BASE}/v1/live`, { headers }));
      expect(response.status).toBe(403);
    });
  });

  describe('a ceremony', () => {
    it('begins with an intent of at most 120 seconds and a verified user', async () => {
      const { body } = await post('/v1/session/options', { body: {} });
      expect(Date.parse(body.intent.expires_at) - Date.parse(body.intent.issued_at)).toBeLessThanOrEqual(120_000);
      expect(body.public_key).toMatchObject({ userVerification: 'required', rpId: env.RP_ID });
      expect(body.public_key.allowCredentials ?? []).toEqual([]);
    });

    it('with a link that is not ours is refused without saying why', async () => {
      for (const token of ['', 'x', 'e30.AAAA']) {
        expectProblem(await post('/v1/passkeys/options', { body: { token } }), 'token-used');
      }
    });

    it('names each missing field of its second call', async () => {
      const answer = await post('/v1/session', { body: { intent: {}, intent_token: 'x', assertion: { id: 'AA' } } });
      expectProblem(answer, 'invalid-request');
      const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
      expect(pointers).toEqual(expect.arrayContaining(['/assertion/rawId', '/assertion/response']));
    });
  });

  describe('a body that fits one of two shapes', () => {
    it('is judged by the nearer one', async () => {
      const answer = await post('/v1/passkeys', { body: { intent: {}, intent_token: 'x', response: {}, name: '' } });
      expectProblem(answer, 'invalid-request');
      const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
      expect(pointers).toEqual(expect.arrayContaining(['/response/id', '/response/response', '/name']));
    });
  });

  describe('internal calls', () => {
    it('are refused without the set-up secret, stale or altered', async () => {
      const body = { organization };
      for (const header of ['', 't=1,mac=AAAA', `t=${Math.floor(Date.now() / 1000)},mac=${'A'.repeat(44)}`]) {
        const answer = await post('/v1/internal/setup-link', { body, headers: { 'x-assentry-internal': header } });
        expectProblem(answer, 'unauthenticated');
      }
    });

    it('are refused with a header of another time, path or body', async () => {
      const path = '/v1/internal/setup-link';
      const now_seconds = Math.floor(Date.now() / 1_000);
      const keys = macKeys(JSON.parse(env.MAC_SECRETS), 'link');
      const body = { organization };
      const answerTo = (made_at: number, other: { path?: string; body?: object } = {}) => {
        const call = { method: 'POST', path, body: utf8(JSON.stringify(other.body ?? body)) };
        const proof = internalHeader(keys, { ...call, path: other.path ?? path }, made_at);
        return post(path, { body, headers: { [INTERNAL_HEADER]: proof } });
      };
      for (const refused of [
        await answerTo(now_seconds - CLOCK_TOLERANCE_SECONDS - 5),
        await answerTo(now_seconds + CLOCK_TOLERANCE_SECONDS + 5),
        await answerTo(now_seconds, { path: '/v1/internal/genesis' }),
        await answerTo(now_seconds, { body: { organization: 'org_other' } }),
      ]) {
        expectProblem(refused, 'unauthenticated');
        expect(refused.body.detail).toContain(INTERNAL_HEADER);
      }
      // Nobody founded this organisation; the header itself is taken.
      expect((await answerTo(now_seconds)).body.detail).not.toContain(INTERNAL_HEADER);
    });
  });

  describe('documentation', () => {
    it('is an OpenAPI 3.1 document of every route', async () => {
      const { body } = await get('/v1/openapi.json');
      expect(body.openapi).toBe('3.1.0');
      const described = Object.entries(body.paths).flatMap(([path, item]) =>
        Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
      );
      const mounted = routesOf(app).map(
        ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)\{.*?\}(?=\/|$)/g, ':$1')}`,
      );
      const bare = new Set([
        'GET /docs',
        'GET /docs/problems',
        'GET /docs/style.css',
        'GET /v1/openapi.json',
        'GET /v1/live',
      ]);
      expect(mounted.filter((route) => !described.includes(route) && !bare.has(route))).toEqual([]);
    });

    it('resolves the type of every problem', async () => {
      const { text, headers } = await get('/docs/problems');
      expect(headers.get('content-type')).toContain('text/html');
      for (const code of Object.keys(PROBLEMS)) expect(text).toContain(`id="${code}"`);
    });

    it('is readable, from the document, without scripts or foreign assets', async () => {
      const { text, headers } = await get('/docs');
      expect(text).toContain('/v1/approval-requests');
      expect(text).not.toMatch(/<script|https?:\/\/(?!localhost)/);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    });
  });

  describe('caching', () => {
    it('answers 304 to who has it already, and nothing is cached that is anybody’s', async () => {
      const first = await get(`/o/${organization}/.well-known/jwks.json`);
      expect(first.body).toMatchObject({
        issuer: `${BASE}/o/${organization}`,
        keys: [{ kty: 'EC', crv: 'P-256', alg: 'ES256' }],
      });
      expect(first.body.keys[0]).not.toHaveProperty('d');
      const etag = first.headers.get('etag')!;
      const again = await get(`/o/${organization}/.well-known/jwks.json`, { headers: { 'if-none-match': etag } });
      expect(again.status).toBe(304);
      expect((await get('/o/org_x/.well-known/jwks.json')).status).toBe(404);
    });
  });
});
