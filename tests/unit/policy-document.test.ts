import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, parsePolicy, policyDigest } from '../../core/policy.ts';

const parsed = (source: string) => {
  const read = parsePolicy(source);
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value;
};
const problems = (source: string) => {
  const read = parsePolicy(source);
  if (read.ok) throw new Error('the policy was accepted');
  expect(read.problem.code).toBe('invalid-policy');
  return read.problem.errors ?? [];
};
const withRule = (rule: string) => `rules:\n  - { id: r, verdict: require_approval, ${rule} }\n`;

// The two blocks of the Connic document, as they stand there.
const GATED = `approval:
  tools:
    - order_tools.process_refund
  timeout: 600
  message: "This refund requires manager approval."`;
const CONDITIONAL = `approval:
  tools:
    - order_tools.cancel_order # always gated
    - order_tools.process_refund: param.amount > 1000 # conditional
  timeout: 3600
  message: "This action requires manager approval."
  on_rejection: continue`;

const FULL = `
version: 1
defaults: { verdict: require_approval, risk: medium, verify: passkey }
risk:
  low: { timeout: 24h }
  medium: { timeout: 12h }
  high: { timeout: 4h }
  critical: { timeout: 1h, verify: passkey }
rules:
  - id: large-refunds
    match:
      action: order_tools.process_refund
      resource: "order:*"
      actor: "service-account:*"
      metadata: { environment: production }
    when: param.amount > 1000
    verdict: require_approval
    risk: high
    message: This refund requires manager approval.
    approvals:
      - { from: "group:finance", count: 1 }
      - { from: ["role:admin", "user:dana@example.com"], count: 1 }
    verify: passkey
    require: [comment, external_ref]
    timeout: 1h
    on_rejection: continue
    edits: narrow
    capability: { ttl: 10m, enforce: offline, dpop: false, audience: "service:billing-api" }
    separation: owners
    escalate: [{ after: 30m, to: "group:managers" }]
    remind: 10m
    notify: ["channel:finance-slack"]
trusted:
  - id: small-exports
    match: { action: data.export, actor: "agent:reporter" }
    when: context.records < 100
    limit: { count: 50, per: 1h }
    expires: 2027-01-01
repositories:
  - { repository: payments/api, groups: ["group:payments-owners"], actions: [approve, reject] }
routing:
  - { match: { resource: "iam:**" }, to: "group:iam" }
approval:
  tools:
    - order_tools.cancel_order
    - order_tools.process_refund: param.amount > 1000
  timeout: 600
  message: "This refund requires manager approval."
  on_rejection: continue
limits: { pending_per_actor: 50 }
parameters:
  - action: order_tools.process_refund
    resource: "order:{order}"
    schema: { properties: { order: { type: string }, amount: { type: integer, narrow: lower } } }
calendars: { office: { zone: Europe/Berlin, from: "09:00", to: "17:00" } }
`;

describe('a policy document', () => {
  it('with every kind of entry becomes its normal form', () => {
    const { policy, warnings } = parsed(FULL);
    expect(warnings).toEqual([]);
    expect(policy.rules[0]).toMatchObject({
      id: 'large-refunds',
      approvals: [
        { from: ['group:finance'], count: 1 },
        { from: ['role:admin', 'user:dana@example.com'], count: 1 },
      ],
      require: { approve: ['comment', 'external_ref'], reject: ['comment', 'external_ref'] },
      timeout_seconds: 3600,
      remind_seconds: 600,
      escalate: [{ after_seconds: 1800, to: ['group:managers'] }],
      capability: { ttl_seconds: 600, enforce: 'offline', dpop: false, audience: 'service:billing-api' },
    });
    expect(policy.trusted[0]).toMatchObject({
      limit: { count: 50, per_seconds: 3600 },
      expires: '2027-01-01T00:00:00.000Z',
    });
    expect(policy.repositories).toEqual([
      { repository: 'payments/api', groups: ['group:payments-owners'], actions: ['approve', 'reject'] },
    ]);
    expect(policy.routing[0]?.to).toEqual(['group:iam']);
    expect(policy.limits.pending_per_actor).toBe(50);
  });

  it('fills the time to decide from the risk: 24 h, 12 h, 4 h, 1 h', () => {
    const seconds = Object.values(DEFAULT_POLICY.risk).map((level) => level.timeout_seconds);
    expect(seconds).toEqual([86_400, 43_200, 14_400, 3_600]);
  });

  it('has the same digest as JSON, with comments, and in another order of keys', () => {
    const { policy } = parsed(
      'limits: { pending_per_actor: 7 } # few\nrules:\n  - { verdict: deny, id: a, match: { action: x } }',
    );
    const other = parsed(
      '{"rules":[{"match":{"action":["x"]},"id":"a","verdict":"deny"}],"limits":{"pending_per_actor":7},"version":1}',
    );
    expect(policyDigest(other.policy)).toBe(policyDigest(policy));
    expect(policyDigest(policy)).not.toBe(policyDigest(DEFAULT_POLICY));
  });

  it('that survives JSON keeps its digest', () => {
    const { policy } = parsed(FULL);
    expect(policyDigest(JSON.parse(JSON.stringify(policy)))).toBe(policyDigest(policy));
  });

  it('of the demo organisation parses without a warning', () => {
    expect(parsed(readFileSync('docs/examples/policy.yaml', 'utf8')).warnings).toEqual([]);
  });

  it('asks for evidence on one decision alone', () => {
    expect(parsed(withRule('require: { reject: [comment] }')).policy.rules[0]?.require).toEqual({
      approve: [],
      reject: ['comment'],
    });
  });
});

describe('the compact form', () => {
  it('of one gated tool, as in the seed', () => {
    const { policy, warnings } = parsed(GATED);
    expect(warnings).toEqual([]);
    expect(
      policy.rules.map(({ id, verdict, timeout_seconds, risk }) => ({ id, verdict, timeout_seconds, risk })),
    ).toEqual([
      { id: 'approval:order_tools.process_refund', verdict: 'require_approval', timeout_seconds: 600, risk: 'medium' },
    ]);
    expect(policy.rules[0]?.message).toBe('This refund requires manager approval.');
  });
  it('of a conditional tool, as in the seed, becomes two rules', () => {
    const { policy } = parsed(CONDITIONAL);
    expect(policy.rules.map(({ id, when, verdict }) => [id, when, verdict])).toEqual([
      ['approval:order_tools.cancel_order', null, 'require_approval'],
      ['approval:order_tools.process_refund', 'param.amount > 1000', 'require_approval'],
      ['approval:order_tools.process_refund:otherwise', null, 'allow'],
    ]);
    expect(new Set(policy.rules.map(({ on_rejection }) => on_rejection))).toEqual(new Set(['continue']));
  });
  it('stands behind the rules, and its settings are its own', () => {
    const { policy } = parsed(
      `defaults: { risk: low }\nrules: [{ id: first, verdict: deny, match: { action: x } }]\n${GATED}`,
    );
    expect(policy.rules.map(({ id, message, risk }) => [id, message, risk])).toEqual([
      ['first', null, 'low'],
      ['approval:order_tools.process_refund', 'This refund requires manager approval.', 'low'],
    ]);
  });
  it('lets unlisted tools through only when it says so, with a warning', () => {
    expect(parsed(GATED).policy.defaults.verdict).toBe('require_approval');
    for (const source of [`unlisted: allow\n${GATED}`, `${GATED}\n  unlisted: allow`]) {
      const { policy, warnings } = parsed(source);
      expect(policy.defaults.verdict).toBe('allow');
      expect(warnings).toHaveLength(1);
      expect(warnings[0]?.line).toBe(source.startsWith('unlisted') ? 1 : 6);
    }
  });
});

describe('a wrong document names the place and the way out', () => {
  const CASES: [string, string, { line: number; column: number; pointer: string }, RegExp][] = [
    ['an unknown key', 'rule: []', { line: 1, column: 1, pointer: '/rule' }, /Did you mean "rules"/],
    [
      'a misspelt key of a rule',
      'rules:\n  - id: a\n    verdit: allow',
      { line: 3, column: 5, pointer: '/rules/0/verdit' },
      /Did you mean "verdict"/,
    ],
    [
      'a misspelt verdict',
      'rules:\n  - { id: a, verdict: alow }',
      { line: 2, column: 14, pointer: '/rules/0/verdict' },
      /Did you mean "allow"/,
    ],
    [
      'a misspelt risk level',
      withRule('risk: hihg'),
      { line: 2, column: 41, pointer: '/rules/0/risk' },
      /Did you mean "high"/,
    ],
    [
      'a broken condition',
      'rules:\n  - id: a\n    verdict: deny\n    when: param.amount >',
      { line: 4, column: 24, pointer: '/rules/0/when' },
      /CEL/,
    ],
    [
      'an unknown name in a quoted condition',
      'rules:\n  - id: a\n    verdict: deny\n    when: "1 > 0 && prams.a"',
      { line: 4, column: 21, pointer: '/rules/0/when' },
      /Did you mean "param"/,
    ],
    ['a duration that is none', withRule('timeout: soon'), { line: 2, column: 41, pointer: '/rules/0/timeout' }, /90s/],
    [
      'a deadline below 30 seconds',
      withRule('timeout: 5'),
      { line: 2, column: 41, pointer: '/rules/0/timeout' },
      /30 seconds/,
    ],
    [
      'an approver without a kind',
      withRule('approvals: [{ from: finance }]'),
      { line: 2, column: 55, pointer: '/rules/0/approvals/0/from' },
      /group:finance/,
    ],
    [
      'an auditor as approver',
      withRule('approvals: [{ from: "role:auditor" }]'),
      { line: 2, column: 55, pointer: '/rules/0/approvals/0/from' },
      /cannot approve/,
    ],
    [
      'a stage of nobody',
      withRule('approvals: [{ from: [] }]'),
      { line: 2, column: 55, pointer: '/rules/0/approvals/0/from' },
      /empty/,
    ],
    [
      'a stage with count 0',
      withRule('approvals: [{ from: "role:admin", count: 0 }]'),
      { line: 2, column: 75, pointer: '/rules/0/approvals/0/count' },
      /whole number/,
    ],
    [
      'an id used twice',
      'rules: [{ id: a, verdict: deny }]\ntrusted:\n  - { id: a, match: { action: x } }',
      { line: 3, column: 7, pointer: '/trusted/0/id' },
      /twice/,
    ],
    [
      'a trusted pattern for everything',
      'trusted:\n  - { id: a, match: {} }',
      { line: 2, column: 5, pointer: '/trusted/0' },
      /at least/,
    ],
    [
      'a day that does not exist',
      'trusted:\n  - { id: a, match: { action: x }, expires: 2027-02-30 }',
      { line: 2, column: 36, pointer: '/trusted/0/expires' },
      /date/,
    ],
    ['a key written twice', 'version: 1\nversion: 1', { line: 2, column: 1, pointer: '' }, /unique/],
    ['another version', 'version: 2', { line: 1, column: 1, pointer: '/version' }, /must be 1/],
    ['an alias', 'rules: &a []\ntrusted: *a', { line: 2, column: 10, pointer: '' }, /Aliases/],
    ['broken YAML', 'rules: [', { line: 1, column: 9, pointer: '' }, /YAML/],
    ['two documents', 'version: 1\n---\nversion: 1', { line: 2, column: 1, pointer: '' }, /YAML/],
    [
      'a prototype key',
      'rules:\n  - { id: a, verdict: deny, match: { metadata: { __proto__: x } } }',
      { line: 2, column: 50, pointer: '' },
      /cannot be a key/,
    ],
    [
      'a number that JSON cannot hold',
      'limits: { pending_per_actor: 9007199254740993 }',
      { line: 1, column: 30, pointer: '' },
      /exactly/,
    ],
    [
      'contradicting words for the unlisted',
      'unlisted: allow\ndefaults: { verdict: deny }',
      { line: 1, column: 1, pointer: '/unlisted' },
      /different things/,
    ],
    [
      'a tool with two conditions',
      'approval:\n  tools:\n    - { a: "true", b: "true" }',
      { line: 3, column: 7, pointer: '/approval/tools/0' },
      /name: condition/,
    ],
    ['nothing at all', '', { line: 1, column: 1, pointer: '' }, /object/],
  ];
  for (const [name, source, place, says] of CASES) {
    it(name, () => {
      const [first] = problems(source);
      expect(first).toMatchObject(place);
      expect(first?.detail).toMatch(says);
    });
  }

  it('and all of its mistakes at once', () => {
    expect(problems('rules:\n  - { id: "a b", verdict: no, risk: huge, foo: 1 }\nbar: 2')).toHaveLength(5);
  });

  it('a missing key is said where it should be', () => {
    expect(problems('rules:\n  - { id: a }')[0]).toMatchObject({ line: 2, column: 5, detail: '"verdict" is missing.' });
  });

  it('nested without end is refused', () => {
    expect(problems('['.repeat(30_000))[0]?.detail).toMatch(/nested too deeply/);
    expect(problems(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)[0]?.detail).toMatch(/nested too deeply/);
    expect(problems('#'.repeat(65 * 1024))[0]?.detail).toMatch(/characters/);
  });
});

describe('warnings', () => {
  const CASES: [string, string, RegExp][] = [
    ['a guard behind what it guards', withRule('when: param.a > 1 && has(param.a)'), /too late/],
    ['oidc above medium risk', withRule('risk: high, verify: oidc'), /passkey is asked for all the same/],
    ['a rule that allows everything', 'rules: [{ id: a, verdict: allow }]', /allows everything/],
    [
      'a rule behind one that matches everything',
      'rules: [{ id: a, verdict: require_approval }, { id: b, verdict: allow, match: { action: x } }]',
      /never reached/,
    ],
    ['a default that allows', 'defaults: { verdict: allow }', /without a person/],
  ];
  for (const [name, source, says] of CASES) {
    it(name, () => {
      const { warnings } = parsed(source);
      expect(warnings.map(({ detail }) => detail).join(' ')).toMatch(says);
      for (const warning of warnings) expect(warning.line).toBeGreaterThan(0);
    });
  }
});

describe('any text', () => {
  it('is a policy or a problem with places, never an exception', () => {
    const pieces = fc.constantFrom(
      'rules:',
      '\n',
      '  - ',
      'id: a',
      ', ',
      '{',
      '}',
      '[',
      ']',
      'when: ',
      'param.a > 1',
      'verdict: allow',
      'approval:',
      'tools:',
      '"',
      "'",
      '&a',
      '*a',
      '!!x',
      '|',
      '---',
      ': ',
      '1e999',
      '.nan',
      '~',
      '? ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
          fc.json(),
        ),
        (source) => {
          const read = parsePolicy(source);
          if (!read.ok) for (const place of read.problem.errors ?? []) expect(place.line).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
