// All of one judgement has one budget of steps, whatever rules, globs and conditions a policy has: beyond it every rule is an
// error, which asks. Steps are counted, not time, so that every verifier comes to the same.
import { describe, expect, it } from 'vitest';
import { decisionOn } from '../../../core/foreign/authzen.ts';
import type { JsonObject } from '../../../core/json.ts';
import { rejudged } from '../../../core/policy/rejudge.ts';
import { MAX_BATCH_STEPS, MAX_JUDGEMENT_STEPS } from '../../../core/policy/semantics.ts';
import { judge, judgeDenies, type Policy, type PolicyInput, parsePolicy } from '../../../core/policy.ts';

const NOW = '2026-11-29T12:00:00.000Z';
const FACTS = { now: NOW, exhausted_patterns: [] };

function policyOf(document: object): Policy {
  const parsed = parsePolicy(JSON.stringify(document));
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value.policy;
}
const asked = (params: JsonObject, more: Partial<PolicyInput> = {}): PolicyInput => ({
  action: 'a.b',
  resource: 'order:1',
  actor: 'agent:x',
  params,
  metadata: {},
  context: null,
  claimed_risk: null,
  ...more,
});
const times = (count: number, rule: (index: number) => object): object[] =>
  Array.from({ length: count }, (_, at) => rule(at));

/** The least of a few runs: the machine is shared. */
function fastest(work: () => unknown): number {
  const runs = Array.from({ length: 3 }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...runs);
}

describe('two hundred conditions over a thousand items', () => {
  const when = 'param.l.all(i, i.n >= 0 && i.n < 5000 && i.n != -1)';
  const params = { l: times(1_000, (n) => ({ n })) as JsonObject[] };
  for (const verdict of ['deny', 'allow'] as const) {
    const never = `!(${when})`;
    const policy = policyOf({
      defaults: { verdict: 'allow' },
      rules: times(200, (at) => ({ id: `r${at}`, when: never, verdict })),
    });
    it(`of ${verdict} rules take no longer than a few, and then ask`, () => {
      const judged = judge(policy, asked(params), FACTS);
      expect(judged).toMatchObject({
        verdict: 'require_approval',
        risk: { level: verdict === 'deny' ? 'critical' : 'high' },
      });
      expect(judged.errors.at(-1)).toEqual({ rule: 'r199', detail: 'judging it takes too much work' });
      const bounded = fastest(() => judge(policy, asked(params), FACTS));
      const started = performance.now();
      judge(policy, asked(params), { ...FACTS, semantics: 1 });
      const unbounded = performance.now() - started;
      expect(bounded).toBeLessThan(unbounded / 5);
    });
  }

  it('as denies judged again at a decision refuse it', () => {
    const policy = policyOf({ rules: times(200, (at) => ({ id: `r${at}`, when: `!(${when})`, verdict: 'deny' })) });
    expect(judgeDenies(policy, asked(params), NOW)?.detail).toMatch(/too much work/);
  });
});

describe('patterns', () => {
  const wide = (at: number) => `x:${'*a'.repeat(60)}${at}*b`;
  const policy = policyOf({
    defaults: { verdict: 'allow' },
    rules: times(200, (at) => ({ id: `r${at}`, match: { resource: [wide(at), wide(at + 1_000)] }, verdict: 'deny' })),
  });
  it('that stand at many places at once are counted, too', () => {
    const input = asked({}, { resource: `x:${'a'.repeat(240)}` });
    const judged = judge(policy, input, FACTS);
    expect(judged).toMatchObject({ verdict: 'require_approval', risk: { level: 'critical' } });
    expect(judged.errors.at(-1)?.detail).toBe('judging it takes too much work');
    expect(judge(policy, input, { ...FACTS, semantics: 1 }).verdict).toBe('allow');
  });

  it('of routes and of rights count as well, and let nobody further in', () => {
    const routes = policyOf({
      routing: times(200, (at) => ({ match: { resource: [wide(at), wide(at + 1_000)] }, to: 'group:g' })),
    });
    const judged = judge(routes, asked({}, { resource: `x:${'a'.repeat(240)}` }), FACTS);
    expect(judged.verdict).toBe('require_approval');
    expect(judged.errors.at(-1)?.detail).toBe('judging it takes too much work');
  });
});

describe('stages and escalations', () => {
  it('of two hundred rules that err at once are put together in one walk', () => {
    const policy = policyOf({
      rules: times(200, (at) => ({
        id: `r${at}`,
        match: { metadata: { e: 'x' } },
        verdict: 'deny',
        approvals: times(9, (stage) => ({ from: `group:${at}_${stage}` })),
        escalate: [{ after: at + 1, to: 'role:admin' }],
      })),
    });
    const judged = judge(policy, asked({}), FACTS);
    // Theirs, and where the default would have gone.
    expect(judged.requirement.stages).toHaveLength(1_801);
    // A fifth of a second and more before; here the machine is shared.
    expect(fastest(() => judge(policy, asked({}), FACTS))).toBeLessThan(100);
    expect(rejudged(judged, judged).requirement.stages).toHaveLength(1_801);
  });
});

describe('many judgements of one call', () => {
  const policy = policyOf({
    rules: times(40, (at) => ({ id: `r${at}`, when: 'param.l.all(i, i.n < 0)', verdict: 'allow' })),
  });
  it('share a budget: when it is spent, each of the rest is a no', () => {
    const work = { left: MAX_BATCH_STEPS };
    const input = asked({ l: times(1_000, (n) => ({ n })) as JsonObject[] });
    const halting = { stops: [], account: null };
    const started = performance.now();
    const all = Array.from({ length: 100 }, () => decisionOn(policy, halting, input, { now: NOW, work }));
    const together = performance.now() - started;
    expect(work.left).toBeLessThan(0);
    expect(all.map(({ decision }) => decision)).not.toContain(true);
    expect(together).toBeLessThan(30 * fastest(() => judge(policy, input, FACTS)));
  });
});

describe('an honest policy', () => {
  it('of two hundred rules with patterns, metadata and conditions spends less than a tenth', () => {
    const policy = policyOf({
      rules: times(200, (at) => ({
        id: `r${at}`,
        when: `has(param.amount) && param.amount > ${at} && param.currency == "XX${at}"`,
        match: {
          action: [`tools.run_${at}`, 'payments.*'],
          resource: 'order:*',
          metadata: { environment: `env-${at}` },
        },
        verdict: 'require_approval',
      })),
    });
    const input = asked(
      { amount: 5_000, currency: 'EUR', to: 'somebody' },
      {
        action: 'payments.refund',
        resource: 'order:A-1001',
        metadata: { environment: 'env-199', team: 'billing', ticket: 'INC-42' },
      },
    );
    const work = { left: MAX_JUDGEMENT_STEPS };
    expect(judge(policy, input, { ...FACTS, work }).errors).toEqual([]);
    const spent = MAX_JUDGEMENT_STEPS - work.left;
    expect(spent).toBeLessThan(MAX_JUDGEMENT_STEPS / 10);
  });

  it('comes to the same answer every time, whatever was judged before', () => {
    const policy = policyOf({
      rules: times(60, (at) => ({ id: `r${at}`, when: 'param.l.all(i, i.n < 0)', verdict: 'deny' })),
    });
    const input = asked({ l: times(1_000, (n) => ({ n })) as JsonObject[] });
    const first = judge(policy, input, FACTS);
    for (let again = 0; again < 3; again++) expect(judge(policy, input, FACTS)).toEqual(first);
  });
});

describe('one long text takes as long as any other of its length, whatever it is made of', () => {
  const LENGTH = 30_000;
  const policy = policyOf({
    defaults: { verdict: 'allow' },
    rules: [{ id: 'r', when: 'param.body == "é"', verdict: 'require_approval' }],
  });
  const long = (start: string, part: string, end = 'é') => start + part.repeat(LENGTH / part.length) + end;
  it.each([
    ['dots', long('', '.')],
    ['dots and colons', long('', '.:')],
    ['colons and slashes', long('x', ':/')],
    ['empty fragments', long('x:', '#')],
    ['steps down and up', `${long('x:', 'a/', '').slice(0, 18_000)}${long('', '../').slice(0, 12_000)}`],
    ['wrong percent forms', long('', ' %C3')],
  ])('%s', (_what, body) => {
    expect(judge(policy, asked({ body }), FACTS).verdict).toBe('allow');
    expect(fastest(() => judge(policy, asked({ body }), FACTS))).toBeLessThan(100);
  });
});
