// What almost is a name of a rule, through the Worker's front door: it asks, people see why and decide, and the evidence says
// by which version it was judged.
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { judge, parsePolicy, policyDigest } from '../../core/policy.ts';
import type { Birth } from '../../core/request/birth.ts';
import type { Proposal } from '../../core/request/record.ts';
import { requestOf } from '../../worker/requests/request-object.ts';
import { edit } from './support/acts.ts';
import { examined } from './support/evidence.ts';
import { env, get, post, success } from './support/house.ts';
import {
  change,
  decide,
  exchange,
  found,
  fresh,
  type Member,
  member,
  owner,
  propose,
  unique,
  type World,
} from './support/world.ts';

const POLICY = `version: 1
defaults: { verdict: allow, risk: low }
rules:
  - { id: never, match: { resource: "db:prod" }, verdict: deny }
  - { id: production, match: { action: deployment.execute, metadata: { environment: production } }, verdict: require_approval, risk: low }
  - { id: abroad, match: { action: take.any }, when: has(param.to) && param.to == "abroad", verdict: require_approval, risk: high, edits: any }
  - { id: free, match: { action: take.any }, verdict: require_approval, risk: low, edits: any }
`;

let world: World;
let boss: Member;
let second: Member;
beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
  second = await member(boss, 'second@example.com', ['reviewer']);
});

const seen = (id: string): Promise<JsonObject> => success(get(`/v1/approval-requests/${id}`, { cookie: boss.cookie }));

describe('a resource that almost is one which is denied', () => {
  it('waits for a person at critical risk, who reads which one it almost is, and may let it through', async () => {
    const { id, status, risk } = await propose(world, { resource: 'db:Prod', ...unique() });
    expect({ status, risk: risk.level }).toEqual({ status: 'pending', risk: 'critical' });
    const { policy, risk: shown } = (await seen(id)) as {
      policy: { trace: JsonObject[] };
      risk: { reasons: string[] };
    };
    expect(shown.reasons).toContain('The resource is almost `db:prod`, which rule "never" denies; that is critical.');
    expect(policy.trace[0]).toMatchObject({
      rule: 'never',
      result: 'error',
      error: 'the resource is almost `db:prod`',
    });
    await success(decide(boss, id));
    expect((await exchange(world, id)).status).toBe(200);
    const { bundle, report } = await examined(world.organization, id, { cookie: boss.cookie });
    expect(bundle.events[0]!.event.skeleton.semantics).toBe(2);
    expect(report.claims.filter(({ status: said }) => said === 'failed')).toEqual([]);
    const judged = report.claims.find(({ claim }) => claim === 'judgement');
    expect(judged).toMatchObject({ status: 'proved', detail: expect.stringContaining('by semantics 2') });
  });

  it('is refused at the decision where a deny came since that nobody was asked about', async () => {
    const { id } = await propose(world, { action: 'take.any', resource: 'db:Archive', ...unique() });
    await change(boss, 'policy', {
      source: `${POLICY}  - { id: archive, match: { resource: "db:archive" }, verdict: deny }\n`,
    });
    const answer = await decide(boss, id);
    expect(answer).toMatchObject({ status: 403, body: { code: 'policy-denies' } });
    expect(answer.body.detail).toContain('almost `db:archive`');
    await change(boss, 'policy', { source: POLICY });
    await success(decide(boss, id));
  });

  it('is no yes of a dry run or of AuthZEN', async () => {
    const ask = { action: 'table.drop', resource: 'db:%70rod', params: {} };
    const dry = await success(post('/v1/policy/evaluate', { key: world.agent.text, body: ask }));
    expect(dry).toMatchObject({ verdict: 'require_approval', risk: { level: 'critical' } });
    const body = {
      subject: { type: 'service-account', id: 'release-bot' },
      action: { name: 'table.drop' },
      resource: { type: 'db', id: 'prod/' },
    };
    const { decision } = await success(post('/access/v1/evaluation', { key: world.agent.text, body }));
    expect(decision).toBe(false);
  });
});

it('metadata that almost is a rule’s asks at high risk, by value and by key', async () => {
  const spelt: JsonObject[] = [
    { environment: 'Production' },
    { Environment: 'production' },
    { 'env\u200bironment': 'production' },
  ];
  for (const metadata of spelt) {
    const { status, risk } = await propose(world, { metadata, ...unique() });
    expect({ status, risk: risk.level }).toEqual({ status: 'pending', risk: 'high' });
  }
  const { status } = await propose(world, { metadata: { environment: 'staging' }, ...unique() });
  expect(status).toBe('approved');
});

it('an edit is judged by the version of its request, which its event says', async () => {
  const { id } = await propose(world, { action: 'take.any', ...unique() });
  await edit(second, id, { version: 'other' });
  await success(decide(boss, id));
  const { bundle, report } = await examined(world.organization, id, { cookie: boss.cookie });
  const edited = bundle.events.find(({ event }) => event.type === 'approval.edited');
  expect(edited?.event.skeleton.semantics).toBe(2);
  expect(report.claims.filter(({ claim }) => claim === 'judgement').map(({ status }) => status)).toEqual([
    'proved',
    'proved',
  ]);
});

it('a policy that divides whole numbers is not published, and the refusal says how to write it', async () => {
  const source = `rules:\n  - { id: a, when: param.amount / 100 > 10, verdict: deny }\n`;
  const answer = await post('/v1/changes', {
    cookie: boss.cookie,
    body: { kind: 'policy', value: { source } },
    idempotency: fresh(),
  });
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-policy' } });
  expect(answer.body.detail).toContain('param.amount / 100.0');
});

describe('a request that was judged by the first semantics', () => {
  /** As the Worker of that time would have handed it over. */
  async function born(more: Partial<Proposal>): Promise<string> {
    const parsed = parsePolicy(POLICY);
    if (!parsed.ok) throw new Error(parsed.problem.detail);
    const { policy } = parsed.value;
    const { version } = await success(get('/v1/policy', { cookie: boss.cookie }));
    const proposal: Proposal = {
      action: 'take.any',
      resource: 'service:x',
      actor: world.actor,
      params: { to: 'home' },
      metadata: {},
      context: null,
      preview: null,
      precondition: null,
      run: null,
      ...more,
    };
    const facts = { now: new Date().toISOString(), exhausted_patterns: [], semantics: 1 as const };
    const birth: Birth = {
      id: newId('apr', Date.now(), crypto.getRandomValues(new Uint8Array(10))),
      proposal,
      on_behalf_of: null,
      organization: { id: world.organization, kind: 'live' },
      requester: { kind: 'service_account', id: world.service_account, name: 'release-bot', key: world.agent.id },
      judgement: judge(policy, { ...proposal, claimed_risk: null }, facts),
      policy: { version, digest: policyDigest(policy) },
      config_version: 1,
      salt: 'AAAAAAAAAAAAAAAAAAAAAA',
      expires_in: null,
      ip: null,
      capability_id: newId('cap', Date.now(), crypto.getRandomValues(new Uint8Array(10))),
      idempotency: { key: null, run: null, body_digest: policyDigest(policy) },
    };
    const made = await requestOf(env, world.organization, birth.id).create(birth, Date.now());
    expect(made).toMatchObject({ ok: true });
    return birth.id;
  }

  it('is edited by that one, says so to the end, and is proved', async () => {
    const id = await born({});
    await edit(second, id, { to: 'Abroad' });
    await success(decide(boss, id));
    const { bundle, report } = await examined(world.organization, id, { cookie: boss.cookie });
    const said = bundle.events.filter(({ event }) => ['approval.requested', 'approval.edited'].includes(event.type));
    expect(said.map(({ event }) => [event.skeleton.semantics, event.skeleton.risk])).toEqual([
      [undefined, 'low'],
      [undefined, 'low'],
    ]);
    const judged = report.claims.filter(({ claim }) => claim === 'judgement').map(({ status }) => status);
    expect(judged).toEqual(['proved', 'proved']);
  });

  it('and almost hits a deny is refused at the decision: nobody was asked about that', async () => {
    const id = await born({ resource: 'db:prod.' });
    expect(await decide(boss, id)).toMatchObject({ status: 403, body: { code: 'policy-denies' } });
  });
});
