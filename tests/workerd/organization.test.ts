// The organisation's object: who is let in, who is not told apart, who cannot widen anything.
import { evictDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { ChangeKind, Credential } from '../../core/authority.ts';
import { newId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import {
  changed,
  enrolled,
  env,
  firstEnrolment,
  founded,
  freshDigest,
  furtherEnrolment,
  invited,
  organizationNamed,
  owner,
  proposed,
  random,
  refusal,
  refusalCode,
  setUpToken,
  signature,
  signIn,
  value,
} from './support/organization.ts';

const asks = (credential: Credential) => ({ credential, config_version: null });

describe('genesis', () => {
  it('founds once: the same body again is a repeat, another one is refused', async () => {
    const org = await founded();
    expect(await value(org.object.genesis(org.body))).toEqual({ config_version: 1 });
    const other = { ...org.body, organization: { ...org.body.organization, name: 'Other' } };
    expect(await refusalCode(org.object.genesis(other))).toBe('owner-present');
    const authority = await value(org.object.authorize(asks(org.agent)));
    expect(authority.snapshot?.organization.name).toBe('Test');
  });

  it('founds nothing with a policy that does not parse', async () => {
    const id = newId('org', Date.now(), random(10));
    const body = {
      organization: { id, kind: 'live' as const, name: 'X', rp_id: env.RP_ID },
      policy_source: 'rules: 3',
      service_accounts: [],
    };
    expect(await refusalCode(organizationNamed(id).genesis(body))).toBe('invalid-policy');
    const sound = { ...body, policy_source: 'version: 1\n' };
    expect(await value(organizationNamed(id).genesis(sound))).toEqual({ config_version: 1 });
  });

  it('keeps everything over an eviction', async () => {
    const org = await founded();
    const person = await owner(org);
    const before = await value(org.object.authorize(asks(person.session)));
    await evictDurableObject(env.ORGANIZATION.getByName(org.id));
    const after = await value(org.object.authorize(asks(person.session)));
    expect({ ...after, facts: { ...after.facts, as_of: 0 } }).toEqual({
      ...before,
      facts: { ...before.facts, as_of: 0 },
    });
  });
});

describe('a credential', () => {
  it('is refused in the same words whether unknown, forged, revoked or of no organisation', async () => {
    const org = await founded();
    const person = await owner(org);
    const key = org.agent.kind === 'api_key' ? org.agent.key : '';
    await value(org.object.authorize(asks(org.agent)));
    const forged: Credential = { kind: 'api_key', key, digest: freshDigest() };
    const unknown: Credential = { kind: 'api_key', key: newId('key', Date.now(), random(10)), digest: freshDigest() };
    const session: Credential = { kind: 'session', digest: freshDigest() };
    const problems = [];
    for (const credential of [forged, unknown, session])
      problems.push(await refusal(org.object.authorize(asks(credential))));
    await value(org.object.revokeApiKey({ credential: person.session, id: key }));
    problems.push(await refusal(org.object.authorize(asks(org.agent))));
    await value(org.object.closeSession({ credential: person.session }));
    problems.push(await refusal(org.object.authorize(asks(person.session))));
    expect(new Set(problems.map(({ code, detail }) => `${code} ${detail}`)).size).toBe(1);
    const nowhere = organizationNamed(newId('org', Date.now(), random(10)));
    expect(await refusalCode(nowhere.authorize(asks(org.agent)))).toBe('unauthenticated');
  });

  it('of a member whom a signed change locked is worth nothing at once', async () => {
    const first = await owner(await founded());
    const other = await invited(first, 'locked@example.com', ['auditor']);
    await value(first.org.object.authorize(asks(other.session)));
    await changed(first, 'member', { locked: true }, other.user);
    expect(await refusalCode(first.org.object.authorize(asks(other.session)))).toBe('unauthenticated');
  });

  it('of a locked member is worth nothing at once', async () => {
    const first = await owner(await founded());
    const other = await invited(first, 'a@example.com', ['reviewer']);
    await value(first.org.object.lockMember({ credential: first.session, id: other.user, reason: 'lost phone' }));
    expect(await refusalCode(first.org.object.authorize(asks(other.session)))).toBe('unauthenticated');
    expect(await refusalCode(first.org.object.openSession(signIn(other)))).toBe('ceremony-failed');
  });
});

describe('a set-up link', () => {
  it('is used once, and only while there is no owner', async () => {
    const org = await founded();
    const token = setUpToken();
    const another = setUpToken();
    expect((await value(org.object.linkToken({ token_id: token.id, purpose: 'setup' }))).roles).toEqual(['owner']);
    await enrolled(org, token);
    expect(await refusalCode(org.object.enrolFirst(firstEnrolment(org, token)))).toBe('token-used');
    expect(await refusalCode(org.object.enrolFirst(firstEnrolment(org, another)))).toBe('owner-present');
    expect(await refusalCode(org.object.linkToken({ token_id: another.id, purpose: 'setup' }))).toBe('owner-present');
  });

  it('makes one owner out of two at once', async () => {
    const org = await founded();
    const calls = [firstEnrolment(org, setUpToken()), firstEnrolment(org, setUpToken())];
    const answers = await Promise.all(calls.map((call) => org.object.enrolFirst(call)));
    expect(answers.filter((answer) => answer.ok).length).toBe(1);
  });

  it('repeats its answer to the very same call, and gives no second session', async () => {
    const org = await founded();
    const call = firstEnrolment(org, setUpToken());
    const first = await value(org.object.enrolFirst(call));
    expect(await value(org.object.enrolFirst(call))).toEqual(first);
    expect(await refusalCode(org.object.enrolFirst({ ...call, session_digest: freshDigest() }))).toBe('token-used');
  });

  it.each([
    ['another organisation', { organization: 'org_0' }],
    ['another site', { rp_id: 'evil.example' }],
    ['another token', { token: 'other' }],
    ['another ceremony', { kind: 'sign-in' }],
    ['a field that no intent has', { extra: 1 }],
  ] as [string, JsonObject][])('refuses an intent of %s', async (_what, bent) => {
    const org = await founded();
    expect(await refusalCode(org.object.enrolFirst(firstEnrolment(org, setUpToken(), bent)))).toBe('intent-mismatch');
  });

  it('refuses an intent that has expired', async () => {
    const org = await founded();
    const late = { issued_at: '2026-01-01T00:00:00.000Z', expires_at: '2026-01-01T00:01:00.000Z' };
    expect(await refusalCode(org.object.enrolFirst(firstEnrolment(org, setUpToken(), late)))).toBe('intent-expired');
  });
});

describe('signing in', () => {
  it('with a device-bound key needs a counter that grew: one that did not is a copy', async () => {
    const org = await founded();
    const call = firstEnrolment(org, setUpToken());
    const bound = { ...call.registration, device_type: 'singleDevice' as const, backed_up: false, counter: 5 };
    const { user, passkey } = await value(org.object.enrolFirst({ ...call, registration: bound }));
    const session: Credential = { kind: 'session', digest: call.session_digest };
    const person = { org, user: user.id, passkey: passkey.id, credential_id: passkey.credential_id, session };
    const signInAt = (new_counter: number) => {
      const question = signIn(person);
      return org.object.openSession({ ...question, verified: { ...question.verified, new_counter } });
    };
    expect(await refusalCode(signInAt(5))).toBe('ceremony-failed');
    await value(signInAt(6));
    expect(await refusalCode(signInAt(6))).toBe('ceremony-failed');
    expect(await refusalCode(signInAt(0))).toBe('ceremony-failed');
    await value(signInAt(7));
  });

  it('takes each ceremony once, and answers the same call again with the same session', async () => {
    const person = await owner(await founded());
    const call = signIn(person);
    const opened = await value(person.org.object.openSession(call));
    expect(await value(person.org.object.openSession(call))).toEqual(opened);
    expect(await refusalCode(person.org.object.openSession({ ...call, session_digest: freshDigest() }))).toBe(
      'nonce-used',
    );
  });

  it('refuses a change that was signed as a sign-in', async () => {
    const person = await owner(await founded());
    expect(await refusalCode(person.org.object.openSession(signIn(person, { kind: 'change' })))).toBe(
      'intent-mismatch',
    );
  });
});

/** What a thief of a session or key would want. */
const WIDENINGS: [ChangeKind, JsonObject][] = [
  ['policy', { source: 'version: 1\nrules: [{ id: all, match: { action: "**" }, verdict: allow }]\n' }],
  ['invitation', { name: 'T', email: 'thief@example.com', roles: ['owner'] }],
  ['service_account', { name: 'thief' }],
  ['webhook_endpoint', { url: 'https://thief.receiver.invalid/', events: ['*'] }],
  ['organization', { settings: { passkey_quarantine_hours: 0 } }],
];

describe('a stolen session or key of a live organisation', () => {
  it.each(WIDENINGS)('proposes a change of %s and nothing more', async (kind, wish) => {
    const person = await owner(await founded());
    const { org } = person;
    const before = await value(org.object.authorize(asks(person.session)));
    for (const credential of [person.session, org.admin]) {
      const { change, secret } = await value(org.object.proposeChange({ credential, kind, value: wish }));
      expect([change.status, secret]).toEqual(['proposed', undefined]);
      const { verified } = signature(person, change, { signer: 'usr_thief' });
      expect(await refusalCode(org.object.signChange({ credential, id: change.id, verified }))).toMatch(
        /intent-mismatch|forbidden/,
      );
    }
    const after = await value(org.object.authorize(asks(person.session)));
    expect(after.facts.config_version).toBe(before.facts.config_version);
  });

  it('enrols no passkey: the assertion must vouch for that very key, with a key of that very person', async () => {
    const person = await owner(await founded());
    const other = await invited(person, 'b@example.com', ['reviewer']);
    const { object } = person.org;
    const bare = furtherEnrolment(person, { adds: 'sha256:'.padEnd(71, '0') });
    expect(await refusalCode(object.enrolFurther(bare))).toBe('intent-mismatch');
    const foreign = furtherEnrolment(person);
    foreign.verified.passkey = other.passkey;
    expect(await refusalCode(object.enrolFurther(foreign))).toBe('ceremony-failed');
    expect(await refusalCode(object.enrolFurther({ ...furtherEnrolment(person), credential: person.org.admin }))).toBe(
      'forbidden',
    );
  });

  it('lifts no stop, and an agent key administers nothing', async () => {
    const person = await owner(await founded());
    const { object, agent, admin } = person.org;
    const stop = await value(
      object.stop({ credential: person.session, target_kind: 'actor', target: 'agent:x', reason: 'r' }),
    );
    await value(object.proposeChange({ credential: person.session, kind: 'stop_lift', target: stop.id, value: {} }));
    expect((await value(object.authorize(asks(agent)))).facts.stops.map(({ id }) => id)).toEqual([stop.id]);
    const refused = { credential: agent, kind: 'stop_lift' as const, target: stop.id, value: {} };
    expect(await refusalCode(object.proposeChange(refused))).toBe('forbidden');
    for (const credential of [agent, admin])
      expect(await refusalCode(object.lockMember({ credential, id: person.user }))).toBe('forbidden');
  });

  it('is not made an administrator by a role that only reads or reviews', async () => {
    const person = await owner(await founded());
    const reviewer = await invited(person, 'c@example.com', ['reviewer']);
    const change = await proposed(person, 'group', { name: 'finance', members: [reviewer.user] });
    expect(await refusalCode(person.org.object.signChange(signature(reviewer, change)))).toBe('forbidden');
    const wish = { credential: reviewer.session, kind: 'group' as const, value: { name: 'x', members: [] } };
    expect(await refusalCode(person.org.object.proposeChange(wish))).toBe('forbidden');
  });
});

describe('what narrows', () => {
  it('needs a session only, and never takes the last owner or the last owner’s last key', async () => {
    const person = await owner(await founded());
    const { object } = person.org;
    const credential = person.session;
    expect(await refusalCode(object.removeMember({ credential, id: person.user }))).toBe('forbidden');
    expect(await refusalCode(object.lockMember({ credential, id: person.user }))).toBe('forbidden');
    expect(await refusalCode(object.revokePasskey({ credential, id: person.passkey }))).toBe('forbidden');
    const { passkey } = await value(object.enrolFurther(furtherEnrolment(person)));
    expect(Date.parse(passkey.restricted_until!) - Date.parse(passkey.created_at)).toBeGreaterThan(23 * 3_600_000);
    const unproven = await refusal(object.revokePasskey({ credential, id: person.passkey }));
    expect(unproven.detail, 'the new key has not shown that it signs').toMatch(/has signed yet/);
    await value(object.openSession(signIn({ ...person, passkey: passkey.id })));
    expect(await value(object.revokePasskey({ credential, id: person.passkey }))).toEqual({ id: person.passkey });
  });

  it('ends what a removed member had: sessions, passkeys, groups', async () => {
    const person = await owner(await founded());
    const other = await invited(person, 'd@example.com', ['reviewer']);
    await changed(person, 'group', { name: 'finance', members: [other.user] });
    await value(person.org.object.removeMember({ credential: person.session, id: other.user }));
    expect(await refusalCode(person.org.object.authorize(asks(other.session)))).toBe('unauthenticated');
    const { data } = await value(person.org.object.list({ credential: person.session, kind: 'groups' }));
    expect(data).toMatchObject([{ name: 'finance', members: [] }]);
    const { facts } = await value(person.org.object.authorize({ ...asks(person.session), users: [other.user] }));
    expect(Object.keys(facts.standings)).toEqual([person.user]);
  });

  it('keeps an owner out of the reach of an admin', async () => {
    const person = await owner(await founded());
    const admin = await invited(person, 'e@example.com', ['admin']);
    const { object } = person.org;
    expect(await refusalCode(object.removeMember({ credential: admin.session, id: person.user }))).toBe('forbidden');
    expect(await refusalCode(object.revokePasskey({ credential: admin.session, id: person.passkey }))).toBe(
      'forbidden',
    );
  });
});

describe('reading', () => {
  it('shows no digest and no webhook secret, and K_org only to those who audit', async () => {
    const person = await owner(await founded());
    const reviewer = await invited(person, 'f@example.com', ['reviewer']);
    const { secret } = await changed(person, 'webhook_endpoint', { url: 'https://receiver.invalid/h', events: ['*'] });
    const { object, admin, agent } = person.org;
    const kinds = ['members', 'api-keys', 'webhook-endpoints', 'invitations', 'organization', 'policy'] as const;
    const pages = await Promise.all(kinds.map((kind) => value(object.list({ credential: admin, kind }))));
    const text = JSON.stringify(pages);
    expect(secret).toMatchObject({ kind: 'webhook_secret' });
    if (secret?.kind === 'webhook_secret') expect(text).not.toContain(secret.text);
    for (const { digest } of person.org.body.service_accounts[0]!.keys) expect(text).not.toContain(digest);
    expect(text).toContain('link_key');
    const seen = await value(object.list({ credential: reviewer.session, kind: 'organization' }));
    expect(JSON.stringify(seen)).not.toContain('link_key');
    expect(await refusalCode(object.list({ credential: agent, kind: 'members' }))).toBe('forbidden');
  });

  it('pages by cursor without losing or repeating a row', async () => {
    const person = await owner(await founded());
    for (const name of ['a', 'b', 'c']) await changed(person, 'group', { name, members: [] });
    const ask = { credential: person.session, kind: 'groups' as const, limit: 2 };
    const first = await value(person.org.object.list(ask));
    const second = await value(person.org.object.list({ ...ask, cursor: first.next_cursor }));
    const names = [...first.data, ...second.data].map((row) => (row as JsonObject).name);
    expect([[...names].sort(), second.next_cursor]).toEqual([['a', 'b', 'c'], null]);
  });
});
