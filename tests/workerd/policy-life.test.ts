// A draft over what really was asked: the same policy says the same again, another one is told apart, and ten thousand
// stored requests take seconds.
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { withTrusted } from '../../core/policy/text.ts';
import { until } from '../support/until.ts';
import { env, get, post, success } from './support/house.ts';
import { change, decide, found, type Member, member, owner, propose, type World } from './support/world.ts';

const POLICY = `version: 1
defaults: { verdict: require_approval, risk: medium }
rules:
  - { id: never, match: { action: "iam.**" }, verdict: deny }
  - { id: staging, match: { action: deployment.execute, metadata: { environment: staging } }, verdict: allow, risk: low }
  - { id: small, match: { action: refund }, when: param.amount < 100, verdict: allow, risk: low }
  - { id: large, match: { action: refund }, verdict: require_approval, risk: high, approvals: [{ from: "role:owner" }] }
  - { id: late, match: { action: night.work }, when: 'now > timestamp("2020-01-01T00:00:00Z")', verdict: allow }
  - { id: exports, match: { action: data.export }, verdict: require_approval, risk: low }
trusted:
  - { id: few, match: { action: data.export }, when: context.records < 10, limit: { count: 3, per: 1h } }
repositories:
  - { repository: payments/api, groups: "group:payments-owners", actions: [approve] }
`;
const refund = (amount: unknown): JsonObject => ({
  action: 'refund',
  resource: 'order:1',
  params: { amount } as JsonObject,
});
const exported = (records: number): JsonObject => ({
  ...{ action: 'data.export', resource: 'table:users', params: { records }, context: { records } },
});
/** Everything that a policy can say, and a budget that runs out. */
const ASKED: JsonObject[] = [
  ...[refund(50), refund(500), refund('50'), { ...refund(60), risk: 'critical' }],
  ...[
    { action: 'iam.grant', resource: 'iam:x' },
    { action: 'night.work', resource: 'house:1' },
  ],
  ...['staging', 'production'].map((environment) => ({ metadata: { environment } })),
  { action: 'deployment.execute', metadata: {} },
  ...Array.from({ length: 5 }, (_, at) => exported(at)),
  ...[exported(50), { action: 'something.else', resource: 'thing:1' }],
  { action: 'merge', resource: 'repository:payments/api' },
];

let world: World;
let person: Member;
const simulate = (source: string, more: JsonObject = {}, caller: object = { key: world.admin.text }) =>
  post('/v1/policy/simulations', { ...caller, body: { source, ...more } });
const simulated = (source: string, more: JsonObject = {}) => success(simulate(source, more));
const rows = async (): Promise<number> =>
  (await env.DB.prepare('SELECT count(*) AS n FROM approval_requests WHERE organization = ?')
    .bind(world.organization)
    .first<{ n: number }>())!.n;
const counts = (differences: Record<string, { count: number }>) =>
  Object.fromEntries(Object.entries(differences).flatMap(([kind, { count }]) => (count > 0 ? [[kind, count]] : [])));

/** What the world itself asks when it is founded, and what is asked here. */
const TOTAL = ASKED.length + 1;

beforeAll(async () => {
  world = await found('live', POLICY);
  person = await owner(world);
  const made = [];
  for (const asked of ASKED) made.push(await propose(world, asked));
  expect(made.filter(({ verdict }) => verdict === 'allow').map(({ policy }) => policy.rule)).toEqual([
    ...['small', 'late', 'staging', 'few', 'few', 'few'],
  ]);
  await success(decide(person, made[1].id, { decision: 'reject' }));
  await until(async () => (await rows()) === TOTAL || null);
  await until(async () => {
    const { data } = await success(get('/v1/approval-requests?status=rejected', { cookie: person.cookie }));
    return data.length === 2 || null;
  });
});

describe('a simulation', () => {
  it('with the very policy that judged them says the same of each, spent budgets among them', async () => {
    const answer = await simulated(POLICY);
    expect(answer).toMatchObject({ complete: true, considered: TOTAL, judged: TOTAL, erased: 0 });
    expect(answer.digest).toBe(answer.in_force.digest);
    expect(answer.verdicts.recorded).toEqual({ allow: 6, require_approval: TOTAL - 7, deny: 1, refused: 0 });
    expect(answer.verdicts.draft).toEqual(answer.verdicts.recorded);
    expect(counts(answer.differences)).toEqual({});
    expect(answer.rules).toMatchObject({ few: 3, exports: 3, small: 3, large: 1, never: 1 });
  });

  it('counts a budget again where the pattern is another, in the order in which they were asked', async () => {
    const answer = await simulated(POLICY.replace('count: 3', 'count: 4'));
    expect(counts(answer.differences)).toEqual({ newly_allowed: 1 });
    expect(answer.differences.newly_allowed.examples).toMatchObject([
      { action: 'data.export', recorded: { rule: 'exports' }, draft: { verdict: 'allow', rule: 'few' } },
    ]);
    expect(counts((await simulated(POLICY.replace('count: 3', 'count: 2'))).differences)).toEqual({ newly_asked: 1 });
  });

  it('says what would be let through that a person rejected', async () => {
    const { differences } = await simulated(POLICY.replace('param.amount < 100', 'param.amount < 1000'));
    expect(counts(differences)).toEqual({ newly_allowed: 1, risk_changed: 1 });
    expect(differences.newly_allowed).toMatchObject({ fates: { rejected: 1 }, examples: [{ fate: 'rejected' }] });
  });

  it('tells what is newly denied, asked of others, and refused at the door', async () => {
    const denied = POLICY.replace(
      'verdict: allow, risk: low }\n  - { id: large',
      'verdict: deny, risk: low }\n  - { id: large',
    );
    expect(counts((await simulated(denied)).differences)).toMatchObject({ newly_denied: 2 });
    expect(counts((await simulated(POLICY.replace('role:owner', 'group:finance'))).differences)).toEqual({
      people_changed: 2,
    });
    const typed = `${POLICY}parameters:\n  - { action: refund, schema: { type: object, properties: { amount: { type: integer } } } }\n`;
    const { differences, verdicts } = await simulated(typed);
    expect([counts(differences), verdicts.draft.refused]).toEqual([{ newly_refused: 1 }, 1]);
  });

  it('takes the newest, and none before an instant', async () => {
    expect(await simulated(POLICY, { limit: 3 })).toMatchObject({ considered: 3, rules: { default: 2, exports: 1 } });
    const { data } = await success(get('/v1/approval-requests?limit=5', { cookie: person.cookie }));
    expect(await simulated(POLICY, { since: data[4].created_at })).toMatchObject({ considered: 5 });
  });

  it('is for people and for keys that read everything, over their own organisation', async () => {
    expect((await simulate(POLICY, {}, { key: world.agent.text })).status).toBe(403);
    expect((await simulate(POLICY, {}, {})).status).toBe(401);
    const other = await owner(await found('live', POLICY));
    await until(async () => {
      const answer = await success(simulate(POLICY, {}, { cookie: other.cookie }));
      expect(answer.considered).toBeLessThan(2);
      return answer.considered === 1 || null;
    });
  });

  it('refuses a draft that is none with line and column, and bounds that are none', async () => {
    const bad = await simulate(POLICY.replace('verdict: deny', 'verdict: denny'));
    expect([bad.status, bad.body.code]).toEqual([400, 'invalid-policy']);
    expect(bad.body.errors).toMatchObject([{ line: 4, detail: expect.stringContaining('Did you mean "deny"?') }]);
    for (const more of [{ limit: 0 }, { limit: 10_001 }, { since: 'yesterday' }, { last: 5 }])
      expect((await simulate(POLICY, more as unknown as JsonObject)).status).toBe(400);
  });

  it('records nothing', async () => {
    const events = async () =>
      (await success(get('/v1/events', { cookie: person.cookie }))).data.map((one: { id: string }) => one.id);
    const before = await events();
    await simulated(POLICY);
    expect([await events(), await rows()]).toEqual([before, TOTAL]);
  });

  it('judges ten thousand stored requests within seconds, the same as they were', async () => {
    // The rows of real requests, again and again, each under an id and an hour of its own.
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
       INSERT INTO approval_requests (id, organization, status, action, resource, actor, requester, risk, rule, seq, document,
         created_at, expires_at, decided_at, decided_by)
       SELECT id || '-' || i, organization, status, action, resource, actor, requester, risk, rule, seq, document,
         strftime('%Y-%m-%dT%H:%M:%S', created_at, '-' || i || ' hours') || substr(created_at, 20), expires_at,
         decided_at, decided_by
       FROM approval_requests, n WHERE organization = ?`,
    )
      .bind(world.organization)
      .run();
    const started = performance.now();
    const answer = await simulated(POLICY, { limit: 10_000 });
    const seconds = (performance.now() - started) / 1000;
    console.info(`10,000 stored requests judged again in ${seconds.toFixed(2)} s`);
    expect(answer).toMatchObject({ complete: true, considered: 10_000, judged: 10_000 });
    expect(counts(answer.differences)).toEqual({});
    expect(seconds).toBeLessThan(20);
  }, 60_000);

  it('says how many are erased and cannot be judged', async () => {
    const { data } = await success(get('/v1/approval-requests?status=rejected', { cookie: person.cookie }));
    await change(person, 'erasure', { reason: 'asked for' }, data[0].id);
    await until(async () => ((await simulated(POLICY, { limit: TOTAL })).erased === 1 ? true : null));
    expect(await simulated(POLICY, { limit: TOTAL })).toMatchObject({
      considered: TOTAL,
      judged: TOTAL - 1,
      erased: 1,
    });
  });
});

describe('a suggestion', () => {
  const ASKING = `version: 1
rules:
  - { id: mails, match: { action: "mail.**" }, verdict: require_approval, risk: low }
  - { id: wipes, match: { action: wipe }, verdict: require_approval, risk: critical }
`;
  const mail = (count: number, more: JsonObject = {}): JsonObject => ({
    ...{ action: 'mail.send', resource: `list:l${count}`, params: { count, kind: 'news' }, metadata: { team: 'web' } },
    ...more,
  });
  let house: World;
  let people: Member[];
  const suggested = async () => success(get('/v1/policy/suggestions', { cookie: people[0]!.cookie }));
  /** Rows of one real request each, as often as it takes: the same row again, a minute earlier. */
  async function often(id: string, times: number): Promise<void> {
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO approval_requests (id, organization, status, action, resource, actor, requester, risk, rule, seq, document,
         created_at, expires_at, decided_at, decided_by)
       SELECT id || '-' || i, organization, status, action, resource, actor, requester, risk, rule, seq, document,
         strftime('%Y-%m-%dT%H:%M:%S', created_at, '-' || i || ' minutes') || substr(created_at, 20), expires_at,
         decided_at, decided_by
       FROM approval_requests, n WHERE id = ?`,
    )
      .bind(times, id)
      .run();
  }
  async function answered(by: Member, asked: JsonObject, decision: 'approve' | 'reject' = 'approve'): Promise<string> {
    const { id } = await propose(house, asked);
    await success(decide(by, id, { decision }));
    const status = decision === 'approve' ? 'approved' : 'rejected';
    await until(
      async () =>
        await env.DB.prepare('SELECT 1 FROM approval_requests WHERE id = ? AND status = ?').bind(id, status).first(),
    );
    return id;
  }

  beforeAll(async () => {
    house = await found('live', ASKING);
    const first = await owner(house);
    people = [first, await member(first, 'rae@example.com', ['reviewer'])];
  });

  it('needs twenty approvals of two people, and then lets through nothing that was not seen', async () => {
    const one = await answered(people[0]!, mail(5));
    await often(one, 18);
    expect((await suggested()).data).toEqual([]);
    await answered(people[0]!, mail(40));
    expect((await suggested()).data).toEqual([]);
    await answered(people[1]!, mail(20));
    const { data, complete } = await suggested();
    expect([complete, data.length]).toEqual([true, 1]);
    expect(data[0]).toMatchObject({
      rule: 'mails',
      action: 'mail.send',
      actor: house.actor,
      approved: 21,
      people: 2,
      resources: ['list:l20', 'list:l40', 'list:l5'],
      simulation: { would_let_through: 21, fates: { approved: 21, rejected: 0 } },
    });
    expect(data[0].pattern).toMatchObject({
      id: 'trusted-mail-send',
      match: {
        action: ['mail.send'],
        resource: ['list:l20', 'list:l40', 'list:l5'],
        actor: [house.actor],
        metadata: {},
      },
    });
    expect(data[0].bounds).toEqual([
      ...['param: nothing beside "count", "kind"', 'param.count: a whole number from 5 to 40', 'param.kind: "news"'],
      ...['metadata: nothing beside "team"', 'metadata.team: "web"'],
      ...['context: nothing beside "reason"', 'context.reason: "a test"'],
      ...['whichever rule asks', 'whatever risk the agent claims, but critical'],
    ]);
    expect(Date.parse(data[0].pattern.expires)).toBeGreaterThan(Date.now());
  });

  it('goes into a draft that a simulation then confirms', async () => {
    const { data } = await suggested();
    const drafted = withTrusted(ASKING, data[0].pattern);
    if (!drafted.ok) throw new Error(drafted.problem.detail);
    expect(drafted.value.source).toContain(data[0].yaml.trim().split('\n')[0]);
    const answer = await success(
      post('/v1/policy/simulations', { cookie: people[0]!.cookie, body: { source: drafted.value.source } }),
    );
    expect(answer.differences.newly_allowed).toMatchObject({ count: 21, fates: { approved: 21 } });
  });

  it('is not made of texts that differ without end, and says why', async () => {
    const id = await answered(people[0]!, {
      action: 'mail.long',
      resource: 'list:a',
      params: { body: 'x'.repeat(2_000) },
    });
    await often(id, 18);
    for (const by of people) await answered(by, { action: 'mail.long', resource: 'list:a', params: { body: by.user } });
    const { data, not_suggested } = await suggested();
    expect(data.map(({ action }: { action: string }) => action)).toEqual(['mail.send']);
    expect(not_suggested).toMatchObject([
      { action: 'mail.long', kind: 'list', approved: 21, people: 2, reason: expect.stringContaining('`param.body`') },
    ]);
  });

  it('is not made of what is critical', async () => {
    const wipe = { action: 'wipe', resource: 'disk:a' };
    await often(await answered(people[0]!, wipe), 30);
    await often(await answered(people[1]!, { ...wipe, params: { deep: true } }), 30);
    expect((await suggested()).data.map(({ action }: { action: string }) => action)).toEqual(['mail.send']);
  });

  it('is gone once somebody rejects the like', async () => {
    await answered(people[1]!, mail(30), 'reject');
    expect((await suggested()).data).toEqual([]);
  });

  it('is for people and for keys that read everything', async () => {
    expect((await get('/v1/policy/suggestions', { key: house.agent.text })).status).toBe(403);
    expect((await get('/v1/policy/suggestions', { key: house.admin.text })).status).toBe(200);
    expect((await get('/v1/policy/suggestions?limit=0', { key: house.admin.text })).status).toBe(400);
  });
});

describe('a switch', () => {
  const asks = { action: 'refund', actor: 'agent:helper', requires_approval: true };
  const draft = (body: JsonObject, caller: object = { cookie: person.cookie }) =>
    post('/v1/policy/drafts', { ...caller, body });

  it('is written into the policy in force, told in words, and in force once signed', async () => {
    const drafted = await success(draft(asks));
    expect(drafted.differences).toMatchObject([
      { effect: 'unclear', text: expect.stringContaining('ask a person when') },
    ]);
    const { source, base_digest } = drafted;
    await change(person, 'policy', { source });
    const now = await success(get('/v1/policy', { cookie: person.cookie }));
    expect(now).toMatchObject({ version: 2, source });
    const stale = { kind: 'policy', value: { source: POLICY }, base_digest };
    expect((await post('/v1/changes', { cookie: person.cookie, body: stale })).body.code).toBe('base-moved');
    const back = await success(draft({ ...asks, requires_approval: false }));
    expect(back.differences).toMatchObject([{ effect: 'widens' }, {}]);
    expect(back.source.match(/switch-/g)).toHaveLength(1);
  });

  it('takes names, no patterns, from whoever may read the policy', async () => {
    expect((await draft({ ...asks, action: '**' })).status).toBe(400);
    expect((await draft({ ...asks, actor: 'agent:*' })).status).toBe(400);
    expect((await draft(asks, { key: world.agent.text })).status).toBe(403);
  });
});

describe('a policy of an organisation with four eyes', () => {
  let house: World;
  let first: Member;
  let second: Member;
  const next = (id: string) => `version: 1\nrules:\n  - { id: ${id}, match: { action: a }, verdict: allow }\n`;
  const inForce = () => success(get('/v1/policy', { cookie: first.cookie }));
  const proposed = (source: string, more: JsonObject = {}) =>
    post('/v1/changes', { cookie: first.cookie, body: { kind: 'policy', value: { source }, ...more } });
  async function signed(by: Member, id: string) {
    const offer = await post(`/v1/changes/${id}/options`, { cookie: by.cookie, body: {} });
    if (offer.status >= 300) return offer;
    const { intent, intent_token, public_key } = offer.body;
    const assertion = await by.passkey.get(public_key);
    return post(`/v1/changes/${id}/sign`, { cookie: by.cookie, body: { intent, intent_token, assertion } as never });
  }

  beforeAll(async () => {
    house = await found('live');
    first = await owner(house);
    second = await member(first, 'sam@example.com', ['admin']);
    await change(first, 'organization', { settings: { four_eyes: ['policy'] } });
  });

  it('is in force with the second signature, and no signature counts twice', async () => {
    const { id, signatures_needed } = await success(proposed(next('one')));
    expect(signatures_needed).toBe(2);
    expect((await success(signed(first, id))).status).toBe('proposed');
    expect((await signed(first, id)).status).toBeGreaterThanOrEqual(400);
    expect((await inForce()).version).toBe(1);
    expect((await success(signed(second, id))).status).toBe('applied');
    expect(await inForce()).toMatchObject({ version: 2, source: next('one') });
  });

  it('is refused once its base has moved, between two signatures and before the first', async () => {
    const base_digest = (await inForce()).digest;
    const [one, other] = [await success(proposed(next('two'))), await success(proposed(next('three')))];
    await success(signed(first, one.id));
    await success(signed(first, other.id));
    await success(signed(second, other.id));
    expect((await signed(second, one.id)).body.code).toBe('base-moved');
    expect((await proposed(next('four'), { base_digest })).body.code).toBe('base-moved');
    expect(await inForce()).toMatchObject({ version: 3, source: next('three') });
  });

  it('that is wrong is refused with line, column and a suggestion; nothing of it is recorded or in force', async () => {
    const before = [await inForce(), (await success(get('/v1/changes', { cookie: first.cookie }))).data.length];
    const bad = await proposed(
      'version: 1\nrules:\n  - { id: good, verdict: allow }\n  - { id: bad, verdit: allow }\n',
    );
    expect([bad.status, bad.body.code]).toEqual([400, 'invalid-policy']);
    expect(bad.body.errors).toMatchObject([
      { line: 4, column: 16, pointer: '/rules/1/verdit', detail: expect.stringContaining('Did you mean "verdict"?') },
      { line: 4 },
    ]);
    expect([await inForce(), (await success(get('/v1/changes', { cookie: first.cookie }))).data.length]).toEqual(
      before,
    );
    const judged = await propose(house, { action: 'anything.else', resource: 'thing:1' });
    expect([judged.verdict, judged.policy.version]).toEqual(['require_approval', 3]);
  });
});
