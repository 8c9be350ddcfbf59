// Requirements that nobody can meet, told before anybody waits: empty groups, counts above their members, owners who are
// kept apart, and changes of people that take the last one away.
import { describe, expect, it } from 'vitest';
import { type Account, type Approver, newlyUnmet, unmetBy, unmetPlaces } from '../../../core/policy/check/meetable.ts';
import { parsePolicy } from '../../../core/policy.ts';

const who = (user: string, sources: string[], more: Partial<Approver> = {}): Approver => ({
  user,
  sources: [`user:${user}`, ...sources],
  passkey: true,
  token: null,
  ...more,
});
const BOSS = who('ann', ['role:owner']);
const told = (text: string, people: Approver[], accounts: Account[] = []) => {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return unmetPlaces(text, unmetBy(parsed.value.policy, people, accounts)).map(
    ({ line, column, detail }) => `${line}:${column} ${detail}`,
  );
};
const rule = (more: string) =>
  `rules:\n  - { id: a, match: { actor: "agent:x" }, verdict: require_approval, ${more} }\n`;
const FINANCE = ['group:finance'];

describe('a stage that nobody can fill', () => {
  it('is told where it stands: of an empty group, with a count above its members', () => {
    const two = rule('approvals: [{ from: "role:owner" }, { from: "group:finance", count: 2 }]');
    expect(told(two, [BOSS])).toEqual([
      '2:106 Rule "a", stage 2 needs the approval of 2 different people out of group:finance, and nobody can give it: nothing that it asks about is ever approved.',
    ]);
    const [one, ...more] = told(two, [BOSS, who('bob', FINANCE)]);
    expect([one, more]).toEqual([expect.stringContaining('and only 1 can give it'), []]);
    expect(told(two, [BOSS, who('bob', FINANCE), who('cat', FINANCE)])).toEqual([]);
  });

  it('counts different people over all stages', () => {
    const twice = rule('approvals: [{ from: "role:owner" }, { from: ["role:owner", "group:finance"] }]');
    expect(told(twice, [BOSS])).toEqual([expect.stringContaining('once the stages before have theirs')]);
    expect(told(twice, [BOSS, who('bob', FINANCE)])).toEqual([]);
  });

  it('counts nobody without a passkey, and a token only where one is enough', () => {
    const of = (verify: string) => `${rule(`risk: low, verify: ${verify}, approvals: [{ from: "group:finance" }]`)}`;
    const late = who('bob', FINANCE, { passkey: false });
    expect(told(of('passkey'), [BOSS, late])).toHaveLength(1);
    expect(told(of('passkey'), [BOSS, { ...late, token: [] }])).toHaveLength(1);
    expect(told(of('oidc'), [BOSS, { ...late, token: [] }])).toEqual([]);
    expect(told(of('oidc'), [BOSS, who('bob', [], { passkey: false, token: FINANCE })])).toEqual([]);
  });

  it('is told of routes, of escalations and of those who are asked by default', () => {
    expect(told('routing: [{ match: { resource: "iam:**" }, to: "group:iam" }]', [BOSS])).toEqual([
      expect.stringMatching(/^1:44 Route 1 needs the approval of 1 different person out of group:iam, and nobody/),
    ]);
    expect(told(rule('escalate: [{ after: 5m, to: "group:iam" }]'), [BOSS])).toEqual([
      expect.stringContaining('Rule "a", escalation 1 needs'),
    ]);
    expect(told('version: 1', [])).toEqual([expect.stringContaining('Without `approvals` and a route needs')]);
    expect(told('version: 1', [BOSS])).toEqual([]);
  });
});

describe('owners who are kept apart', () => {
  const account = { name: 'deployer', actors: ['agent:x'], owners: ['bob'] };
  const apart = rule('separation: owners, approvals: [{ from: "group:finance" }]');
  it('are told where they are all who could decide', () => {
    const [one, ...more] = told(apart, [BOSS, who('bob', FINANCE)], [account]);
    expect(more).toEqual([]);
    expect(one).toContain('and nobody can give it for requests of deployer, because its owners are kept apart');
    expect(told(apart, [BOSS, who('bob', FINANCE), who('cat', FINANCE)], [account])).toEqual([]);
    expect(told(apart.replace('owners', 'requester'), [BOSS, who('bob', FINANCE)], [account])).toEqual([]);
    expect(told(apart, [BOSS, who('bob', FINANCE)], [{ ...account, actors: ['agent:y'] }])).toEqual([]);
  });

  it('are told of a rule that leaves the approvers to the default', () => {
    expect(told(rule('separation: owners'), [BOSS], [{ ...account, owners: ['ann'] }])).toHaveLength(1);
    const byRisk = `risk: { medium: { separation: owners } }\n${rule('risk: medium')}`;
    expect(told(byRisk, [BOSS], [{ ...account, owners: ['ann'] }])).toHaveLength(1);
  });
});

describe('a change of people', () => {
  const parsed = parsePolicy(rule('approvals: [{ from: "group:finance" }, { from: "group:iam" }]'));
  const of = (people: Approver[]) => (parsed.ok ? unmetBy(parsed.value.policy, people) : []);
  it('tells what could be met before and cannot after it, and nothing that could not be met before', () => {
    const both = [BOSS, who('bob', FINANCE), who('cat', ['group:iam'])];
    expect(newlyUnmet(of(both), of(both.slice(0, 2)))).toBe(
      'After this, the policy in force asks for what nobody can give. Rule "a", stage 2 needs the approval of 1 different person out of group:iam, and nobody can give it.',
    );
    expect(newlyUnmet(of(both.slice(0, 2)), of(both.slice(0, 2)))).toBeNull();
    expect(newlyUnmet(of([BOSS]), of(both))).toBeNull();
  });
});
