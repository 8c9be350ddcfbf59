// The text of a policy with a switch or a pattern put in: the rest stays as it is, and what comes out says what was meant.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Switch, switchOf, withSwitch, withTrusted } from '../../../core/policy/text.ts';
import type { Policy, Trusted } from '../../../core/policy.ts';
import { judge, parsePolicy, policyWords } from '../../../core/policy.ts';

const EXAMPLE = readFileSync('docs/examples/policy.yaml', 'utf8');
const policyOf = (source: string): Policy => {
  const read = parsePolicy(source);
  if (!read.ok) throw new Error(`${read.problem.detail}\n${source}`);
  return read.value.policy;
};
const switched = (source: string, asked: Switch): string => {
  const drafted = withSwitch(source, asked);
  if (!drafted.ok) throw new Error(drafted.problem.detail);
  return drafted.value.source;
};
const verdict = (source: string, action: string, actor: string) =>
  judge(
    policyOf(source),
    { action, resource: 'thing:one', actor, params: {}, metadata: {}, context: null, claimed_risk: null },
    { now: '2026-11-21T12:00:00.000Z', exhausted_patterns: [] },
  ).verdict;

const ASKS: Switch = { action: 'mail.read', actor: 'agent:helper', verdict: 'require_approval' };
const OPEN = `# ours
defaults: { verdict: allow } # open
rules:
  # the first
  - { id: a, match: { action: a }, verdict: deny } # never

  - id: b
    match: { action: [ mail.read ] }
    verdict: allow
`;

describe('the switch "a person must approve"', () => {
  it('puts its rule on top and leaves every other character', () => {
    const source = switched(EXAMPLE, ASKS);
    const rule = [
      '  - id: switch-mail-read-agent-helper\n    match:\n      action: mail.read\n      actor: agent:helper\n',
      '    verdict: require_approval\n',
    ].join('');
    expect(source).toContain(rule);
    expect(source.replace(rule, '')).toBe(EXAMPLE);
    expect(source.indexOf(rule)).toBeLessThan(source.indexOf('no-iam-by-agents'));
  });

  it('asks for that action of that actor alone, and is seen', () => {
    const source = switched(OPEN, ASKS);
    expect(verdict(OPEN, 'mail.read', 'agent:helper')).toBe('allow');
    expect(verdict(source, 'mail.read', 'agent:helper')).toBe('require_approval');
    expect(verdict(source, 'mail.read', 'agent:other')).toBe('allow');
    expect([switchOf(policyOf(source), ASKS), switchOf(policyOf(OPEN), ASKS)]).toEqual(['require_approval', null]);
  });

  it('turned back replaces its own rule: there is one, wherever it stood', () => {
    const once = switched(OPEN, ASKS);
    const back = switched(once, { ...ASKS, verdict: 'allow' });
    expect(policyOf(back).rules.filter(({ id }) => id.startsWith('switch-'))).toHaveLength(1);
    expect(verdict(back, 'mail.read', 'agent:helper')).toBe('allow');
    expect(switched(back, ASKS)).toBe(once);
    expect(policyWords(policyOf(once), policyOf(back))[0]).toMatch(/^Widens · Rule "switch-mail-read-agent-helper"/);
  });

  it('opens nothing that a rule denies', () => {
    expect(verdict(switched(OPEN, { action: 'a', actor: null, verdict: 'allow' }), 'a', 'agent:x')).toBe('deny');
  });

  it.each([
    ['a document of a comment and a version', '# ours\nversion: 1\n'],
    ['a document without rules', 'defaults: { verdict: allow }\n'],
    ['an empty list', 'rules: []\n'],
    ['a list in one line', 'rules: [{ id: a, match: { action: b }, verdict: allow }]\n'],
    ['JSON', '{"version":1,"rules":[{"id":"a","match":{"action":"b"},"verdict":"allow"}]}'],
    [
      'a list without indent',
      'rules:\n- { id: a, match: { action: b }, verdict: allow }\ndefaults: { verdict: allow }\n',
    ],
    ['text without a last line break', 'rules:\n  - { id: a, match: { action: b }, verdict: allow }'],
  ])('goes into %s', (_what, source) => {
    const drafted = switched(source, ASKS);
    expect(verdict(drafted, 'mail.read', 'agent:helper')).toBe('require_approval');
    expect(policyOf(drafted).rules.map(({ id }) => id)).toEqual([
      'switch-mail-read-agent-helper',
      ...(source.includes('id') ? ['a'] : []),
    ]);
    expect(verdict(switched(drafted, { ...ASKS, verdict: 'allow' }), 'mail.read', 'agent:helper')).toBe('allow');
  });

  it('is refused on a document that is none', () => {
    expect(withSwitch('rules: 5', ASKS)).toMatchObject({ ok: false, problem: { code: 'invalid-policy' } });
  });
});

describe('a trusted pattern', () => {
  const PATTERN: Trusted = {
    id: 'mails',
    match: { action: ['mail.read'], resource: ['inbox:*'], actor: ['agent:helper'], metadata: { env: ['test'] } },
    when: 'has(param.count) && param.count < 5',
    limit: { count: 20, per_seconds: 86_400 },
    expires: '2027-02-01T00:00:00.000Z',
  };

  it.each([
    ['the example', EXAMPLE],
    ['a document without patterns', OPEN],
  ])('goes behind the others of %s, and reads back as it was', (_what, source) => {
    const drafted = withTrusted(source, PATTERN);
    if (!drafted.ok) throw new Error(drafted.problem.detail);
    const { trusted } = policyOf(drafted.value.source);
    expect(trusted.at(-1)).toEqual(PATTERN);
    expect(trusted.length).toBe(policyOf(source).trusted.length + 1);
    for (const line of source.split('\n')) expect(drafted.value.source).toContain(line);
  });

  it('whose id is taken is refused', () => {
    expect(withTrusted(EXAMPLE, { ...PATTERN, id: 'small-exports' })).toMatchObject({ ok: false });
  });
});
