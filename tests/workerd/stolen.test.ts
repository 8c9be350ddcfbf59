// What a thief of a session or of an API key of a live organisation can do: read, and narrow. Never decide, enrol,
// publish, invite or lift a stop.
import { beforeAll, describe, expect, it } from 'vitest';
import { instantAt } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import { SoftwarePasskey } from '../../scripts/software-passkey.ts';
import { type Answer, BASE, call, get, post, success } from './support/house.ts';
import {
  change,
  enrol,
  found,
  internal,
  member as join,
  type Member,
  offered,
  owner,
  propose,
  sign,
  type World,
} from './support/world.ts';

let world: World;
let member: Member;
let stop: string;
let thief: SoftwarePasskey;
let colleague: string;
beforeAll(async () => {
  world = await found('live');
  member = await owner(world);
  const target = { target_kind: 'actor', target: 'agent:wild', reason: 'it runs wild' };
  const set = await success(post('/v1/stops', { cookie: member.cookie, body: target }));
  stop = set.id;
  colleague = (await join(member, 'colleague@example.com', ['reviewer'])).user;
  thief = await SoftwarePasskey.make(BASE);
  thief.userHandle = member.passkey.userHandle;
});

const refused = (answer: Answer, status: number, code: string): void => {
  expect([answer.status, answer.body?.code], answer.text).toEqual([status, code]);
};
/** All that a thief wants to be different afterwards. */
async function everything(): Promise<string> {
  const paths = [
    '/v1/policy',
    '/v1/members',
    '/v1/api-keys',
    '/v1/service-accounts',
    '/v1/stops',
    '/v1/invitations',
    '/v1/groups',
    '/v1/delegations',
    '/v1/oidc-issuers',
  ];
  const texts = await Promise.all(paths.map(async (path) => (await get(path, { cookie: member.cookie })).text));
  return texts.join('\n').replace(/"last_used_at":("[^"]*"|null)/g, '');
}

const WANTED: [what: string, kind: string, value: () => JsonObject, target?: () => string][] = [
  [
    'publish a policy',
    'policy',
    () => ({ source: 'version: 1\nrules: [{ id: all, match: { action: "**" }, verdict: allow }]\n' }),
  ],
  ['invite somebody', 'invitation', () => ({ name: 'Thief', email: 'thief@example.com', roles: ['owner'] })],
  [
    'make a key',
    'api_key',
    () => ({ service_account: world.service_account, name: 'mine', scopes: ['requests:write'] }),
  ],
  ['make a service account', 'service_account', () => ({ name: 'mine', actors: ['agent:mine'] })],
  ['start a recovery', 'recovery', () => ({ reason: 'lost' }), () => member.user],
  [
    'trust a provider of its own',
    'oidc_issuer',
    () => ({ name: 'Mine', issuer: 'https://evil.example.com', purpose: 'people' }),
  ],
  ['make a group', 'group', () => ({ name: 'mine', members: [] })],
  ['lift a stop', 'stop_lift', () => ({ reason: 'please' }), () => stop],
];

/** What a thief wants of whoever is signed in. */
const OWN: typeof WANTED = [
  ['lend the right to decide', 'delegation', () => ({ to: colleague, expires_at: instantAt(Date.now() + 86_400_000) })],
];

describe('a stolen session', () => {
  for (const [what, kind, value, target] of [...WANTED, ...OWN])
    it(`cannot ${what}: the change waits for a passkey`, async () => {
      const before = await everything();
      const body = { kind, value: value(), ...(target ? { target: target() } : {}) };
      const proposed = await success(post('/v1/changes', { cookie: member.cookie, body }));
      expect(proposed).toMatchObject({ status: 'proposed' });
      expect(proposed.secret ?? null).toBeNull();
      const path = `/v1/changes/${proposed.id}`;
      const offer = await success(post(`${path}/options`, { cookie: member.cookie, body: {} }));
      const signed = { intent: offer.intent, intent_token: offer.intent_token };
      for (const assertion of [await thief.get(offer.public_key), await forged(offer)]) {
        refused(
          await post(`${path}/sign`, { cookie: member.cookie, body: { ...signed, assertion } as never }),
          401,
          'ceremony-failed',
        );
      }
      expect((await post(`${path}/sign`, { cookie: member.cookie, body: signed as never })).status).toBe(400);
      expect(await everything()).toBe(before);
      expect((await success(get(path, { cookie: member.cookie }))).status).toBe('proposed');
    });

  const forged = (offer: Answer['body']) => thief.get(offer.public_key, { credentialId: member.passkey.credentialId });

  it('cannot decide', async () => {
    const { id } = await propose(world);
    const offer = await success(offered(member, id));
    refused(await sign({ ...member, passkey: thief }, id, offer), 401, 'ceremony-failed');
    expect((await success(get(`/v1/approval-requests/${id}`, { cookie: member.cookie }))).status).toBe('pending');
  });

  it('cannot enrol a passkey: an enrolled one must vouch for it', async () => {
    const before = await everything();
    const offer = await success(post('/v1/passkeys/options', { cookie: member.cookie, body: {} }));
    const mine = await SoftwarePasskey.make(BASE);
    const response = await mine.create(offer.public_key);
    const body = { intent: offer.intent, intent_token: offer.intent_token, response, name: 'mine' };
    const taken = await post('/v1/passkeys', { cookie: member.cookie, body: body as never });
    expect(taken.status, taken.text).toBe(202);
    const { intent, intent_token } = taken.body;
    const assertion = await mine.get(taken.body.public_key);
    refused(
      await post('/v1/passkeys', { cookie: member.cookie, body: { intent, intent_token, assertion } as never }),
      401,
      'ceremony-failed',
    );
    expect(await everything()).toBe(before);
    const vouched = await member.passkey.get(taken.body.public_key);
    const honest = { intent, intent_token, assertion: vouched } as never;
    expect((await post('/v1/passkeys', { cookie: member.cookie, body: honest })).status).toBe(201);
  });

  it('cannot use a change that somebody signed for another', async () => {
    const [one, other] = await Promise.all(
      ['One', 'Other'].map((name) =>
        success(post('/v1/changes', { cookie: member.cookie, body: { kind: 'organization', value: { name } } })),
      ),
    );
    const offer = await success(post(`/v1/changes/${one.id}/options`, { cookie: member.cookie, body: {} }));
    const assertion = await member.passkey.get(offer.public_key);
    const body = { intent: offer.intent, intent_token: offer.intent_token, assertion } as never;
    refused(await post(`/v1/changes/${other.id}/sign`, { cookie: member.cookie, body }), 403, 'intent-mismatch');
    expect((await success(get(`/v1/changes/${other.id}`, { cookie: member.cookie }))).status).toBe('proposed');
  });
});

describe('a stolen admin key', () => {
  for (const [what, kind, value, target] of WANTED)
    it(`cannot ${what}: the change waits for a person`, async () => {
      const before = await everything();
      const key = world.admin.text;
      const body = { kind, value: value(), ...(target ? { target: target() } : {}) };
      const proposed = await success(post('/v1/changes', { key, body }));
      expect(proposed).toMatchObject({ status: 'proposed' });
      expect(proposed.secret ?? null).toBeNull();
      refused(await post(`/v1/changes/${proposed.id}/options`, { key, body: {} }), 403, 'forbidden');
      expect(await everything()).toBe(before);
    });

  it('cannot lend anybody’s right to decide, not even as a proposal', async () => {
    for (const [, kind, value] of OWN)
      refused(await post('/v1/changes', { key: world.admin.text, body: { kind, value: value() } }), 403, 'forbidden');
  });

  it('cannot decide, enrol, stop, revoke or end', async () => {
    const { id } = await propose(world);
    const key = world.admin.text;
    const tries: [string, string, JsonObject | undefined][] = [
      ['POST', `/v1/approval-requests/${id}/decisions/options`, { decision: 'approve' }],
      ['POST', `/v1/approval-requests/${id}/expire`, {}],
      ['POST', `/v1/approval-requests/${id}/revoke`, {}],
      ['POST', '/v1/passkeys/options', {}],
      ['POST', '/v1/stops', { target_kind: 'actor', target: 'agent:x', reason: 'x' }],
      ['DELETE', `/v1/members/${member.user}`, undefined],
      ['DELETE', `/v1/api-keys/${world.twin.id}`, undefined],
    ];
    for (const [method, path, body] of tries) {
      const answer = await call(method, path, { key, body });
      expect([401, 403], `${path}: ${answer.text}`).toContain(answer.status);
    }
    expect((await success(get(`/v1/approval-requests/${id}`, { key }))).status).toBe('pending');
  });

  it('without its scope cannot even propose a change or read what is not its own', async () => {
    const key = world.agent.text;
    refused(await post('/v1/changes', { key, body: { kind: 'organization', value: { name: 'X' } } }), 403, 'forbidden');
    for (const path of ['/v1/members', '/v1/events', '/v1/api-keys'])
      refused(await get(path, { key }), 403, 'forbidden');
    const { id } = await propose(world, { actor: 'service-account:stranger' }, world.stranger);
    refused(await get(`/v1/approval-requests/${id}`, { key }), 404, 'not-found');
  });
});

describe('a link', () => {
  it('is used once, and a second set-up is not possible while there is an owner', async () => {
    const fresh = await found('live');
    const { url } = await success(internal('/v1/internal/setup-link', { organization: fresh.organization }));
    const second = await success(internal('/v1/internal/setup-link', { organization: fresh.organization }));
    await enrol(fresh, url);
    for (const link of [url, second.url]) {
      const token = new URL(link).hash.replace('#token=', '');
      const answer = await post('/v1/passkeys/options', { body: { token } });
      expect(answer.status, answer.text).toBe(409);
      expect(['token-used', 'owner-present']).toContain(answer.body.code);
    }
  });

  it('of an invitation is used once, and gives exactly the roles that were signed', async () => {
    const { secret } = await change(member, 'invitation', {
      name: 'Eve',
      email: 'eve@example.com',
      roles: ['auditor'],
    });
    const eve = await enrol(world, secret);
    const me = await success(get('/v1/session', { cookie: eve.cookie }));
    expect(me.user.roles).toEqual(['auditor']);
    await expect(enrol(world, secret)).rejects.toThrow(/token-used/);
    const { id } = await propose(world);
    const offer = await offered(eve, id);
    const answer = offer.status >= 300 ? offer : await sign(eve, id, offer.body);
    refused(answer, 403, 'not-eligible');
  });

  it('that was changed by a letter is refused like one that was used', async () => {
    const { url } = await success(
      internal('/v1/internal/setup-link', { organization: (await found('live')).organization }),
    );
    const token = new URL(url).hash.replace('#token=', '');
    for (const bent of [`${token}A`, token.slice(1), token.replace('.', '..'), `${token.slice(0, -3)}AAA`]) {
      const answer = await post('/v1/passkeys/options', { body: { token: bent } });
      refused(answer, 409, 'token-used');
    }
  });
});
