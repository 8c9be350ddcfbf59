import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { assembleEvidence, verifyEvidence } from '../../core/evidence.ts';
import type { JsonObject } from '../../core/json.ts';
import { policyJudge } from '../../core/policy/evidence-judge.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { type Answer, BASE, env, get, post, success } from './support/house.ts';
import { change, exchange, found, type Member, member, owner, unique, type World } from './support/world.ts';

interface House {
  world: World;
  boss: Member;
  fire: Member;
  auditor: Member;
}

/** An organisation with somebody who breaks glass and somebody who audits. */
async function house(policy?: string): Promise<House> {
  const world = await found('live', policy);
  const boss = await owner(world);
  const fire = await member(boss, `fire@example.com`, ['break_glass']);
  const auditor = await member(boss, `audit@example.com`, ['auditor']);
  return { world, boss, fire, auditor };
}

const ASK = {
  ...{ action: 'deployment.rollback', resource: 'service:billing-api', actor: 'service-account:release-bot' },
  reason: 'billing is down',
};

const offer = (by: Member, more: JsonObject = {}): Promise<Answer> =>
  post('/v1/break-glass/options', { cookie: by.cookie, body: { ...ASK, ...unique(), ...more } });

async function signed(by: Member, offered: Answer['body']): Promise<JsonObject> {
  const assertion = await by.passkey.get(offered.public_key);
  return { intent: offered.intent, intent_token: offered.intent_token, assertion } as never;
}

async function use(by: Member, more: JsonObject = {}): Promise<Answer> {
  const offered = await offer(by, more);
  if (offered.status >= 300) return offered;
  return post('/v1/break-glass', { cookie: by.cookie, body: await signed(by, offered.body) });
}

async function review(by: Member, id: string, verdict = 'justified'): Promise<Answer> {
  const said = { verdict, comment: 'I read the incident.' };
  const offered = await post(`/v1/break-glass/${id}/review/options`, { cookie: by.cookie, body: said });
  if (offered.status >= 300) return offered;
  const body = { ...(await signed(by, offered.body)), comment: said.comment };
  return post(`/v1/break-glass/${id}/review`, { cookie: by.cookie, body });
}

// biome-ignore lint/suspicious/noExplicitAny: tampering is not typed
type Any = any;

/** The bundle once all of it is public, and what is pinned for it. */
async function evidence(at: House, id: string) {
  const keys = await success(get('/v1/ledger/key'));
  const anchors = {
    ...{ log_key: keys.verifier_key, receipt_key: keys.receipt_keys[0].public_key },
    ...{ organization: at.world.organization, origin: BASE, rp_id: env.RP_ID },
  };
  const { text } = await vi.waitFor(async () => {
    const bundle = await get(`/v1/approval-requests/${id}/evidence`, { cookie: at.boss.cookie });
    expect(bundle.status).toBe(200);
    return bundle;
  }, 10_000);
  return { text, anchors };
}

describe('breaking glass', () => {
  let at: House;
  let id: string;
  let answer: Answer;
  beforeAll(async () => {
    at = await house();
    answer = await use(at.fire, { params: { version: 'v1' }, external_ref: 'INC-42', expires_in: 1_200 });
    id = answer.body.id;
  });

  it('makes a request that is approved at once, at critical risk, and says who did it and why', () => {
    expect(answer).toMatchObject({
      status: 201,
      body: {
        ...{ status: 'approved', decided_by: 'break_glass', decisions: [], on_behalf_of: at.fire.user },
        risk: { level: 'critical' },
        break_glass: { user: { id: at.fire.user }, reason: ASK.reason, external_ref: 'INC-42' },
        capability: { status: 'issued', scope: { ttl_seconds: 1_200 } },
      },
    });
  });

  it('records the row of the table: asked, used, issued', async () => {
    const { data } = await success(get(`/v1/approval-requests/${id}/events`, { cookie: at.boss.cookie }));
    expect(data.map((event: { type: string }) => event.type)).toEqual([
      ...['approval.requested', 'break_glass.used', 'capability.issued'],
    ]);
  });

  it('is refused to the same person while the use is not reviewed', async () => {
    expect(await use(at.fire)).toMatchObject({ status: 403, body: { code: 'break-glass-debt' } });
  });

  it('lets only the named actor exchange what it released, once', async () => {
    const stranger = await exchange(at.world, id, { params: { version: 'v1' } }, at.world.stranger);
    expect(stranger.status).toBeGreaterThanOrEqual(400);
    expect((await exchange(at.world, id, { params: { version: 'v1' } })).status).toBe(200);
    expect(await exchange(at.world, id, { nonce: 'another' })).toMatchObject({ status: 409 });
  });

  it('cannot be reviewed by the person who did it, nor by somebody without the roles for it', async () => {
    expect(await review(at.fire, id)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const both = await member(at.boss, 'both@example.com', ['break_glass', 'auditor']);
    const own = await success(use(both));
    expect(await review(both, own.id)).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
  });

  it('can be done again once somebody else has signed a review, and the list says so', async () => {
    const open = async () => {
      const { data } = await success(get('/v1/break-glass', { cookie: at.boss.cookie }));
      return data.find((one: { request: string }) => one.request === id);
    };
    expect(await open()).toMatchObject({ open: true, review: null });
    expect(await review(at.auditor, id, 'not_justified')).toMatchObject({ status: 200 });
    expect(await open()).toMatchObject({ open: false, review: { by: at.auditor.user, verdict: 'not_justified' } });
    expect(await review(at.boss, id)).toMatchObject({ status: 409, body: { code: 'already-decided' } });
    expect((await use(at.fire)).status).toBe(201);
  });

  it('verifies offline for what it is, and never as an approval', async () => {
    const { text, anchors } = await evidence(at, id);
    const report = await verifyEvidence(text, anchors, webCrypto, { judge: policyJudge });
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    const proved = report.claims.filter(({ status }) => status === 'proved').map(({ claim }) => claim);
    for (const claim of ['lifecycle', 'judgement', 'intent', 'signature', 'eligibility', 'receipt'])
      expect(proved).toContain(claim);
    expect(report.claims.map(({ detail }) => detail).join('\n')).toContain('Nobody approved this');
    const bundle = JSON.parse(text);
    const payload = JSON.parse(atob(bundle.receipts[0].bundle.dsseEnvelope.payload));
    expect(payload.predicateType).toBe('https://assentry.dev/predicates/break-glass/v1');
    bundle.events[1].event.personal.reason = 'another reason';
    expect((await verifyEvidence(JSON.stringify(bundle), anchors, webCrypto)).valid).toBe(false);
  });

  const LIES: [string, (review: Any, bundle: Any, at: House) => void, string][] = [
    ['said another verdict', ({ skeleton }) => (skeleton.verdict = 'justified'), 'What was signed is not this review'],
    ['wrote another comment', ({ personal }) => (personal.comment = 'Fine.'), 'What was signed is not this review'],
    [
      'reviewed the own use',
      ({ skeleton }, _, { fire }) => Object.assign(skeleton, { reviewer: fire.user, by: fire.user }),
      'was part of the use',
    ],
    [
      'was an owner of the account',
      ({ skeleton }, { events }) => (events[1].event.personal.eligibility.owners = [skeleton.reviewer]),
      'was part of the use',
    ],
    ['is somebody else', ({ skeleton }, _, { boss }) => (skeleton.by = boss.user), 'by somebody else'],
    [
      'signed with a passkey of another person',
      ({ skeleton }, { organization_events }) => {
        const own = organization_events.find(({ event }: Any) => event.skeleton.passkey === skeleton.passkey);
        own.event.skeleton.user = 'usr_other';
      },
      'not the one enrolled for them',
    ],
    [
      'signed something else',
      ({ personal }, { events }) => (personal.assertion.response = events[1].event.personal.assertion.response),
      'signature does not hold',
    ],
    ['came too late', ({ personal }) => (personal.intent.expires_at = '2020-01-01T00:00:00.000Z'), 'after its intent'],
  ];

  it('proves its review: who gave it was no part of the use and signed exactly that', async () => {
    const { text, anchors } = await evidence(at, id);
    const said = (await verifyEvidence(text, anchors, webCrypto)).claims.filter(({ claim }) => claim === 'review');
    expect(said.map(({ status }) => status)).toEqual(['proved', 'asserted']);
    expect(said[0]!.detail).toContain(`${at.auditor.user} reviewed the use: not_justified.`);
  });

  it.each(LIES)('is caught where the one who reviewed %s', async (_name, lie, detail) => {
    const { text, anchors } = await evidence(at, id);
    const bundle: Any = JSON.parse(text);
    const { event } = bundle.organization_events.find((line: Any) => line.event.type === 'break_glass.reviewed');
    lie(event, bundle, at);
    const { format: _, digest: __, ...parts } = bundle;
    const forged = JSON.stringify(assembleEvidence(parts));
    const { claims } = await verifyEvidence(forged, anchors, webCrypto);
    const failed = claims.filter(({ claim, status }) => claim === 'review' && status === 'failed');
    expect(failed.map((claim) => claim.detail).join('\n')).toContain(detail);
  });

  it('leaves the review the operator’s word where the enrolment of its passkey is left out', async () => {
    const { text, anchors } = await evidence(at, id);
    const bundle: Any = JSON.parse(text);
    const { event } = bundle.organization_events.find((line: Any) => line.event.type === 'break_glass.reviewed');
    bundle.organization_events = bundle.organization_events.filter(
      (line: Any) => line.event.type !== 'passkey.registered' || line.event.skeleton.passkey !== event.skeleton.passkey,
    );
    const { format: _, digest: __, ...parts } = bundle;
    const { claims } = await verifyEvidence(JSON.stringify(assembleEvidence(parts)), anchors, webCrypto);
    const said = claims.filter(({ claim }) => claim === 'review');
    expect(said.map(({ status }) => status)).toEqual(['asserted', 'asserted']);
  });
});

describe('a use for somebody’s account', () => {
  it('is not reviewed by whoever owned the account then, having left the owners or not', async () => {
    const at = await house();
    const { service_account } = at.world;
    await change(at.boss, 'service_account', { owners: [at.boss.user] }, service_account);
    const { id } = await success(use(at.fire));
    expect(await review(at.boss, id)).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
    await change(at.boss, 'service_account', { owners: [at.auditor.user] }, service_account);
    expect(await review(at.boss, id)).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
    expect(await review(at.auditor, id)).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
    const { data } = await success(get('/v1/break-glass', { cookie: at.boss.cookie }));
    expect(Object.keys(data[0]).sort()).toEqual(
      ['actor', 'open', 'request', 'review', 'service_account', 'used_at', 'user'].sort(),
    );
    await change(at.boss, 'service_account', { owners: [] }, service_account);
    expect((await review(at.auditor, id)).status).toBe(200);
    const { text, anchors } = await evidence(at, id);
    expect(JSON.parse(text).events[1].event.personal.eligibility.owners).toEqual([at.boss.user]);
    const { claims } = await verifyEvidence(text, anchors, webCrypto);
    expect(claims.find(({ claim }) => claim === 'review')).toMatchObject({ status: 'proved' });
  });
});

describe('glass is not broken', () => {
  let at: House;
  beforeAll(async () => {
    at = await house();
  });

  it('by anybody without the role, not even an owner, and by no key', async () => {
    expect(await offer(at.boss)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const body = { ...ASK, ...unique() };
    expect((await post('/v1/break-glass/options', { key: at.world.admin.text, body })).status).toBe(403);
  });

  it('by the role as a reviewer: it decides nothing else', async () => {
    const { id } = await success(
      post('/v1/approval-requests', {
        key: at.world.agent.text,
        body: { action: 'a.b', resource: 'r:1', ...unique() },
      }),
    );
    const path = `/v1/approval-requests/${id}/decisions`;
    const cookie = at.fire.cookie;
    const offered = await success(post(`${path}/options`, { cookie, body: { decision: 'approve' } }));
    const body = await signed(at.fire, offered);
    expect(await post(path, { cookie, body })).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
  });

  it('over a deny', async () => {
    expect(await offer(at.fire, { action: 'iam.grant' })).toMatchObject({
      status: 403,
      body: { code: 'policy-denies' },
    });
  });

  it('without a reason, for longer than an hour, or for an actor that nobody acts as', async () => {
    expect(await offer(at.fire, { reason: ' ' })).toMatchObject({ status: 400 });
    expect(await offer(at.fire, { expires_in: 3_601 })).toMatchObject({ status: 400 });
    for (const actor of ['agent:nobody', `user:${at.fire.user}`])
      expect(await offer(at.fire, { actor })).toMatchObject({ body: { errors: [{ pointer: '/actor' }] } });
  });

  it('with what was signed for somebody else, bent, or used before for another request', async () => {
    const offered = await success(offer(at.fire));
    const body = await signed(at.fire, offered);
    const intent = { ...(body.intent as JsonObject), external_ref: 'bent' };
    const bent = await post('/v1/break-glass', { cookie: at.fire.cookie, body: { ...body, intent } });
    expect(bent.body.code).toBe('intent-mismatch');
    expect((await post('/v1/break-glass', { cookie: at.boss.cookie, body })).body.code).toBe('intent-mismatch');
    const first = await post('/v1/break-glass', { cookie: at.fire.cookie, body });
    const again = await post('/v1/break-glass', { cookie: at.fire.cookie, body });
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    await success(review(at.auditor, first.body.id));
  });

  it('under a stop, and a stop kills what it released', async () => {
    const made = await success(use(at.fire));
    await success(review(at.boss, made.id));
    const body = { target_kind: 'actor', target: at.world.actor, reason: 'enough' };
    await success(post('/v1/stops', { cookie: at.boss.cookie, body }));
    expect(await offer(at.fire)).toMatchObject({ status: 403, body: { code: 'stopped' } });
    const refused = await exchange(at.world, made.id);
    expect(refused.status).toBe(403);
    const after = await success(get(`/v1/approval-requests/${made.id}`, { cookie: at.boss.cookie }));
    expect(after).toMatchObject({ status: 'canceled', capability: { status: 'revoked' } });
  });
});

describe('an organisation', () => {
  it('may ask for an external reference, and may let one debt stop everybody', async () => {
    const at = await house();
    const settings = { break_glass: { external_ref: 'required', debt: 'anyone' } };
    await change(at.boss, 'organization', { settings });
    expect(await offer(at.fire)).toMatchObject({ status: 400, body: { errors: [{ pointer: '/external_ref' }] } });
    const other = await member(at.boss, 'fire2@example.com', ['break_glass']);
    const made = await success(use(at.fire, { external_ref: 'INC-1' }));
    expect(await use(other, { external_ref: 'INC-2' })).toMatchObject({ body: { code: 'break-glass-debt' } });
    await success(review(at.auditor, made.id));
    expect((await use(other, { external_ref: 'INC-3' })).status).toBe(201);
  });

  it('asks two administrators to give the role, where there are two', async () => {
    const at = await house();
    await member(at.boss, 'second@example.com', ['admin']);
    const value = { name: 'x@example.com', email: 'x@example.com', roles: ['break_glass'] };
    const proposed = await success(
      post('/v1/changes', { cookie: at.boss.cookie, body: { kind: 'invitation', value } }),
    );
    expect(proposed.signatures_needed).toBe(2);
  });

  it('forgets a use that was admitted and never made a request, and only that one', async () => {
    const at = await house();
    const offered = await success(offer(at.fire));
    const object = env.ORGANIZATION.getByName(at.world.organization);
    await runInDurableObject(object, (_, state) => {
      const document = (request: string, used_at: string) =>
        JSON.stringify({
          ...{ request, user: at.fire.user, actor: at.world.actor, service_account: at.world.service_account },
          ...{ used_at, open: 1, confirmed: 0, review: null },
        });
      const ghost = offered.intent.request;
      state.storage.sql.exec(
        'INSERT INTO org_break_glass (request, user, open, document) VALUES (?, ?, 1, ?)',
        ...[ghost, at.fire.user, document(ghost, '2026-01-01T00:00:00.000Z')],
      );
    });
    expect(await offer(at.fire)).toMatchObject({ body: { code: 'break-glass-debt' } });
    await runInDurableObject(object, (_, state) => state.storage.setAlarm(Date.now() + 60_000));
    await runDurableObjectAlarm(object as never);
    expect((await offer(at.fire)).status).toBe(200);
  });
});
