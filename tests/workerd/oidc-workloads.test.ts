// A workload's token of its platform becomes a short-lived key of a service account: exactly what a signed rule says, once
// per token, and never more than asking.
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { base64url, fromBase64Url, fromHex, hex } from '../../core/encoding.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Answer, BASE, call, get, post, success } from './support/house.ts';
import { Provider, signingKey } from './support/provider.ts';
import {
  approved,
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

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

let world: World;
let us: Member;
let actions: Provider;
let issuer: string;
const rules = () => [
  {
    ...{
      id: 'prod',
      claims: {
        repository: 'acme/shop',
        sub: 'repo:acme/shop:environment:prod',
        ref: ['refs/heads/main', 'refs/tags/v*.*'],
      },
    },
    ...{ service_account: world.service_account, scopes: ['requests:write', 'requests:read'], ttl_seconds: 600 },
  },
  {
    id: 'read',
    claims: { repository: 'acme/**' },
    service_account: world.service_account,
    scopes: ['requests:read'],
    ttl_seconds: 60,
  },
];
beforeAll(async () => {
  world = await found('live');
  us = await owner(world);
  actions = await Provider.open();
  const value = { name: 'GitHub Actions', issuer: actions.issuer, purpose: 'workload', rules: rules() };
  ({ target: issuer } = await change(us, 'oidc_issuer', value as never));
});

const audience = (): string => `${BASE}/o/${world.organization}`;
/** As GitHub Actions says it. */
const github = (more: JsonObject = {}): JsonObject => ({
  ...{ aud: audience(), sub: 'repo:acme/shop:environment:prod', repository: 'acme/shop', repository_owner: 'acme' },
  ...{ ref: 'refs/heads/main', environment: 'prod', run_id: crypto.randomUUID(), ...more },
});
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const send = (raw: string, headers: Record<string, string> = {}): Promise<Answer> =>
  call('POST', '/oauth2/token', { raw, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
const exchange = (subject_token: string, more: Record<string, string> = {}): Promise<Answer> =>
  send(form({ grant_type: EXCHANGE, subject_token, subject_token_type: JWT, audience: audience(), ...more }));
const refused = (answer: Answer, error = 'invalid_request') => {
  expect([answer.status, answer.body?.error], answer.text).toEqual([400, error]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
};

/** The order of P-256: where (r, s) verifies, so does (r, n - s). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
function otherSignature(token: string): string {
  const at = token.lastIndexOf('.') + 1;
  const signature = fromBase64Url(token.slice(at))!;
  const s = P256_ORDER - BigInt(`0x${hex(signature.subarray(32))}`);
  const turned = fromHex(s.toString(16).padStart(64, '0'))!;
  return token.slice(0, at) + base64url(Uint8Array.of(...signature.subarray(0, 32), ...turned));
}

describe('a workload’s token', () => {
  it('becomes a key that asks as its service account, and can never decide, enrol or change anything', async () => {
    const { body, status, headers } = await exchange(await actions.token(github()));
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toMatchObject({
      ...{ issued_token_type: 'urn:ietf:params:oauth:token-type:access_token', token_type: 'Bearer' },
      scope: 'requests:write requests:read',
    });
    expect(body.expires_in).toBeGreaterThan(590);
    expect(body.expires_in).toBeLessThanOrEqual(600);
    const key = body.access_token;
    expect(key).toMatch(/^asn_live_/);
    const { id } = await propose(world, unique(), { id: '', text: key });
    expect(await success(get(`/v1/approval-requests/${id}`, { key }))).toMatchObject({
      requester: { id: world.service_account },
    });
    const tries: [string, string, JsonObject | undefined][] = [
      ['POST', `/v1/approval-requests/${id}/decisions/options`, { decision: 'approve', reviewer: us.user }],
      ['POST', `/v1/approval-requests/${id}/decisions`, { intent: {}, intent_token: 'x', oidc_token: 'x' }],
      ['POST', '/v1/passkeys/options', {}],
      ['POST', '/v1/changes', { kind: 'organization', value: { name: 'X' } }],
      ['POST', '/v1/stops', { target_kind: 'actor', target: 'agent:x', reason: 'x' }],
      ['GET', '/v1/members', undefined],
      ['GET', '/v1/api-keys', undefined],
    ];
    for (const [method, path, body] of tries) expect((await call(method, path, { key, body })).status, path).toBe(403);
    const { data } = await success(get('/v1/events?type=api_key.created', { cookie: us.cookie }));
    expect(data[0].skeleton).toMatchObject({ issuer, rule: 'prod', by: world.service_account, created_by: us.user });
    expect(JSON.stringify(data[0].skeleton)).not.toContain('acme');
    const request = await approved(us, unique());
    const exchanged = await post('/v1/capabilities/exchange', {
      key,
      body: { request: request.id, actor: world.actor, nonce: fresh() },
    });
    expect(exchanged.status, exchanged.text).toBe(200);
  });

  it('is taken once: who steals it afterwards gets nothing', async () => {
    const token = await actions.token(github());
    const [one, other] = await Promise.all([exchange(token), exchange(token)]);
    expect([one.status, other.status].sort()).toEqual([200, 400]);
    refused(await exchange(token));
  });

  it('is taken once under its other signature, too: of an ES256 one anybody makes a second from the first', async () => {
    const curve = await Provider.open('ES256');
    const value = { name: 'Curve', issuer: curve.issuer, purpose: 'workload', rules: rules(), algorithms: ['ES256'] };
    await change(us, 'oidc_issuer', value as never);
    const token = await curve.token(github());
    await success(exchange(token));
    refused(await exchange(otherSignature(token)));
    const unused = await curve.token(github());
    expect((await exchange(otherSignature(unused))).status, 'it is a signature that verifies').toBe(200);
    refused(await exchange(unused));
  });

  it('gets what its rule gives, less where it asks for less, never more', async () => {
    const less = await exchange(await actions.token(github()), { scope: 'requests:read' });
    expect(less.body.scope).toBe('requests:read');
    const key = less.body.access_token;
    expect(
      (await post('/v1/approval-requests', { key, body: { action: 'a.b', resource: 'c:d' }, idempotency: fresh() }))
        .status,
    ).toBe(403);
    refused(await exchange(await actions.token(github()), { scope: 'requests:write admin:read' }), 'invalid_scope');
    const pull = github({ sub: 'repo:acme/shop:pull_request', ref: 'refs/pull/1/merge' });
    expect((await exchange(await actions.token(pull))).body.scope).toBe('requests:read');
  });

  it.each<[string, JsonObject]>([
    ['of another organisation’s repository', { repository: 'evil/shop', sub: 'repo:evil/shop:environment:prod' }],
    [
      'of a repository whose name only begins alike',
      { repository: 'acme-evil/shop', sub: 'repo:acme-evil/shop:environment:prod' },
    ],
    ['whose repository is a list', { repository: ['acme/shop'] }],
    ['for another audience', { aud: 'https://github.com/acme' }],
    ['that has expired', { exp: 1_000_000_000 }],
    ['that is not valid yet', { nbf: 4_000_000_000 }],
    ['of another issuer', { iss: 'https://token.example.com' }],
  ])('%s is not accepted, and why is not told', async (_what, claims) => {
    const answer = await exchange(await actions.token(github(claims)));
    refused(answer);
    expect(answer.body.error_description).toBe('The subject token was not accepted.');
  });

  it('of another key, without a signature, of a provider of people or for an organisation that is not there: the same words', async () => {
    const people = await Provider.open();
    await change(us, 'oidc_issuer', { name: 'People', issuer: people.issuer, purpose: 'people' });
    const forged = await actions.token(github(), {}, await signingKey('RS256', actions.key.kid));
    const good = await actions.token(github());
    const unsigned = `${good.split('.').slice(0, 2).join('.')}.`;
    const nowhere = `${BASE}/o/${world.organization.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}`;
    const answers = [
      await exchange(forged),
      await exchange(unsigned),
      await exchange(await people.token(github())),
      await exchange('garbage'),
      await exchange(await actions.token(github({ aud: nowhere })), { audience: nowhere }),
    ];
    for (const answer of answers) refused(answer);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });
});

describe('the key', () => {
  const key = async (): Promise<string> => (await success(exchange(await actions.token(github())))).access_token;
  const works = async (text: string): Promise<number> => (await get('/v1/approval-requests', { key: text })).status;

  it('ends by itself', async () => {
    const text = await key();
    expect(await works(text)).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    try {
      expect(await works(text)).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends when it is revoked, when its account is disabled, and with any change of its provider', async () => {
    const [one, two] = [await key(), await key()];
    const { data } = await success(get('/v1/events?type=api_key.created', { cookie: us.cookie }));
    await success(call('DELETE', `/v1/api-keys/${data[0].skeleton.key}`, { cookie: us.cookie }));
    expect([await works(one), await works(two)].sort()).toEqual([200, 401]);
    await change(us, 'service_account', { status: 'disabled' }, world.service_account);
    expect([await works(one), await works(two)]).toEqual([401, 401]);
    await change(us, 'service_account', { status: 'active' }, world.service_account);
    const three = await key();
    await change(us, 'oidc_issuer', { rules: rules().slice(1) as never }, issuer);
    expect(await works(three)).toBe(401);
    await change(us, 'oidc_issuer', { rules: rules() as never }, issuer);
    const four = await key();
    await change(us, 'oidc_issuer', { removed: true }, issuer);
    expect(await works(four)).toBe(401);
    refused(await exchange(await actions.token(github())));
  });
});

describe('whoever wrote the rule of a workload', () => {
  const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
rules: [{ id: apart, match: { action: deployment.execute }, verdict: require_approval, separation: owners }]
`;
  const proposedBy = async (by: Member, value: JsonObject, target?: string) =>
    success(
      post('/v1/changes', { cookie: by.cookie, body: { kind: 'oidc_issuer', value, ...(target ? { target } : {}) } }),
    );
  const signedBy = async (by: Member, id: string) => {
    const { cookie } = by;
    const { intent, intent_token, public_key } = await success(post(`/v1/changes/${id}/options`, { cookie, body: {} }));
    const body = { intent, intent_token, assertion: await by.passkey.get(public_key) } as never;
    return success(post(`/v1/changes/${id}/sign`, { cookie, body }));
  };

  it('decides nothing that it asks under separation of owners, whoever signed it or changed something else since', async () => {
    const house = await found('live', POLICY);
    const dana = await owner(house);
    const erin = await member(dana, 'erin@example.com', ['reviewer']);
    await change(dana, 'member', { roles: ['admin'] }, erin.user);
    const provider = await Provider.open();
    const rule = { ...rules()[0]!, service_account: house.service_account };
    const value = { name: 'Actions', issuer: provider.issuer, purpose: 'workload', rules: [rule] } as never;
    const { id } = await proposedBy(dana, value);
    const { target } = await signedBy(erin, id);
    const asked = async () => {
      const aud = `${BASE}/o/${house.organization}`;
      const key = await success(exchange(await provider.token(github({ aud })), { audience: aud }));
      return propose(house, unique(), { id: '', text: key.access_token });
    };
    const first = await asked();
    expect(await decide(dana, first.id)).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
    await change(erin, 'oidc_issuer', { leeway_seconds: 10 }, target);
    const second = await asked();
    expect(await decide(dana, second.id)).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
    expect(await success(decide(erin, second.id))).toMatchObject({ status: 'approved' });
  });
});

describe('the form', () => {
  const whole = { grant_type: EXCHANGE, subject_token: 'x', subject_token_type: JWT };
  it.each<[string, string, () => string]>([
    ['nothing', 'invalid_request', () => ''],
    ['a parameter twice', 'invalid_request', () => `${form({ ...whole, audience: audience() })}&audience=x`],
    ['a broken escape', 'invalid_request', () => `${form({ ...whole, audience: audience() })}&x=%zz`],
    ['another grant', 'unsupported_grant_type', () => form({ ...whole, grant_type: 'client_credentials' })],
    [
      'another kind of token',
      'invalid_request',
      () => form({ ...whole, audience: audience(), subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }),
    ],
    ['an actor token', 'invalid_request', () => form({ ...whole, audience: audience(), actor_token: 'x' })],
    ['no audience', 'invalid_target', () => form(whole)],
    [
      'an audience and a resource',
      'invalid_target',
      () => form({ ...whole, audience: audience(), resource: audience() }),
    ],
    [
      'an audience elsewhere',
      'invalid_target',
      () => form({ ...whole, audience: `https://evil.example.com/o/${world.organization}` }),
    ],
  ])('with %s is refused as %s', async (_what, error, text) => refused(await send(text()), error));

  it('comes as a form, and bounded', async () => {
    refused(await send(JSON.stringify(whole), { 'content-type': 'application/json' }));
    const large = await send(form({ ...whole, audience: audience(), subject_token: 'x'.repeat(70_000) }));
    expect(large.status).toBe(413);
  });
});
