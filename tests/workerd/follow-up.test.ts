// A request that waits is followed up: escalated, reminded of, claimed. None of it decides anything.
import { runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { verifyEvidence } from '../../core/evidence.ts';
import { policyJudge } from '../../core/policy/evidence-judge.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { type Answer, BASE, call, env, get, post, success } from './support/house.ts';
import {
  change,
  decide,
  enrol,
  found,
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
rules:
  - id: slow
    match: { action: slow.thing }
    verdict: require_approval
    risk: low
    approvals: [{ from: "group:finance", count: 1 }]
    escalate: [{ after: 30m, to: "group:managers" }, { after: 1h, to: "role:owner" }]
  - id: nagging
    match: { action: nagging.thing }
    verdict: require_approval
    risk: low
    remind: 10m
`;

let world: World;
let boss: Member;
let clerk: Member;
let manager: Member;
let late: Member;

/** Somebody of a group and of no role. */
async function inGroup(email: string, group: string): Promise<Member> {
  const { secret } = await change(boss, 'invitation', { name: email, email, roles: [], groups: [group] });
  return enrol(world, secret);
}

beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
  const finance = (await change(boss, 'group', { name: 'finance', members: [] })).target;
  const managers = (await change(boss, 'group', { name: 'managers', members: [] })).target;
  clerk = await inGroup('clerk@example.com', finance);
  manager = await inGroup('manager@example.com', managers);
  late = await member(boss, 'late@example.com', ['auditor']);
});
afterEach(() => void vi.useRealTimers());

/** So much later; the request's alarm has rung by then. */
async function later(minutes: number, id: string): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + minutes * 60_000);
  await runDurableObjectAlarm(env.APPROVAL_REQUEST.getByName(`${world.organization}/${id}`) as never);
}

const slow = () => propose(world, { action: 'slow.thing', ...unique() });
const act = (by: Member, id: string, verb: string, method = 'POST'): Promise<Answer> =>
  call(method, `/v1/approval-requests/${id}/${verb}`, { cookie: by.cookie, body: {} });
const read = (id: string) => success(get(`/v1/approval-requests/${id}`, { cookie: boss.cookie }));

async function typesOf(id: string): Promise<string[]> {
  const { data } = await success(get(`/v1/approval-requests/${id}/events`, { key: world.admin.text }));
  return data.map((event: { type: string }) => event.type);
}

describe('escalation', () => {
  // First: once the clock was moved, the public checkpoint waits for it to come back.
  it('is proved by the evidence, and a vote that only it let in verifies', async () => {
    const { id } = await slow();
    await act(boss, id, 'escalate');
    await success(act(manager, id, 'claim'));
    await success(decide(manager, id));
    const keys = await success(get('/v1/ledger/key'));
    const anchors = {
      ...{ log_key: keys.verifier_key, receipt_key: keys.receipt_keys[0].public_key },
      ...{ organization: world.organization, origin: BASE, rp_id: env.RP_ID },
    };
    const { text } = await vi.waitFor(async () => {
      const bundle = await get(`/v1/approval-requests/${id}/evidence`, { cookie: boss.cookie });
      expect(bundle.status).toBe(200);
      return bundle;
    }, 10_000);
    const report = await verifyEvidence(text, anchors, webCrypto, { judge: policyJudge });
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    const proved = report.claims.filter(({ status }) => status === 'proved').map(({ claim }) => claim);
    expect(proved).toEqual(expect.arrayContaining(['escalation', 'eligibility', 'quorum', 'receipt']));
  });

  it('comes by the clock, when policy wrote it, and lets those further people decide', async () => {
    const { id } = await slow();
    expect((await decide(manager, id)).body.code).toBe('not-eligible');
    await later(29, id);
    expect((await read(id)).escalations).toEqual([]);
    await later(2, id);
    const escalated = await read(id);
    expect(escalated.escalations).toMatchObject([{ stage: 0, to: ['group:managers'], by: 'clock' }]);
    expect(escalated.effective.requirement.stages).toMatchObject([{ from: ['group:finance', 'group:managers'] }]);
    expect((await decide(manager, id)).body.status).toBe('approved');
    expect(await typesOf(id)).toEqual([
      ...['approval.requested', 'approval.escalated', 'approval.decided', 'capability.issued'],
    ]);
  });

  it('comes in order, each once, and not after the end', async () => {
    const { id } = await slow();
    await later(90, id);
    expect((await read(id)).escalations.map(({ to }: { to: string[] }) => to)).toEqual([
      ...[['group:managers'], ['role:owner']],
    ]);
    await later(30 * 60, id);
    expect(await typesOf(id)).toEqual([
      ...['approval.requested', 'approval.escalated', 'approval.escalated', 'approval.expired'],
    ]);
  });

  it('can be brought forward by a reviewer of the stage or an administrator, by nobody else, and never beyond policy', async () => {
    const { id } = await slow();
    expect((await act(late, id, 'escalate')).body.code).toBe('not-eligible');
    expect((await act(clerk, id, 'escalate')).body.escalations).toMatchObject([{ to: ['group:managers'] }]);
    expect((await act(boss, id, 'escalate')).body.escalations).toHaveLength(2);
    expect(await act(boss, id, 'escalate')).toMatchObject({ status: 409 });
  });

  it('lets nobody in who became one of them after the request was made', async () => {
    const { id } = await slow();
    await change(boss, 'group', { name: 'newcomers', members: [late.user] });
    const { data } = await success(get('/v1/groups', { cookie: boss.cookie }));
    const managers = data.find((group: { name: string }) => group.name === 'managers');
    await change(boss, 'group', { members: [...managers.members, late.user] }, managers.id);
    await act(boss, id, 'escalate');
    const refused = await decide(late, id);
    expect(refused.body).toMatchObject({ code: 'not-eligible', detail: expect.stringContaining('after this request') });
  });
});

describe('a reminder', () => {
  it('comes at the interval, is bounded, and changes nothing', async () => {
    const { id } = await propose(world, { action: 'nagging.thing', ...unique() });
    for (let i = 0; i < 15; i++) await later(11, id);
    expect((await read(id)).status).toBe('pending');
    expect((await typesOf(id)).filter((type) => type === 'approval.reminded')).toHaveLength(10);
  });

  it('that was slept through is given once', async () => {
    const { id } = await propose(world, { action: 'nagging.thing', ...unique() });
    await later(55, id);
    expect((await typesOf(id)).filter((type) => type === 'approval.reminded')).toHaveLength(1);
  });
});

describe('a claim', () => {
  it('says who is on it, keeps nobody from deciding, and ends by itself', async () => {
    const { id } = await slow();
    const claimed = await success(act(clerk, id, 'claim'));
    expect(claimed.claim).toMatchObject({ reviewer: { id: clerk.user } });
    expect(Date.parse(claimed.claim.until) - Date.now()).toBeLessThanOrEqual(15 * 60_000);
    await success(act(boss, id, 'escalate'));
    expect((await decide(manager, id)).body.status).toBe('approved');
    expect(await act(clerk, id, 'claim')).toMatchObject({ status: 409 });
  });

  it('is for who may decide now, is taken over by another, and given back by its own person or an administrator', async () => {
    const { id } = await slow();
    expect((await act(manager, id, 'claim')).body.code).toBe('not-eligible');
    expect((await post(`/v1/approval-requests/${id}/claim`, { key: world.agent.text, body: {} })).status).toBe(403);
    await success(act(clerk, id, 'claim'));
    await success(act(boss, id, 'escalate'));
    expect((await success(act(manager, id, 'claim'))).claim.reviewer.id).toBe(manager.user);
    expect((await act(clerk, id, 'claim', 'DELETE')).status).toBe(403);
    expect((await success(act(boss, id, 'claim', 'DELETE'))).claim).toBeNull();
    const again = await act(boss, id, 'claim', 'DELETE');
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  });
});
