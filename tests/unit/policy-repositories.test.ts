// Repository owners: a right to decide about their repositories, and nowhere else.
import { describe, expect, it } from 'vitest';
import { requestDigest } from '../../core/digest.ts';
import { milderIn, rejudged } from '../../core/policy/rejudge.ts';
import { repositoryOf } from '../../core/policy/repositories.ts';
import { judge, type Policy, type PolicyInput, parsePolicy, policyDigest } from '../../core/policy.ts';

const FACTS = { now: '2026-11-20T10:00:00.000Z', exhausted_patterns: [] };
const DEFAULT = ['role:owner', 'role:admin', 'role:reviewer'];
const policyOf = (source: string): Policy => {
  const parsed = parsePolicy(source);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value.policy;
};
const asked = (parts: Partial<PolicyInput>): PolicyInput => ({
  ...{ action: 'write_file', resource: 'repository:payments/api', actor: 'agent:bot', params: {}, metadata: {} },
  ...{ context: null, claimed_risk: null },
  ...parts,
});
const stages = (source: string, parts: Partial<PolicyInput> = {}) =>
  judge(policyOf(source), asked(parts), FACTS).requirement.stages;

const OWNERS = `repositories:
  - { repository: "payments/*", groups: ["group:payments-owners"], actions: [approve, reject] }
  - { repository: payments/api, groups: ["group:readers"], actions: [reject] }
`;

describe('a request is about a repository', () => {
  it.each<[string, JsonMetadata, string | null]>([
    ['repository:payments/api', {}, 'payments/api'],
    ['repo:payments/api', {}, 'payments/api'],
    ['repository:payments/api:branch/main', {}, 'payments/api'],
    ['repo:payments/api/.github/workflows/ci.yml', {}, 'payments/api'],
    ['repo:payments/api@v1', {}, 'payments/api'],
    ['service:billing', { repository: 'payments/api' }, 'payments/api'],
    ['service:billing', {}, null],
    ['service:billing', { repository: 'payments' }, null],
    ['service:billing', { repository: 'payments/api/main' }, null],
    ['service:billing', { repository: 7 }, null],
    ['service:billing', { repository: '*/*' }, null],
    ['repository:payments', { repository: 'payments/api' }, null],
    ['repository:other/api', { repository: 'payments/api' }, 'other/api'],
    ['repository:payments/apiä', {}, null],
    ['my-repository:payments/api', {}, null],
  ])('%s with %j: %s', (resource, metadata, name) => {
    expect(repositoryOf({ resource, metadata })).toBe(name);
  });
});
type JsonMetadata = { [key: string]: string | number };

describe('owners of a repository', () => {
  it('stand beside the default approvers, each with what the entry says', () => {
    expect(stages(OWNERS)).toEqual([
      {
        from: [...DEFAULT, 'group:payments-owners', 'group:readers'],
        count: 1,
        actions: { 'group:readers': ['reject'] },
      },
    ]);
    expect(stages(OWNERS, { resource: 'repo:payments/web' })).toEqual([
      { from: [...DEFAULT, 'group:payments-owners'], count: 1 },
    ]);
  });

  it('are asked about no other repository and about nothing else', () => {
    for (const resource of ['repo:other/api', 'repo:payments2/api', 'service:payments/api', 'db:1'])
      expect(stages(OWNERS, { resource })).toEqual([{ from: DEFAULT, count: 1 }]);
  });

  it('stand beside routed approvers too', () => {
    const routing = 'routing: [{ match: { action: "write_*" }, to: "group:platform" }]\n';
    expect(stages(OWNERS + routing)[0]!.from).toEqual(['group:platform', 'group:payments-owners', 'group:readers']);
  });

  it('never replace approvals that a rule writes, and take nothing from a count', () => {
    const rule = 'rules: [{ id: r, verdict: require_approval, approvals: [{ from: "group:security", count: 2 }] }]\n';
    expect(stages(OWNERS + rule)).toEqual([{ from: ['group:security'], count: 2 }]);
  });

  it('stay out of the stages of a rule that could not be evaluated', () => {
    const rule =
      'rules: [{ id: r, verdict: require_approval, when: param.x > 1, approvals: [{ from: "group:security" }] }]\n';
    expect(stages(OWNERS + rule)).toEqual([
      { from: ['group:security'], count: 1 },
      expect.objectContaining({ from: [...DEFAULT, 'group:payments-owners', 'group:readers'] }),
    ]);
  });

  it('have everything that any entry gives them, and keep what routing gives them', () => {
    const both = `${OWNERS}  - { repository: "payments/api", groups: ["group:readers"], actions: [approve] }\n`;
    expect(stages(both)).toEqual([{ from: [...DEFAULT, 'group:payments-owners', 'group:readers'], count: 1 }]);
    const routed = `${OWNERS}routing: [{ match: { action: "**" }, to: "group:readers" }]\n`;
    expect(stages(routed)).toEqual([{ from: ['group:readers', 'group:payments-owners'], count: 1 }]);
  });

  it('can be kept to some requests by a match; one that cannot be told gives nothing', () => {
    const only = `repositories: [{ repository: "payments/*", groups: ["group:o"], match: { action: write_file, metadata: { tier: [low] } } }]`;
    const withTier = (metadata: PolicyInput['metadata'], action = 'write_file') =>
      stages(only, { metadata, action })[0]!.from.includes('group:o');
    expect([
      withTier({ tier: 'low' }),
      withTier({ tier: 'high' }),
      withTier({}),
      withTier({ tier: 'low' }, 'x'),
    ]).toEqual([true, false, false, false]);
  });
});

describe('an edit', () => {
  it('never gives a group that may only reject a say in approving', () => {
    const found = judge(policyOf(OWNERS), asked({}), FACTS);
    const stage = (actions?: { [group: string]: ('approve' | 'reject')[] }) => ({
      ...found,
      requirement: {
        ...found.requirement,
        stages: [{ from: ['group:a', 'group:b'], count: 1, ...(actions ? { actions } : {}) }],
      },
    });
    const limited = stage({ 'group:b': ['reject'] });
    const free = stage();
    expect(rejudged(limited, free).requirement.stages).toEqual([limited.requirement.stages[0]!]);
    expect(rejudged(free, limited).requirement.stages).toEqual([limited.requirement.stages[0]!]);
    const part = (judgement: typeof found) => ({
      ...{ requirement: judgement.requirement, capability: judgement.capability, risk: judgement.risk.level },
    });
    expect(milderIn(part(limited), part(free))).toEqual(['stages']);
    expect(milderIn(part(free), part(limited))).toEqual([]);
  });
});

describe('what was signed before', () => {
  it('keeps its digest: a stage without limits hashes as it did', () => {
    const shown = (actions?: { [group: string]: ('approve' | 'reject')[] }) =>
      requestDigest({
        ...{ action_digest: `sha256:${'0'.repeat(64)}`, context: null, preview: null, message: null },
        ...{ risk: { level: 'low', claimed: null, reasons: [] }, on_rejection: 'stop', on_behalf_of: null },
        policy: { version: 1, digest: `sha256:${'1'.repeat(64)}`, rule: null },
        requirement: { verify: 'passkey', stages: [{ from: ['group:a'], count: 1, ...(actions ? { actions } : {}) }] },
        expires_at: null,
      });
    expect(shown()).toBe('sha256:3f2710f2db23ab413944869610f0a1f1f3bc93b13d0fe11848dd16edce141359');
    expect(shown({ 'group:a': ['reject'] })).not.toBe(shown());
  });

  it('has a document digest that no later key of the language moves', () => {
    expect('match' in policyOf(OWNERS).repositories[0]!).toBe(false);
    expect(policyDigest(policyOf('version: 1'))).toBe(
      'sha256:24c8b3abfb415ce7dee53a79ba346c564d76e8b3b363024470f6a1f836c43583',
    );
  });
});
