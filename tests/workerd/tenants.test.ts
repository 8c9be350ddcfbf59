// Another organisation's ids are answered exactly like ids that were never given out, over every route of the router.
import { beforeAll, describe, expect, it } from 'vitest';
import { instantAt } from '../../core/duration.ts';
import { type IdPrefix, newId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { app } from '../../worker/app.ts';
import { routesOf } from '../../worker/edge/known-route.ts';
import { until } from '../support/until.ts';
import { type Answer, call, get, post, success } from './support/house.ts';
import { approved, change, found, type Member, member, owner, propose, type World } from './support/world.ts';

/** What of the other organisation a route is tried with. */
type Thing = 'request' | 'change' | 'member' | 'passkey' | 'use' | 'api_key' | 'invitation' | 'endpoint' | 'delegation';
const PREFIX: Record<Thing, IdPrefix> = {
  ...{
    request: 'apr',
    change: 'chg',
    member: 'usr',
    passkey: 'pk',
    use: 'apr',
    api_key: 'key',
    invitation: 'inv',
    endpoint: 'whk',
    delegation: 'del',
  },
};

interface Tried {
  thing: Thing;
  body?: JsonObject;
  /** Who is let in, and so must be told 404; the others are told the same whatever the id. */
  by: 'session' | 'agent';
}
const CEREMONY = { intent: { kind: 'decision' }, intent_token: 'x', assertion: assertionOf('AAAA') };
const session = (thing: Thing, body?: JsonObject): Tried => ({ thing, by: 'session', ...(body ? { body } : {}) });
const agent = (thing: Thing, body?: JsonObject): Tried => ({ thing, by: 'agent', ...(body ? { body } : {}) });

/** Every route with an id in its address, and a body that fits its schema. */
const ROUTES: Record<string, Tried> = {
  'GET /v1/approval-requests/:id': agent('request'),
  'GET /v1/approval-requests/:id/events': agent('request'),
  'GET /v1/approval-requests/:id/evidence': agent('request'),
  'GET /v1/approval-requests/:id/receipts': agent('request'),
  'GET /v1/approval-requests/:id/stream': agent('request'),
  'POST /v1/approval-requests/:id/cancel': agent('request', {}),
  'POST /v1/approval-requests/:id/outcome': agent('request', { status: 'executed' }),
  'POST /v1/approval-requests/:id/comments': session('request', { comment: 'x' }),
  'POST /v1/approval-requests/:id/revoke': session('request', {}),
  'POST /v1/approval-requests/:id/expire': session('request', {}),
  'POST /v1/approval-requests/:id/decisions/options': session('request', { decision: 'approve' }),
  'POST /v1/approval-requests/:id/decisions': session('request', CEREMONY),
  'POST /v1/approval-requests/:id/edit/options': session('request', { params: { version: 'v9' } }),
  'POST /v1/approval-requests/:id/edit': session('request', CEREMONY),
  'POST /v1/break-glass/:id/review/options': session('use', { verdict: 'justified', comment: 'x' }),
  'POST /v1/break-glass/:id/review': session('use', { ...CEREMONY, comment: 'x' }),
  'POST /v1/approval-requests/:id/escalate': session('request', {}),
  'POST /v1/approval-requests/:id/claim': session('request', {}),
  'DELETE /v1/approval-requests/:id/claim': session('request', {}),
  'GET /v1/changes/:id': session('change'),
  'POST /v1/changes/:id/options': session('change', {}),
  'POST /v1/changes/:id/sign': session('change', CEREMONY),
  'POST /v1/changes/:id/reject': session('change', { reason: 'x' }),
  'DELETE /v1/members/:id': session('member'),
  'POST /v1/members/:id/lock': session('member', { reason: 'x' }),
  'DELETE /v1/passkeys/:id': session('passkey'),
  'DELETE /v1/api-keys/:id': session('api_key'),
  'DELETE /v1/invitations/:id': session('invitation'),
  'DELETE /v1/webhook-endpoints/:id': session('endpoint'),
  'DELETE /v1/delegations/:id': session('delegation'),
};
/** Addresses that name nothing of an organisation's, or are public by design. */
const PUBLIC = [/^GET \/o\//, /^GET \/ledger\//, /^GET \/docs/];

function assertionOf(id: string): JsonObject {
  const response = { clientDataJSON: id, authenticatorData: id, signature: id };
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
}

let ours: World;
let us: Member;
let theirs: World;
let them: Member;
let ids: Record<Thing, string>;
beforeAll(async () => {
  [ours, theirs] = [await found('live'), await found('live')];
  [us, them] = [await owner(ours), await owner(theirs)];
  const me = await success(get('/v1/session', { cookie: them.cookie }));
  const colleague = await member(them, 'colleague@example.com', ['reviewer']);
  const lent = await change(them, 'delegation', {
    to: colleague.user,
    expires_at: instantAt(Date.now() + 86_400_000),
  });
  const invited = await change(them, 'invitation', { name: 'X', email: 'x@example.com', roles: ['reviewer'] });
  const endpoint = await change(them, 'webhook_endpoint', {
    url: 'https://receiver.invalid/hook',
    events: ['approval.decided'],
  });
  const proposed = await success(
    post('/v1/changes', { cookie: them.cookie, body: { kind: 'organization', value: { name: 'New' } } }),
  );
  ids = {
    ...{ request: (await propose(theirs)).id, change: proposed.id, member: me.user.id, passkey: me.passkeys[0].id },
    ...{ api_key: theirs.twin.id, invitation: invited.target, endpoint: endpoint.target },
    use: (await emergency(them)).id,
    delegation: lent.target,
  };
});

/** A break-glass use by somebody of theirs. */
async function emergency(by: Member) {
  const { cookie, passkey } = await member(by, 'fire@example.com', ['break_glass']);
  const body = { action: 'a.b', resource: 'service:x', actor: by.world.actor, reason: 'x' };
  const offered = await success(post('/v1/break-glass/options', { cookie, body }));
  const { intent, intent_token } = offered;
  const assertion = await passkey.get(offered.public_key);
  return success(post('/v1/break-glass', { cookie, body: { intent, intent_token, assertion } as never }));
}

const absent = (thing: Thing): string => newId(PREFIX[thing], Date.now(), crypto.getRandomValues(new Uint8Array(10)));

/** Status, headers that say something, and the body, without the request id and the id that was asked for. */
function seen({ status, text, headers }: Answer, id: string): string {
  const body = text.replaceAll(id, '<id>').replace(/"request_id":"[^"]*"/, '"request_id":""');
  const said = ['content-type', 'etag', 'allow', 'www-authenticate', 'retry-after'].map((name) => headers.get(name));
  return JSON.stringify([status, said, body]);
}

const callers = (world: World, member: Member) => ({
  session: { cookie: member.cookie },
  agent: { key: world.agent.text },
  admin: { key: world.admin.text },
  verifier: { key: world.verifier.text },
});

describe('every route that takes an id', () => {
  const withId = routesOf(app)
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => /[:{]/.test(route) && !PUBLIC.some((open) => open.test(route)));

  it('is in the table of this test, and the table has no other', () => {
    expect(withId.length).toBeGreaterThan(15);
    expect(withId.toSorted()).toEqual(Object.keys(ROUTES).toSorted());
  });

  for (const [route, { thing, body, by }] of Object.entries(ROUTES)) {
    const [method, path] = route.split(' ') as [string, string];
    it(`${route} answers a foreign ${thing} like one that never was`, async () => {
      for (const [name, caller] of Object.entries(callers(ours, us))) {
        const ask = (id: string) =>
          call(method, path.replace(':id', id), { ...caller, body, idempotency: crypto.randomUUID() });
        const [foreign, never] = [ids[thing], absent(thing)];
        const [one, other] = [await ask(foreign), await ask(never)];
        expect(seen(one, foreign), name).toBe(seen(other, never));
        if (name === by) expect(one.status, one.text).toBe(404);
        else expect(one.status).toBeGreaterThanOrEqual(400);
      }
    });
  }

  for (const [route, { thing, body, by }] of Object.entries(ROUTES).toReversed()) {
    if (route.endsWith('/stream')) continue;
    const [method, path] = route.split(' ') as [string, string];
    it(`${route} finds its own ${thing}`, async () => {
      const caller = callers(theirs, them)[by];
      // Evidence waits for the public checkpoint, which moves once a second.
      const answer = await until(async () => {
        const now = await call(method, path.replace(':id', ids[thing]), { ...caller, body });
        return now.body?.code === 'not-sealed-yet' ? null : now;
      });
      expect(answer.status, answer.text).not.toBe(404);
      expect(answer.status).toBeLessThan(500);
    });
  }
});

describe('an id in a body or a query', () => {
  it('of a foreign request is exchanged like one that never was', async () => {
    const { id } = await approved(them);
    const ask = (request: string) =>
      post('/v1/capabilities/exchange', { key: ours.agent.text, body: { request, actor: ours.actor, nonce: 'n' } });
    const never = absent('request');
    const answer = await ask(id);
    expect(answer.status).toBe(404);
    expect(seen(answer, id)).toBe(seen(await ask(never), never));
  });

  it('of a foreign target changes nothing, like one that never was', async () => {
    const kinds: [string, Thing, JsonObject][] = [
      ['member', 'member', { roles: ['reviewer'] }],
      ['webhook_endpoint', 'endpoint', { events: ['approval.decided'] }],
    ];
    for (const [kind, thing, value] of kinds) {
      const ask = (target: string) => post('/v1/changes', { cookie: us.cookie, body: { kind, target, value } });
      const never = absent(thing);
      const answer = await ask(ids[thing]);
      expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
      expect(seen(answer, ids[thing])).toBe(seen(await ask(never), never));
    }
  });

  it('of a foreign object lists nothing', async () => {
    for (const path of [
      `/v1/events?object=${ids.request}`,
      `/v1/deliveries?endpoint=${ids.endpoint}`,
      `/v1/approval-requests?q=${ids.request}`,
    ])
      expect((await success(get(path, { cookie: us.cookie }))).data).toEqual([]);
  });
});

describe('lists', () => {
  it('of one organisation hold nothing of another', async () => {
    const lists = routesOf(app).filter(
      ({ method, path }) => method === 'GET' && /^\/v1\/[a-z-]+$/.test(path) && path !== '/v1/live',
    );
    expect(lists.length).toBeGreaterThan(8);
    for (const { path } of lists) {
      const { text } = await get(path, { cookie: us.cookie });
      for (const [thing, id] of Object.entries(ids)) expect(text, `${path} shows a foreign ${thing}`).not.toContain(id);
      expect(text, path).not.toContain(theirs.organization);
    }
  });
});
