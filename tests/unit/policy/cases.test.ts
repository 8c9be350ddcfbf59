// Cases beside a policy: they hold or they say where, what was expected and what the policy says.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy, readCases, runCases } from '../../../core/policy.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const POLICY = `version: 1
rules:
  - { id: reads, match: { action: "read.**" }, verdict: allow, risk: low }
  - id: exports
    match: { action: data.export }
    verdict: require_approval
    timeout: 15m
    approvals: [{ from: ["group:legal", "group:security"], count: 2 }]
trusted:
  - { id: few, match: { action: data.export }, when: context.records < 10, limit: { count: 5, per: 1h } }
`;

const policyOf = (source: string) => {
  const read = parsePolicy(source);
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value.policy;
};
const casesOf = (text: string) => {
  const read = readCases(text);
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value;
};
const failures = (cases: string) =>
  runCases(policyOf(POLICY), casesOf(cases), NOW).flatMap((outcome) => outcome.failures);
const places = (text: string) => {
  const read = readCases(text);
  if (read.ok) throw new Error('the cases were taken');
  return read.problem.errors ?? [];
};

describe('the cases of the example policy', () => {
  const text = readFileSync('docs/examples/policy.test.yaml', 'utf8');
  const example = readFileSync('docs/examples/policy.yaml', 'utf8');

  it('hold, each of them, today and in years', () => {
    for (const now of [NOW, '2031-01-01T00:00:00.000Z']) {
      const outcomes = runCases(policyOf(example), casesOf(text), now);
      expect(outcomes.length).toBeGreaterThan(10);
      expect(outcomes.filter((outcome) => outcome.failures.length > 0).map(({ name }) => name)).toEqual([]);
    }
  });

  it('notice when a rule is turned around', () => {
    const bent = example.replace('when: param.amount > 10000', 'when: param.amount > 1000000');
    const failed = runCases(policyOf(bent), casesOf(text), NOW).filter((outcome) => outcome.failures.length > 0);
    expect(failed.map(({ name }) => name)).toEqual(['a refund of 1,292.00 waits for a person']);
  });
});

describe('a case', () => {
  it('that fails says where, what was expected and what came', () => {
    const [failure, ...more] = failures(`- name: reads wait
  request: { action: read.file, resource: "file:a" }
  expect:
    verdict: require_approval
`);
    expect(more).toEqual([]);
    expect(failure).toMatchObject({ line: 4, column: 5, field: 'verdict', expected: 'require_approval', got: 'allow' });
    expect(failure!.detail).toBe('"reads wait": expected verdict require_approval, got allow.');
  });

  it('compares rule, risk, people, time, evidence and message; people in any order', () => {
    const request = 'request: { action: data.export, resource: "table:a", context: { records: 50 } }';
    const stages = 'stages: [{ from: ["group:security", "group:legal"], count: 2 }]';
    const right = `{ rule: exports, risk: medium, ${stages}, timeout: 900s, verify: passkey, message: null }`;
    expect(failures(`- { name: n, ${request}, expect: ${right} }`)).toEqual([]);
    const wrong = `{ rule: null, risk: low, stages: [{ from: "group:legal" }], timeout: 1h, verify: oidc, message: x }`;
    const found = failures(`- { name: n, ${request}, expect: ${wrong} }`);
    expect(found.map(({ field }) => field)).toEqual(['rule', 'risk', 'stages', 'verify', 'timeout', 'message']);
  });

  it('judges at its own moment and with the budgets that it says are spent', () => {
    const asked = 'request: { action: data.export, resource: "table:a", context: { records: 5 } }';
    expect(
      failures(`tests:
  - { name: trusted, ${asked}, expect: { verdict: allow, rule: few, constraints: { context.records: 5 } } }
  - { name: spent, ${asked}, exhausted: [few], expect: { verdict: require_approval, rule: exports } }
`),
    ).toEqual([]);
  });

  it.each([
    ['a misspelt key', '- { name: n, request: { action: a, resource: "b:c" }, expects: { verdict: deny } }', 'expect'],
    [
      'a misspelt verdict',
      '- { name: n, request: { action: a, resource: "b:c" }, expect: { verdict: denied } }',
      'deny',
    ],
    [
      'an action that nobody could ask',
      '- { name: n, request: { action: A, resource: "b:c" }, expect: { verdict: deny } }',
      'lower case',
    ],
    ['nothing expected', '- { name: n, request: { action: a, resource: "b:c" }, expect: {} }', 'at least one'],
    ['no cases', 'tests: []', 'empty'],
    ['no list', 'cases: []', 'Unknown key'],
    [
      'a name twice',
      `${'- { name: n, request: { action: a, resource: "b:c" }, expect: { verdict: deny } }\n'.repeat(2)}`,
      'twice',
    ],
    ['no YAML', '- [', 'YAML'],
  ])('is refused with its place for %s', (_what, text, says) => {
    const found = places(text);
    expect(found.some(({ detail }) => detail.includes(says))).toBe(true);
    expect(found.every(({ line, column }) => line! >= 1 && column! >= 1)).toBe(true);
  });
});
