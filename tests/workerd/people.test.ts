// People at the API as the dashboard is one: set-up, sign-in, a further passkey, changes, lists, the live feed, sign-out.
import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { userHandle } from '../../core/credential.ts';
import { MAX_COMMENTS_OF_ONE } from '../../core/limits.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { until } from '../support/until.ts';
import { type Answer, BASE, call, get, post, success } from './support/house.ts';
import {
  ASK,
  approved,
  change,
  cookieOf,
  found,
  fresh,
  member as join,
  type Member,
  owner,
  propose,
  signIn,
  unique,
  type World,
} from './support/world.ts';

let world: World;
let me: Member;
beforeAll(async () => {
  world = await found('live');
  me = await owner(world);
});

const refused = (answer: Answer, status: number, code: string) =>
  expect([answer.status, answer.body?.code], answer.text).toEqual([status, code]);

/** What a list answers once D1, the projection, has caught up. */
const eventually = (path: string, fits: (body: Answer['body']) => boolean, cookie = me.cookie) =>
  until<Answer['body']>(async () => {
    const body = await success(get(path, { cookie }));
    return fits(body) ? body : null;
  });

describe('a session', () => {
  it('opened by a set-up link says who, where, until when, with which passkeys', async () => {
    const session = await success(get('/v1/session', { cookie: me.cookie }));
    expect(session).toMatchObject({
      organization: { id: world.organization, kind: 'live', name: 'Test' },
      user: { id: me.user, roles: ['owner'], groups: [] },
      passkeys: [{ name: 'software', status: 'active', device_type: 'singleDevice' }],
    });
    expect(Date.parse(session.expires_at)).toBeGreaterThan(Date.now());
    expect(session.passkeys[0]).not.toHaveProperty('public_key');
  });

  it('is a cookie that scripts, other sites and plain http do not get', async () => {
    const answer = await signIn(me.passkey);
    expect(answer.status, answer.text).toBe(201);
    const cookie = answer.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^__Host-assentry_session=[A-Za-z0-9_-]{87}; /);
    for (const attribute of ['Max-Age=43200', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict'])
      expect(cookie).toContain(attribute);
    expect(cookie).not.toContain('Domain');
    expect((await get('/v1/session', { cookie: cookieOf(answer) })).status).toBe(200);
  });

  it('opens once per ceremony: the same call again gives the same session, not a second one', async () => {
    const { intent, intent_token, public_key } = await success(post('/v1/session/options', { body: {} }));
    const body = { intent, intent_token, assertion: await me.passkey.get(public_key) } as never;
    const [first, again] = [await post('/v1/session', { body }), await post('/v1/session', { body })];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(cookieOf(again)).toBe(cookieOf(first));
  });

  it('is refused in the same words to whoever is not known, wherever', async () => {
    const stranger = await SoftwarePasskey.make(BASE);
    const handles = [null, 'AAAA', me.passkey.userHandle, userHandle((await found('live')).organization, me.user)];
    const answers = await Promise.all(handles.map((handle) => signIn(stranger, { userHandle: handle })));
    for (const answer of answers) refused(answer, 401, 'ceremony-failed');
    expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
  });

  it('ends with its sign-out', async () => {
    const cookie = cookieOf(await signIn(me.passkey));
    const out = await call('DELETE', '/v1/session', { cookie });
    expect(out.status, out.text).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^__Host-assentry_session=; Max-Age=0/);
    refused(await get('/v1/session', { cookie }), 401, 'unauthenticated');
  });
});

describe('a further passkey', () => {
  /** Makes one in the session; answers with what an existing one has to sign. */
  async function made(by: Member) {
    const { cookie } = by;
    const key = await SoftwarePasskey.make(BASE);
    const offer = await success(post('/v1/passkeys/options', { cookie, body: {} }));
    const { intent, intent_token } = offer;
    const body = { intent, intent_token, response: await key.create(offer.public_key), name: 'second' } as never;
    const answer = await post('/v1/passkeys', { cookie, body });
    expect(answer.status, answer.text).toBe(202);
    return { key, ceremony: answer.body };
  }
  const vouch = async (by: Member, { intent, intent_token, public_key }: Answer['body'], passkey = by.passkey) => {
    const body = { intent, intent_token, assertion: await passkey.get(public_key) } as never;
    return post('/v1/passkeys', { cookie: by.cookie, body });
  };

  it('is enrolled once an existing one has signed for it, and then signs in', async () => {
    const { key, ceremony } = await made(me);
    expect(ceremony.public_key.allowCredentials.map(({ id }: { id: string }) => id)).toContain(me.passkey.credentialId);
    const enrolled = await vouch(me, ceremony);
    expect(enrolled.status, enrolled.text).toBe(201);
    expect(enrolled.body).toMatchObject({ name: 'second', status: 'active' });
    expect((await signIn(key)).status).toBe(201);
    await success(call('DELETE', `/v1/passkeys/${enrolled.body.id}`, { cookie: me.cookie }));
    refused(await signIn(key), 401, 'ceremony-failed');
  });

  it('cannot vouch for itself, nor be exchanged for another on the way', async () => {
    const { key, ceremony } = await made(me);
    refused(await vouch(me, ceremony, key), 401, 'ceremony-failed');
    const other = await made(me);
    const [mac] = ceremony.intent_token.split('~');
    const [, carried] = other.ceremony.intent_token.split('~');
    refused(await vouch(me, { ...ceremony, intent_token: `${mac}~${carried}` }), 403, 'intent-mismatch');
    refused(await vouch(me, { ...other.ceremony, intent_token: ceremony.intent_token }), 403, 'intent-mismatch');
  });

  it('is made for the person who is signed in, and for nobody else', async () => {
    const other = await join(me, 'nils@example.com', ['reviewer']);
    const key = await SoftwarePasskey.make(BASE);
    const { intent, intent_token, public_key } = await success(
      post('/v1/passkeys/options', { cookie: me.cookie, body: {} }),
    );
    const body = { intent, intent_token, response: await key.create(public_key) } as never;
    refused(await post('/v1/passkeys', { cookie: other.cookie, body }), 403, 'intent-mismatch');
    refused(await post('/v1/passkeys', { body }), 401, 'unauthenticated');
  });

  it('of one person is not vouched for by another', async () => {
    const other = await join(me, 'vera@example.com', ['reviewer']);
    const { ceremony } = await made(me);
    refused(await vouch(other, ceremony), 403, 'intent-mismatch');
  });

  it('is needed before the last owner can revoke the last one', async () => {
    const { passkeys } = await success(get('/v1/session', { cookie: me.cookie }));
    expect(passkeys).toHaveLength(1);
    refused(await call('DELETE', `/v1/passkeys/${passkeys[0].id}`, { cookie: me.cookie }), 403, 'forbidden');
  });
});

describe('a change', () => {
  it('of what an account may act as counts for its keys at once', async () => {
    const asked = () => ({
      key: world.agent.text,
      body: { ...ASK, actor: 'agent:helper', ...unique() },
      idempotency: fresh(),
    });
    await propose(world, unique());
    refused(await post('/v1/approval-requests', asked()), 403, 'forbidden');
    await change(me, 'service_account', { actors: [world.actor, 'agent:helper'] }, world.service_account);
    expect(await success(post('/v1/approval-requests', asked()))).toMatchObject({ actor: 'agent:helper' });
    await change(me, 'service_account', { actors: [world.actor] }, world.service_account);
    refused(await post('/v1/approval-requests', asked()), 403, 'forbidden');
  });

  it('that takes a name away takes the answers to its repeats away, too', async () => {
    const named = { ...ASK, actor: 'agent:other', ...unique() };
    const asked = { key: world.agent.text, body: named, idempotency: fresh() };
    await change(me, 'service_account', { actors: [world.actor, 'agent:other'] }, world.service_account);
    const made = await success(post('/v1/approval-requests', asked));
    expect((await success(post('/v1/approval-requests', asked))).id).toBe(made.id);
    await change(me, 'service_account', { actors: [world.actor] }, world.service_account);
    refused(await post('/v1/approval-requests', asked), 403, 'forbidden');
  });

  it('is shown as a diff, signed, applied; a key comes out once and works', async () => {
    const accounts = await success(get('/v1/service-accounts', { cookie: me.cookie }));
    const service_account = accounts.data[0].id;
    const value = { service_account, name: 'fresh', scopes: ['admin:read'] };
    const applied = await change(me, 'api_key', value);
    expect(applied).toMatchObject({ kind: 'api_key', status: 'applied', signatures: [{ signer: me.user }] });
    expect(applied.secret).toMatch(/^asn_live_/);
    expect((await get('/v1/members', { key: applied.secret })).status).toBe(200);
    const keys = await success(get('/v1/api-keys', { key: applied.secret }));
    expect(JSON.stringify(keys)).not.toContain(applied.secret.slice(9));
    expect(keys.data.map(({ name }: { name: string }) => name)).toContain('fresh');
    await success(call('DELETE', `/v1/api-keys/${applied.target}`, { cookie: me.cookie }));
    refused(await get('/v1/members', { key: applied.secret }), 401, 'unauthenticated');
  });

  it('signed again with the same call answers the same secret, until that is used', async () => {
    const { cookie } = me;
    const accounts = await success(get('/v1/service-accounts', { cookie }));
    const value = { service_account: accounts.data[0].id, name: 'twice', scopes: ['admin:read'] };
    const { id } = await success(post('/v1/changes', { cookie, body: { kind: 'api_key', value } }));
    const { intent, intent_token, public_key } = await success(post(`/v1/changes/${id}/options`, { cookie, body: {} }));
    const body = { intent, intent_token, assertion: await me.passkey.get(public_key) } as never;
    const sign = () => post(`/v1/changes/${id}/sign`, { cookie, body });
    const { secret } = await success(sign());
    expect((await success(sign())).secret).toBe(secret);
    await success(get('/v1/members', { key: secret }));
    expect((await sign()).text).not.toContain(secret);
  });

  it('by the ETag of a policy that has moved is refused', async () => {
    const policy = await get('/v1/policy', { cookie: me.cookie });
    expect(policy.headers.get('etag')).toBe(`"${policy.body.digest}"`);
    expect(policy.body).toMatchObject({ version: 1, published_by: expect.any(String), source: expect.any(String) });
    const body = { kind: 'policy', value: { source: 'version: 1\n' } };
    const stale = `"sha256:${'0'.repeat(64)}"`;
    refused(await post('/v1/changes', { cookie: me.cookie, body, headers: { 'if-match': stale } }), 409, 'base-moved');
    const etag = policy.headers.get('etag')!;
    const proposed = await success(post('/v1/changes', { cookie: me.cookie, body, headers: { 'if-match': etag } }));
    expect(proposed).toMatchObject({ status: 'proposed', kind: 'policy' });
    const rejected = await success(
      post(`/v1/changes/${proposed.id}/reject`, { cookie: me.cookie, body: { reason: 'no' } }),
    );
    expect(rejected.status).toBe('rejected');
    refused(await post(`/v1/changes/${proposed.id}/options`, { cookie: me.cookie, body: {} }), 409, 'change-closed');
  });

  it('with the same Idempotency-Key is the same change; with another body it is refused', async () => {
    const body = { kind: 'organization', value: { name: 'Renamed' } };
    const asked = { cookie: me.cookie, idempotency: 'rename-1' };
    const first = await post('/v1/changes', { ...asked, body });
    const again = await post('/v1/changes', { ...asked, body });
    expect(again.body.id).toBe(first.body.id);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = { ...body, value: { name: 'Other' } };
    refused(await post('/v1/changes', { ...asked, body: other }), 422, 'idempotency-mismatch');
  });
});

describe('what a page reads', () => {
  it('are pages with a cursor', async () => {
    const first = await success(get('/v1/members?limit=1', { cookie: me.cookie }));
    expect(first.data[0]).toMatchObject({
      id: expect.any(String),
      email: expect.any(String),
      roles: expect.any(Array),
      passkeys: expect.any(Array),
    });
    const next = await success(
      get(`/v1/members?limit=1&cursor=${encodeURIComponent(first.next_cursor)}`, { cookie: me.cookie }),
    );
    expect(next.data[0].id).not.toBe(first.data[0].id);
    refused(await get('/v1/members?limit=101', { cookie: me.cookie }), 400, 'invalid-request');
    refused(await get('/v1/members?colour=red', { cookie: me.cookie }), 400, 'invalid-request');
  });

  it.each([
    'groups',
    'service-accounts',
    'api-keys',
    'webhook-endpoints',
    'invitations',
    'stops',
    'policy/versions',
    'changes',
  ])('%s are a list', async (list) => {
    const { data } = await success(get(`/v1/${list}`, { cookie: me.cookie }));
    expect(Array.isArray(data)).toBe(true);
  });

  it('events are newest first, each with its receipt, and page without a gap', async () => {
    await propose(world, { action: 'event.me' });
    const { data } = await eventually('/v1/events?type=approval.requested', ({ data }) => data.length > 0);
    expect(data[0]).toMatchObject({
      type: 'approval.requested',
      by: expect.any(String),
      receipt: { index: expect.any(Number) },
    });
    const all = await success(get('/v1/events?limit=100', { cookie: me.cookie }));
    const half = await success(get('/v1/events?limit=2', { cookie: me.cookie }));
    const rest = await success(get(`/v1/events?limit=2&cursor=${half.next_cursor}`, { cookie: me.cookie }));
    const ids = (page: Answer['body']) => page.data.map(({ id }: { id: string }) => id);
    expect([...ids(half), ...ids(rest)]).toEqual(ids(all).slice(0, 4));
    refused(await get('/v1/events?cursor=%21', { cookie: me.cookie }), 400, 'invalid-request');
  });

  it('metrics count what people decided, not what was withdrawn or ended undecided', async () => {
    const withdrawn = await propose(world, { action: 'count.withdrawn' });
    await success(post(`/v1/approval-requests/${withdrawn.id}/cancel`, { key: world.agent.text, body: {} }));
    const ended = await propose(world, { action: 'count.ended' });
    await success(post(`/v1/approval-requests/${ended.id}/expire`, { cookie: me.cookie, body: {} }));
    await approved(me, { action: 'count.me' });
    const metrics = await eventually('/v1/metrics', ({ approved, expired }) => approved > 0 && expired > 0);
    expect(metrics).toMatchObject({
      approved: 1,
      rejected: 0,
      expired: 1,
      approval_rate: 1,
      median_seconds_to_decide: expect.any(Number),
    });
    expect(metrics.top_actions.map(({ action }: { action: string }) => action)).toContain('count.me');
  });

  it('records are not for a key without admin:read', async () => {
    for (const path of ['/v1/events', '/v1/deliveries', '/v1/metrics', '/v1/members']) {
      refused(await get(path, { key: world.agent.text }), 403, 'forbidden');
      expect((await get(path, { key: world.admin.text })).status, path).toBe(200);
    }
  });
});

describe('a dry run of policy', () => {
  it('says verdict, risk and why, by the rules in force', async () => {
    const ask = (action: string) =>
      success(post('/v1/policy/evaluate', { key: world.agent.text, body: { action, resource: 'a:b' } }));
    expect(await ask('iam.grant')).toMatchObject({ verdict: 'deny', rule: 'never' });
    expect(await ask('read.it')).toMatchObject({ verdict: 'allow', rule: 'reads', policy: { version: 1 } });
    expect((await ask('other.thing')).trace.length).toBeGreaterThan(0);
    refused(
      await post('/v1/policy/evaluate', { key: world.agent.text, body: { action: 'A b', resource: 'a:b' } }),
      400,
      'invalid-request',
    );
  });
});

describe('who may ask what policy would say', () => {
  const ask = (caller: { key?: string; cookie?: string }, actor: string) =>
    post('/v1/policy/evaluate', { ...caller, body: { action: 'read.it', resource: 'a:b', actor } });

  it('is a key about its own actors, a key that reads everything and a person about anybody', async () => {
    expect((await ask({ key: world.agent.text }, world.actor)).status).toBe(200);
    const other = await ask({ key: world.agent.text }, 'agent:somebody-else');
    refused(other, 403, 'forbidden');
    expect(other.body.errors[0].pointer).toBe('/actor');
    expect((await ask({ key: world.admin.text }, 'agent:somebody-else')).status).toBe(200);
    expect((await ask({ cookie: me.cookie }, 'agent:somebody-else')).status).toBe(200);
  });

  it('is no key that only verifies capabilities', async () => {
    refused(await ask({ key: world.verifier.text }, world.actor), 403, 'forbidden');
  });
});

describe('an auditor', () => {
  let auditor: Member;
  let id: string;
  beforeAll(async () => {
    auditor = await join(me, 'audit@example.com', ['auditor']);
    ({ id } = await propose(world, unique()));
  });
  const act = (path: string, body: object, by = auditor) => post(path, { cookie: by.cookie, body: body as never });

  it('reads, and neither comments nor proposes', async () => {
    expect((await get(`/v1/approval-requests/${id}`, { cookie: auditor.cookie })).status).toBe(200);
    refused(await act(`/v1/approval-requests/${id}/comments`, { comment: 'full' }), 403, 'forbidden');
    const { action, resource } = ASK;
    refused(await act('/v1/approval-requests', { action, resource }), 403, 'forbidden');
  });

  it('takes no step of a request', async () => {
    for (const [path, body] of [
      ...['claim', 'escalate', 'revoke', 'expire', 'cancel'].map((verb) => [verb, {}] as const),
      ['outcome', { status: 'executed' }] as const,
    ])
      refused(
        await act(`/v1/approval-requests/${id}/${path}`, body),
        403,
        ['claim', 'escalate'].includes(path) ? 'not-eligible' : 'forbidden',
      );
  });
});

describe('comments', () => {
  it('of one person leave room for those of others', async () => {
    const { id } = await propose(world, unique());
    const say = (by: Member) =>
      post(`/v1/approval-requests/${id}/comments`, { cookie: by.cookie, body: { comment: 'again' } });
    for (let n = 0; n < MAX_COMMENTS_OF_ONE; n++) expect((await say(me)).status).toBe(200);
    refused(await say(me), 409, 'illegal-transition');
    const other = await join(me, 'second@example.com', ['reviewer']);
    expect((await say(other)).status).toBe(200);
  });
});

describe('the ledger', () => {
  it('shows its checkpoint and keys to everybody, tiles and proofs to who is known', async () => {
    const { text, headers } = await get('/ledger/checkpoint');
    expect(headers.get('content-type')).toContain('text/plain');
    const [origin, size] = text.split('\n');
    expect(await success(get('/v1/ledger/key'))).toMatchObject({ origin });
    for (const path of ['/ledger/tile/0/000', '/v1/ledger/proofs?index=0'])
      refused(await get(path), 401, 'unauthenticated');
    const proof = await success(get(`/v1/ledger/proofs?index=0&size=${size}`, { cookie: me.cookie }));
    expect(proof).toMatchObject({ index: 0, size: Number(size), hashes: expect.any(Array) });
    expect((await get(`/ledger/tile/0/000.p/${size}`, { cookie: me.cookie })).status).toBe(200);
    refused(await get('/ledger/tile/9/x999/999', { cookie: me.cookie }), 404, 'not-found');
    refused(await get('/v1/ledger/proofs', { cookie: me.cookie }), 400, 'invalid-request');
  });
});

describe('the live feed', () => {
  it('says within milliseconds that something changed, and nothing to who is not signed in', async () => {
    const front = (exports as unknown as { default: Fetcher }).default;
    const headers = { upgrade: 'websocket', origin: BASE, cookie: me.cookie };
    const response = await front.fetch(`${BASE}/v1/live`, { headers });
    expect(response.status).toBe(101);
    const socket = response.webSocket!;
    socket.accept();
    const heard = new Promise((resolve) => socket.addEventListener('message', ({ data }) => resolve(data)));
    await propose(world, { action: 'hear.me' });
    expect(String(await heard)).toContain('apr_');
    socket.close();
    const ended = cookieOf(await signIn(me.passkey));
    await call('DELETE', '/v1/session', { cookie: ended });
    for (const cookie of ['x=y', ended]) {
      const refusal = await front.fetch(`${BASE}/v1/live`, { headers: { ...headers, cookie } });
      expect(refusal.status).toBe(401);
      expect(refusal.headers.get('content-type')).toBe('application/problem+json');
    }
  });
});

describe('set-up', () => {
  it('is over once there is an owner: the same door then gives a recovery link for that owner', async () => {
    const again = await found('live');
    const first = await owner(again);
    const second = await owner(again);
    expect(second.user).toBe(first.user);
    refused(await get('/v1/session', { cookie: first.cookie }), 401, 'unauthenticated');
    const path = '/v1/events?type=member.recovery_started';
    const { data } = await eventually(path, (page) => page.data.length > 0, second.cookie);
    expect(data).toMatchObject([{ by: 'setup', skeleton: { user: first.user } }]);
  });
});
