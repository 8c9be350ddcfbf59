// The official conformance suite of CEL, over what conditions support. A condition is a smaller language: the gate may
// refuse a case, and by policy.md an error that CEL would swallow is an error. What it may never do is give another
// answer than CEL, or any answer where CEL has an error. How many cases are which is counted exactly.
import { getConformanceSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { describe, expect, it } from 'vitest';
import { compileCondition, evaluateCondition } from '../../core/condition.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { manner, NEWEST, type Semantics } from '../../core/policy/semantics.ts';

interface Value {
  // biome-ignore lint/suspicious/noExplicitAny: the suite's own protobuf values, read by their case.
  kind: { case: string | undefined; value: any };
}
interface Suite {
  name: string;
  suites: Suite[];
  tests: { name: string; original: Original }[];
}
interface Original {
  expr: string;
  container: string;
  bindings: Record<string, { kind: { case: string | undefined; value: unknown } }>;
  resultMatcher: { case: string | undefined; value: unknown };
}

/** A value of the suite as a literal of CEL; null where a condition has none. */
const LITERALS: Record<string, (value: never) => string | null> = {
  boolValue: (value: boolean) => String(value),
  int64Value: (value: bigint) => (value === -(2n ** 63n) ? null : String(value)),
  doubleValue: (value: number) =>
    Number.isFinite(value) ? (/[.e]/.test(String(value)) ? String(value) : `${value}.0`) : null,
  stringValue: (value: string) => JSON.stringify(value),
  nullValue: () => 'null',
  listValue: (value: { values: Value[] }) => {
    const items = value.values.map(literalOf);
    return items.includes(null) ? null : `[${items.join(', ')}]`;
  },
};
const literalOf = ({ kind }: Value): string | null => LITERALS[kind.case ?? '']?.(kind.value as never) ?? null;

/** A value of the suite as JSON, as a request holds it; undefined where JSON cannot say it. */
const JSONS: Record<string, (value: never) => Json | undefined> = {
  boolValue: (value: boolean) => value,
  int64Value: (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : undefined),
  doubleValue: (value: number) => (Number.isFinite(value) ? value : undefined),
  stringValue: (value: string) => value,
  nullValue: () => null,
  listValue: (value: { values: Value[] }) => {
    const items = value.values.map(jsonOf);
    return items.includes(undefined) ? undefined : (items as Json[]);
  },
  mapValue: (value: { entries: { key: Value; value: Value }[] }) => {
    const entries = value.entries.map((entry) => [entry.key.kind.value, jsonOf(entry.value)] as const);
    const textual = value.entries.every(({ key }) => key.kind.case === 'stringValue');
    return textual && entries.every(([, item]) => item !== undefined) ? Object.fromEntries(entries) : undefined;
  },
};
const jsonOf = ({ kind }: Value): Json | undefined => JSONS[kind.case ?? '']?.(kind.value as never);

interface Case {
  path: string;
  condition: string;
  param: JsonObject;
  fails: boolean;
}

/** A case as a condition that must be true (or must fail); null where names or values of it cannot stand in one. */
function caseOf(path: string, { expr, container, bindings, resultMatcher }: Original): Case | null {
  if (container !== '') return null;
  const param: JsonObject = {};
  let text = expr;
  for (const [name, bound] of Object.entries(bindings)) {
    const value = bound.kind.case === 'value' ? jsonOf(bound.kind.value as Value) : undefined;
    if (value === undefined || !/^[a-z_]\w*$/i.test(name)) return null;
    param[name] = value;
    text = text.replace(new RegExp(`(?<![\\w."'])${name}(?![\\w"'])`, 'g'), `param.${name}`);
  }
  if (/Err/.test(resultMatcher.case ?? '')) return { path, condition: text, param, fails: true };
  if (resultMatcher.case === undefined) return { path, condition: text, param, fails: false };
  if (resultMatcher.case !== 'value') return null;
  const condition = comparing(text, resultMatcher.value as Value);
  return condition === null ? null : { path, condition, param, fails: false };
}

function comparing(text: string, value: Value): string | null {
  if (value.kind.case === 'boolValue') return value.kind.value ? text : `!(${text})`;
  const literal = literalOf(value);
  return literal === null ? null : `(${text}) == ${literal}`;
}

const every = (suite: Suite, path: string): { path: string; original: Original }[] => [
  ...suite.tests.map(({ name, original }) => ({ path: `${path}/${name}`, original })),
  ...suite.suites.flatMap((inner) => every(inner, path === '' ? inner.name : `${path}/${inner.name}`)),
];

const REQUEST = {
  ...{ resource: 'order:1', actor: 'agent:x', action: 'a.b', metadata: {}, context: null },
  now: '2026-11-21T00:00:00.000Z',
};

type Outcome = 'same' | 'error' | 'other' | { refused: string };

function outcomeOf({ condition, param, fails }: Case, semantics: Semantics): Outcome {
  const compiled = compileCondition(condition, semantics);
  if ('problems' in compiled) return { refused: compiled.problems[0]!.detail };
  const how = { manner: manner(semantics), cased: () => false };
  const { result } = evaluateCondition(compiled.condition, { ...REQUEST, param }, how);
  if (result === null) return fails ? 'same' : 'error';
  return result && !fails ? 'same' : 'other';
}

const ALL = every(getConformanceSuite() as unknown as Suite, '');
const CASES = ALL.flatMap(({ path, original }) => caseOf(path, original) ?? []);
/** By the first version, which a later one may only be stricter than. */
const OUTCOMES = CASES.map((one) => ({ ...one, outcome: outcomeOf(one, 1), newest: outcomeOf(one, NEWEST) }));
const of = (outcome: Outcome) => OUTCOMES.filter((one) => one.outcome === outcome).map(({ path }) => path);

/** Where CEL has a value and a condition an error, and why: errors never help the agent. */
const STRICTER: Record<string, string[]> = {
  'numbers are finite': [
    'comparisons/eq_literal/not_eq_double_nan',
    'comparisons/ne_literal/not_ne_double_nan',
    'comparisons/ne_literal/ne_double_nan',
  ],
  'an error is not swallowed by && or ||': [
    'logic/AND/short_circuit_error_right',
    'logic/OR/short_circuit_error_right',
  ],
  'nor by a comprehension, whose items are of one kind': [
    'macros/exists/list_elem_type_shortcircuit',
    'macros/exists/list_elem_type_exhaustive',
    'macros/all/list_elem_type_shortcircuit',
    'macros/all/list_elem_error_shortcircuit',
  ],
  'time zones are offsets, the same on every host': [
    'timestamps/timestamp_selectors_tz/getDate',
    'timestamps/timestamp_selectors_tz/getDayOfMonth_name_pos',
    'timestamps/timestamp_selectors_tz/getDayOfMonth_name_neg',
    'timestamps/timestamp_selectors_tz/getHours',
    'timestamps/timestamp_selectors_tz/getMinutes',
  ],
};

describe("CEL's conformance suite", () => {
  it('never has another answer than CEL, nor one where CEL has an error', () => {
    expect(of('other')).toEqual([]);
  });

  it('has an error where CEL has a value in these cases alone', () => {
    expect(of('error').sort()).toEqual(Object.values(STRICTER).flat().sort());
  });

  it('is passed by as many cases as conditions can express', () => {
    const refused = OUTCOMES.filter(({ outcome }) => typeof outcome === 'object').length;
    expect({ all: ALL.length, expressible: CASES.length, same: of('same').length, refused }).toMatchInlineSnapshot(`
      {
        "all": 2344,
        "expressible": 1519,
        "refused": 1014,
        "same": 491,
      }
    `);
  });

  it('by the newest version refuses division of whole numbers, has no value for what almost is another, and differs in nothing else', () => {
    const changed = OUTCOMES.filter(({ outcome, newest }) => JSON.stringify(outcome) !== JSON.stringify(newest));
    const why = (newest: Outcome) => (typeof newest === 'object' ? newest.refused.replace(/: write .*/, '') : newest);
    const said = Map.groupBy(changed, ({ newest }) => why(newest));
    const paths = Object.fromEntries([...said].map(([reason, all]) => [reason, all.map(({ path }) => path)]));
    expect(Object.keys(paths).sort()).toEqual(
      [
        'Dividing whole numbers drops the remainder (1050 / 100 is 10)',
        'The digits of a number are no order',
        'error',
      ].filter((reason) => reason in paths),
    );
    expect(paths.error).toEqual([
      'comparisons/eq_literal/not_eq_string_case',
      'comparisons/eq_literal/no_string_normalization',
      'comparisons/eq_literal/not_eq_list_string_case',
      'string/concatenation/concat_with_spaces',
    ]);
  });

  it('is refused by the gate for the reasons that the gate has, each in words', () => {
    const reasons = OUTCOMES.flatMap(({ outcome }) => (typeof outcome === 'object' ? [outcome.refused] : []));
    const known =
      /^(Unknown (name|function)|Map and message literals|Unsigned numbers|This number|A condition|all, exists|Not a CEL|`|matches\(\)|.* cannot take|.* compares )/;
    expect(reasons.filter((reason) => !known.test(reason))).toEqual([]);
  });
});
