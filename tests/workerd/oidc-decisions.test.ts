// Decisions signed by a provider's token: over this very intent, by somebody who was linked before, where policy takes a
// token; and every way in which it must not work.
import { base64url, type JWTHeaderParameters } from 'jose';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { type Answer, get, post, success } from './support/house.ts';
import { BOARD, heard, Provider, pin, type SigningKey, signingKey } from './support/provider.ts';
import {
  change,
  decide,
  found,
  fresh,
  type Member,
  member,
  owner,
  propose,
  unique,
  type World,
} from './support/world.ts';

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
risk: { critical: { timeout: 1h, verify: oidc } }
rules:
  - { id: token, match: { action: token.ok }, verdict: require_approval, verify: oidc }
  - { id: pair, match: { action: token.pair }, verdict: require_approval, verify: oidc, approvals: [{ from: ["role:owner", "role:reviewer"], count: 2 }] }
  - { id: money, match: { action: token.money }, verdict: require_approval, verify: oidc, approvals: [{ from: "group:finance", count: 1 }] }
  - { id: grave, match: { action: token.grave }, verdict: require_approval, verify: oidc, risk: high }
  - { id: gravest, match: { action: token.gravest }, verdict: require_approval, verify: oidc, risk: critical }
`;
const AUDIENCE = 'assentry-approvals';

let world: World;
let dana: Member;
let erin: Member;
let provider: Provider;
let issuer: string;

const subjectOf = (who: Member): string => `sub-${who.user}`;
const link = (who: Member): Promise<unknown> =>
  change(dana, 'member', { identities: [{ issuer, subject: subjectOf(who) }] }, who.user);

beforeAll(async () => {
  world = await found('live', POLICY);
  dana = await owner(world);
  erin = await member(dana, 'erin@example.com', ['reviewer']);
  provider = await Provider.open();
  const value = {
    ...{ name: 'Company', issuer: provider.issuer, purpose: 'people', audience: AUDIENCE },
    ...{ algorithms: ['RS256', 'ES256'], group_claim: 'groups', group_mappings: { Payments: 'group:finance' } },
  };
  ({ target: issuer } = await change(dana, 'oidc_issuer', value));
  await link(dana);
  await link(erin);
});

const path = (request: string): string => `/v1/approval-requests/${request}/decisions`;
const ask = (action = 'token.ok', more: JsonObject = {}) => propose(world, { action, ...unique(), ...more });

/** The intent that a token is to sign, as a key asks for it. */
const offer = (request: string, who: Member = dana, more: JsonObject = {}): Promise<Answer> =>
  post(`${path(request)}/options`, {
    key: world.admin.text,
    body: { decision: 'approve', reviewer: who.user, ...more },
  });
const send = (request: string, offered: Answer['body'], oidc_token: string, more: JsonObject = {}) => {
  const { intent, intent_token } = offered;
  return post(path(request), { key: world.admin.text, body: { intent, intent_token, oidc_token, ...more } });
};
const claimsFor = (offered: Answer['body'], who: Member = dana) => ({
  ...{ aud: AUDIENCE, sub: subjectOf(who), nonce: offered.nonce },
});
const statusOf = async (id: string) =>
  (await success(get(`/v1/approval-requests/${id}`, { cookie: dana.cookie }))).status;

describe('a token that a provider signed over the intent', () => {
  it.each(['RS256', 'ES256'])('approves (%s), and says how it was signed', async (alg) => {
    const key = alg === 'RS256' ? provider.key : await signingKey(alg);
    await provider.publish([provider.key.jwk, key.jwk]);
    const other = await Provider.open(alg);
    const { target } = await change(dana, 'oidc_issuer', {
      ...{ name: alg, issuer: other.issuer, purpose: 'people', audience: AUDIENCE, algorithms: [alg] },
    });
    const identities = [
      { issuer, subject: subjectOf(dana) },
      { issuer: target, subject: 'me' },
    ];
    await change(dana, 'member', { identities }, dana.user);
    const { id } = await ask();
    const offered = await success(offer(id));
    expect(offered).not.toHaveProperty('public_key');
    const decided = await success(send(id, offered, await other.token({ ...claimsFor(offered), sub: 'me' })));
    expect(decided).toMatchObject({ status: 'approved', requirement: { verify: 'oidc' } });
    expect(decided.decisions).toMatchObject([
      {
        reviewer: { id: dana.user },
        decision: 'approve',
        assurance: { method: 'oidc', issuer: target, kid: other.key.kid },
      },
    ]);
    const { data } = await success(get(`/v1/approval-requests/${id}/events`, { cookie: dana.cookie }));
    const event = data
      .map((line: Answer['body']) => line.event ?? line)
      .find((one: Answer['body']) => one.type === 'approval.decided');
    expect(event.skeleton).toMatchObject({ by: dana.user, method: 'oidc', issuer: target, kid: other.key.kid });
    expect(JSON.stringify(event.skeleton)).not.toContain('"me"');
    expect(event.personal.token_key).toEqual({ alg, kid: other.key.kid, ...bare(other.key) });
  });

  const bare = ({ jwk: { kty, n, e, crv, x, y } }: SigningKey): object =>
    JSON.parse(JSON.stringify({ kty, n, e, crv, x, y }));

  it('rejects too, and a session may carry it as well as a key', async () => {
    const { id } = await ask();
    const offered = await success(post(`${path(id)}/options`, { cookie: erin.cookie, body: { decision: 'reject' } }));
    expect(offered).toMatchObject({ nonce: expect.any(String), public_key: expect.any(Object) });
    const { intent, intent_token } = offered;
    const oidc_token = await provider.token(claimsFor(offered, erin));
    const body = { intent, intent_token, oidc_token };
    expect(await success(post(path(id), { cookie: erin.cookie, body }))).toMatchObject({ status: 'rejected' });
  });

  it('sent again gets the same answer, and counts once', async () => {
    const { id } = await ask('token.pair');
    const offered = await success(offer(id));
    const token = await provider.token(claimsFor(offered));
    const [one, again] = [await send(id, offered, token), await send(id, offered, token)];
    expect([one.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true']);
    expect(again.body).toMatchObject({ status: 'pending', requirement: { stages: [{ approved: 1 }] } });
    const anew = await success(offer(id));
    expect(await send(id, anew, await provider.token(claimsFor(anew)))).toMatchObject({
      status: 403,
      body: { code: 'not-eligible' },
    });
  });

  it('may end within a millisecond, and never beyond all time: RFC 7519 lets a date be any number', async () => {
    const { id } = await ask('token.pair');
    const offered = await success(offer(id));
    const endless = await provider.token({ ...claimsFor(offered), exp: 1e15 });
    expect(await send(id, offered, endless)).toMatchObject({ status: 401, body: { code: 'token-refused' } });
    const exp = Math.floor(Date.now() / 1_000) + 300.1234567;
    const decided = await send(id, offered, await provider.token({ ...claimsFor(offered), exp }));
    expect(decided.status, decided.text).toBe(200);
  });

  it('and a passkey count together as two people', async () => {
    const { id } = await ask('token.pair');
    const offered = await success(offer(id, erin));
    await success(send(id, offered, await provider.token(claimsFor(offered, erin))));
    expect(await success(decide(dana, id))).toMatchObject({ status: 'approved' });
  });

  it('stops counting when the identity is unlinked before the requirement is met', async () => {
    const frank = await member(dana, `${fresh()}@example.com`, ['reviewer']);
    await link(frank);
    const { id } = await ask('token.pair');
    const offered = await success(offer(id, frank));
    await success(send(id, offered, await provider.token(claimsFor(offered, frank))));
    await change(dana, 'member', { identities: [] }, frank.user);
    expect(await success(decide(dana, id))).toMatchObject({ status: 'pending' });
    expect(await success(decide(erin, id))).toMatchObject({ status: 'approved' });
  });
});

describe('a group that a provider’s claim is mapped to', () => {
  it('counts where the token proves it now', async () => {
    const { id } = await ask('token.money');
    const offered = await success(offer(id));
    const without = await send(id, offered, await provider.token({ ...claimsFor(offered), groups: ['Sales'] }));
    expect(without).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
    const token = await provider.token({ ...claimsFor(offered), groups: ['Sales', 'Payments'] });
    expect(await success(send(id, offered, token))).toMatchObject({ status: 'approved' });
  });

  it('does not count where it was mapped after the request was made', async () => {
    const { id } = await ask('token.money');
    const group_mappings = { Payments: 'group:finance', Board: 'group:finance' };
    await change(dana, 'oidc_issuer', { group_mappings }, issuer);
    const offered = await success(offer(id));
    const token = await provider.token({ ...claimsFor(offered), groups: ['Board'] });
    expect(await send(id, offered, token)).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
    const { id: later } = await ask('token.money');
    const anew = await success(offer(later));
    const proof = await provider.token({ ...claimsFor(anew), groups: 'Board' });
    expect(await success(send(later, anew, proof))).toMatchObject({ status: 'approved' });
  });
});

describe('a token is refused', () => {
  const seconds = (): number => Math.floor(Date.now() / 1_000);
  type Claims = Record<string, unknown>;
  const claims: [string, (ours: Claims) => Claims][] = [
    ['of another issuer', () => ({ iss: 'https://login.example.com' })],
    ['for another audience', () => ({ aud: 'another-app' })],
    ['for several audiences through another party', () => ({ aud: [AUDIENCE, 'another-app'], azp: 'another-app' })],
    ['without an audience', () => ({ aud: undefined })],
    ['that has expired', () => ({ iat: seconds() - 300, exp: seconds() - 60 })],
    ['without an end', () => ({ exp: undefined })],
    ['that is not valid yet', () => ({ nbf: seconds() + 120 })],
    ['of the future', () => ({ iat: seconds() + 300, exp: seconds() + 600 })],
    ['without a time', () => ({ iat: undefined })],
    ['that is older than the intent', () => ({ iat: seconds() - 120 })],
    ['with another nonce', () => ({ nonce: base64url.encode(crypto.getRandomValues(new Uint8Array(32))) })],
    ['without a nonce', () => ({ nonce: undefined })],
    ['of another reviewer', () => ({ sub: subjectOf(erin) })],
    ['of a subject that is linked to nobody', () => ({ sub: 'stranger' })],
    [
      'of nobody, though the mail address is right',
      () => ({ sub: 'stranger', email: 'owner@example.com', email_verified: true }),
    ],
    ['with a list for a subject', () => ({ sub: [subjectOf(dana)] })],
  ];
  it.each(claims)('%s', async (_what, bend) => {
    const { id } = await ask();
    const offered = await success(offer(id));
    const ours = claimsFor(offered);
    const answer = await send(id, offered, await provider.token({ ...ours, ...bend(ours) }));
    expect(answer, answer.text).toMatchObject({ status: 401, body: { code: 'token-refused' } });
    expect(answer.text).not.toMatch(/nonce|audience|expired|subject/);
    expect(await statusOf(id)).toBe('pending');
    await success(send(id, offered, await provider.token(ours)));
  });

  const headers: [string, (claims: Claims) => Promise<string>][] = [
    ['without a signature', async (claims) => unsigned({ alg: 'none' }, claims)],
    [
      'with its signature cut off',
      async (claims) => `${(await provider.token(claims)).split('.').slice(0, 2).join('.')}.`,
    ],
    ['signed with the public key as a secret', async (claims) => hmacSigned(claims)],
    ['of a key that the provider does not have', async (claims) => provider.token(claims, {}, await signingKey())],
    [
      'of another key under a known id',
      async (claims) => provider.token(claims, {}, await signingKey('RS256', provider.key.kid)),
    ],
    [
      'of another algorithm than is pinned',
      async (claims) => provider.token(claims, {}, await signingKey('PS256', provider.key.kid)),
    ],
    ['that brings its own key', async (claims) => own(claims)],
    ['of the kind that says what somebody may do', async (claims) => provider.token(claims, { typ: 'at+jwt' })],
    ['with critical extensions', async (claims) => await provider.token(claims, { crit: ['b64'], b64: true })],
    [
      'with one sign changed',
      async (claims) =>
        (await provider.token(claims)).replace(/(?<=\.)[^.](?=[^.]*$)/, (sign) => (sign === 'A' ? 'B' : 'A')),
    ],
    ['in five parts', async () => 'a.b.c.d.e'],
    ['that is none', async () => 'token'],
  ];
  const part = (value: object): string => base64url.encode(JSON.stringify(value));
  const full = (claims: Claims) => ({ iss: provider.issuer, iat: seconds(), exp: seconds() + 300, ...claims });
  const unsigned = (header: object, claims: Claims): string => `${part(header)}.${part(full(claims))}.AA`;
  async function hmacSigned(claims: Claims): Promise<string> {
    const text = `${part({ alg: 'HS256', kid: provider.key.kid })}.${part(full(claims))}`;
    const secret = new TextEncoder().encode(JSON.stringify(provider.key.jwk));
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return `${text}.${base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))))}`;
  }
  async function own(claims: Claims): Promise<string> {
    const key = await signingKey();
    const brought = { jwk: key.jwk, jku: `${BOARD}/evil` } as Partial<JWTHeaderParameters>;
    return provider.token(claims, { ...brought, kid: provider.key.kid }, key);
  }

  it.each(headers)('%s', async (_what, make) => {
    const { id } = await ask();
    const offered = await success(offer(id));
    const answer = await send(id, offered, await make(claimsFor(offered)));
    expect(answer, answer.text).toMatchObject({ status: 401, body: { code: 'token-refused' } });
    expect(await statusOf(id)).toBe('pending');
  });

  it('of a provider of workloads', async () => {
    const machines = await Provider.open();
    const rules = [
      {
        ...{ id: 'all', claims: { sub: subjectOf(dana) }, service_account: world.service_account },
        ...{ scopes: ['requests:write'], ttl_seconds: 900 },
      },
    ];
    const value = { name: 'CI', issuer: machines.issuer, purpose: 'workload', audience: AUDIENCE, rules };
    await change(dana, 'oidc_issuer', value);
    const { id } = await ask();
    const offered = await success(offer(id));
    const answer = await send(id, offered, await machines.token(claimsFor(offered)));
    expect(answer).toMatchObject({ status: 401, body: { code: 'token-refused' } });
  });

  it('that was made for another request or another decision', async () => {
    const [one, other] = [await ask(), await ask()];
    const [first, rejecting] = [
      await success(offer(one.id)),
      await success(offer(one.id, dana, { decision: 'reject' })),
    ];
    const token = await provider.token(claimsFor(rejecting));
    expect(await send(one.id, first, token)).toMatchObject({ status: 401 });
    expect(await send(other.id, rejecting, token)).toMatchObject({ status: 403, body: { code: 'intent-mismatch' } });
    expect([await statusOf(one.id), await statusOf(other.id)]).toEqual(['pending', 'pending']);
  });

  it('where policy asks for a passkey: by default, and above medium risk unless it says otherwise', async () => {
    for (const action of ['plain.ok', 'token.grave']) {
      const { id } = await ask(action);
      expect(await offer(id)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      const session = await success(
        post(`${path(id)}/options`, { cookie: dana.cookie, body: { decision: 'approve' } }),
      );
      expect(session).not.toHaveProperty('nonce');
      const { intent, intent_token } = session;
      const oidc_token = await provider.token({ ...claimsFor(session), nonce: 'any' });
      const answer = await post(path(id), { cookie: dana.cookie, body: { intent, intent_token, oidc_token } });
      expect(answer).toMatchObject({ status: 403, body: { code: 'passkey-required' } });
    }
    const { id } = await ask('token.gravest');
    const offered = await success(offer(id));
    expect(await success(send(id, offered, await provider.token(claimsFor(offered))))).toMatchObject({
      status: 'approved',
    });
  });

  it('where the identity was linked after the request was made', async () => {
    const late = await member(dana, `${fresh()}@example.com`, ['reviewer']);
    const { id } = await ask();
    await link(late);
    const offered = await success(offer(id, late));
    expect(await send(id, offered, await provider.token(claimsFor(offered, late)))).toMatchObject({
      status: 403,
      body: { code: 'not-eligible' },
    });
  });

  it('once its provider is removed', async () => {
    const gone = await Provider.open();
    const { target } = await change(dana, 'oidc_issuer', {
      name: 'Gone',
      issuer: gone.issuer,
      purpose: 'people',
      audience: AUDIENCE,
    });
    const george = await member(dana, `${fresh()}@example.com`, ['reviewer']);
    await change(dana, 'member', { identities: [{ issuer: target, subject: 'g' }] }, george.user);
    const { id } = await ask();
    const offered = await success(offer(id, george));
    await change(dana, 'oidc_issuer', { removed: true }, target);
    expect(await send(id, offered, await gone.token({ ...claimsFor(offered), sub: 'g' }))).toMatchObject({
      status: 401,
    });
  });
});

describe('a key', () => {
  it('without the scope to read every request carries nothing, and learns nothing', async () => {
    const { id } = await ask();
    const offered = await success(offer(id));
    const token = await provider.token(claimsFor(offered));
    for (const key of [world.agent.text, world.verifier.text]) {
      const { intent, intent_token } = offered;
      for (const request of [id, id.replace(/.$/, (last: string) => (last === '0' ? '1' : '0'))]) {
        const body = { decision: 'approve', reviewer: dana.user };
        expect((await post(`${path(request)}/options`, { key, body })).status).toBe(403);
        const answer = await post(path(request), { key, body: { intent, intent_token, oidc_token: token } });
        expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      }
    }
    expect(await statusOf(id)).toBe('pending');
  });

  it('names the reviewer; who that is, is not told', async () => {
    const { id } = await ask();
    const body = { decision: 'approve' };
    expect(await post(`${path(id)}/options`, { key: world.admin.text, body })).toMatchObject({ status: 400 });
    const stranger = { ...dana, user: dana.user.replace(/.$/, (last) => (last === '0' ? '1' : '0')) };
    const [known, unknown] = [await offer(id), await offer(id, stranger)];
    expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body));
  });

  it('never signs: an assertion is taken from a session alone, and exactly one of the two signs', async () => {
    const { id } = await ask();
    const offered = await success(offer(id));
    const { intent, intent_token } = offered;
    expect((await post(path(id), { key: world.admin.text, body: { intent, intent_token } })).status).toBe(400);
    const session = await success(post(`${path(id)}/options`, { cookie: dana.cookie, body: { decision: 'approve' } }));
    const assertion = await dana.passkey.get(session.public_key);
    const signed = { intent: session.intent, intent_token: session.intent_token, assertion } as never;
    expect(await post(path(id), { key: world.admin.text, body: signed })).toMatchObject({ status: 403 });
    const both = { ...(signed as JsonObject), oidc_token: 'x' };
    expect((await post(path(id), { cookie: dana.cookie, body: both })).status).toBe(400);
  });
});

describe('the keys of a provider', () => {
  /** A request that a fresh provider's token is to decide, and whether it did. */
  async function tried(prepare: (fresh: Provider) => Promise<unknown>, jwks_uri?: string): Promise<Answer> {
    const fresh = await Provider.open();
    const user = await member(dana, `${crypto.randomUUID()}@example.com`, ['reviewer']);
    const settings = { name: 'P', issuer: fresh.issuer, purpose: 'people', audience: AUDIENCE };
    const { target } = await change(dana, 'oidc_issuer', { ...settings, ...(jwks_uri ? { jwks_uri } : {}) });
    await change(dana, 'member', { identities: [{ issuer: target, subject: 's' }] }, user.user);
    const { id } = await ask();
    const offered = await success(offer(id, user));
    await prepare(fresh);
    const token = await fresh.token({ ...claimsFor(offered), sub: 's' });
    return send(id, offered, token);
  }
  const served = (fresh: Provider) => JSON.stringify({ keys: [fresh.key.jwk] });

  it('are read where its discovery says', async () => {
    expect(await tried(async () => {})).toMatchObject({ status: 200, body: { status: 'approved' } });
  });

  it.each<[string, (fresh: Provider) => Promise<unknown>]>([
    [
      'behind a redirect',
      async (p) => {
        await pin(`${p.issuer}/elsewhere`, { body: served(p) });
        await pin(p.jwks_uri, { status: 302, headers: { location: `${p.issuer}/elsewhere` } });
      },
    ],
    [
      'behind a redirect of the discovery',
      async (p) => pin(p.discovery_url, { status: 307, headers: { location: `${p.issuer}/other` } }),
    ],
    [
      'in an answer that never ends',
      async (p) => pin(p.jwks_uri, { body: JSON.stringify({ keys: [p.key.jwk], filler: 'x'.repeat(200_000) }) }),
    ],
    ['in an answer that is no JSON', async (p) => pin(p.jwks_uri, { body: '<html>' })],
    ['in a list', async (p) => pin(p.jwks_uri, { body: `[${JSON.stringify(p.key.jwk)}]` })],
    ['with an error', async (p) => pin(p.jwks_uri, { status: 500, body: served(p) })],
    [
      'under a discovery of another issuer',
      async (p) => pin(p.discovery_url, { body: JSON.stringify({ issuer: `${p.issuer}/x`, jwks_uri: p.jwks_uri }) }),
    ],
    [
      'at an address of the network',
      async (p) =>
        pin(p.discovery_url, { body: JSON.stringify({ issuer: p.issuer, jwks_uri: 'http://127.0.0.1:1/keys' }) }),
    ],
    [
      'at a metadata service',
      async (p) =>
        pin(p.discovery_url, { body: JSON.stringify({ issuer: p.issuer, jwks_uri: 'http://169.254.169.254/latest' }) }),
    ],
    ['too late', async (p) => pin(p.jwks_uri, { body: served(p), delay_ms: 7_000 })],
  ])('%s are not there, and nothing is decided', async (_what, prepare) => {
    const answer = await tried(prepare);
    expect(answer, answer.text).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });

  it('under one id twice are nobody’s', async () => {
    const answer = await tried(async (p) => p.publish([(await signingKey('RS256', p.key.kid)).jwk, p.key.jwk]));
    expect(answer).toMatchObject({ status: 401, body: { code: 'token-refused' } });
  });

  it('of another use or algorithm do not sign', async () => {
    for (const bent of [{ use: 'enc' }, { alg: 'PS256' }])
      expect(await tried(async (p) => p.publish([{ ...p.key.jwk, ...bent }]))).toMatchObject({ status: 401 });
  });

  it('that rotate are asked for once more, and garbage does not make us ask again', async () => {
    const p = await Provider.open();
    const user = await member(dana, `${crypto.randomUUID()}@example.com`, ['reviewer']);
    const settings = { name: 'P', issuer: p.issuer, purpose: 'people', audience: AUDIENCE };
    const { target } = await change(dana, 'oidc_issuer', settings);
    await change(dana, 'member', { identities: [{ issuer: target, subject: 's' }] }, user.user);
    const attempt = async (key: SigningKey) => {
      const { id } = await ask();
      const offered = await success(offer(id, user));
      return (await send(id, offered, await p.token({ ...claimsFor(offered), sub: 's' }, {}, key))).status;
    };
    expect(await attempt(p.key)).toBe(200);
    expect(await attempt(p.key)).toBe(200);
    expect(await heard(p.jwks_uri)).toBe(1);
    const next = await signingKey();
    await p.publish([p.key.jwk, next.jwk]);
    for (let i = 0; i < 3; i++) expect(await attempt(next)).toBe(401);
    expect(await heard(p.jwks_uri)).toBe(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect(await attempt(next)).toBe(200);
      expect(await heard(p.jwks_uri)).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
