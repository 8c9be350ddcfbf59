// What almost is a name of a rule, through the Worker's front door: it asks, people see why and decide, and the evidence says
// by which version it was judged.
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { edit } from './support/acts.ts';
import { examined } from './support/evidence.ts';
import { get, post, success } from './support/house.ts';
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
