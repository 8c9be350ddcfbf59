import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConditionFacts, compileCondition, evaluateCondition } from '../../core/condition.ts';
import type { Json, JsonObject } from '../../core/json.ts';

const FACTS: ConditionFacts = {
  param: {
    amount: 24005,
    half: 10.5,
    text: 'x',
    none: null,
    list: [1, 2, 3],
    items: [{ n: 1 }, { n: 'x' }],
    digits: '24005',
  },
  resource: 'order:42',
  actor: 'agent:bot',
  action: 'order_tools.process_refund',
  metadata: { environment: 'staging' },
  context: { records: 5, nested: { a: 1 } },
  now: '2026-11-20T10:30:00.000Z',
};

function evaluated(text: string, facts: Partial<ConditionFacts> = {}) {
  const compiled = compileCondition(text);
  if ('problems' in compiled) throw new Error(`${text}: ${compiled.problems[0]?.detail}`);
  return evaluateCondition(compiled.condition, { ...FACTS, ...facts });
}
const refused = (text: string) => {
  const compiled = compileCondition(text);
  return 'problems' in compiled ? compiled.problems : [];
};

describe('a condition is true or false', () => {
  const CASES: [string, boolean][] = [
    ['param.amount > 1000', true],
    ['param.amount + 1 > 10', true],
    ['param.amount * 1.1 > 10', true],
    ['1.1 * param.amount - param.half / 2.0 > 10', true],
    ['param.amount > 1000.5', true],
    ['param.half < 11', true],
    ['param.half == 10.5', true],
    ['param.amount == 24005.0', true],
    ['param.none == null', true],
    ['context == null', false],
    ['resource.startsWith("order:") && actor == "agent:bot"', true],
    ['resource.matches("^order:[0-9]+$")', true],
    ['metadata.environment in ["staging", "preview"]', true],
    ['"environment" in metadata', true],
    ['"none" in param', true],
    ['has(param.none)', true],
    ['has(context.nope)', false],
    ['has(context.nope) && context.nope > 1', false],
    ['has(param.__proto__) || has(param.constructor) || has(param.toString)', false],
    ['param.list.all(i, i < 10)', true],
    ['param.list.exists(i, i == 2)', true],
    ['param.list.exists_one(i, i > 2)', true],
    ['param.list.filter(i, i > 1).map(i, i * 2) == [4, 6]', true],
    ['param.list[0] == 1 && size(param.list) == 3', true],
    ['param.amount > 5 ? false : true', false],
    ['now < timestamp("2027-01-01T00:00:00Z")', true],
    ['now == timestamp("2026-11-20T10:30:00Z")', true],
    ['now + duration("24h") > timestamp("2026-11-21T10:00:00Z")', true],
    ['now.getHours() == 10 && now.getHours("+02:00") == 12 && now.getDayOfWeek() == 5', true],
    ['int(param.digits) > 1000 && double(param.digits) > 1000.0', true],
  ];
  for (const [text, expected] of CASES) {
    it(text, () => {
      expect(evaluated(text)).toMatchObject({ result: expected, error: null });
    });
  }
});

describe('an error is neither true nor false', () => {
  const CASES = [
    'param.digits > 1000',
    'param.missing > 1',
    'param.missing == 1',
    'param.constructor == 1',
    'param.__proto__ == 1',
    'param.text == 1',
    'param.text != 1',
    'param.none == "x"',
    'param.text in [1, 2]',
    'param.none in ["production"]',
    'param.amount in param',
    'param.amount',
    'param.list[9] == 1',
    'param.text.nope == 1',
    'has(param.text.nope)',
    'param.half / 0.0 > 1.0',
    '0.0 / 0.0 == 1.0',
    'param.amount / 0.0 > 1.0',
    '9223372036854775807 + param.amount > 1',
    'int("") == 0',
    'int("0x10") == 16',
    'double("NaN") > 1.0',
    'now.getHours("Europe/Berlin") > 1',
    'timestamp("nonsense") < now',
    // What CEL itself would swallow:
    'param.digits > 1000 && metadata.environment == "production"',
    'param.digits > 1000 || true',
    'param.missing || true',
    'true && param.digits > 1000',
    'param.items.exists(i, i.n == 1)',
    'param.items.all(i, i.n == 2)',
    'param.items.filter(i, i.n > 0).size() > 0',
    'param.amount || true',
    'param.amount && false',
    '!(param.missing)',
    'param.missing ? true : true',
  ];
  for (const text of CASES) {
    it(text, () => {
      const outcome = evaluated(text);
      expect(outcome.result).toBeNull();
      expect(outcome.error).toMatch(/^`.+`: .+/);
    });
  }

  it('a guard in front keeps the rest from being reached', () => {
    expect(evaluated('has(param.missing) && param.missing > 1').result).toBe(false);
    expect(evaluated('metadata.environment == "production" && param.digits > 1').result).toBe(false);
  });

  it('a context that was not sent has no fields, and has() says so', () => {
    expect(evaluated('context.records < 10', { context: null }).error).toContain('the request has no context');
    expect(evaluated('has(context.records)', { context: null }).result).toBe(false);
    expect(evaluated('context == null', { context: null }).result).toBe(true);
  });

  it('a number that JSON cannot hold is an error', () => {
    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(evaluated('param.amount > 1', { param: { amount } }).result).toBeNull();
    }
  });
});

describe('the gate refuses at upload', () => {
  const CASES: [string, RegExp][] = [
    ['', /CEL/],
    ['param.amount >', /Not a CEL expression/],
    ['prams.amount > 1', /Did you mean "param"/],
    ['request.auth', /Unknown name/],
    ['param.a.lowerAscii() == "x"', /Unknown function/],
    ['param.a.startWith("x")', /Did you mean "startsWith"/],
    ['type(param) == map', /Unknown/],
    ['action > 5', /cannot take string and number/],
    ['action == 5', /never equal/],
    ['"a" + 1 == "a1"', /cannot take/],
    ['action.foo == 1', /no fields/],
    ['action', /true or false/],
    ['param.amount + 1', /true or false/],
    ['1', /true or false/],
    ['"x" && true', /true or false/],
    ['param.a.matches(param.b)', /written out/],
    ['param.a.matches("(")', /pattern/],
    ['param.a.matches("(a{100}){100}")', /repeats too much/],
    ['param.a.all(x, param.b.all(y, x == y))', /nested/],
    ['param.a.all(param, true)', /name of its own/],
    ['{"a": 1}.a == 1', /literals/],
    ['Foo{a: 1} == null', /literals/],
    ['1u == param.a', /Unsigned/],
    ['b"a" == param.a', /bytes/],
    ['99999999999999999999 > 1', /too large/],
    [`param.a == "${'x'.repeat(1024)}"`, /1024 characters/],
    [`[${'1,'.repeat(500)}1] == param.a`, /500 parts/],
    ['resource.size(1) == 1', /cannot take/],
  ];
  for (const [text, says] of CASES) {
    it(text.slice(0, 60) || 'nothing', () => {
      expect(
        refused(text)
          .map(({ detail }) => detail)
          .join(' '),
      ).toMatch(says);
    });
  }

  it('says at which character', () => {
    expect(refused('true && nope == 1')[0]?.offset).toBe(8);
    expect(refused('param.amount > > 1')[0]?.offset).toBe(13);
  });
});

describe('the trace', () => {
  const decided = (text: string) => evaluated(text).decided_by;
  it('names the side of && that was false, with its values', () => {
    expect(decided('param.amount > 1000 && metadata.environment == "production"')).toEqual({
      expression: 'metadata.environment == "production"',
      values: [{ name: 'metadata.environment', value: 'staging' }],
      result: false,
    });
  });
  it('names the side of || that was true', () => {
    expect(decided('param.amount < 1000 || metadata.environment == "staging"').expression).toBe(
      'metadata.environment == "staging"',
    );
  });
  it('names the whole when all sides decided', () => {
    const { expression, values } = decided('param.amount > 1000 && metadata.environment == "staging"');
    expect(expression).toBe('param.amount > 1000 && metadata.environment == "staging"');
    expect(values.map(({ name }) => name)).toEqual(['param.amount', 'metadata.environment']);
  });
  it('names the part that failed, with what it read', () => {
    expect(decided('has(param.digits) && param.digits > 1000')).toEqual({
      expression: 'param.digits > 1000',
      values: [{ name: 'param.digits', value: '24005' }],
      result: null,
    });
  });
  it('writes macros as they were typed', () => {
    expect(decided('param.list.all(i, i < 10)').expression).toBe('param.list.all(i, i < 10)');
  });
  it('cuts values that are too long to read', () => {
    const outcome = evaluated('size(param.text) > 5', { param: { text: 'y'.repeat(5_000) } });
    expect(JSON.stringify(outcome.decided_by).length).toBeLessThan(800);
  });
});

describe('reads', () => {
  it('hold every place of the request, also by computed names', () => {
    const { reads } = evaluated(
      '["records"].all(k, context[k] < 9) && has(metadata.x) == false && metadata["environment"] != "a"',
    );
    expect(reads).toContainEqual({ name: 'context.records', value: 5 });
    expect(reads).toContainEqual({ name: 'metadata.x', value: null });
    expect(reads).toContainEqual({ name: 'metadata.environment', value: 'staging' });
    expect(reads.map(({ name }) => name)).not.toContain('k');
  });
});

describe('the worst case is bounded', () => {
  const wide = (size: number): Json[] => Array.from({ length: size }, (_, i) => ({ n: i, s: 'a'.repeat(20) }));
  const CASES: [string, JsonObject][] = [
    [`param.l.all(i, ${Array.from({ length: 60 }, () => 'i.n >= 0').join(' && ')})`, { l: wide(1000) }],
    [Array.from({ length: 20 }, () => 'param.l.all(i, i.n >= 0)').join(' && '), { l: wide(1000) }],
    [`param.l.all(i, param.s.contains("${'a'.repeat(50)}b"))`, { l: wide(1000), s: 'a'.repeat(60_000) }],
    ['param.l.all(i, param.s.matches("^(a|aa)+$"))', { l: wide(1000), s: 'a'.repeat(30_000) }],
    ['param.s.matches("[a-z]{500}$")', { s: 'a'.repeat(60_000) }],
    ['param.l.map(i, i.n).map(i, i + 1).filter(i, i > 3).size() > 3', { l: wide(1000) }],
    [Array.from({ length: 50 }, () => 'param == param').join(' && '), { l: wide(1000) }],
    ['param.l.all(i, i in param.l)', { l: wide(1000) }],
    // Texts are read as they look, too.
    ['param.l.exists(t, t == "production")', { l: Array.from({ length: 1000 }, (_, n) => `Prödüktion${n}`) }],
    [
      'param.l.all(t, t.endsWith("@example.com"))',
      { l: Array.from({ length: 1000 }, (_, n) => `a.m.${n}@example.com`) },
    ],
    ['param.s.contains("production")', { s: '漢字'.repeat(10_000) }],
    ['param.l.all(i, has(i.environment))', { l: Array.from({ length: 1000 }, () => ({ environment: 1, a: 2, b: 3 })) }],
    ['has(param.environment)', Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`environmenṭ${n}`, n]))],
    [`${'!'.repeat(900)}true`, {}],
    [`${'('.repeat(400)}true${')'.repeat(400)}`, {}],
    ['param.l.all(i, true)', { l: wide(1001) }],
    ['(param.s + param.s + param.s + param.s).size() > 1', { s: 'a'.repeat(60_000) }],
  ];
  for (const [text, param] of CASES) {
    it(`${text.slice(0, 60)} takes milliseconds`, () => {
      const compiled = compileCondition(text);
      if ('problems' in compiled) throw new Error(compiled.problems[0]?.detail);
      const run = () => evaluateCondition(compiled.condition, { ...FACTS, param });
      run();
      const times = Array.from({ length: 5 }, () => {
        const started = performance.now();
        run();
        return performance.now() - started;
      });
      // 20 ms is the bound that the bench holds; here the machine is shared, so only the order of magnitude is.
      expect(Math.min(...times)).toBeLessThan(60);
    });
  }

  it('a list of more than 1,000 items is an error, its size is not', () => {
    const param = { l: wide(1001) };
    expect(evaluated('param.l.all(i, true)', { param }).error).toContain('more than 1000 items');
    expect(evaluated('size(param.l) <= 1000 && param.l.all(i, true)', { param }).result).toBe(false);
  });

  it('a thousand items can be gone through, three times', () => {
    const text = 'param.l.filter(i, i.n >= 0).map(i, i.n + 1).all(n, n > 0)';
    expect(evaluated(text, { param: { l: wide(1000) } })).toMatchObject({ result: true, error: null });
  });

  it('too much work is an error, not a pass', () => {
    const text = `param.l.all(i, ${Array.from({ length: 60 }, () => 'i.n >= 0').join(' && ')})`;
    expect(evaluated(text, { param: { l: wide(1000) } }).error).toContain('too much work');
  });
});

describe('properties', () => {
  const json = fc.jsonValue({ maxDepth: 6 }) as fc.Arbitrary<Json>;
  const texts = fc.constantFrom(
    'param.a > 1',
    'param.a == "x" || param.b',
    'has(param.a) && param.a.b < 3',
    'param.a.all(i, i > 0)',
    'param.a in param.b',
    'size(param.a) > 1',
    'param.a[0] == param.b',
    'context.a == null',
    'param.a + param.b > 1',
  );
  it('nothing that a request can hold makes an evaluation throw, and no error is a boolean', () => {
    fc.assert(
      fc.property(texts, json, json, (text, a, b) => {
        const outcome = evaluated(text, { param: { a, b }, context: { a } });
        expect(outcome.result === null).toBe(outcome.error !== null);
      }),
      { numRuns: 400 },
    );
  });
  it('no text makes compiling throw', () => {
    const words = fc.constantFrom(
      'param',
      '.',
      'a',
      '>',
      '1',
      '"x"',
      '&&',
      '||',
      '!',
      '(',
      ')',
      '[',
      ']',
      'has',
      'all',
      ',',
      'in',
      '?',
      ':',
      '\\',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((parts) => parts.join(' ')),
        ),
        (text) => {
          compileCondition(text);
        },
      ),
      { numRuns: 500 },
    );
  });
  it('numbers compare as numbers, whatever their kind', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), (a, b) => {
        expect(evaluated('param.a < param.b', { param: { a, b } }).result).toBe(a < b);
      }),
    );
  });
});
