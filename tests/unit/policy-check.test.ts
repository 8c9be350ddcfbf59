// `policy check`: what is valid and surely not meant, each at its line and column, and nothing about what is meant.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neverTrue } from '../../core/condition/never.ts';
import { conditionOf, evaluateCondition } from '../../core/condition.ts';
import { globCovers } from '../../core/glob/cover.ts';
import { globMatches } from '../../core/glob.ts';
import { unknownPeople } from '../../core/policy/check/people.ts';
import { parsePolicy } from '../../core/policy.ts';

const warnings = (source: string) => {
  const parsed = parsePolicy(source);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value.warnings.map(({ line, column, detail }) => `${line}:${column} ${detail}`);
};
const asks = (id: string, more: string) => `  - { id: ${id}, verdict: require_approval, ${more} }\n`;
const allows = (id: string, more: string) => `  - { id: ${id}, verdict: allow, ${more} }\n`;

describe('a glob covers another', () => {
  it.each([
    ['**', 'a.b', true],
    ['*', 'a', true],
    ['*', 'a.b', false],
    ['a.*', 'a.b*', true],
    ['a.*', 'a.**', false],
    ['a.**', 'a.*', true],
    ['a.**', 'a.b.*.c', true],
    ['a*', 'a', true],
    ['a', 'a*', false],
    ['*b', 'a*b', true],
    ['a*b', '*b', false],
    ['*a*', '*a', true],
    ['**.b', '*.b', true],
    ['*.b', '**.b', false],
    ['service:*', 'service:billing-*', true],
    ['order_tools.*', 'order_tools.process_refund', true],
    ['***', 'x/y', true],
    ['', '*', false],
  ])('%s over %s: %s', (wide, narrow, covers) => {
    expect(globCovers(wide, narrow)).toBe(covers);
  });

  it('only if every text of the other is one of its own', () => {
    const piece = fc.constantFrom('a', 'b', '.', '*', '**', ':');
    const glob = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''));
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '.', ':'), { maxLength: 7 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(glob, glob, fc.array(text, { minLength: 20, maxLength: 20 }), (wide, narrow, texts) => {
        const outside = texts.some((one) => globMatches(narrow, one) && !globMatches(wide, one));
        return !(outside && globCovers(wide, narrow));
      }),
      { numRuns: 3_000 },
    );
  });

  it('in bounded time, whatever the patterns', () => {
    const started = performance.now();
    globCovers('*a'.repeat(120), '*b*a'.repeat(60));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('a rule that never decides', () => {
  it.each([
    [
      'behind the same globs',
      asks('a', 'match: { action: "x.*" }') + allows('b', 'match: { action: x.y }'),
      '3:5 "b" never decides: "a" takes everything that it matches.',
    ],
    [
      'behind everything',
      asks('a', 'risk: high') + allows('b', 'match: { action: x.y }'),
      '3:5 "b" is never reached: "a" matches everything.',
    ],
    [
      'behind more alternatives',
      asks('a', 'match: { action: [x, "y.*"] }') + asks('b', 'match: { action: [y.z, x], resource: "r:1" }'),
      '3:5 "b" never decides: "a" takes everything that it matches.',
    ],
    [
      'under the same metadata',
      asks('a', 'match: { metadata: { env: ["p*", 1] } }') +
        asks('b', 'match: { metadata: { env: [prod, 1], team: a } }'),
      '3:5 "b" never decides: "a" takes everything that it matches.',
    ],
    [
      'behind a deny that stands below',
      `${allows('a', 'match: { action: x.y }')}  - { id: n, verdict: deny, match: { action: "x.**" } }\n`,
      '2:5 "a" never decides: "n" takes everything that it matches.',
    ],
    [
      'a deny behind a deny',
      '  - { id: n, verdict: deny, match: { action: "x.**" } }\n  - { id: m, verdict: deny, match: { action: x.y } }\n',
      '3:5 "m" never decides: "n" takes everything that it matches.',
    ],
  ])('%s is told', (_what, rules, warning) => {
    expect(warnings(`rules:\n${rules}`)).toContain(warning);
  });

  it.each([
    ['one with a condition above', asks('a', 'when: param.x > 1') + allows('b', 'match: { action: x }')],
    ['a narrower one above', asks('a', 'match: { action: x.y }') + asks('b', 'match: { action: "x.*" }')],
    [
      'one for another actor above',
      asks('a', 'match: { action: "x.*", actor: "agent:a" }') + asks('b', 'match: { action: x.y }'),
    ],
    [
      'one for some metadata above',
      asks('a', 'match: { action: x, metadata: { env: prod } }') + asks('b', 'match: { action: x }'),
    ],
    [
      'other metadata above',
      asks('a', 'match: { metadata: { env: prod } }') + asks('b', 'match: { metadata: { env: "p*" } }'),
    ],
    [
      'a rule above a deny',
      `${asks('a', 'match: { action: "x.**" }')}  - { id: n, verdict: deny, match: { action: x.y } }\n`,
    ],
  ])('is not %s', (_what, rules) => {
    expect(warnings(`rules:\n${rules}`)).toEqual([]);
  });

  it('is looked for in bounded time', () => {
    const globs = Array.from({ length: 1_200 }, (_, at) => `"*${at}*a*b*c*d*e"`);
    const rules = Array.from({ length: 24 }, (_, at) =>
      asks(`r${at}`, `match: { action: [${globs.slice(at * 50, at * 50 + 50).join(', ')}] }`),
    );
    const started = performance.now();
    warnings(`rules:\n${rules.join('')}`);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('is told of compact tools, trusted patterns and routes as well', () => {
    expect(
      warnings(`rules:
${asks('a', 'match: { action: "mail.*" }')}approval:
  tools:
    - mail.send
    - pay: param.x > 1
    - pay
trusted:
  - { id: t, match: { action: "data.*" } }
  - { id: u, match: { action: data.export } }
  - { id: limited, match: { action: log.read }, limit: { count: 1, per: 1h } }
  - { id: v, match: { action: log.read } }
routing:
  - { match: { resource: "iam:**" }, to: "group:iam" }
  - { match: { resource: "iam:role/*" }, to: "group:security" }
`),
    ).toEqual([
      '5:7 "approval:mail.send" never decides: "a" takes everything that it matches.',
      '7:7 "approval:pay#2" never decides: "approval:pay:otherwise" takes everything that it matches.',
      '10:5 "u" never decides: "t" takes everything that it matches.',
      '15:5 Route 2 never decides: Route 1 takes everything that it matches.',
    ]);
  });
});

const never = (text: string) => {
  const compiled = conditionOf(text);
  if ('problems' in compiled) throw new Error(compiled.problems[0]!.detail);
  return neverTrue(compiled.condition.parsed);
};

describe('a condition that is never true', () => {
  it.each([
    ['false', '`false` is always false'],
    ['1 > 2', '`1 > 2` is always false'],
    ['param.a > 1 && 2 < 1', '`2 < 1` is always false'],
    ['1.0 / 0.0 > 1.0', '`1.0 / 0.0 > 1.0` is always an error'],
    ['param.amount > 100 && param.amount < 50', 'no `param.amount` fits all of its comparisons'],
    ['param.amount > 100 && param.amount < 100', 'no `param.amount` fits all of its comparisons'],
    ['param.amount >= 100 && 100 > param.amount', 'no `param.amount` fits all of its comparisons'],
    ['param.amount < -1 && param.amount > 0.5', 'no `param.amount` fits all of its comparisons'],
    ['metadata.env == "prod" && metadata.env == "dev"', 'no `metadata.env` fits all of its comparisons'],
    ['metadata.env == "prod" && metadata.env != "prod"', 'no `metadata.env` fits all of its comparisons'],
    ['metadata.env in ["a", "b"] && metadata.env == "c"', 'no `metadata.env` fits all of its comparisons'],
    ['metadata.env in []', 'no `metadata.env` fits all of its comparisons'],
    ['param.n == 5 && param.n > 5', 'no `param.n` fits all of its comparisons'],
    ['param.n == "5" && param.n > 4', 'no `param.n` fits all of its comparisons'],
    ['metadata["a b"] == 1 && metadata["a b"] == 2', 'no `metadata["a b"]` fits all of its comparisons'],
    ['(param.a > 2 && param.a < 1) || (1 == 2)', 'no `param.a` fits all of its comparisons'],
    ['param.on == true && param.on == false', 'no `param.on` fits all of its comparisons'],
  ])('%s: %s', (text, reason) => {
    expect(never(text)).toBe(reason);
  });

  it.each([
    'true',
    'param.amount > 100',
    'param.amount >= 100 && param.amount <= 100',
    'param.amount > 50 && param.amount < 100',
    'param.amount > 100 || param.amount < 50',
    'param.amount > 100 && param.total < 50',
    'metadata.env in ["a", "b"] && metadata.env != "a"',
    'has(param.x) && param.x > 1',
    'param.items.exists(i, i > 1) && param.items.all(i, i < 0)',
    'size(param.a) > 5 && size(param.a) < 2',
    'param.a > param.b && param.a < param.b',
    'false || param.a > 1',
  ])('%s may be', (text) => {
    expect(never(text)).toBeNull();
  });

  it('is never true of any number, when it is said of comparisons of one field', () => {
    const part = fc
      .tuple(fc.constantFrom('<', '<=', '>', '>=', '==', '!='), fc.integer({ min: -2, max: 2 }))
      .map(([operator, number]) => `param.a ${operator} ${number}`);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.constantFrom('&&', '||'), (parts, joined) => {
        const text = parts.join(` ${joined} `);
        const compiled = conditionOf(text);
        if ('problems' in compiled || never(text) === null) return true;
        const facts = {
          metadata: {},
          context: null,
          resource: '',
          actor: '',
          action: '',
          now: '2026-01-01T00:00:00.000Z',
        };
        return [-3, -2.5, -2, -1, -0.5, 0, 0.5, 1, 2, 3].every(
          (a) => evaluateCondition(compiled.condition, { ...facts, param: { a } }).result !== true,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is told at its place', () => {
    expect(warnings(`rules:\n${asks('a', 'when: 1 > 2')}`)).toEqual([
      '2:41 This is never true: `1 > 2` is always false.',
    ]);
  });
});

describe('settings without effect', () => {
  it('narrow edits without a schema, and business time behind a shorter risk', () => {
    const source = `rules:
  - { id: a, match: { action: pay.refund }, verdict: require_approval, edits: narrow }
  - { id: b, verdict: require_approval, timeout: { business: 12h, calendar: office } }
calendars: { office: { zone: UTC, from: "09:00", to: "17:00" } }
`;
    expect(warnings(source)).toEqual([
      '2:72 Nothing can be reduced: `parameters` has no schema for the actions of this rule.',
      '3:41 The timeout of medium risk ends sooner than this business time: give it a longer one.',
    ]);
    const mended = `${source}parameters: [{ action: "pay.*", schema: {} }]\nrisk: { medium: { timeout: 5d } }`;
    expect(warnings(mended)).toEqual([]);
  });
});

describe('what follows after the deadline', () => {
  it('is told: an escalation, a reminder', () => {
    const rule = (more: string) => `rules:\n  - { id: a, verdict: require_approval, timeout: 10m, ${more} }\n`;
    expect(warnings(rule('escalate: [{ after: 10m, to: "group:a" }]'))).toEqual([
      '2:55 The timeout of this rule ends before it escalates.',
    ]);
    expect(warnings(rule('remind: 15m'))).toEqual(['2:55 The timeout of this rule ends before anybody is reminded.']);
    expect(warnings(rule('remind: 5m, escalate: [{ after: 9m, to: "group:a" }]'))).toEqual([]);
  });
});

describe('people who are not there', () => {
  const source = `rules:
  - id: a
    verdict: require_approval
    approvals:
      - { from: "group:finance" }
      - { from: ["role:admin", "user:dana@example.com", "group:known"] }
    escalate: [{ after: 1h, to: "group:managers" }]
routing: [{ match: { action: x }, to: ["group:known", "group:iam"] }]
repositories: [{ repository: a/b, groups: ["group:owners"] }]
`;
  it('are named where the document names them', () => {
    const places = unknownPeople(source, new Set(['group:known', 'user:usr_1']));
    expect(places.map(({ line, column, detail }) => `${line}:${column} ${detail.split(' ')[0]}`)).toEqual([
      '5:11 group:finance',
      '6:32 user:dana@example.com',
      '7:29 group:managers',
      '8:55 group:iam',
      '9:44 group:owners',
    ]);
  });

  it('are nobody when all are known, and roles are never unknown', () => {
    const known = [
      'group:finance',
      'user:dana@example.com',
      'group:known',
      'group:managers',
      'group:iam',
      'group:owners',
    ];
    expect(unknownPeople(source, new Set(known))).toEqual([]);
    expect(unknownPeople('rules: 3', new Set())).toEqual([]);
  });
});
