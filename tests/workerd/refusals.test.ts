import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Json, JsonObject } from '../../core/json.ts';
import { SoftwarePasskey } from '../../scripts/software-passkey.ts';
import { history } from './support/history.ts';
import { type Answer, BASE, get, post, success } from './support/house.ts';
import {
  ASK,
  approved,
  change,
  decide,
  exchange,
  found,
  member as join,
  type Member,
  offered,
  owner,
  propose,
  sign,
  type Twist,
  type World,
} from './support/world.ts';

let world: World;
let member: Member;
let other: Member;
beforeAll(async () => {
  world = await found('live');
  member = await owner(world);
  other = await join(member, 'other@example.com', ['reviewer']);
});
afterEach(() => {
  vi.useRealTimers();
});

/** The clock of Worker and objects, that many seconds later; only what asks for the time moves. */
const later = (seconds: number): void => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + seconds * 1000);
};
const refused = (answer: Answer, status: number, code: string): void => {
  expect(answer.body?.code, answer.text).toBe(code);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
};
const read = (id: string) => success(get(`/v1/approval-requests/${id}`, { key: world.agent.text }));

describe('an exchange is refused, and changes nothing,', () => {
  const PRECONDITION = { digest: `sha256:${'1'.repeat(64)}` };
  const OTHER_STATE = { digest: `sha256:${'2'.repeat(64)}` };
  const cases: [why: string, ask: JsonObject, call: JsonObject, status: number, code: string, pointer?: string][] = [
    ['with a changed parameter', {}, { params: { version: 'v2.1.1' } }, 409, 'capability-mismatch', '/params'],
    ['with a parameter more', {}, { params: { version: 'v2.1.0', dry: true } }, 409, 'capability-mismatch', '/params'],
    ['without a parameter', {}, { params: {} }, 409, 'capability-mismatch', '/params'],
    ['without the precondition', { precondition: PRECONDITION }, {}, 412, 'precondition-failed', '/precondition'],
    [
      'in another state',
      { precondition: PRECONDITION },
      { precondition: OTHER_STATE },
      412,
      'precondition-failed',
      '/precondition',
    ],
    ['with a precondition nobody saw', {}, { precondition: PRECONDITION }, 409, 'capability-mismatch', '/precondition'],
  ];
  for (const [why, ask, call, status, code, pointer] of cases)
    it(why, async () => {
      const { id } = await approved(member, { action: 'case.of', ...ask });
      const answer = await exchange(world, id, call);
      refused(answer, status, code);
      expect(answer.body.errors[0].pointer).toBe(pointer);
      expect((await read(id)).status).toBe('approved');
    });

  it('as another actor, even one that the key may be', async () => {
    const { id } = await approved(member);
    refused(await exchange(world, id, { actor: 'service-account:stranger' }), 409, 'capability-mismatch');
    const ours = { actor: 'service-account:release-bot' };
    refused(await exchange(world, id, ours, world.stranger), 404, 'not-found');
    expect((await read(id)).status).toBe('approved');
  });

  it('by a key of the same account that may only read', async () => {
    const { id } = await approved(member);
    const value = { service_account: world.service_account, name: 'reader', scopes: ['requests:read'] };
    const reader = { id: '', text: (await change(member, 'api_key', value)).secret };
    expect((await get(`/v1/approval-requests/${id}`, { key: reader.text })).status).toBe(200);
    refused(await exchange(world, id, {}, reader), 403, 'forbidden');
    expect((await read(id)).status).toBe('approved');
  });

  it('a second time with another nonce or another key', async () => {
    const { id } = await approved(member);
    await success(exchange(world, id, { nonce: 'one' }));
    refused(await exchange(world, id, { nonce: 'two' }), 409, 'capability-spent');
    refused(await exchange(world, id, { nonce: 'one' }, world.twin), 409, 'capability-spent');
    expect((await exchange(world, id, { nonce: 'one' })).status).toBe(200);
  });

  it('once the capability has expired', async () => {
    const { id } = await approved(member);
    later(601);
    refused(await exchange(world, id), 409, 'capability-expired');
    expect(await read(id)).toMatchObject({ status: 'expired', capability: { status: 'expired' } });
    expect((await history(world, id)).types.at(-1)).toBe('capability.expired');
  });

  it('once the capability was revoked, also when it is held already', async () => {
    const [fresh, held] = [await approved(member), await approved(member)];
    await success(exchange(world, held.id));
    for (const { id } of [fresh, held]) {
      await success(post(`/v1/approval-requests/${id}/revoke`, { cookie: member.cookie, body: {} }));
      refused(await exchange(world, id), 409, 'capability-revoked');
    }
  });

  it('before anybody decided, and after somebody rejected', async () => {
    const { id } = await propose(world, { action: 'soon.rejected' });
    refused(await exchange(world, id), 409, 'illegal-transition');
    await success(decide(member, id, { decision: 'reject', comment: 'no' }));
    refused(await exchange(world, id), 409, 'already-decided');
  });

  it('by a session, by a verifier and by nobody', async () => {
    const { id } = await approved(member);
    const body = { request: id, actor: world.actor, nonce: 'n' };
    refused(await post('/v1/capabilities/exchange', { cookie: member.cookie, body }), 403, 'forbidden');
    refused(await post('/v1/capabilities/exchange', { key: world.verifier.text, body }), 404, 'not-found');
    refused(await post('/v1/capabilities/exchange', { body }), 401, 'unauthenticated');
    refused(
      await post('/v1/capabilities/exchange', { key: `${world.agent.text.slice(0, -1)}0`, body }),
      401,
      'unauthenticated',
    );
  });
});

describe('what was rejected', () => {
  it('is refused for ten minutes when it is asked again, and then asked about anew', async () => {
    const ask = { action: 'asked.again' };
    const { id } = await propose(world, ask);
    await success(decide(member, id, { decision: 'reject', comment: 'no' }));
    const again = () => post('/v1/approval-requests', { key: world.agent.text, body: { ...ASK, ...ask } });
    await vi.waitUntil(async () => (await again()).status === 409, { timeout: 5_000 });
    const early = await again();
    refused(early, 409, 'recently-rejected');
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(early.body).not.toHaveProperty('request');
    later(601);
    expect((await again()).status).toBe(201);
  });
});

describe('what was rejected and is asked again', () => {
  it('is answered with the request that was rejected and its reason, to the same service account alone', async () => {
    const ask = { action: 'asked.thrice' };
    const { id } = await propose(world, ask);
    await success(decide(member, id, { decision: 'reject', comment: 'Ask the customer first.' }));
    const again = ({ text }: { text: string }) =>
      post('/v1/approval-requests', { key: text, body: { ...ASK, ...ask, actor: world.actor } });
    await vi.waitUntil(async () => (await again(world.agent)).status === 409, { timeout: 5_000 });
    for (const key of [world.agent, world.twin]) {
      const { body } = await again(key);
      expect(body).toMatchObject({
        code: 'recently-rejected',
        approval_request: { id, status: 'rejected', rejection_reason: 'Ask the customer first.' },
      });
    }
    const other = await again(world.stranger);
    refused(other, 409, 'recently-rejected');
    expect(other.text).not.toContain(id);
    expect(other.text).not.toContain('customer');
  });
});

describe('what is stopped or denied now', () => {
  it('is not decided, not exchanged, and a stop revokes what it touches', async () => {
    const stopped = await found('live');
    const boss = await owner(stopped);
    const [held, open] = [await approved(boss), await propose(stopped)];
    const offer = await success(offered(boss, open.id));
    const stop = { target_kind: 'actor', target: stopped.actor, reason: 'it runs wild' };
    await success(post('/v1/stops', { cookie: boss.cookie, body: stop }));
    refused(await exchange(stopped, held.id), 403, 'stopped');
    refused(await sign(boss, open.id, offer), 403, 'stopped');
    const key = stopped.admin.text;
    expect((await success(get(`/v1/approval-requests/${held.id}`, { key }))).status).toBe('canceled');
    expect((await history(stopped, held.id)).types.at(-1)).toBe('capability.revoked');
    expect((await success(get(`/v1/approval-requests/${open.id}`, { key }))).status).toBe('pending');
  });

  it('is refused by the deny of the current policy, and keeps its state', async () => {
    const denied = await found('live');
    const boss = await owner(denied);
    const [held, open] = [await approved(boss), await propose(denied)];
    const offer = await success(offered(boss, open.id));
    const source = 'version: 1\nrules: [{ id: frozen, match: { action: "**" }, verdict: deny }]\n';
    await change(boss, 'policy', { source });
    refused(await exchange(denied, held.id), 403, 'policy-denies');
    refused(await sign(boss, open.id, offer), 403, 'policy-denies');
    const key = denied.admin.text;
    expect((await success(get(`/v1/approval-requests/${held.id}`, { key }))).status).toBe('approved');
    expect((await success(get(`/v1/approval-requests/${open.id}`, { key }))).status).toBe('pending');
  });
});

describe('a decision is refused, and nothing is decided,', () => {
  let id: string;
  let offer: Answer['body'];
  beforeAll(async () => {
    ({ id } = await propose(world, { action: 'never.decided' }));
    offer = await success(offered(member, id));
  });
  const attempt = (twist: Twist, who = member) => sign(who, id, offer, twist);
  afterEach(async () => {
    if (id) expect((await read(id)).status).toBe('pending');
  });

  const broken: [string, Twist['knobs']][] = [
    ['without user verification', { userVerified: false }],
    ['without user presence', { userPresent: false }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from another origin with our name in it', { origin: `${BASE}.evil.example` }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['with the answer of a registration', { type: 'webauthn.create' }],
    ['over another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['with a bogus signature', { bogusSignature: true }],
    ['from inside a foreign frame', { crossOrigin: true }],
    ['under a foreign top page', { topOrigin: 'https://evil.example' }],
    ['with the user handle of nobody', { userHandle: 'AAAA' }],
    ['with a credential that is not there', { credentialId: 'AAAA' }],
  ];
  for (const [why, knobs] of broken)
    it(why, async () => {
      refused(await attempt({ knobs }), 401, 'ceremony-failed');
    });

  it("with another member's passkey, whoever sends it", async () => {
    refused(await attempt({ cookie: member.cookie }, other), 401, 'ceremony-failed');
    const answer = await attempt({ cookie: other.cookie }, other);
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
    expect(['ceremony-failed', 'intent-mismatch', 'not-eligible', 'forbidden']).toContain(answer.body.code);
  });

  it("with another member's session around my signature", async () => {
    const answer = await attempt({ cookie: other.cookie });
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
  });

  it('with a passkey that nobody enrolled', async () => {
    const stranger = await SoftwarePasskey.make(BASE);
    stranger.userHandle = member.passkey.userHandle;
    refused(await attempt({}, { ...member, passkey: stranger }), 401, 'ceremony-failed');
    stranger.credentialId = member.passkey.credentialId;
    refused(await attempt({}, { ...member, passkey: stranger }), 401, 'ceremony-failed');
  });

  it('with a sign-in assertion, and with a sign-in intent', async () => {
    const sign_in = await success(post('/v1/session/options', { body: {} }));
    const assertion = await member.passkey.get(sign_in.public_key);
    refused(await attempt({ bend: (body) => ({ ...body, assertion }) }), 401, 'ceremony-failed');
    const { intent, intent_token } = sign_in;
    refused(await attempt({ bend: () => ({ intent, intent_token, assertion }) }), 403, 'intent-mismatch');
  });

  it('with the assertion of another decision, on this or another request', async () => {
    const reject = await success(offered(member, id, { decision: 'reject', comment: 'no' }));
    const rejecting = await member.passkey.get(reject.public_key);
    refused(await attempt({ bend: (body) => ({ ...body, assertion: rejecting }) }), 401, 'ceremony-failed');
    const elsewhere = await propose(world, { action: 'some.thing.else' });
    const mine = await sign(member, elsewhere.id, offer);
    refused(mine, 403, 'intent-mismatch');
    expect((await read(elsewhere.id)).status).toBe('pending');
  });

  it('with any one field of the intent changed', async () => {
    const fields = [...places(offer.intent)];
    expect(fields.length).toBeGreaterThan(20);
    for (const path of fields) {
      const intent = changed(offer.intent, path);
      refused(await attempt({ bend: (body) => ({ ...body, intent }) }), 403, 'intent-mismatch');
    }
    const more = { ...offer.intent, more: 1 };
    refused(await attempt({ bend: (body) => ({ ...body, intent: more }) }), 403, 'intent-mismatch');
  });

  it('with any one field of the intent changed and the passkey made to sign exactly that', async () => {
    const { challengeText } = await import('../../core/intent.ts');
    for (const path of [['decision'], ['scope', 'ttl_seconds'], ['action_digest'], ['reviewer'], ['request']]) {
      const intent = changed(offer.intent, path);
      const knobs = { challenge: challengeText(intent as never) };
      refused(await attempt({ knobs, bend: (body) => ({ ...body, intent }) }), 403, 'intent-mismatch');
    }
  });

  it('with another comment than the one that was signed', async () => {
    const said = await success(offered(member, id, { comment: 'this' }));
    refused(await sign(member, id, said, { comment: 'that' }), 403, 'intent-mismatch');
    refused(await sign(member, id, said), 403, 'intent-mismatch');
    refused(await attempt({ comment: 'unsigned' }), 403, 'intent-mismatch');
  });

  it('with a token of another server or none', async () => {
    const forged = `${offer.intent_token.slice(0, -2)}${offer.intent_token.endsWith('AA') ? 'BB' : 'AA'}`;
    refused(await attempt({ bend: (body) => ({ ...body, intent_token: forged }) }), 403, 'intent-mismatch');
    refused(await attempt({ bend: (body) => ({ ...body, intent_token: '' }) }), 403, 'intent-mismatch');
    refused(await attempt({ bend: ({ intent_token: _, ...body }) => body }), 400, 'invalid-request');
  });

  it('with an API key, whatever its scopes', async () => {
    for (const key of [world.agent.text, world.admin.text]) refused(await attempt({ key }), 403, 'forbidden');
    const options = await post(`/v1/approval-requests/${id}/decisions/options`, {
      key: world.admin.text,
      body: { decision: 'approve' },
    });
    refused(options, 403, 'forbidden');
  });

  it('with a wider scope than policy computed', async () => {
    const wider = await offered(member, id, { scope: { ttl_seconds: 601 } });
    refused(wider, 403, 'scope-exceeded');
    expect(wider.body.errors[0].pointer).toBe('/scope/ttl_seconds');
  });

  it('after the two minutes of the ceremony', async () => {
    later(121);
    refused(await attempt({}), 403, 'intent-expired');
  });

  it('from another site, however good the ceremony is', async () => {
    const assertion = await member.passkey.get(offer.public_key);
    const body = { intent: offer.intent, intent_token: offer.intent_token, assertion } as never;
    const path = `/v1/approval-requests/${id}/decisions`;
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<
      string,
      string
    >[]) {
      refused(await post(path, { cookie: member.cookie, body, headers }), 403, 'forbidden');
    }
  });
});

describe('a decision', () => {
  it('repeated with the same signature is answered the same, and by another it is refused', async () => {
    const { id } = await propose(world);
    const offer = await success(offered(member, id));
    const assertion = await member.passkey.get(offer.public_key);
    const body = { intent: offer.intent, intent_token: offer.intent_token, assertion } as never;
    const path = `/v1/approval-requests/${id}/decisions`;
    const first = await success(post(path, { cookie: member.cookie, body }));
    const second = await post(path, { cookie: member.cookie, body });
    expect(second.status, second.text).toBe(200);
    expect(second.body.decisions).toEqual(first.decisions);
    const foreign = await post(path, { cookie: other.cookie, body });
    expect(foreign.status, foreign.text).toBeGreaterThanOrEqual(400);
    expect((await history(world, id)).types.filter((type) => type === 'approval.decided')).toHaveLength(1);
  });

  it('after the end of the request is refused, whatever it says', async () => {
    const { id } = await propose(world);
    const offer = await success(offered(member, id));
    await success(post(`/v1/approval-requests/${id}/cancel`, { key: world.agent.text, body: {} }));
    refused(await sign(member, id, offer), 409, 'already-decided');
    refused(await offered(member, id), 409, 'already-decided');
  });

  it('to approve after a rejection is refused, though the vote before it released nothing', async () => {
    const { id } = await propose(world, { action: 'first.rejected' });
    const offer = await success(offered(member, id));
    await success(decide(other, id, { decision: 'reject', comment: 'no' }));
    refused(await sign(member, id, offer), 409, 'already-decided');
  });

  it('after the deadline finds the request expired', async () => {
    const { id } = await propose(world, { expires_in: 30 });
    const offer = await success(offered(member, id));
    later(31);
    refused(await sign(member, id, offer), 409, 'already-decided');
    expect(await read(id)).toMatchObject({ status: 'expired', decided_by: 'clock' });
    expect((await history(world, id)).types).toEqual(['approval.requested', 'approval.expired']);
  });

  it('takes effect with a narrower scope, and the capability has it', async () => {
    const { id } = await propose(world);
    const scope = { ttl_seconds: 60, enforce: 'consume' as const };
    const request = await success(decide(member, id, { scope }));
    expect(request.capability.scope).toMatchObject(scope);
    expect((await success(exchange(world, id))).authorization_details[0].enforce).toBe('consume');
  });

  it('by somebody who joined after the request was made does not count', async () => {
    const { id } = await propose(world);
    const late = await join(member, 'late@example.com', ['reviewer']);
    refused(await decide(late, id), 403, 'not-eligible');
    expect((await read(id)).status).toBe('pending');
  });

  it('needs the comment that policy asks for', async () => {
    const { id } = await propose(world, { action: 'with.reasons' });
    const answer = await decide(member, id);
    refused(answer, 400, 'invalid-request');
    expect(answer.body.errors[0].pointer).toBe('/comment');
    expect((await success(decide(member, id, { comment: 'because' }))).status).toBe('approved');
  });
});

/** Every place of a value, as a path. */
function* places(value: Json, path: string[] = []): Generator<string[]> {
  if (path.length > 0) yield path;
  if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) yield* places(member, [...path, key]);
}

/** The value with something else at one place. */
function changed(value: JsonObject, path: string[]): JsonObject {
  const copy = structuredClone(value);
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as JsonObject, copy);
  const last = path.at(-1)!;
  const was = parent[last];
  const swap: Record<string, Json> = { approve: 'reject', offline: 'consume' };
  parent[last] =
    typeof was === 'number'
      ? was + 1
      : typeof was === 'boolean'
        ? !was
        : typeof was === 'string'
          ? (swap[was] ?? `${was}x`)
          : 'x';
  return copy;
}
