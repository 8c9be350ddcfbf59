import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../core/json.ts';
import { DEFAULT_POLICY, judge, judgeDenies, type Policy, type PolicyInput, parsePolicy } from '../../core/policy.ts';

const NOW = '2026-11-20T10:00:00.000Z';
const FACTS = { now: NOW, exhausted_patterns: [] as string[] };
const policyOf = (source: string): Policy => {
  const read = parsePolicy(source);
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value.policy;
};
const asked = (parts: Partial<PolicyInput>): PolicyInput => ({
  action: 'order_tools.process_refund',
  resource: 'order:42',
  actor: 'agent:bot',
  params: {},
  metadata: {},
  context: null,
  claimed_risk: null,
  ...parts,
});
const judged = (source: string, parts: Partial<PolicyInput> = {}, facts = FACTS) =>
  judge(policyOf(source), asked(parts), facts);
const DEFAULT_STAGE = { from: ['role:owner', 'role:admin', 'role:reviewer'], count: 1 };

describe('the order of judging', () => {
  it('nothing matched: a person is asked, with a passkey, at medium risk', () => {
    expect(judge(DEFAULT_POLICY, asked({}), FACTS)).toEqual({
      verdict: 'require_approval',
      rule: null,
      semantics: 2,
      message: null,
      on_rejection: 'stop',
      risk: { level: 'medium', claimed: null, reasons: ['No rule matched; the default is medium.'] },
      requirement: {
        verify: 'passkey',
        separation: 'requester',
        stages: [DEFAULT_STAGE],
        require: { approve: [], reject: [] },
      },
      capability: { ttl_seconds: 600, enforce: 'offline', dpop: false, audience: null },
      edits: 'none',
      timeout_seconds: 43_200,
      constraints: {},
      trace: [{ rule: 'default', kind: 'default', result: 'matched' }],
      errors: [],
      draws_on: null,
      escalate: [],
      remind_seconds: null,
      notify: [],
      parameters: null,
    });
  });

  it('a matching deny wins wherever it stands', () => {
    const answer = judged(`rules:
  - { id: yes, verdict: allow, match: { action: "order_tools.*" } }
  - { id: no, verdict: deny, match: { action: "order_tools.*" }, message: Not by agents. }`);
    expect(answer).toMatchObject({ verdict: 'deny', rule: 'no', message: 'Not by agents.' });
  });

  it('the first rule that matches decides', () => {
    const source = `rules:
  - { id: a, verdict: allow, match: { action: "other.*" } }
  - { id: b, verdict: require_approval, risk: high, timeout: 1h, match: { resource: ["item:*", "order:*"] } }
  - { id: c, verdict: allow }`;
    const answer = judged(source);
    expect(answer).toMatchObject({
      verdict: 'require_approval',
      rule: 'b',
      timeout_seconds: 3600,
      risk: { level: 'high' },
    });
    expect(answer.trace.map(({ rule, result }) => [rule, result])).toEqual([
      ['a', 'not-matched'],
      ['b', 'matched'],
    ]);
  });

  it('all given keys of a match must hold', () => {
    const source = `rules: [{ id: a, verdict: allow, match: { action: "**", resource: "order:*", actor: "agent:bot", metadata: { team: [red, "blue-*"], tier: 1 } } }]`;
    expect(judged(source, { metadata: { team: 'blue-2', tier: 1 } }).verdict).toBe('allow');
    expect(judged(source, { metadata: { team: 'green', tier: 1 } }).verdict).toBe('require_approval');
    expect(judged(source, { metadata: { team: 'red', tier: 2 } }).verdict).toBe('require_approval');
    expect(judged(source, { metadata: { team: 'red', tier: 1 }, actor: 'agent:other' }).errors).toEqual([]);
  });
});

describe('risk', () => {
  const ALLOW = 'rules: [{ id: a, verdict: allow, risk: low }]';
  it('is the highest of rule and claim, and a claim never lowers it', () => {
    expect(judged(ALLOW, { claimed_risk: 'high' })).toMatchObject({
      verdict: 'allow',
      risk: { level: 'high', claimed: 'high' },
    });
    expect(
      judged('rules: [{ id: a, verdict: require_approval, risk: critical }]', { claimed_risk: 'low' }).risk.level,
    ).toBe('critical');
  });
  it('claimed critical turns allow into a question, and never a deny into one', () => {
    expect(judged(ALLOW, { claimed_risk: 'critical' })).toMatchObject({
      verdict: 'require_approval',
      timeout_seconds: 3600,
      constraints: {},
    });
    expect(judged('rules: [{ id: a, verdict: deny }]', { claimed_risk: 'critical' }).verdict).toBe('deny');
  });
  it('shortens the deadline: the shorter of the rule and the final risk', () => {
    const source = 'rules: [{ id: a, verdict: require_approval, risk: low, timeout: 2h }]';
    expect(judged(source).timeout_seconds).toBe(7200);
    expect(judged(source, { claimed_risk: 'critical' }).timeout_seconds).toBe(3600);
  });
  it('keeps a signed token from deciding above medium unless the policy says so for that level', () => {
    const source = 'rules: [{ id: a, verdict: require_approval, verify: oidc }]';
    expect(judged(source).requirement.verify).toBe('oidc');
    expect(judged(source, { claimed_risk: 'high' }).requirement.verify).toBe('passkey');
    expect(judged(`risk: { high: { verify: oidc } }\n${source}`, { claimed_risk: 'high' }).requirement.verify).toBe(
      'oidc',
    );
    expect(judged(`risk: { medium: { verify: passkey } }\n${source}`).requirement.verify).toBe('passkey');
  });
});

describe('errors never help the agent', () => {
  const ALLOW_SMALL = `rules:
  - { id: small, verdict: allow, risk: low, match: { action: "order_tools.*" }, when: param.amount <= 1000 }`;

  it('an allow that cannot be evaluated asks, at high risk', () => {
    for (const params of [
      {},
      { amount: '24005' },
      { amount: null },
      { amount: [1] },
      { amount: Number.NaN },
    ] as JsonObject[]) {
      const answer = judged(ALLOW_SMALL, { params });
      expect(answer).toMatchObject({
        verdict: 'require_approval',
        rule: 'small',
        risk: { level: 'high' },
        constraints: {},
      });
      expect(answer.errors).toHaveLength(1);
      expect(answer.timeout_seconds).toBe(14_400);
    }
  });

  it('and so does one whose error && would have swallowed', () => {
    const source =
      'rules: [{ id: a, verdict: require_approval, when: \'param.amount > 1000 && metadata.environment == "production"\' }, { id: rest, verdict: allow }]';
    expect(judged(source, { params: { amount: 5 }, metadata: { environment: 'staging' } }).verdict).toBe('allow');
    expect(judged(source, { params: { amount: '24005' }, metadata: { environment: 'staging' } })).toMatchObject({
      verdict: 'require_approval',
      rule: 'a',
      errors: [{ rule: 'a' }],
    });
  });

  it('adds its own demands to those of the rule that really matches, the strictest of each', () => {
    const answer = judged(`rules:
  - id: broken
    verdict: require_approval
    when: param.missing > 1
    approvals: [{ from: "group:finance", count: 2 }]
    require: { approve: [external_ref] }
    timeout: 30m
    edits: narrow
    on_rejection: continue
    separation: owners
    message: Look closely.
    capability: { ttl: 5m, enforce: introspect }
  - id: real
    verdict: require_approval
    risk: low
    verify: oidc
    approvals: [{ from: "role:admin" }, { from: "group:finance", count: 2 }]
    require: [comment]
    timeout: 2h
    edits: any
    on_rejection: continue
    capability: { ttl: 10m, enforce: consume, dpop: true, audience: "service:x" }`);
    expect(answer).toMatchObject({
      verdict: 'require_approval',
      rule: 'broken',
      message: 'Look closely.',
      on_rejection: 'continue',
      edits: 'narrow',
      timeout_seconds: 1800,
      risk: { level: 'high' },
      requirement: {
        verify: 'passkey',
        separation: 'owners',
        require: { approve: ['comment', 'external_ref'], reject: ['comment'] },
      },
      capability: { ttl_seconds: 300, enforce: 'consume', dpop: true, audience: 'service:x' },
    });
    expect(answer.requirement.stages).toEqual([
      { from: ['group:finance'], count: 2 },
      { from: ['role:admin'], count: 1 },
    ]);
  });

  it('adds to the default approvers when nothing else matches', () => {
    const answer = judged(
      'rules: [{ id: a, verdict: require_approval, when: param.x > 1, approvals: [{ from: "group:g" }] }]',
    );
    expect(answer.requirement.stages).toEqual([{ from: ['group:g'], count: 1 }, DEFAULT_STAGE]);
  });

  it('does not turn a default of deny into a question', () => {
    expect(judged(`defaults: { verdict: deny }\n${ALLOW_SMALL}`)).toMatchObject({
      verdict: 'deny',
      errors: [{ rule: 'small' }],
    });
  });

  it('a deny that cannot be evaluated asks at critical risk, even in front of an allow', () => {
    const source = 'rules: [{ id: yes, verdict: allow }, { id: no, verdict: deny, when: param.amount > 5 }]';
    expect(judged(source)).toMatchObject({
      verdict: 'require_approval',
      rule: 'no',
      risk: { level: 'critical' },
      errors: [{ rule: 'no' }],
    });
    expect(judged(source, { params: { amount: 1 } }).verdict).toBe('allow');
    expect(judged(source, { params: { amount: 9 } }).verdict).toBe('deny');
  });

  it('a deny that matches wins over one that cannot be evaluated', () => {
    const source =
      'rules: [{ id: a, verdict: deny, when: param.x > 1 }, { id: b, verdict: deny, match: { action: "**" } }]';
    expect(judged(source)).toMatchObject({ verdict: 'deny', rule: 'b' });
  });

  it('a metadata key that is absent while the rest holds is an error, not a non-match', () => {
    const source = `rules:
  - { id: prod, verdict: require_approval, match: { action: "order_tools.*", metadata: { environment: production, team: red } } }
  - { id: rest, verdict: allow }`;
    expect(judged(source)).toMatchObject({ verdict: 'require_approval', rule: 'prod', errors: [{ rule: 'prod' }] });
    expect(judged(source, { metadata: { environment: 5, team: 'red' } }).errors).toHaveLength(1);
    expect(judged(source, { metadata: { environment: null, team: 'red' } }).errors).toHaveLength(1);
    expect(judged(source, { action: 'other' })).toMatchObject({ verdict: 'allow', errors: [] });
    expect(judged(source, { metadata: { team: 'blue' } })).toMatchObject({ verdict: 'allow', errors: [] });
  });

  it('a stored condition that no longer passes the gate is an error', () => {
    const policy = policyOf(ALLOW_SMALL);
    const broken = { ...policy, rules: policy.rules.map((rule) => ({ ...rule, when: 'nope(' })) };
    expect(judge(broken, asked({}), FACTS)).toMatchObject({ verdict: 'require_approval', errors: [{ rule: 'small' }] });
  });
});

describe('trusted patterns', () => {
  const SOURCE = `rules:
  - { id: forbidden, verdict: deny, match: { resource: "secret:**" } }
  - { id: exports, verdict: require_approval, risk: medium, match: { action: data.export }, message: Data leaves. }
trusted:
  - { id: small, match: { action: data.export, actor: "agent:reporter" }, when: context.records < 100, limit: { count: 50, per: 1h }, expires: 2027-01-01 }
  - { id: tiny, match: { action: data.export, actor: "agent:reporter" }, when: context.records < 3 }`;
  const REPORT: Partial<PolicyInput> = { action: 'data.export', actor: 'agent:reporter', context: { records: 5 } };

  it('let through what policy would ask about, bound to what was read', () => {
    expect(judged(SOURCE, REPORT)).toMatchObject({
      verdict: 'allow',
      rule: 'small',
      message: null,
      constraints: { 'context.records': 5 },
      draws_on: { pattern: 'small', count: 50, per_seconds: 3600 },
    });
  });
  it('ask again beyond the budget; the next pattern may still fit', () => {
    const spent = { now: NOW, exhausted_patterns: ['small'] };
    expect(judged(SOURCE, REPORT, spent)).toMatchObject({
      verdict: 'require_approval',
      rule: 'exports',
      draws_on: null,
      constraints: {},
    });
    expect(judged(SOURCE, { ...REPORT, context: { records: 1 } }, spent)).toMatchObject({
      verdict: 'allow',
      rule: 'tiny',
      draws_on: null,
    });
  });
  it('end at their last moment', () => {
    expect(judged(SOURCE, REPORT, { ...FACTS, now: '2026-12-31T23:59:59.999Z' }).verdict).toBe('allow');
    expect(judged(SOURCE, REPORT, { ...FACTS, now: '2027-01-01T00:00:00.000Z' }).verdict).toBe('require_approval');
  });
  it('are never over a deny, and never for critical risk', () => {
    expect(judged(SOURCE, { ...REPORT, resource: 'secret:keys' }).verdict).toBe('deny');
    expect(judged(SOURCE, { ...REPORT, claimed_risk: 'critical' }).verdict).toBe('require_approval');
  });
  it('that cannot be evaluated do not match, and that is recorded', () => {
    for (const context of [null, {}, { records: '5' }] as (JsonObject | null)[]) {
      const answer = judged(SOURCE, { ...REPORT, context });
      expect(answer).toMatchObject({ verdict: 'require_approval', rule: 'exports', risk: { level: 'medium' } });
      expect(answer.errors.map(({ rule }) => rule)).toEqual(['small', 'tiny']);
    }
  });
  it('are not asked when a rule could not be evaluated', () => {
    const source = `rules: [{ id: broken, verdict: require_approval, when: param.x > 1 }]\ntrusted: [{ id: t, match: { action: "**" } }]`;
    expect(judged(source)).toMatchObject({ verdict: 'require_approval', rule: 'broken' });
    expect(judged(source, { params: { x: 2 } })).toMatchObject({ verdict: 'allow', rule: 't' });
  });
  it('work on the default too', () => {
    expect(judged('trusted: [{ id: t, match: { action: "order_tools.*" } }]')).toMatchObject({
      verdict: 'allow',
      rule: 't',
    });
  });
});

describe('what was read on the way to allow is bound', () => {
  it('of the match and the condition of the allowing rule', () => {
    const source =
      'rules: [{ id: a, verdict: allow, match: { metadata: { environment: staging } }, when: "context.records < 10 && !has(context.force) && param.a == 1" }]';
    const parts = {
      params: { a: 1 },
      metadata: { environment: 'staging', other: 'x' },
      context: { records: 5, note: 'hi' },
    };
    expect(judged(source, parts).constraints).toEqual({
      'metadata.environment': 'staging',
      'context.records': 5,
      'context.force': null,
    });
  });
  it('also of a rule whose condition was false, because the answer leans on that', () => {
    expect(
      judged('approval: { tools: [order_tools.process_refund: context.records > 100] }', { context: { records: 5 } }),
    ).toMatchObject({
      verdict: 'allow',
      constraints: { 'context.records': 5 },
    });
  });
});

describe('the compact form', () => {
  const SOURCE = `approval:
  tools:
    - order_tools.cancel_order # always gated
    - order_tools.process_refund: param.amount > 1000 # conditional
  timeout: 3600
  message: "This action requires manager approval."
  on_rejection: continue`;
  it('lets small refunds through and pauses larger ones', () => {
    expect(judged(SOURCE, { params: { amount: 129 } }).verdict).toBe('allow');
    expect(judged(SOURCE, { params: { amount: 24005 } })).toMatchObject({
      verdict: 'require_approval',
      message: 'This action requires manager approval.',
      on_rejection: 'continue',
      timeout_seconds: 3600,
      risk: { level: 'medium' },
    });
    expect(judged(SOURCE, { action: 'order_tools.cancel_order' }).verdict).toBe('require_approval');
  });
  it('asks when the amount is text, instead of letting it through', () => {
    expect(judged(SOURCE, { params: { amount: '24005' } })).toMatchObject({
      verdict: 'require_approval',
      on_rejection: 'continue',
      risk: { level: 'high' },
      message: 'This action requires manager approval.',
    });
  });
  it('leaves unlisted tools to the defaults', () => {
    expect(judged(SOURCE, { action: 'db_delete' }).verdict).toBe('require_approval');
    expect(judged(`unlisted: allow\n${SOURCE}`, { action: 'db_delete' }).verdict).toBe('allow');
  });
});

describe('routing', () => {
  const SOURCE = `rules: [{ id: own, verdict: require_approval, match: { action: own }, approvals: [{ from: "group:x" }] }]
routing:
  - { match: { resource: "iam:**" }, to: "group:iam" }
  - { match: { metadata: { team: red } }, to: ["group:red", "role:admin"] }`;
  it('sends a request without approvals to where it says', () => {
    expect(judged(SOURCE, { resource: 'iam:role/a' }).requirement.stages).toEqual([{ from: ['group:iam'], count: 1 }]);
    expect(judged(SOURCE, { metadata: { team: 'red' } }).requirement.stages).toEqual([
      { from: ['group:red', 'role:admin'], count: 1 },
    ]);
    expect(judged(SOURCE, { action: 'own', resource: 'iam:role/a' }).requirement.stages).toEqual([
      { from: ['group:x'], count: 1 },
    ]);
    expect(judged(SOURCE, { metadata: { team: 'blue' } }).requirement.stages).toEqual([DEFAULT_STAGE]);
  });
  it('that cannot be told adds people instead of leaving them out', () => {
    expect(judged(SOURCE).requirement.stages).toEqual([{ from: ['group:red', 'role:admin'], count: 1 }, DEFAULT_STAGE]);
  });
});

describe('the denies, judged again', () => {
  const POLICY = policyOf(`rules:
  - { id: open, verdict: allow }
  - { id: night, verdict: deny, match: { action: "order_tools.*" }, when: "now.getHours() >= 22", message: Not at night. }
  - { id: large, verdict: deny, match: { action: big }, when: param.amount > 5 }`);
  it('refuse when one hits', () => {
    expect(judgeDenies(POLICY, asked({}), '2026-11-20T23:00:00.000Z')).toEqual({
      rule: 'night',
      detail: 'Not at night.',
    });
    expect(judgeDenies(POLICY, asked({}), NOW)).toBeNull();
  });
  it('refuse when one cannot be evaluated', () => {
    expect(judgeDenies(POLICY, asked({ action: 'big' }), NOW)?.rule).toBe('large');
    expect(judgeDenies(POLICY, asked({ action: 'big', params: { amount: 1 } }), NOW)).toBeNull();
  });
});

describe('the trace', () => {
  it('names the rule, the part that decided and its values', () => {
    const { trace } = judged('rules: [{ id: a, verdict: require_approval, when: param.amount > 1000 }]', {
      params: { amount: 24005 },
    });
    expect(trace).toEqual([
      {
        rule: 'a',
        kind: 'rule',
        result: 'matched',
        expression: 'param.amount > 1000',
        decided_by: {
          expression: 'param.amount > 1000',
          values: [{ name: 'param.amount', value: 24005 }],
          result: true,
        },
      },
    ]);
  });
});

describe('properties', () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
  const facts = fc.dictionary(
    fc.constantFrom('amount', 'records', 'environment', '__proto__', 'x'),
    json,
  ) as fc.Arbitrary<JsonObject>;
  const inputs: fc.Arbitrary<PolicyInput> = fc.record({
    action: fc.constantFrom('data.export', 'order_tools.process_refund', 'iam.grant'),
    resource: fc.constantFrom('order:42', 'secret:keys'),
    actor: fc.constantFrom('agent:reporter', 'agent:bot'),
    params: facts,
    metadata: facts,
    context: fc.option(facts),
    claimed_risk: fc.option(fc.constantFrom('low', 'high', 'critical') as fc.Arbitrary<'low' | 'high' | 'critical'>),
  });
  const conditions = [
    'param.amount > 1',
    'context.records < 100 || true',
    'metadata.environment == "x"',
    'param.x.all(i, i > 0)',
    'has(param.x) && param.x',
    'param.amount in [1, 2]',
  ];
  const rule = fc.record({
    verdict: fc.constantFrom('allow', 'require_approval', 'deny'),
    action: fc.constantFrom('data.*', 'order_tools.*', '**'),
    when: fc.option(fc.constantFrom(...conditions)),
    metadata: fc.option(fc.constantFrom('x', 1, true)),
  });
  const policies = fc
    .record({ rules: fc.array(rule, { maxLength: 5 }), trusted: fc.array(rule, { maxLength: 2 }) })
    .map(({ rules, trusted }) => {
      const match = ({ action, metadata }: { action: string; metadata: Json }) => ({
        action,
        ...(metadata === null ? {} : { metadata: { environment: metadata } }),
      });
      const when = (text: string | null) => (text === null ? {} : { when: text });
      return policyOf(
        JSON.stringify({
          rules: rules.map((entry, i) => ({
            id: `r${i}`,
            verdict: entry.verdict,
            match: match(entry),
            ...when(entry.when),
          })),
          trusted: trusted.map((entry, i) => ({ id: `t${i}`, match: match(entry), ...when(entry.when) })),
        }),
      );
    });

  it('no allow comes out of a rule that could not be evaluated, and none over a deny', () => {
    fc.assert(
      fc.property(policies, inputs, (policy, input) => {
        const answer = judge(policy, input, FACTS);
        const failed = answer.trace.filter(({ kind, result }) => kind === 'rule' && result === 'error');
        const denied = answer.trace.some(
          ({ rule: id, result }) =>
            result === 'matched' && policy.rules.find((one) => one.id === id)?.verdict === 'deny',
        );
        if (failed.length > 0) expect(answer.verdict).not.toBe('allow');
        if (denied) expect(answer.verdict).toBe('deny');
        if (judgeDenies(policy, input, NOW)) expect(answer.verdict).not.toBe('allow');
        expect(answer.requirement.stages.length).toBeGreaterThan(0);
        if (answer.verdict !== 'allow') expect(answer.constraints).toEqual({});
      }),
      { numRuns: 400 },
    );
  });

  it('the same question with its keys in another order gets the same answer', () => {
    const reordered = (value: Json): Json => {
      if (Array.isArray(value)) return value.map(reordered);
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, reordered(item)]),
      );
    };
    fc.assert(
      fc.property(policies, inputs, (policy, input) => {
        const again = JSON.parse(JSON.stringify(reordered(policy as unknown as Json))) as Policy;
        const other = reordered(input as unknown as Json) as unknown as PolicyInput;
        expect(judge(again, other, FACTS)).toEqual(judge(policy, input, FACTS));
      }),
      { numRuns: 300 },
    );
  });

  it('judging changes nothing that it was given', () => {
    fc.assert(
      fc.property(policies, inputs, (policy, input) => {
        const before = structuredClone({ policy, input });
        judge(policy, input, FACTS);
        expect({ policy, input }).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });
});
