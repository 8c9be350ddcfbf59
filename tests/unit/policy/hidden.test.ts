// `writeOnly` in a parameter schema: what is covered, what an edit may touch, and what a policy may not say about it.
import { describe, expect, it } from 'vitest';
import { isWithheld } from '../../../core/evidence/withheld.ts';
import type { JsonObject } from '../../../core/json.ts';
import { policyJudge } from '../../../core/policy/evidence-judge.ts';
import { hiddenIn, masked, readsHidden, restored } from '../../../core/policy/parameters/hidden.ts';
import type { ParameterSchema } from '../../../core/policy/parameters/model.ts';
import { unmasked, withoutHidden } from '../../../core/policy/parameters/unmasked.ts';
import { parsePolicy } from '../../../core/policy.ts';
import { editFields } from '../../../dashboard/src/decision/fields.ts';
import { factsOf } from '../../../dashboard/src/text/facts.ts';

const SCHEMA: ParameterSchema = {
  properties: {
    name: { type: 'string' },
    password: { type: 'string', writeOnly: true },
    auth: { type: 'object', properties: { kind: { type: 'string' }, token: { writeOnly: true } } },
    keys: { type: 'array', items: { type: 'string', writeOnly: true } },
    'a/b~c': { writeOnly: true },
  },
  additionalProperties: { writeOnly: true },
};
const PARAMS: JsonObject = {
  name: 'bo',
  password: 'one',
  auth: { kind: 'k', token: { deep: ['two'] } },
  keys: ['three', 'four'],
  'a/b~c': 'five',
  more: [6],
};
const MASKED: JsonObject = {
  name: 'bo',
  password: '(hidden)',
  auth: { kind: 'k', token: '(hidden)' },
  keys: ['(hidden)', '(hidden)'],
  'a/b~c': '(hidden)',
  more: '(hidden)',
};
const POINTERS = ['/auth/token', '/a~1b~0c', '/keys/0', '/keys/1', '/more', '/password'];

describe('covering', () => {
  it('says of each hidden value where it is and nothing of what it is', () => {
    expect(masked(SCHEMA, PARAMS)).toEqual(MASKED);
    expect(hiddenIn(SCHEMA, PARAMS)).toEqual(POINTERS);
    expect(hiddenIn(SCHEMA, masked(SCHEMA, PARAMS))).toEqual(POINTERS);
  });

  it('leaves params alone where nothing is hidden', () => {
    expect(masked(null, PARAMS)).toBe(PARAMS);
    expect(masked({ properties: { name: { type: 'string' } } }, PARAMS)).toBe(PARAMS);
  });

  it('is undone by whoever has the values, and by nobody else', () => {
    expect(unmasked(MASKED, PARAMS)).toEqual(PARAMS);
    expect(unmasked(MASKED, {})).not.toEqual(PARAMS);
    expect(unmasked({ ...MASKED, password: 'forged' }, PARAMS)).toEqual({ ...PARAMS, password: 'forged' });
  });

  it('is taken out of what is judged later, so that no rule takes the mark for a value', () => {
    expect(withoutHidden(MASKED, POINTERS)).toEqual({
      name: 'bo',
      auth: { kind: 'k' },
      keys: ['(hidden)', '(hidden)'],
    });
  });
});

describe('an edit', () => {
  const pointers = (given: JsonObject) => {
    const found = restored(SCHEMA, PARAMS, given);
    return 'faults' in found ? found.faults.map(({ pointer }) => pointer) : found.params;
  };

  it('of the rest gets the hidden values back', () => {
    expect(pointers({ ...MASKED, name: 'other' })).toEqual({ ...PARAMS, name: 'other' });
    const { auth: _, ...rest } = MASKED;
    const { auth: __, ...left } = PARAMS;
    expect(pointers(rest)).toEqual(left);
  });

  it.each<[string, JsonObject]>([
    ['/params/password', { password: 'mine' }],
    ['/params/password', { password: '' }],
    ['/params/keys', { keys: ['(hidden)'] }],
    ['/params/keys/1', { keys: ['(hidden)', 'x'] }],
    ['/params/auth/token', { auth: { kind: 'k', token: null } }],
    ['/params/auth/token', { auth: { kind: 'k' } }],
    ['/params/new', { new: '(hidden)' }],
  ])('that touches %s with %j is refused there', (pointer, more) => {
    expect(pointers({ ...MASKED, ...more })).toEqual([pointer]);
  });
});

it.each<[(string | null)[], boolean]>([
  [['password'], true],
  [['password', 'length'], true],
  [['auth'], true],
  [['auth', 'kind'], false],
  [['auth', null], true],
  [['keys', null], true],
  [['name'], false],
  [['anything'], true],
  [[], true],
])('reading %j reads a hidden value: %s', (path, reads) => {
  expect(readsHidden(SCHEMA, path)).toBe(reads);
});

const document = (schema: object, rule: object = {}, more: object = {}): string =>
  JSON.stringify({
    version: 1,
    rules: [{ id: 'one', match: { action: 'user.*' }, verdict: 'deny', ...rule }],
    parameters: [{ action: 'user.create', schema }],
    ...more,
  });
const complaint = (source: string): string | null => {
  const read = parsePolicy(source);
  return read.ok ? null : `${read.problem.errors?.[0]?.pointer} ${read.problem.detail}`;
};

describe('publication refuses', () => {
  it.each([
    'param.password == "x"',
    'param["password"] == "x"',
    'has(param.password)',
    'size(param.auth) > 1',
    'param.auth.token != ""',
    'param.keys.exists(k, k == "a")',
    'param.keys[0] == "a"',
    '"a" in param.keys',
    'size(param) > 3',
    'param.exists(key, key == "x")',
    'param[param.name] == "x"',
    'param.unnamed == 1',
    'param.name == "a" && (param.name == "b" || param.password.startsWith("c"))',
  ])('a rule that reads a hidden parameter: %s', (when) => {
    expect(complaint(document(SCHEMA, { when }))).toMatch(/^\/rules\/0\/when .*hides \(writeOnly\)/);
  });

  it('a trusted pattern and a compact tool that read one', () => {
    const when = 'param.password == "x"';
    const trusted = [{ id: 'two', match: { action: 'user.create' }, when }];
    expect(complaint(document(SCHEMA, {}, { trusted }))).toMatch(/^\/trusted\/0\/when/);
    const approval = { tools: [{ 'user.create': when }] };
    expect(complaint(document(SCHEMA, {}, { approval }))).toContain('writeOnly');
  });

  it('a tie of the resource to one', () => {
    const parameters = [{ action: 'user.create', schema: SCHEMA, resource: 'user:{password}' }];
    expect(complaint(document(SCHEMA, {}, { parameters }))).toContain('everybody reads the resource');
  });

  it.each<[string, ParameterSchema, string]>([
    ['all of the params', { writeOnly: true }, 'Hide single parameters'],
    ['a constant', { properties: { a: { const: 'x', writeOnly: true } } }, '`const` says'],
    ['one of few', { properties: { a: { enum: ['x', 'y'], writeOnly: true } } }, '`enum` says'],
    [
      'what may be edited',
      { properties: { a: { type: 'integer', narrow: 'lower', writeOnly: true } } },
      'A reviewer cannot edit',
    ],
    ['an amount', { properties: { a: { type: 'integer', format: 'minor-units', writeOnly: true } } }, 'no format'],
    [
      'the currency of an amount',
      {
        properties: {
          a: { type: 'integer', format: 'minor-units', currency: 'b' },
          b: { type: 'string', writeOnly: true },
        },
      },
      '"b" is hidden',
    ],
    [
      'entries that a reviewer would choose among',
      { properties: { a: { type: 'array', narrow: 'subset', items: { writeOnly: true } } } },
      'a reviewer cannot choose',
    ],
    [
      'entries that must differ',
      { properties: { a: { type: 'array', uniqueItems: true, items: { writeOnly: true } } } },
      'are the same',
    ],
  ])('to hide %s', (_what, schema, says) => {
    expect(complaint(document(schema))).toContain(says);
  });
});

describe('publication takes', () => {
  it.each([
    ['a rule that reads what is shown', { when: 'param.name == "x" && param.auth.kind == "y"' }],
    ['a rule about other actions', { match: { action: 'mail.*' }, when: 'param.password == "x"' }],
    ['metadata of the same name', { when: 'metadata.password == "x"' }],
  ])('%s', (_what, rule) => {
    expect(complaint(document(SCHEMA, rule))).toBeNull();
  });

  it('a rule about an action that an entry above takes whole, without hiding anything', () => {
    const parameters = [
      { action: 'user.rename', schema: { properties: { password: { type: 'string' } } } },
      { action: 'user.*', schema: SCHEMA },
    ];
    const rule = { match: { action: 'user.rename' }, when: 'param.password == "x"' };
    expect(complaint(document(SCHEMA, rule, { parameters }))).toBeNull();
    expect(complaint(document(SCHEMA, { when: 'param.password == "x"' }, { parameters }))).not.toBeNull();
  });
});

it('a verifier takes what is covered only where the pinned policy covers it', () => {
  const read = parsePolicy(document(SCHEMA));
  if (!read.ok) throw new Error(read.problem.detail);
  const line = (params: JsonObject, hidden: string[]) => ({ event: { personal: { params, hidden } } }) as never;
  const holds = (params: JsonObject, hidden: string[]) =>
    isWithheld(policyJudge, read.value.policy, line(params, hidden), 'user.create');
  expect(holds(MASKED, POINTERS)).toBe(true);
  expect(holds({ ...MASKED, name: '(hidden)' }, [...POINTERS, '/name'])).toBe(false);
  expect(holds({ ...MASKED, password: 'told' }, POINTERS)).toBe(false);
  expect(holds(MASKED, POINTERS.slice(1))).toBe(false);
});

it('the page says of a covered value that policy hides it, and no form opens it', () => {
  const schema: ParameterSchema = {
    properties: { password: { writeOnly: true }, keys: { type: 'array', items: { writeOnly: true } } },
  };
  const shown = { password: '(hidden)', keys: ['(hidden)'], name: 'bo' };
  const fields = editFields(shown, schema, 'any').map(({ pointer, locked, removable }) => [pointer, locked, removable]);
  expect(fields).toEqual([
    ['/password', true, false],
    ['/keys', true, false],
    ['/name', false, true],
  ]);
  expect(factsOf(shown, null, schema).map(({ notes }) => notes.length)).toEqual([1, 1, 0]);
});
