// What an attacker would try in the gaps: between a step and its seal, between two calls, after a key was taken away,
// through a lying D1. Each of these got through once.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../core/authority.ts';
import { credentialDigest } from '../../core/credential.ts';
import { newId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { MAX_COMMENTS, MAX_COMMENTS_OF_ONE, MAX_OPEN_CHANGES } from '../../core/limits.ts';
import { macKeys } from '../../core/mac.ts';
import { openBody, sealBody } from '../../core/webhook/seal.ts';
import { deliverDue } from '../../worker/delivery/consumer.ts';
import { type RequestPort, requestOf } from '../../worker/requests/request-object.ts';
import { call, env, get, post, success } from './support/house.ts';
import * as people from './support/organization.ts';
import { founded, organizationNamed, refusalCode, value } from './support/organization.ts';
import {
  approved,
  change,
  decide,
  enrol,
  exchange,
  found,
  type Key,
  type Member,
  member,
  owner,
  propose,
  type World,
} from './support/world.ts';

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: two, match: { action: two.people }, verdict: require_approval, risk: low, approvals: [{ from: ["role:reviewer", "role:owner"], count: 2 }] }
`;

let world: World;
let boss: Member;
let dana: Member;
beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
  dana = await member(boss, 'dana@example.com', ['reviewer']);
});

const invite = (wish: JsonObject) => change(boss, 'invitation', wish);
const keyOf = ({ id, text }: Key) => ({ kind: 'api_key', key: id, digest: credentialDigest(text) }) as const;

/** What the Worker gathers before a call on a request. */
async function gathered(by: Key, users: string[]) {
  const question = { credential: keyOf(by), config_version: null, users, owners_of: world.service_account };
  const { facts, principal } = await value(organizationNamed(world.organization).authorize(question));
  return { gathered: { facts, asked: users, denied: null }, machine: principal as Machine };
}

const objectOf = (id: string): RequestPort => requestOf(env, world.organization, id);
const hand = () => ({ organization: world.organization, idempotency: null, by: boss.user, name: 'x', ip: null });

describe('between a step and its seal', () => {
  it('an exchange that is revoked while it is being sealed hands out no token', async () => {
    const { id } = await approved(boss);
    const { gathered: facts, machine } = await gathered(world.agent, [boss.user]);
    const call = { actor: world.actor, nonce: 'n', params: null, precondition: null, jkt: null, machine };
    const object = objectOf(id);
    const [exchanged, revoked] = await Promise.all([
      object.exchange({ organization: world.organization, idempotency: null, ...facts, issuer: 'https://x/o/y', call }),
      object.revoke({ ...hand(), reason: null, stop: null }),
    ]);
    expect(revoked.ok).toBe(true);
    expect(exchanged).toMatchObject({ ok: false, problem: { code: 'capability-revoked' } });
  });
});

describe('an admission that was held back', () => {
  it('brings nothing into being: policy and stops may have moved meanwhile', async () => {
    const late = (as_of: number) => objectOf(newId('apr', Date.now(), new Uint8Array(10))).create({} as never, as_of);
    expect(await late(Date.now() - 2_500)).toMatchObject({ ok: false, problem: { code: 'unavailable' } });
  });
});

describe('what widens, many at once', () => {
  it('is taken one at a time: no two changes are made from the same base', async () => {
    const org = await founded('test');
    const sources = Array.from({ length: 8 }, (_, n) => `version: 1\nlimits: { pending_per_actor: ${n + 1} }\n`);
    const answers = await Promise.all(
      sources.map((source) => org.object.proposeChange({ credential: org.admin, kind: 'policy', value: { source } })),
    );
    const versions = answers.flatMap((answer) =>
      answer.ok ? [(answer.value.change.after as { version: number }).version] : [],
    );
    expect(versions.length).toBe(8);
    expect(new Set(versions).size).toBe(8);
  });
});

describe('a passkey that was taken away', () => {
  const passkeyOf = async (who: Member): Promise<string> =>
    (await success(get('/v1/session', { cookie: who.cookie }))).passkeys[0].id;

  it('speaks for nobody: its vote counts no more towards a quorum', async () => {
    const thief = await member(boss, 'eve@example.com', ['reviewer']);
    const { id } = await propose(world, { action: 'two.people' });
    expect(await success(decide(thief, id))).toMatchObject({ status: 'pending' });
    await success(call('DELETE', `/v1/passkeys/${await passkeyOf(thief)}`, { cookie: boss.cookie }));
    expect(await success(decide(dana, id))).toMatchObject({ status: 'pending' });
    expect(await success(decide(boss, id))).toMatchObject({ status: 'approved' });
  });

  it('signs no change either, not even beside another administrator', async () => {
    const first = await people.owner(await founded());
    const second = await people.invited(first, 'second@example.com', ['admin']);
    const { object } = first.org;
    const wish = { name: 'T', email: 't@example.com', roles: ['reviewer'] };
    const wanted = await people.proposed(first, 'invitation', wish);
    await value(object.signChange(people.signature(second, wanted)));
    await value(object.revokePasskey({ credential: first.session, id: second.passkey }));
    expect(await refusalCode(object.signChange(people.signature(first, wanted)))).toBe('forbidden');
  });
});

describe('four eyes', () => {
  it('are not closed by one: who alone takes a kind off the list needs the second signature, too', async () => {
    const first = await people.owner(await founded());
    await people.invited(first, 'second@example.com', ['admin']);
    await people.changed(first, 'organization', { settings: { four_eyes: ['policy'] } });
    expect((await people.proposed(first, 'organization', { settings: { four_eyes: [] } })).signatures_needed).toBe(2);
    const more = { settings: { four_eyes: ['policy', 'api_key'] } };
    expect((await people.proposed(first, 'organization', more)).signatures_needed).toBe(1);
  });
});

describe('changes', () => {
  it('do not fill the store: a key that proposes without end is told to wait, and nobody else is', async () => {
    const boss = await people.owner(await founded());
    const { object, admin } = boss.org;
    const policy = { kind: 'policy' as const, value: { source: 'version: 1\n' } };
    for (let n = 0; n < MAX_OPEN_CHANGES; n++) await value(object.proposeChange({ credential: admin, ...policy }));
    expect(await refusalCode(object.proposeChange({ credential: admin, ...policy }))).toBe('too-many-pending');
    await value(object.proposeChange({ credential: boss.session, ...policy }));
  });

  it('leave somebody who can act: the last owner is not locked by a signature either', async () => {
    const boss = await people.owner(await founded());
    const lock = { credential: boss.session, kind: 'member' as const, target: boss.user, value: { locked: true } };
    expect(await refusalCode(boss.org.object.proposeChange(lock))).toBe('invalid-request');
  });

  it('of two owners who take the role from each other at once, one does', async () => {
    const first = await people.owner(await founded());
    const second = await people.invited(first, 'second@example.com', ['owner']);
    const away = (by: people.Somebody, of: people.Somebody) =>
      people.proposed(by, 'member', { roles: ['admin'] }, of.user);
    const [one, other] = [await away(first, second), await away(second, first)];
    const busy = await people.proposed(first, 'organization', { name: 'Busy' });
    const answers = await Promise.all([
      first.org.object.signChange(people.signature(first, busy)),
      first.org.object.signChange(people.signature(first, one)),
      first.org.object.signChange(people.signature(second, other)),
    ]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false]);
  });
});

describe('a stream', () => {
  it('ends with the key that opened it', async () => {
    const { secret } = await change(boss, 'api_key', {
      ...{ service_account: world.service_account, name: 'short-lived', scopes: ['requests:read', 'requests:write'] },
    });
    const { id } = await propose(world);
    const heard = get(`/v1/approval-requests/${id}/stream`, { key: secret });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { data } = await success(get('/v1/api-keys?limit=100', { cookie: boss.cookie }));
    const key = data.find(({ name }: { name: string }) => name === 'short-lived').id;
    await success(call('DELETE', `/v1/api-keys/${key}`, { cookie: boss.cookie }));
    await success(decide(boss, id));
    const { text } = await heard;
    expect(text).toContain('"status":"pending"');
    expect(text).not.toContain('"status":"approved"');
  });
});

describe('a copy of a device-bound passkey', () => {
  it('decides nothing when its counter did not grow', async () => {
    const wish = { name: 'Eve', email: 'clone@example.com', roles: ['reviewer'] };
    const eve = await enrol(world, (await invite(wish)).secret, { counter: 7, backupEligible: false, backedUp: false });
    const { id } = await propose(world);
    const copied = await decide(eve, id, {}, { knobs: { counter: 7 } });
    expect([copied.status, copied.body.code]).toEqual([401, 'ceremony-failed']);
    expect(await success(decide(eve, id, {}, { knobs: { counter: 8 } }))).toMatchObject({ status: 'approved' });
  });
});

describe('who may only comment', () => {
  it('cannot make a request so large that nobody can decide it', async () => {
    const { id } = await propose(world);
    const path = `/v1/approval-requests/${id}/comments`;
    const say = (by: Member) => post(path, { cookie: by.cookie, body: { comment: 'x'.repeat(2_000) } });
    for (let person = 0; person < MAX_COMMENTS / MAX_COMMENTS_OF_ONE; person++) {
      const loud = await member(boss, `loud${person}@example.com`, ['reviewer']);
      for (let n = 0; n < MAX_COMMENTS_OF_ONE; n++) await success(say(loud));
    }
    expect((await say(boss)).body.code).toBe('illegal-transition');
    expect(await success(decide(boss, id))).toMatchObject({ status: 'approved' });
  });
});

describe('who reports', () => {
  it('cannot make a request large with evidence', async () => {
    const { id } = await approved(boss);
    await success(exchange(world, id));
    const say = (evidence: JsonObject) =>
      post(`/v1/approval-requests/${id}/outcome`, { key: world.agent.text, body: { status: 'executed', evidence } });
    const refused = await say({ log: 'x'.repeat(9_000) });
    expect([refused.status, refused.body.errors?.[0].pointer]).toEqual([400, '/evidence']);
    expect(await success(say({ log: 'x'.repeat(8_000) }))).toMatchObject({ status: 'executed' });
  });
});

describe('a key that sees nothing', () => {
  it('learns from no door of the decision whether a request is there', async () => {
    const { id } = await propose(world);
    const absent = `${id.slice(0, -4)}0000`;
    const ask = (request: string) =>
      post(`/v1/approval-requests/${request}/decisions/options`, {
        key: world.verifier.text,
        body: { decision: 'approve' },
      });
    const [there, not] = [await ask(id), await ask(absent)];
    expect([there.status, there.body.code]).toEqual([not.status, not.body.code]);
  });

  it('lists nothing', async () => {
    const answer = await get('/v1/approval-requests', { key: world.verifier.text });
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });
});

describe('a search', () => {
  it.each([['x'.repeat(200)], ['%'.repeat(100)], ["a' OR 1=1 --"], ['_'.repeat(60)]])(
    'for %s is answered, never a fault of ours',
    async (q) => {
      const { status } = await get(`/v1/approval-requests?q=${encodeURIComponent(q)}`, { key: world.admin.text });
      expect(status).toBe(200);
    },
  );

  it.each([['abc'], ['-1'], ['zzzzz']])('from a made-up place %s is no fault of ours', async (place) => {
    for (const path of ['/v1/events', '/v1/deliveries']) {
      const { status } = await get(`${path}?cursor=${btoa(place).replaceAll('=', '')}`, { key: world.admin.text });
      expect(status).toBeLessThan(500);
    }
  });
});

describe('who can write D1', () => {
  const endpoint = async (): Promise<string> => {
    const wish = { url: 'https://hooks.receiver.invalid/assentry', events: ['policy.published'] };
    return (await change(boss, 'webhook_endpoint', wish)).target;
  };
  const row = (id: string) =>
    env.DB.prepare('SELECT status, last_error FROM deliveries WHERE id = ?').bind(id).first<object>();

  it('has no event signed that no object made due, and puts nothing into the ledger', async () => {
    const target = await endpoint();
    const body = JSON.stringify({ type: 'approval.decided', data: { decision: 'approve', status: 'approved' } });
    await env.DB.prepare(
      `INSERT INTO deliveries (id, organization, endpoint, event, event_type, object, status, attempts, next_attempt_at, body, created_at)
       VALUES ('dlv_forged', ?, ?, 'evt_forged', 'approval.decided', 'apr_x', 'due', 0, ?, ?, ?)`,
    )
      .bind(world.organization, target, ...['2026-01-01T00:00:00.000Z', body, '2026-01-01T00:00:00.000Z'])
      .run();
    await deliverDue(world.organization, env);
    expect(await row('dlv_forged')).toEqual({ status: 'dead', last_error: 'not-ours' });
    const told = await success(get('/v1/events?type=delivery.failed', { key: world.admin.text }));
    expect(told.data).toEqual([]);
  });

  it('cannot send one endpoint what was meant for another, or alter what is sent', () => {
    const keys = macKeys(JSON.parse(env.MAC_SECRETS), 'delivery');
    const place = { organization: 'org_a', endpoint: 'whk_a', event: 'evt_a' };
    const kept = sealBody(keys, place, '{"a":1}');
    expect(openBody(keys, place, kept)).toBe('{"a":1}');
    for (const field of ['organization', 'endpoint', 'event'] as const)
      expect(openBody(keys, { ...place, [field]: 'b' }, kept)).toBeNull();
    for (const forged of ['{"a":1}', kept.replace('1}', '2}'), `\n${kept}`, '', '\n'])
      expect(openBody(keys, place, forged)).toBeNull();
  });
});
