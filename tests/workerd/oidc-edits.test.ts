// Votes by a token and edits: a token signs the action as it stands, edits nothing, and what it signed before an edit
// counts no more. And a token that names no key: taken if exactly one key can have signed it.
import { beforeAll, describe, expect, it } from 'vitest';
import { type EvidenceBundle, verifyEvidence } from '../../core/evidence.ts';
import type { JsonObject } from '../../core/json.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { until } from '../support/until.ts';
import { type Answer, BASE, env, get, post, success } from './support/house.ts';
import { Provider, type SigningKey, signingKey } from './support/provider.ts';
import { change, decide, found, type Member, member, owner, propose, unique, type World } from './support/world.ts';

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low, verify: oidc }
rules:
  - { id: two, match: { action: refund.two }, verdict: require_approval, edits: narrow, approvals: [{ from: ["role:owner", "role:reviewer"], count: 2 }] }
parameters:
  - action: "refund.*"
    schema: { type: object, properties: { amount: { type: integer, narrow: lower } } }
`;
const AUDIENCE = 'assentry-approvals';

let world: World;
let boss: Member;
let other: Member;
let provider: Provider;
beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
  other = await member(boss, 'other@example.com', ['reviewer']);
  provider = await Provider.open();
  await trusted(provider, boss, 'boss');
});

/** A provider of people, and who somebody is there beside what they are already. */
async function trusted(by: Provider, who: Member, subject: string, algorithms = ['RS256']): Promise<void> {
  const value = { name: 'Company', issuer: by.issuer, purpose: 'people', audience: AUDIENCE, algorithms };
  const { target: issuer } = await change(boss, 'oidc_issuer', value);
  const { data } = await success(get('/v1/members', { cookie: boss.cookie }));
  const linked = data.find(({ id }: JsonObject) => id === who.user).identities ?? [];
  const identities = linked.map((one: JsonObject) => ({ issuer: one.issuer, subject: one.subject }));
  await change(boss, 'member', { identities: [...identities, { issuer, subject }] }, who.user);
}

const path = (id: string): string => `/v1/approval-requests/${id}/decisions`;
const offer = (id: string, more: JsonObject = {}): Promise<Answer> =>
  post(`${path(id)}/options`, {
    key: world.admin.text,
    body: { decision: 'approve', reviewer: boss.user, ...more },
  });
async function send(id: string, offered: Answer['body'], token?: string): Promise<Answer> {
  const { intent, intent_token, nonce } = offered;
  const oidc_token = token ?? (await provider.token({ aud: AUDIENCE, sub: 'boss', nonce }));
  return post(path(id), { key: world.admin.text, body: { intent, intent_token, oidc_token } });
}
const ask = (params: JsonObject = { amount: 100 }) =>
  propose(world, { ...unique(), action: 'refund.two', params }) as Promise<{ id: string }>;

async function edit(by: Member, id: string, params: JsonObject): Promise<void> {
  const at = `/v1/approval-requests/${id}/edit`;
  const { intent, intent_token, public_key } = await success(
    post(`${at}/options`, { cookie: by.cookie, body: { params } }),
  );
  const assertion = await by.passkey.get(public_key);
  await success(post(at, { cookie: by.cookie, body: { intent, intent_token, assertion } as never }));
}
const statusOf = async (id: string): Promise<string> =>
  (await success(get(`/v1/approval-requests/${id}`, { cookie: boss.cookie }))).status;

describe('a vote by a token and an edit', () => {
  it('given before it is void; signed anew over what is left it counts, and its evidence verifies', async () => {
    const { id } = await ask();
    await success(send(id, await success(offer(id))));
    await edit(other, id, { amount: 60 });
    expect(await success(decide(other, id))).toMatchObject({ status: 'pending' });
    const offered = await success(offer(id));
    expect(offered.intent.edited).toMatchObject({ params: { amount: 60 } });
    const approved = await success(send(id, offered));
    expect(approved).toMatchObject({ status: 'approved', effective: { params: { amount: 60 } } });
    expect(approved.decisions.map((vote: JsonObject) => [(vote.assurance as JsonObject).method, vote.void])).toEqual([
      ['oidc', true],
      [expect.not.stringContaining('oidc'), false],
      ['oidc', false],
    ]);
    expect(await failures(id)).toEqual([]);
  });

  it('offered before it is refused after it: the token is over another action', async () => {
    const { id } = await ask();
    const offered = await success(offer(id));
    await edit(other, id, { amount: 60 });
    expect(await send(id, offered)).toMatchObject({ status: 403, body: { code: 'intent-mismatch' } });
    expect(await success(decide(other, id))).toMatchObject({ status: 'pending', decisions: [{ void: false }] });
  });

  it('is never the edit itself: neither offered to a key nor taken where a session was offered one', async () => {
    const { id } = await ask();
    const params = { amount: 60 };
    expect(await offer(id, { params })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const asked = { cookie: boss.cookie, body: { decision: 'approve', params } };
    const session = await success(post(`${path(id)}/options`, asked));
    expect(session).not.toHaveProperty('nonce');
    // The challenge of an intent is what a token's nonce would be.
    const nonce = session.public_key.challenge;
    const token = await provider.token({ aud: AUDIENCE, sub: 'boss', nonce });
    const { intent, intent_token } = session;
    const body = { intent, intent_token, oidc_token: token };
    for (const by of [{ key: world.admin.text }, { cookie: boss.cookie }])
      expect(await post(path(id), { ...by, body })).toMatchObject({ status: 403, body: { code: 'passkey-required' } });
    expect(await statusOf(id)).toBe('pending');
    const { edits, decisions } = await success(get(`/v1/approval-requests/${id}`, { cookie: boss.cookie }));
    expect([edits, decisions]).toEqual([[], []]);
  });

  async function failures(id: string): Promise<object[]> {
    const text = await until(async () => {
      const answer = await get(`/v1/approval-requests/${id}/evidence`, { cookie: boss.cookie });
      return answer.status === 200 ? answer.text : null;
    });
    const keys = await success(get('/v1/ledger/key'));
    const anchors = {
      ...{ log_key: keys.verifier_key, receipt_key: keys.receipt_keys[0].public_key },
      ...{ organization: world.organization, origin: BASE, rp_id: env.RP_ID },
    };
    expect((JSON.parse(text) as EvidenceBundle).events.length).toBeGreaterThan(0);
    return (await verifyEvidence(text, anchors, webCrypto)).claims.filter(({ status }) => status === 'failed');
  }
});

describe('a token that names no key', () => {
  /** What becomes of it where the provider publishes these keys beside its own. */
  async function withoutKid(others: SigningKey[], bend: (p: Provider) => SigningKey = (p) => p.key): Promise<Answer> {
    const fresh = await Provider.open();
    await fresh.publish([...others.map(({ jwk }) => jwk), fresh.key.jwk]);
    await trusted(fresh, boss, 'me', ['RS256', 'ES256']);
    const { id } = await ask();
    const offered = await success(offer(id));
    const claims = { aud: AUDIENCE, sub: 'me', nonce: offered.nonce };
    const answer = await send(id, offered, await fresh.token(claims, { kid: undefined }, bend(fresh)));
    if (answer.status >= 400) expect(await statusOf(id)).toBe('pending');
    return answer;
  }

  it('is taken where the provider has one key', async () => {
    const answer = await withoutKid([]);
    expect(answer, answer.text).toMatchObject({ status: 200 });
    expect(answer.body.decisions).toMatchObject([{ assurance: { method: 'oidc' } }]);
  });

  it('is taken where one key alone is of its algorithm', async () => {
    expect(await withoutKid([await signingKey('ES256')])).toMatchObject({ status: 200 });
  });

  it('is refused where two keys could be meant, though one of them signed it', async () => {
    const answer = await withoutKid([await signingKey('RS256')]);
    expect(answer).toMatchObject({ status: 401, body: { code: 'token-refused' } });
  });

  it('is refused where the one key did not sign it, and where none is of its algorithm', async () => {
    const [same, another] = [await signingKey('RS256'), await signingKey('ES256')];
    for (const key of [same, another])
      expect(await withoutKid([], () => key)).toMatchObject({ status: 401, body: { code: 'token-refused' } });
  });
});
