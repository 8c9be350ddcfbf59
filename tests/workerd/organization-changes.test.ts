// Changes: one signature or two, over exactly what would be done, once; nothing takes effect before it is sealed.
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../core/authority.ts';
import { credentialDigest } from '../../core/credential.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Organization } from '../../durable-objects/organization.ts';
import {
  ceremony,
  changed,
  enrolled,
  env,
  firstEnrolment,
  founded,
  furtherEnrolment,
  invited,
  owner,
  proposed,
  refusal,
  refusalCode,
  type Somebody,
  setUpToken,
  signature,
  value,
  verified,
} from './support/organization.ts';

const configOf = async (by: Somebody): Promise<number> =>
  (await value(by.org.object.authorize({ credential: by.session, config_version: null }))).facts.config_version;

const POLICY = `version: 1
rules:
  - { id: refunds, match: { action: refund }, verdict: require_approval, approvals: [{ from: "group:finance", count: 1 }] }
`;

describe('a change', () => {
  it('publishes a policy with a signature, says what changes, and warns of a group that is not there', async () => {
    const person = await owner(await founded());
    const change = await proposed(person, 'policy', { source: POLICY });
    expect(change.diff[0]).toBe('Policy version 1 becomes 2.');
    expect(change.diff[1]).toBe(
      'May widen · Rule "refunds" is new: ask a person when the action is refund, at medium risk: 1 of group:finance.',
    );
    expect(change.diff).toContain('+ 2: rules:');
    expect(change.warnings).toMatchObject([
      { pointer: '/rules/0/approvals/0/from', detail: expect.stringContaining('group:finance'), line: 3, column: 88 },
    ]);
    const before = await configOf(person);
    const { change: applied } = await value(person.org.object.signChange(signature(person, change)));
    expect([applied.status, await configOf(person)]).toEqual(['applied', before + 1]);
    const { data } = await value(person.org.object.list({ credential: person.session, kind: 'policy' }));
    expect(data).toMatchObject([{ version: 2, digest: (change.after as JsonObject).digest, source: POLICY }]);
  });

  it.each([
    ['target', { target: 'pol_other' }],
    ['before_digest', { before_digest: `sha256:${'0'.repeat(64)}` }],
    ['after_digest', { after_digest: `sha256:${'0'.repeat(64)}` }],
    ['change', { change: 'chg_other' }],
    ['signer', { signer: 'usr_other' }],
    ['organization', { organization: 'org_other' }],
    ['rp_id', { rp_id: 'evil.example' }],
    ['kind', { kind: 'decision' }],
    ['v', { v: 2 }],
  ] as [string, JsonObject][])('refuses an intent whose %s differs, and names the field', async (field, bent) => {
    const person = await owner(await founded());
    const change = await proposed(person, 'group', { name: 'finance', members: [] });
    const problem = await refusal(person.org.object.signChange(signature(person, change, bent)));
    expect([problem.code, problem.errors?.map(({ pointer }) => pointer)]).toEqual([
      'intent-mismatch',
      [`/intent/${field}`],
    ]);
    expect(await value(person.org.object.getChange({ credential: person.session, id: change.id }))).toEqual(change);
  });

  it('refuses an expired intent and one that lives too long', async () => {
    const person = await owner(await founded());
    const change = await proposed(person, 'group', { name: 'finance', members: [] });
    const late = { issued_at: '2026-01-01T00:00:00.000Z', expires_at: '2026-01-01T00:01:00.000Z' };
    expect(await refusalCode(person.org.object.signChange(signature(person, change, late)))).toBe('intent-expired');
    const long = ceremony(600_000);
    expect(await refusalCode(person.org.object.signChange(signature(person, change, long)))).toBe('intent-mismatch');
  });

  it('takes a nonce once, for good: the same call is a repeat, another change with it is refused', async () => {
    const person = await owner(await founded());
    const one = await proposed(person, 'group', { name: 'one', members: [] });
    const two = await proposed(person, 'group', { name: 'two', members: [] });
    const signed = signature(person, one);
    await value(person.org.object.signChange(signed));
    expect((await value(person.org.object.signChange(signed))).replayed).toBe(true);
    const { nonce } = signed.verified.intent as { nonce: string };
    expect(await refusalCode(person.org.object.signChange(signature(person, two, { nonce })))).toBe('nonce-used');
    expect(await refusalCode(person.org.object.signChange(signature(person, one)))).toBe('change-closed');
  });

  it('is void when what it is based on has moved', async () => {
    const person = await owner(await founded());
    const one = await proposed(person, 'policy', { source: POLICY });
    const two = await proposed(person, 'policy', { source: 'version: 1\n' });
    await value(person.org.object.signChange(signature(person, one)));
    expect(await refusalCode(person.org.object.signChange(signature(person, two)))).toBe('base-moved');
    const stale = {
      credential: person.session,
      kind: 'policy' as const,
      value: { source: 'version: 1\n' },
      base_digest: one.before_digest,
    };
    expect(await refusalCode(person.org.object.proposeChange(stale))).toBe('base-moved');
    expect(
      (await value(person.org.object.proposeChange({ ...stale, base_digest: one.after_digest }))).change.status,
    ).toBe('proposed');
  });

  it('ends with a rejection', async () => {
    const person = await owner(await founded());
    const change = await proposed(person, 'group', { name: 'finance', members: [] });
    const rejected = await value(
      person.org.object.rejectChange({ credential: person.session, id: change.id, reason: 'no' }),
    );
    expect(rejected.status).toBe('rejected');
    expect(await refusalCode(person.org.object.signChange(signature(person, change)))).toBe('change-closed');
  });

  it('is refused with the pointer of every wrong field', async () => {
    const person = await owner(await founded());
    const wish = {
      credential: person.session,
      kind: 'invitation' as const,
      value: { email: 'X', roles: ['king'], extra: 1 },
    };
    const problem = await refusal(person.org.object.proposeChange(wish));
    const pointers = problem.errors?.map(({ pointer }) => pointer).sort();
    expect(pointers).toEqual(['/value/email', '/value/extra', '/value/name', '/value/roles']);
  });

  it('is signed by no further passkey in its first day', async () => {
    const person = await owner(await founded());
    const { passkey } = await value(person.org.object.enrolFurther(furtherEnrolment(person)));
    const change = await proposed(person, 'group', { name: 'finance', members: [] });
    const young = { ...person, passkey: passkey.id };
    expect(await refusalCode(person.org.object.signChange(signature(young, change)))).toBe('passkey-too-new');
  });

  it('answers one Idempotency-Key once, and refuses it with another body', async () => {
    const person = await owner(await founded());
    const wish = {
      credential: person.session,
      kind: 'group' as const,
      value: { name: 'a', members: [] },
      idempotency: 'k',
    };
    const first = await value(person.org.object.proposeChange(wish));
    const again = await value(person.org.object.proposeChange(wish));
    expect([again.change, again.replayed]).toEqual([first.change, true]);
    const other = { ...wish, value: { name: 'b', members: [] } };
    expect(await refusalCode(person.org.object.proposeChange(other))).toBe('idempotency-mismatch');
  });
});

describe('four eyes', () => {
  it('needs a second administrator to invite somebody who may approve, and not the same one twice', async () => {
    const first = await owner(await founded());
    const second = await invited(first, 'second@example.com', ['admin']);
    const { object } = first.org;
    const change = await proposed(first, 'invitation', { name: 'T', email: 't@example.com', roles: ['reviewer'] });
    expect(change.signatures_needed).toBe(2);
    const once = await value(object.signChange(signature(first, change)));
    expect([once.change.status, once.secret]).toEqual(['proposed', undefined]);
    expect(await refusalCode(object.signChange(signature(first, change)))).toBe('second-signature-required');
    const twice = await value(object.signChange(signature(second, change)));
    expect([twice.change.status, twice.secret?.kind]).toEqual(['applied', 'link']);
  });

  it('lets one administrator invite somebody who only reads, and make that a reviewer only with another', async () => {
    const first = await owner(await founded());
    await invited(first, 'second@example.com', ['admin']);
    const reader = await invited(first, 'reader@example.com', ['auditor']);
    const change = await proposed(first, 'member', { roles: ['reviewer'] }, reader.user);
    expect(change.signatures_needed).toBe(2);
  });

  describe('where the policy in force asks somebody by name', () => {
    const NAMES = `version: 1
rules:
  - { id: a, match: { action: a }, verdict: require_approval, approvals: [{ from: "user:cfo@example.com" }], escalate: [{ after: 30m, to: "group:duty" }] }
  - { id: b, match: { action: b }, verdict: require_approval, approvals: [{ from: "group:finance" }] }
repositories:
  - { repository: payments/api, groups: ["group:payments"], actions: [approve] }
routing:
  - { match: { resource: "iam:**" }, to: "user:iam@example.com" }
`;
    const administered = async () => {
      const first = await owner(await founded('live', NAMES));
      await invited(first, 'second@example.com', ['admin']);
      return first;
    };
    const signers = async (by: Somebody, kind: Parameters<typeof proposed>[1], wish: JsonObject, target?: string) =>
      (await proposed(by, kind, wish, target)).signatures_needed;

    it.each(['cfo@example.com', 'iam@example.com'])(
      'needs a second administrator before anybody takes the address %s',
      async (email) => {
        const first = await administered();
        const reader = await invited(first, 'reader@example.com', ['auditor']);
        expect(await signers(first, 'invitation', { name: 'T', email, roles: ['auditor'] })).toBe(2);
        expect(await signers(first, 'member', { email }, reader.user)).toBe(2);
        expect(await signers(first, 'member', { email }, first.user)).toBe(2);
        expect(await signers(first, 'member', { email: 'other@example.com' }, reader.user)).toBe(1);
      },
    );

    it.each(['finance', 'payments', 'duty'])('and before a group takes the name %s', async (name) => {
      const first = await administered();
      expect(await signers(first, 'group', { name, members: [first.user] })).toBe(2);
      const { change } = await changed(first, 'group', { name: 'lunch', members: [first.user] });
      expect(await signers(first, 'group', { name }, change.target ?? undefined)).toBe(2);
      expect(await signers(first, 'group', { name: 'dinner' }, change.target ?? undefined)).toBe(1);
      expect(await signers(first, 'group', { name: `${name}-empty`, members: [] })).toBe(1);
    });
  });

  it('is what the organisation lists', async () => {
    const first = await owner(await founded());
    const second = await invited(first, 'second@example.com', ['admin']);
    await changed(first, 'organization', { settings: { four_eyes: ['policy'] } });
    const change = await proposed(first, 'policy', { source: POLICY });
    await value(first.org.object.signChange(signature(first, change)));
    expect((await value(first.org.object.signChange(signature(second, change)))).change.status).toBe('applied');
  });

  it('is re-judged at the signature: an administrator who came meanwhile is asked', async () => {
    const first = await owner(await founded());
    const early = await proposed(first, 'invitation', { name: 'T', email: 't@example.com', roles: ['reviewer'] });
    expect(early.signatures_needed).toBe(1);
    await invited(first, 'second@example.com', ['admin']);
    expect((await value(first.org.object.signChange(signature(first, early)))).change.status).toBe('proposed');
  });

  it('counts no signature of somebody who was locked since', async () => {
    const first = await owner(await founded());
    const second = await invited(first, 'second@example.com', ['admin']);
    const change = await proposed(second, 'invitation', { name: 'T', email: 't@example.com', roles: ['reviewer'] });
    await value(first.org.object.signChange(signature(second, change)));
    await value(first.org.object.lockMember({ credential: first.session, id: second.user }));
    expect(await refusalCode(first.org.object.signChange(signature(first, change)))).toBe('forbidden');
  });

  it('gives the role of owner with the signature of an owner only', async () => {
    const first = await owner(await founded());
    const admin = await invited(first, 'admin@example.com', ['admin']);
    const other = await invited(first, 'other@example.com', ['admin'], admin);
    const change = await proposed(admin, 'member', { roles: ['owner'] }, other.user);
    expect(await refusalCode(first.org.object.signChange(signature(admin, change)))).toBe('forbidden');
    expect((await value(first.org.object.signChange(signature(first, change)))).change.status).toBe('applied');
  });
});

describe('what a change brings forth', () => {
  it('is an API key that works, shown again to the same call until its first use', async () => {
    const person = await owner(await founded());
    const accounts = await value(person.org.object.list({ credential: person.session, kind: 'service-accounts' }));
    const service_account = (accounts.data[0] as { id: string }).id;
    const change = await proposed(person, 'api_key', { service_account, name: 'ci', scopes: ['requests:write'] });
    const signed = signature(person, change);
    const { secret } = await value(person.org.object.signChange(signed));
    if (secret?.kind !== 'api_key') throw new Error('no key');
    expect((await value(person.org.object.signChange(signed))).secret).toEqual(secret);
    const credential = { kind: 'api_key' as const, key: secret.key, digest: credentialDigest(secret.text) };
    const { principal } = await value(person.org.object.authorize({ credential, config_version: null }));
    expect(principal).toMatchObject({ scopes: ['requests:write'], key_created_by: person.user });
    expect(await refusalCode(person.org.object.signChange(signed))).toBe('secret-already-shown');
  });

  it('is an invitation link that is used once and can be revoked before', async () => {
    const person = await owner(await founded());
    const { object } = person.org;
    const { secret } = await changed(person, 'invitation', { name: 'T', email: 't@example.com', roles: ['reviewer'] });
    if (secret?.kind !== 'link') throw new Error('no link');
    const token = { id: secret.claims.jti, purpose: 'invitation' as const };
    await value(object.revokeInvitation({ credential: person.session, id: token.id }));
    expect(await refusalCode(object.enrolFirst(firstEnrolment(person.org, token)))).toBe('not-found');
    const wrong = { ...token, purpose: 'recovery' as const };
    expect(await refusalCode(object.enrolFirst(firstEnrolment(person.org, wrong)))).toBe('not-found');
  });

  it('is one member per mail address, however many links were given out', async () => {
    const person = await owner(await founded());
    const wish = { name: 'T', email: 't@example.com', roles: ['auditor'] };
    const [one, two] = [await changed(person, 'invitation', wish), await changed(person, 'invitation', wish)];
    if (one.secret?.kind !== 'link' || two.secret?.kind !== 'link') throw new Error('no link');
    const early = firstEnrolment(person.org, { id: one.secret.claims.jti, purpose: 'invitation' });
    expect(await refusalCode(person.org.object.enrolFirst(early))).toBe('not-found');
    await enrolled(person.org, { id: two.secret.claims.jti, purpose: 'invitation' });
    const third = { credential: person.session, kind: 'invitation' as const, value: wish };
    expect((await refusal(person.org.object.proposeChange(third))).errors?.[0]?.pointer).toBe('/value/email');
  });

  it('is a recovery that ends every earlier passkey and session when it is used', async () => {
    const person = await owner(await founded());
    const other = await invited(person, 'o@example.com', ['reviewer']);
    const { secret } = await changed(person, 'recovery', {}, other.user);
    if (secret?.kind !== 'link') throw new Error('no link');
    await value(person.org.object.authorize({ credential: other.session, config_version: null }));
    const back = await enrolled(person.org, { id: secret.claims.jti, purpose: 'recovery' });
    expect(back.user).toBe(other.user);
    expect(await refusalCode(person.org.object.authorize({ credential: other.session, config_version: null }))).toBe(
      'unauthenticated',
    );
    const { facts } = await value(person.org.object.authorize({ credential: back.session, config_version: null }));
    const keys = facts.standings[back.user]!.passkeys.filter(({ status }) => status === 'active');
    expect(keys.map(({ id }) => id)).toEqual([back.passkey]);
  });

  it('is a group, in which a member stands since then without a break', async () => {
    const person = await owner(await founded());
    const { change } = await changed(person, 'group', { name: 'finance', members: [person.user] });
    const sources = async () =>
      (await value(person.org.object.authorize({ credential: person.session, config_version: null }))).facts.standings[
        person.user
      ]!.sources;
    const since = (await sources())['group:finance']!;
    expect(since >= change.applied_at!).toBe(true);
    await changed(person, 'group', { members: [] }, change.target);
    expect(Object.hasOwn(await sources(), 'group:finance')).toBe(false);
    await changed(person, 'group', { members: [person.user] }, change.target);
    expect((await sources())['group:finance']! > since).toBe(true);
    expect((await sources())['role:owner']! < since).toBe(true);
  });

  it.each(['http://example.com/h', 'https://127.0.0.1/h', 'https://u:p@example.com/', 'ftp://example.com'])(
    'is no webhook endpoint at %s',
    async (url) => {
      const person = await owner(await founded());
      const wish = { credential: person.session, kind: 'webhook_endpoint' as const, value: { url, events: ['*'] } };
      expect((await refusal(person.org.object.proposeChange(wish))).errors?.[0]?.pointer).toBe('/value/url');
    },
  );
});

describe('a test organisation', () => {
  it('lets a key with changes:propose apply at once, and enrol people with a software passkey', async () => {
    const org = await founded('test');
    const wish = {
      credential: org.admin,
      kind: 'member' as const,
      value: { name: 'CI', email: 'ci@example.com', roles: ['reviewer'] },
      idempotency: 'ci',
    };
    const { change, secret } = await value(org.object.proposeChange(wish));
    if (secret?.kind !== 'link') throw new Error('no link');
    expect([change.status, change.signatures]).toEqual(['applied', []]);
    expect((await value(org.object.proposeChange(wish))).secret).toEqual(secret);
    const person = await enrolled(org, { id: secret.claims.jti, purpose: 'invitation' });
    const { principal } = await value(org.object.authorize({ credential: person.session, config_version: null }));
    expect(principal).toMatchObject({ kind: 'person', email: 'ci@example.com', roles: ['reviewer'] });
    expect(await refusalCode(org.object.proposeChange(wish))).toBe('secret-already-shown');
  });

  it('lets no key without the scope do it, and no key enrol in a live one', async () => {
    const value_ = { name: 'CI', email: 'ci@example.com', roles: ['reviewer'] };
    const test = await founded('test');
    const call = { credential: test.agent, kind: 'member' as const, value: value_ };
    expect(await refusalCode(test.object.proposeChange(call))).toBe('forbidden');
    const live = await founded('live');
    const refused = await refusal(live.object.proposeChange({ ...call, credential: live.admin }));
    expect(refused.errors?.[0]?.pointer).toBe('/target');
  });
});

describe('sealing', () => {
  const eventsOf = (id: string) =>
    runInDurableObject(env.ORGANIZATION.getByName(id) as never, (_object: Organization, state: DurableObjectState) =>
      state.storage.sql
        .exec<{ events: string; sealed: string | null }>('SELECT events, sealed FROM journal ORDER BY n')
        .toArray()
        .flatMap((row) =>
          (JSON.parse(row.events) as { type: string }[]).map(({ type }) => [type, row.sealed !== null]),
        ),
    );

  it('has every event of what permits in the ledger before the answer', async () => {
    const person = await owner(await founded());
    await changed(person, 'policy', { source: POLICY });
    const events = await eventsOf(person.org.id);
    const permitting = [
      'organization.created',
      'passkey.registered',
      'member.updated',
      'change.applied',
      'policy.published',
    ];
    const sealed = events.filter(([type]) => permitting.includes(type as string));
    expect(sealed).toEqual(permitting.toSorted((one, other) => order(one) - order(other)).map((type) => [type, true]));
    function order(type: string): number {
      return events.findIndex(([found]) => found === type);
    }
  });

  it('answers not-sealed-yet while the ledger is away, changes nothing, and finishes with the same call', async () => {
    const person = await owner(await founded());
    const change = await proposed(person, 'policy', { source: POLICY });
    const call = signature(person, change);
    const before = await configOf(person);
    const during = await withoutLedger(person.org.id, async (object) => {
      const first = await object.signChange(call);
      const authority = await object.authorize({ credential: person.session, config_version: null });
      const shown = await object.getChange({ credential: person.session, id: change.id });
      const locked = await object.stop({
        credential: person.session,
        target_kind: 'actor',
        target: 'agent:x',
        reason: '',
      });
      return { first, authority, shown, locked };
    });
    expect(during.first).toMatchObject({ ok: false, problem: { code: 'not-sealed-yet', retry_after_seconds: 1 } });
    expect(during.authority).toMatchObject({
      value: { facts: { config_version: before }, snapshot: { policy: { version: 1 } } },
    });
    expect((during.shown as { value: Change }).value.status).toBe('proposed');
    expect(during.locked).toMatchObject({ ok: true });
    const finished = await value(person.org.object.signChange(call));
    expect([finished.change.status, finished.replayed]).toEqual(['applied', true]);
    const { data } = await value(person.org.object.list({ credential: person.session, kind: 'policy' }));
    expect(data).toMatchObject([{ version: 2 }]);
  });

  it('undoes nothing that was narrowed while it waited', async () => {
    const person = await owner(await founded());
    const other = await invited(person, 'o@example.com', ['reviewer']);
    const endpoint = (await changed(person, 'webhook_endpoint', { url: 'https://receiver.invalid/h', events: ['*'] }))
      .change.target;
    const roles = signature(person, await proposed(person, 'member', { roles: ['auditor'] }, other.user));
    const events = signature(person, await proposed(person, 'webhook_endpoint', { events: ['approval.*'] }, endpoint));
    const credential = person.session;
    await withoutLedger(person.org.id, async (object) => {
      expect(await refusalCode(object.signChange(roles))).toBe('not-sealed-yet');
      await value(object.lockMember({ credential, id: other.user }));
    });
    await value(person.org.object.signChange(roles));
    await withoutLedger(person.org.id, async (object) => {
      expect(await refusalCode(object.signChange(events))).toBe('not-sealed-yet');
      await value(object.disableEndpoint({ credential, id: endpoint }));
    });
    await value(person.org.object.signChange(events));
    const rows = async (kind: 'members' | 'webhook-endpoints') =>
      (await value(person.org.object.list({ credential, kind }))).data;
    expect(await rows('members')).toContainEqual(
      expect.objectContaining({ id: other.user, status: 'locked', roles: ['auditor'] }),
    );
    expect(await rows('webhook-endpoints')).toMatchObject([{ status: 'disabled', events: ['approval.*'] }]);
  });

  it('enrols nobody while the ledger is away, and finishes with the same call', async () => {
    const org = await founded();
    const call = firstEnrolment(org, setUpToken());
    const session = { kind: 'session' as const, digest: call.session_digest };
    const first = await withoutLedger(org.id, async (object) => {
      const enrolling = await object.enrolFirst(call);
      return { enrolling, authority: await object.authorize({ credential: session, config_version: null }) };
    });
    expect(first.enrolling).toMatchObject({ ok: false, problem: { code: 'not-sealed-yet' } });
    expect(first.authority).toMatchObject({ ok: false });
    const { passkey } = await value(org.object.enrolFirst(call));
    expect([passkey.status, typeof passkey.entry]).toEqual(['active', 'number']);
    await value(org.object.authorize({ credential: session, config_version: null }));
  });
});

/** Runs calls on the object while its way to the ledger is cut. */
async function withoutLedger<T>(id: string, work: (object: Organization) => Promise<T>): Promise<T> {
  return runInDurableObject(env.ORGANIZATION.getByName(id) as never, async (object: Organization) => {
    const bindings = (object as unknown as { env: { LEDGER: unknown } }).env;
    const ledger = bindings.LEDGER;
    bindings.LEDGER = { getByName: () => ({ append: () => Promise.reject(new Error('away')) }) };
    try {
      return await work(object);
    } finally {
      bindings.LEDGER = ledger;
    }
  });
}

it('a foreign assertion over a change is refused', async () => {
  const first = await owner(await founded());
  const second = await invited(first, 'second@example.com', ['admin']);
  const change = await proposed(first, 'group', { name: 'x', members: [] });
  const { verified: honest, ...call } = signature(first, change);
  const foreign = verified(second.passkey, honest.intent);
  expect(await refusalCode(first.org.object.signChange({ ...call, verified: foreign }))).toBe('ceremony-failed');
});
