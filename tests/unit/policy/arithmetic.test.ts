// Numbers in conditions: what the gate takes says the same of 1050, 1050.0 and 1050.5 but for their size, and what it does
// not take asks where it was published before.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition, evaluateCondition } from '../../../core/condition.ts';
import { manner } from '../../../core/policy/semantics.ts';
import { judge, judgeDenies, type Policy, type PolicyInput, parsePolicy } from '../../../core/policy.ts';
import { parseStrictJson } from '../../../core/strict-json.ts';

const NOW = '2026-11-29T12:00:00.000Z';
const NAMES = { resource: 'a:b', actor: 'agent:x', action: 'a.b', metadata: {}, context: null, now: NOW };

const problemsOf = (text: string): string[] => {
  const compiled = compileCondition(text);
  return 'problems' in compiled ? compiled.problems.map(({ detail }) => detail) : [];
};
function resultOf(text: string, amount: number, semantics: 1 | 2 = 2): boolean | null {
  const compiled = compileCondition(text, semantics);
  if ('problems' in compiled) throw new Error(`${text}: ${compiled.problems[0]?.detail}`);
  const param = { amount, other: 7, list: [1, 2.5, amount], hundred: 100 };
  return evaluateCondition(compiled.condition, { ...NAMES, param }, { manner: manner(semantics), cased: () => false })
    .result;
}

describe('division of what may be whole numbers', () => {
  it.each([
    ['param.amount / 100 > 10', '`param.amount / 100.0`'],
    ['(param.amount + 1) / 100 > 10', '`(param.amount + 1) / 100.0`'],
    ['param.amount / param.hundred > 10.0', '`double(param.amount) / param.hundred`'],
    ['param.amount / (param.other + 1) > 1', '`double(param.amount) / (param.other + 1)`'],
    ['100 / param.amount < 1', '`double(100) / param.amount`'],
    ['param.list.all(one, one / 2 < 3)', '`one / 2.0`'],
    ['param.list.map(one, one / 2).size() > 1', '`one / 2.0`'],
    ['(param.other > 1 ? param.amount : 5) / 2 > 1', '/ 2.0`'],
    ['(true ? 1.5 : param.amount) / 2 > 1', '/ 2.0`'],
    ['size(param.list) / 2 > 1', '`size(param.list) / 2.0`'],
    ['int(param.amount) / 2 > 1', '`int(param.amount) / 2.0`'],
    ['now.getHours() / 2 > 3', '`now.getHours() / 2.0`'],
    ['7 / 2 > 3', '`7 / 2.0`'],
    ['param.list[0] / 2 > 3', '`param.list[0] / 2.0`'],
    ['-param.amount / 100 < 1', '`(-param.amount) / 100.0`'],
  ])('is refused at the gate: %s, with %s', (text, way) => {
    const [said] = problemsOf(text);
    expect(said).toContain('Dividing whole numbers drops the remainder');
    expect(said).toContain(way);
  });

  it.each(['param.amount / 100.0 > 10', 'double(param.amount) / 100 > 10', 'double(param.amount) / 100.0 > 10'])(
    '%s is the way to write it: 1050 and 1050.5 both ask, and so does 1050.0',
    (text) => {
      expect(problemsOf(text)).toEqual([]);
      for (const written of ['1050', '1050.0', '1.05e3', '1050.5', '1001'])
        expect(resultOf(text, numberOf(written))).toBe(true);
      for (const written of ['1000', '1000.0', '999.5', '1e3']) expect(resultOf(text, numberOf(written))).toBe(false);
    },
  );
});

const numberOf = (written: string): number => {
  const parsed = parseStrictJson(written);
  if (!parsed.ok) throw new Error(written);
  return parsed.value as number;
};

describe('a policy that was published with it', () => {
  const read = parsePolicy(
    'defaults: { verdict: allow }\nrules: [{ id: large, match: { action: refunds.pay }, verdict: allow, risk: low }]',
  );
  if (!read.ok) throw new Error(read.problem.detail);
  const base = read.value.policy;
  const published = (verdict: Policy['rules'][number]['verdict']): Policy => ({
    ...base,
    rules: base.rules.map((rule) => ({ ...rule, verdict, when: 'param.amount / 100 > 10' })),
  });
  const asked = (amount: number): PolicyInput => ({
    action: 'refunds.pay',
    resource: 'order:1',
    actor: 'agent:x',
    params: { amount },
    metadata: {},
    context: null,
    claimed_risk: null,
  });
  it('asks at high risk, whatever the digits, and let 1001 to 1099 pass by the first semantics', () => {
    for (const amount of [1, 950, 950.5, 1_050, 1_050.5, 5_000]) {
      const judged = judge(published('require_approval'), asked(amount), { now: NOW, exhausted_patterns: [] });
      expect(judged).toMatchObject({ verdict: 'require_approval', risk: { level: 'high' } });
      expect(judged.errors[0]?.detail).toContain('write `param.amount / 100.0`');
    }
    const first = (amount: number) =>
      judge(published('require_approval'), asked(amount), { now: NOW, exhausted_patterns: [], semantics: 1 }).verdict;
    expect([first(1_050), first(1_050.5), first(1_100)]).toEqual(['allow', 'require_approval', 'require_approval']);
  });

  it('asks at critical risk where it denies', () => {
    const judged = judge(published('deny'), asked(1_050), { now: NOW, exhausted_patterns: [] });
    expect(judged).toMatchObject({ verdict: 'require_approval', risk: { level: 'critical' } });
  });

  it('as a deny is left to the people who were asked about it, and refuses what nobody was', () => {
    const { errors } = judge(published('deny'), asked(1_050), { now: NOW, exhausted_patterns: [] });
    expect(judgeDenies(published('deny'), asked(1_050), NOW, { asked: errors })).toBeNull();
    expect(judgeDenies(published('deny'), asked(1_050), NOW)?.detail).toContain('drops the remainder');
  });

  it('cannot be published anew, and the refusal says where and how', () => {
    const read = parsePolicy(`rules:\n  - id: a\n    when: param.amount / 100 > 10\n    verdict: deny`);
    expect(read.ok ? [] : read.problem.errors).toMatchObject([{ line: 3, column: 24 }]);
    const compact = parsePolicy(`approval: { tools: [{ pay: param.amount / 100 > 10 }] }`);
    expect(compact.ok).toBe(false);
    expect(parsePolicy(`trusted: [{ id: t, match: { action: a }, when: context.n / 2 < 5 }]`).ok).toBe(false);
  });
});

describe('numbers made text', () => {
  it.each([
    'string(param.amount) > "1000"',
    'size(string(param.amount)) > 4',
    'string(param.amount).size() > 4',
    '("x" + string(param.amount)) < "x2"',
  ])('are no order: %s', (text) => expect(problemsOf(text)[0]).toContain('compare the number itself'));

  it('may be compared as they are', () => {
    for (const text of ['string(param.amount) == "1050"', 'string(param.amount) in ["1050"]'])
      expect([resultOf(text, 1_050), resultOf(text, numberOf('1050.0')), resultOf(text, 1_050.5)]).toEqual([
        true,
        true,
        false,
      ]);
    expect(problemsOf('"a" < "b" && size("abc") > 1')).toEqual([]);
  });
});

/** Terms over the amount, each of which grows with it. */
const growing: fc.Arbitrary<string> = fc.letrec<{ term: string }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant('param.amount'),
    fc.constantFrom(
      'double(param.amount)',
      'int(param.amount)',
      '(param.other > 1 ? param.amount : 0)',
      'param.list[2]',
    ),
    fc
      .tuple(
        tie('term'),
        fc.constantFrom(
          ' + 1',
          ' - 3',
          ' * 2',
          ' + 0.5',
          ' * 1.1',
          ' / 100.0',
          ' / 3.5',
          ' / 100',
          ' / param.other',
          ' - param.other',
          ' + param.other / 2.0',
        ),
      )
      .map(([term, more]) => `(${term}${more})`),
    tie('term').map((term) => `double(${term})`),
  ),
})).term;

describe('every condition that the gate takes', () => {
  const bound = fc.oneof(
    fc.integer({ min: -2_000, max: 20_000 }),
    fc.double({ min: -20, max: 2_000, noNaN: true }).map((n) => Math.round(n * 4) / 4 + 0.25),
  );
  const operator = fc.constantFrom('>', '>=', '<', '<=');
  it('says of a larger amount what it says of a smaller one, or the other thing for good, however it is written', () => {
    fc.assert(
      fc.property(growing, operator, bound, fc.integer({ min: 0, max: 4_000 }), (term, sign, at, amount) => {
        const text = `${term} ${sign} ${Number.isInteger(at) ? at : at.toFixed(2)}`;
        if (problemsOf(text).length > 0) return;
        const all = [amount, amount + 0.25, amount + 0.5, amount + 1, amount + 1.5].map((one) => resultOf(text, one));
        expect(all).not.toContain(null);
        const rises = all.map((one) => (sign.startsWith('>') ? one : !one));
        expect(rises.indexOf(true) < 0 || !rises.slice(rises.indexOf(true)).includes(false)).toBe(true);
        expect(resultOf(text, numberOf(`${amount}.0`))).toBe(all[0]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('which takes whole numbers alone is an error of all others, never a pass', () => {
    for (const text of ['param.amount % 2 == 0', 'param.list[param.amount] == 1', 'timestamp(param.amount) < now'])
      expect(resultOf(text, 1.5)).toBeNull();
    expect(resultOf('param.amount * 4611686018427387904 > 1', 3)).toBeNull();
    expect(resultOf('param.amount == 5.0 && param.amount in [5.0, 2]', 5)).toBe(true);
  });

  it('and divides none by the first semantics’ rule', () => {
    expect(resultOf('param.amount / 100 > 10', 1_050, 1)).toBe(false);
    expect(resultOf('param.amount / 100 > 10', 1_050.5, 1)).toBe(true);
  });
});
