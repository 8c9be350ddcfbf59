// OpenID providers and the people linked to them: by signed changes alone, nothing that could prove too much.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Answer, env, get, post, success } from './support/house.ts';
import { change, found, fresh, type Member, member, owner, type World } from './support/world.ts';

let world: World;
let us: Member;
beforeAll(async () => {
  world = await found('live');
  us = await owner(world);
});

let issuers = 0;
const people = (more: JsonObject = {}): JsonObject => ({
  ...{ name: 'Company', issuer: `https://login.example.com/${issuers++}`, purpose: 'people' },
  ...more,
});
const rule = (more: JsonObject = {}): JsonObject => ({
  ...{ id: 'release', claims: { sub: 'repo:acme/shop:environment:prod' }, service_account: world.service_account },
  ...{ scopes: ['requests:write'], ttl_seconds: 900, ...more },
});
const workload = (more: JsonObject = {}): JsonObject => ({
  ...{ name: 'Actions', issuer: `https://token.example.com/${issuers++}`, purpose: 'workload', rules: [rule()] },
  ...more,
});
const propose = (kind: string, value: JsonObject, target?: string): Promise<Answer> =>
  post('/v1/changes', { cookie: us.cookie, body: { kind, value, ...(target === undefined ? {} : { target }) } });

describe('a provider', () => {
  it('is trusted once a passkey signed for it, with safe settings where none are given', async () => {
    const value = people();
    const proposed = await success(propose('oidc_issuer', value));
    const listed = async () => (await success(get('/v1/oidc-issuers', { cookie: us.cookie }))).data;
    expect(await listed()).not.toContainEqual(expect.objectContaining({ issuer: value.issuer }));
    expect(proposed.diff[0]).toBe('Creates the identity provider Company.');
    const { target } = await change(us, 'oidc_issuer', value);
    const known = (await listed()).find(({ id }: { id: string }) => id === target);
    expect(known).toMatchObject({
      ...value,
      ...{ algorithms: ['RS256'], leeway_seconds: 30, jwks_uri: null, rules: [], group_mappings: {} },
    });
    expect(known.audience).toMatch(new RegExp(`/o/${world.organization}$`));
    const { data } = await success(
      get(`/v1/events?object=${world.organization}&type=oidc_issuer.updated`, { cookie: us.cookie }),
    );
    expect(data[0].skeleton).toMatchObject({ issuer: target, purpose: 'people', removed: false });
    await change(us, 'oidc_issuer', { removed: true }, target);
    expect(await listed()).not.toContainEqual(expect.objectContaining({ id: target }));
  });

  it('keeps its address and its purpose, and is there once', async () => {
    const value = people();
    const { target } = await change(us, 'oidc_issuer', value);
    for (const [body, to] of [
      [{ issuer: 'https://other.example.com' }, target],
      [{ purpose: 'workload' }, target],
      [workload({ issuer: value.issuer! }), undefined],
    ] as [JsonObject, string | undefined][])
      expect(await propose('oidc_issuer', body, to)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });

  it.each<[string, string, () => JsonObject]>([
    ['no signature at all', '/value/algorithms', () => people({ algorithms: ['none'] })],
    ['a shared secret', '/value/algorithms', () => people({ algorithms: ['HS256'] })],
    ['no algorithm', '/value/algorithms', () => people({ algorithms: [] })],
    ['half an hour of leeway', '/value/leeway_seconds', () => people({ leeway_seconds: 1_800 })],
    ['plain http', '/value/issuer', () => people({ issuer: 'http://login.example.com' })],
    ['an address of the cloud', '/value/issuer', () => people({ issuer: 'https://169.254.169.254/latest' })],
    ['a private name', '/value/issuer', () => people({ issuer: 'https://vault.internal' })],
    ['a query', '/value/issuer', () => people({ issuer: 'https://login.example.com/?tenant=a' })],
    ['keys at a private name', '/value/jwks_uri', () => people({ jwks_uri: 'https://10.0.0.1/keys' })],
    ['groups without their claim', '/value/group_claim', () => people({ group_mappings: { a: 'group:finance' } })],
    ['a role for a group', '/value/group_mappings', () => people({ group_mappings: { a: 'role:owner' } })],
    ['rules for people', '/value/rules', () => people({ rules: [rule()] })],
    ['groups for workloads', '/value/group_mappings', () => workload({ group_claim: 'groups' })],
    [
      'an account that is not there',
      '/value/rules/0/service_account',
      () => workload({ rules: [rule({ service_account: newId('sa', 0, new Uint8Array(10)) })] }),
    ],
    [
      'an actor of somebody else',
      '/value/rules/0/actors',
      () => workload({ rules: [rule({ actors: ['agent:other'] })] }),
    ],
    [
      'a rule that may change things',
      '/value/rules',
      () => workload({ rules: [rule({ scopes: ['changes:propose'] })] }),
    ],
    ['a rule for ever', '/value/rules', () => workload({ rules: [rule({ ttl_seconds: 86_400 })] })],
    [
      'a rule for every main branch in the world',
      '/value/rules',
      () => workload({ rules: [rule({ claims: { ref: 'refs/heads/main' } })] }),
    ],
    ['a rule for every repository', '/value/rules', () => workload({ rules: [rule({ claims: { sub: 'repo:**' } })] })],
    [
      'a rule for whatever has a name',
      '/value/rules',
      () => workload({ rules: [rule({ claims: { sub: 'spiffe://*' } })] }),
    ],
    ['a rule for nothing', '/value/rules', () => workload({ rules: [rule({ claims: {} })] })],
    ['a field that is not there', '/value/secret', () => people({ secret: 'x' })],
  ])('with %s is refused', async (_what, pointer, value) => {
    const answer = await propose('oidc_issuer', value());
    expect(answer.status, answer.text).toBe(400);
    const places = (answer.body.errors ?? []).map((place: { pointer: string }) => place.pointer);
    expect(places, answer.text).toContain(pointer);
  });
});

describe('an organisation that was founded before there were providers', () => {
  it('gets their tables when it wakes', async () => {
    const older = await owner(await found('live'));
    const stub = env.ORGANIZATION.getByName(older.world.organization);
    await runInDurableObject(stub, async (_object, state) => {
      for (const table of ['org_issuers', 'org_workload_keys']) state.storage.sql.exec(`DROP TABLE ${table}`);
      await state.storage.sync();
    });
    await evictDurableObject(stub);
    const { target } = await change(older, 'oidc_issuer', people());
    const { data } = await success(get('/v1/oidc-issuers', { cookie: older.cookie }));
    expect(data).toMatchObject([{ id: target }]);
  });
});

describe('a member’s identity', () => {
  it('is issuer and subject, of one member only, and ends with its provider', async () => {
    const { target: issuer } = await change(us, 'oidc_issuer', people());
    const dana = await member(us, `${fresh()}@example.com`, ['auditor']);
    const erin = await member(us, `${fresh()}@example.com`, ['auditor']);
    const identities = [{ issuer, subject: '248289761001' }];
    const linked = await change(us, 'member', { identities }, dana.user);
    expect(linked.diff.join('\n')).toContain('248289761001');
    expect(await propose('member', { identities }, erin.user)).toMatchObject({ status: 400 });
    const shown = async (user: string) =>
      (await success(get('/v1/members', { cookie: us.cookie }))).data.find(({ id }: { id: string }) => id === user);
    expect((await shown(dana.user)).identities).toMatchObject(identities);
    await change(us, 'member', { name: 'Dana' }, dana.user);
    expect((await shown(dana.user)).identities).toMatchObject(identities);
    await change(us, 'member', { identities: [] }, dana.user);
    expect((await shown(dana.user)).identities).toEqual([]);
    await change(us, 'member', { identities }, erin.user);
  });

  it('is never at a provider of workloads, nor at one that is not there', async () => {
    const { target } = await change(us, 'oidc_issuer', workload());
    for (const issuer of [target, newId('iss', 0, new Uint8Array(10)), 'https://login.example.com'])
      expect(await propose('member', { identities: [{ issuer, subject: 'a' }] }, us.user)).toMatchObject({
        status: 400,
        body: { code: 'invalid-request' },
      });
  });

  it('of somebody who may approve, and a provider of people, need a second administrator where there is one', async () => {
    const ours = await owner(await found('live'));
    const { target: issuer } = await change(ours, 'oidc_issuer', people());
    await member(ours, 'admin@example.com', ['admin']);
    const proposals: [string, JsonObject, string | undefined][] = [
      ['member', { identities: [{ issuer, subject: 'me' }] }, ours.user],
      ['oidc_issuer', people(), undefined],
      ['oidc_issuer', { jwks_uri: 'https://keys.example.com/mine' }, issuer],
    ];
    for (const [kind, value, target] of proposals) {
      const body = { kind, value, ...(target === undefined ? {} : { target }) };
      const proposed = await success(post('/v1/changes', { cookie: ours.cookie, body }));
      expect(proposed.signatures_needed, kind).toBe(2);
    }
  });
});
