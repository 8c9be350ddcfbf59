// Judging again what was judged: whatever was asked, in whatever order, the same policy says the same, also when the
// beginning of the history is cut off; and another policy is told apart.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantAt } from '../../../core/duration.ts';
import { Simulation, type StoredRequest } from '../../../core/policy/simulate.ts';
import type { PolicyInput } from '../../../core/policy.ts';
import { judge, type Policy, parsePolicy, policyDigest } from '../../../core/policy.ts';

const SOURCE = `version: 1
rules:
  - { id: never, match: { action: wipe }, verdict: deny }
  - { id: morning, match: { action: mail }, when: now < timestamp("2026-11-21T00:01:00Z"), verdict: allow }
  - { id: mails, match: { action: mail }, verdict: require_approval, risk: low }
  - { id: sums, match: { action: pay }, when: param.n > 5, verdict: require_approval, approvals: [{ from: "group:a" }] }
trusted:
  - { id: first, match: { action: mail }, when: param.n < 3, limit: { count: 2, per: 90s } }
  - { id: second, match: { action: mail }, limit: { count: 3, per: 5m }, expires: 2026-11-22 }
  - { id: third, match: { action: pay }, when: param.n == 7 }
`;
const policyOf = (source: string): Policy => {
  const read = parsePolicy(source);
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value.policy;
};
const POLICY = policyOf(SOURCE);
const START = Date.parse('2026-11-21T00:00:00.000Z');

interface Asked {
  action: string;
  n: number | string;
  risk: PolicyInput['claimed_risk'];
  after_ms: number;
}
const asked: fc.Arbitrary<Asked> = fc.record({
  action: fc.constantFrom('mail', 'mail', 'mail', 'pay', 'wipe', 'other'),
  n: fc.constantFrom<(number | string)[]>(1, 2, 4, 7, 9, 'x'),
  risk: fc.constantFrom(null, null, 'high' as const, 'critical' as const),
  after_ms: fc.integer({ min: 0, max: 20_000 }),
});

/** As the house does it: judged, admitted by budgets that are counted where everything is serialised, judged again. */
function history(all: Asked[], policy: Policy): StoredRequest[] {
  let at = START;
  const draws: { pattern: string; at: number }[] = [];
  return all.map(({ action, n, risk, after_ms }, index) => {
    at += after_ms;
    const input: PolicyInput = {
      ...{ action, resource: 'a:b', actor: 'agent:x', params: { n }, metadata: {}, context: null, claimed_risk: risk },
    };
    const exhausted: string[] = [];
    for (;;) {
      const judgement = judge(policy, input, { now: instantAt(at), exhausted_patterns: exhausted });
      const draw = judgement.draws_on;
      const since = at - (draw?.per_seconds ?? 0) * 1000;
      const spent = draw && draws.filter((one) => one.pattern === draw.pattern && one.at > since).length >= draw.count;
      if (draw && spent) {
        exhausted.push(draw.pattern);
        continue;
      }
      if (draw) draws.push({ pattern: draw.pattern, at });
      const { verdict, rule, trace, requirement } = judgement;
      return {
        ...{
          id: `apr_${index}`,
          created_at: instantAt(at + 3),
          input,
          verdict,
          rule,
          risk: judgement.risk.level,
          trace,
        },
        stages: verdict === 'require_approval' ? requirement.stages : null,
        ...{ policy_digest: policyDigest(policy), fate: 'other', people: [] },
      };
    }
  });
}

function simulated(stored: StoredRequest[], draft: Policy) {
  const simulation = new Simulation(draft, new Map([POLICY, draft].map((one) => [policyDigest(one), one])));
  for (const one of stored) simulation.take(one);
  return simulation.result();
}
const differing = ({ differences }: ReturnType<typeof simulated>) =>
  Object.entries(differences).filter(([, { count }]) => count > 0);

describe('a simulation', () => {
  it('with the policy that judged them says the same of each, from wherever the history begins', () => {
    let spent = 0;
    fc.assert(
      fc.property(fc.array(asked, { minLength: 20, maxLength: 60 }), fc.nat(15), (all, cut) => {
        const stored = history(all, POLICY).slice(cut);
        const result = simulated(stored, POLICY);
        spent += stored.filter(({ rule }) => rule === 'mails').length;
        expect([differing(result), result.judged]).toEqual([[], stored.length]);
      }),
      { numRuns: 150 },
    );
    expect(spent).toBeGreaterThan(50);
  });

  it('keeps a budget as it was when something else of the policy changes', () => {
    const draft = policyOf(SOURCE.replace('action: wipe', 'action: other'));
    fc.assert(
      fc.property(fc.array(asked, { minLength: 20, maxLength: 60 }), (all) => {
        const mails = history(all, POLICY).filter(({ input }) => input!.action === 'mail');
        expect(differing(simulated(mails, draft))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('holds ten examples, the newest, of as many as there are', () => {
    const all = Array.from({ length: 50 }, () => ({ action: 'other', n: 1, risk: null, after_ms: 1_000 }));
    const result = simulated(history(all, POLICY), policyOf('defaults: { verdict: deny }'));
    expect(result.differences.newly_denied).toMatchObject({ count: 50, fates: { other: 50 } });
    expect(result.differences.newly_denied.examples.map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, at) => `apr_${49 - at}`),
    );
  });

  it('says nothing of what is erased', () => {
    const [one] = history([{ action: 'mail', n: 1, risk: null, after_ms: 0 }], POLICY);
    const result = simulated([{ ...one!, input: null, trace: [] }], policyOf('defaults: { verdict: deny }'));
    expect([result.considered, result.judged, result.erased, differing(result)]).toEqual([1, 0, 1, []]);
  });
});
