// Whatever a caller sends, the answer is an answer: never a 5xx, and every refusal a problem (OAuth's token endpoint: the
// form of RFC 6749). Over every route that the router has, with and without a session, with addresses, queries and bodies
// that nobody would send.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../core/json.ts';
import { app } from '../../worker/app.ts';
import { routesOf } from '../../worker/edge/known-route.ts';
import { call } from './support/house.ts';
import { found, type Member, owner, type World } from './support/world.ts';

let world: World;
let me: Member;
beforeAll(async () => {
  world = await found('test');
  me = await owner(world);
});

const IDS = ['x', '%ff', '%00', '%F0%9F%92%A5', '..%2f..', 'apr_00000000000000000000000000', '0'.repeat(65)];
const QUERIES = [
  '',
  '?limit=1e9',
  '?limit=1&limit=2',
  '?cursor=%00',
  '?cursor=AAAA',
  '?wait=-1',
  '?q=%27%20OR%201=1--%25_',
  '?a[]=b',
];
const LINE = 'x'.repeat(3_000);
const BODIES: (Json | undefined)[] = [
  ...[undefined, null, 0, 'x', [], {}, { reason: '' }, { token: '~' }, { value: {}, kind: 'policy' }],
  { kind: 'policy', value: { source: 'a: [' } },
  { kind: 'member', target: 'usr_x', value: { roles: 'owner' } },
  { action: LINE, resource: LINE, params: { deep: [[[[{ a: [] }]]]] } },
  { action: 'a', resource: 'b:c', actor: 'agent:\u202e', params: { '': null } },
  { request: 'apr_x', actor: '', nonce: LINE },
  { intent: { kind: 'change', nonce: null }, intent_token: '~~', assertion: {} },
  { intent: { kind: 'enrol' }, intent_token: '', response: { id: 'AA' } },
  { decision: 'approve', scope: { ttl_seconds: -1 } },
  { target_kind: 'actor', target: '\u0000', reason: 'x' },
];

/** Every route, its parameters filled with one of the ids. */
const addresses = (id: string) =>
  routesOf(app)
    .filter(({ path }) => !path.endsWith('/stream'))
    .map(({ method, path }) => ({ method, path: path.replace(/:\w+(\{[^}]*\})?/g, id) }));

async function expectAnswer(method: string, path: string, asked: Parameters<typeof call>[2]) {
  const { status, text, headers } = await call(method, path, asked);
  const what = `${method} ${path} ${JSON.stringify(asked?.body)} → ${status} ${text.slice(0, 300)}`;
  expect(status, what).toBeLessThan(500);
  if (status < 400) return;
  const oauth = path === '/oauth2/token' && headers.get('content-type') === 'application/json';
  if (oauth)
    expect(JSON.parse(text), what).toEqual({ error: expect.any(String), error_description: expect.any(String) });
  else expect(headers.get('content-type'), what).toBe('application/problem+json');
}

const all = (
  routes: { method: string; path: string }[],
  tried: (method: string, path: string) => Promise<void>,
): Promise<unknown> => Promise.all(routes.map(({ method, path }) => tried(method, path)));

const reads = () => addresses('x').filter(({ method }) => method === 'GET');
/** Signing out would end what the others use. */
const writes = () => addresses('x').filter(({ method, path }) => method !== 'GET' && path !== '/v1/session');

describe('no input makes the server fail', () => {
  it.each(IDS)('in an address: %s', async (id) => {
    const routes = addresses(id).filter(({ path }) => path !== '/v1/session');
    await all(routes, (method, path) =>
      expectAnswer(method, path, { cookie: me.cookie, body: method === 'GET' ? undefined : {} }),
    );
  });

  it.each(QUERIES)('in a query: "%s"', async (query) => {
    await all(reads(), (method, path) => expectAnswer(method, path + query, { key: world.admin.text }));
  });

  it.each(BODIES.map((body) => [(JSON.stringify(body) ?? 'none').slice(0, 60), body] as const))(
    'in a body: %s',
    async (_, body) => {
      await all(writes(), (method, path) => expectAnswer(method, path, { cookie: me.cookie, body }));
      await all(writes(), (method, path) => expectAnswer(method, path, { key: world.admin.text, body }));
      await all(writes(), (method, path) => expectAnswer(method, path, { body }));
    },
  );

  it.each([
    ...['accept', 'idempotency-key', 'if-match', 'if-none-match'],
    ...['last-event-id', 'x-assentry-internal', 'content-type'],
  ])('in the header %s', async (name) => {
    for (const value of [',,"*', 'a'.repeat(4_000)]) {
      const headers = { [name]: value };
      await all(reads(), (method, path) => expectAnswer(method, path, { cookie: me.cookie, headers }));
      await all(writes(), (method, path) => expectAnswer(method, path, { cookie: me.cookie, headers, body: {} }));
    }
  });
});
