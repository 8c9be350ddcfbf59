// Parameter schemas: what is refused at publication, what at the door, and which edits are reductions.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../core/json.ts';
import { faultsOfParams } from '../../core/policy/parameters/faults.ts';
import { fieldsOf, narrows, type ParameterSchema, parametersFor } from '../../core/policy/parameters.ts';
import { judge, type Policy, parsePolicy, policyDigest } from '../../core/policy.ts';

const read = (source: string) => parsePolicy(source);
const policyOf = (source: string): Policy => {
  const parsed = read(source);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value.policy;
};
const written = (schema: unknown) => `parameters:\n  - action: "a.*"\n    schema: ${JSON.stringify(schema)}\n`;
const refusals = (schema: unknown) => {
  const parsed = read(written(schema));
  if (parsed.ok) throw new Error('the schema was accepted');
  return parsed.problem.errors!;
};
const pointers = (schema: ParameterSchema, params: JsonObject) =>
  faultsOfParams(schema, params).map(({ pointer }) => pointer);

describe('a schema in a policy', () => {
  it('is found by the action, the first that matches', () => {
    const policy = policyOf(`parameters:
  - { action: pay.refund, schema: { title: one } }
  - { action: ["pay.*", other], schema: { title: two } }`);
    expect(parametersFor(policy, 'pay.refund')).toEqual({ title: 'one' });
    expect(parametersFor(policy, 'pay.charge')).toEqual({ title: 'two' });
    expect(parametersFor(policy, 'pay.charge.back')).toBeNull();
    expect(parametersFor(policyOf('version: 1'), 'pay.refund')).toBeNull();
  });

  it('comes with the judgement, and leaves the digest of documents without one alone', () => {
    const policy = policyOf(written({ required: ['amount'] }));
    const input = { action: 'a.b', resource: 'r', actor: 'agent:a', params: {}, metadata: {}, context: null };
    const judged = judge(
      policy,
      { ...input, claimed_risk: null },
      { now: '2026-11-20T10:00:00.000Z', exhausted_patterns: [] },
    );
    expect(judged.parameters).toEqual({ required: ['amount'] });
    expect('parameters' in policyOf('version: 1')).toBe(false);
    expect(policyDigest(policyOf('parameters: []'))).toBe(policyDigest(policyOf('version: 1')));
  });

  it('is refused at its line and column', () => {
    const parsed = read(`parameters:
  - action: pay.refund
    schema:
      type: object
      properties:
        amount: { type: integer, minimun: 1 }
`);
    expect(parsed.ok ? [] : parsed.problem.errors).toEqual([
      {
        pointer: '/parameters/0/schema/properties/amount/minimun',
        detail: '"minimun" is not judged here, so it may not stand here. Did you mean "minimum"?',
        line: 6,
        column: 34,
      },
    ]);
  });

  it.each([
    ['a remote reference', { $ref: 'https://schemas.example/a.json' }, /nothing is ever fetched/],
    ['a local reference', { $ref: '#/$defs/a' }, /Write the schema out/],
    ['alternatives', { anyOf: [{ type: 'object' }] }, /`anyOf` is no part/],
    ['a boolean schema below', { properties: { a: true } }, /A schema is an object/],
    ['a bound on text', { properties: { a: { minimum: 1 } } }, /holds for type number or integer only/],
    [
      'a bound that a string passes',
      { properties: { a: { type: ['integer', 'string'], minimum: 1 } } },
      /number or integer only/,
    ],
    ['a length of numbers', { properties: { a: { type: 'integer', maxLength: 3 } } }, /type string only/],
    ['an unknown format', { properties: { a: { type: 'string', format: 'ipv4' } } }, /must be date, date-time/],
    ['money in text', { properties: { a: { type: 'string', format: 'minor-units' } } }, /one of type integer/],
    [
      'a currency without money',
      { properties: { a: { type: 'string', currency: 'EUR' } } },
      /beside `format: minor-units`/,
    ],
    ['an unknown type', { properties: { a: { type: 'int' } } }, /must be object, array, string/],
    ['bounds without room', { properties: { a: { type: 'number', minimum: 5, maximum: 4 } } }, /nothing fits/],
    ['a step of nothing', { properties: { a: { type: 'number', multipleOf: 0 } } }, /above zero/],
    ['lowering text', { properties: { a: { type: 'string', narrow: 'lower' } } }, /`lower` is for type number/],
    ['a part of a number', { properties: { a: { type: 'integer', narrow: 'subset' } } }, /`subset` is for type array/],
    [
      'switching a number off',
      { properties: { a: { type: 'integer', narrow: ['lower', 'off'] } } },
      /`off` is for type boolean/,
    ],
    ['removing what is required', { required: ['a'], properties: { a: { narrow: 'remove' } } }, /nobody can remove it/],
    ['requiring what may not be there', { required: ['b'], additionalProperties: false }, /nothing fits/],
    ['a pattern that is none', { properties: { a: { type: 'string', pattern: '(' } } }, /cannot be used/],
    ['a pattern with backreferences', { properties: { a: { type: 'string', pattern: '(a)\\1' } } }, /cannot be used/],
    [
      'a pattern that costs too much',
      { properties: { a: { type: 'string', pattern: '[a-z]{500}' } } },
      /repeats too much/,
    ],
    ['a schema that is too large', { description: 'x'.repeat(9_000) }, /at most 8192 bytes/],
    ['no values at all', { properties: { a: { enum: [] } } }, /empty/],
    ['objects to compare with', { properties: { a: { enum: ['x', { b: 1 }] } } }, /objects and lists have schemas/],
    ['a list to be', { properties: { a: { const: [1] } } }, /objects and lists have schemas/],
  ])('is refused for %s', (_what, schema, says) => {
    expect(refusals(schema)[0]!.detail).toMatch(says);
    expect(refusals(schema)[0]).toMatchObject({ line: 3, pointer: expect.stringMatching(/^\/parameters\/0\/schema/) });
  });

  it('may nest as deep as params are read by people', () => {
    const nested = (depth: number): ParameterSchema =>
      depth === 0 ? { type: 'string' } : { type: 'object', properties: { a: nested(depth - 1) } };
    expect(read(written(nested(7))).ok).toBe(true);
    expect(refusals(nested(12))[0]!.detail).toMatch(/nested too deeply/);
  });
});

const REFUND: ParameterSchema = {
  type: 'object',
  required: ['amount'],
  additionalProperties: false,
  properties: {
    amount: {
      type: 'integer',
      minimum: 1,
      narrow: 'lower',
      title: 'Amount',
      format: 'minor-units',
      currency: 'currency',
    },
    currency: { type: 'string', format: 'currency' },
    keep: { type: 'integer', narrow: 'higher' },
    notify: { type: 'boolean', narrow: 'off' },
    note: { type: 'string', maxLength: 5, narrow: 'remove' },
    lines: { type: 'array', items: { type: 'string' }, narrow: ['subset', 'remove'], uniqueItems: true, maxItems: 4 },
    legs: { type: 'array', items: { type: 'object', properties: { cents: { type: 'integer', narrow: 'lower' } } } },
    to: { type: 'object', properties: { city: { type: 'string' }, floor: { type: 'integer', narrow: 'lower' } } },
  },
};

describe('params', () => {
  it('that fit have no faults, and without a schema everything fits', () => {
    const params = { amount: 5, currency: 'EUR', lines: ['a', 'b'], to: { city: 'Bern', more: [] } };
    expect(faultsOfParams(REFUND, params)).toEqual([]);
    expect(faultsOfParams(null, { amount: '24005' })).toEqual([]);
  });

  it.each<[string, JsonObject, string[]]>([
    ['are text where a number belongs', { amount: '24005' }, ['/params/amount']],
    ['have a fraction', { amount: 1.5 }, ['/params/amount']],
    ['are below the bound', { amount: 0 }, ['/params/amount']],
    ['are missing', {}, ['/params/amount']],
    ['are null', { amount: null }, ['/params/amount']],
    ['are more than is known', { amount: 1, constructor: 1, toString: 2 }, ['/params/constructor', '/params/toString']],
    ['are wrong inside', { amount: 1, to: { city: 5 } }, ['/params/to/city']],
    ['are wrong in a list', { amount: 1, lines: ['a', 5, null] }, ['/params/lines/1', '/params/lines/2']],
    ['say something twice', { amount: 1, lines: ['a', 'a'] }, ['/params/lines']],
    ['are too long', { amount: 1, note: 'ありがとうございます' }, ['/params/note']],
    ['are of another format', { amount: 1, currency: 'euro' }, ['/params/currency']],
  ])('are refused where they %s', (_what, params, expected) => {
    expect(pointers(REFUND, params)).toEqual(expected);
  });

  it('names of prototypes are names like all others', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(pointers({ required: [name] }, {})).toEqual([`/params/${name}`]);
      expect(pointers({ properties: {}, additionalProperties: false }, JSON.parse(`{"${name}":1}`))).toEqual([
        `/params/${name}`,
      ]);
    }
  });

  it('escape names in pointers', () => {
    expect(pointers({ additionalProperties: { type: 'string' } }, { 'a/b~c': 1 })).toEqual(['/params/a~1b~0c']);
  });

  it.each<[ParameterSchema, Json, boolean]>([
    [{ type: 'number', multipleOf: 0.1 }, 0.3, true],
    [{ type: 'number', multipleOf: 0.01 }, 19.99, true],
    [{ type: 'number', multipleOf: 0.01 }, 19.999, false],
    [{ type: 'number', multipleOf: 5 }, 1e21, true],
    [{ type: 'number', multipleOf: 1 }, 5e-324, false],
    [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0, false],
    [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, 1, false],
    [{ type: 'integer' }, 1.0, true],
    [{ enum: ['a', 1, null] }, null, true],
    [{ enum: ['a', 1] }, '1', false],
    [{ const: null }, null, true],
    [{ const: null }, 0, false],
    [{ type: ['string', 'null'] }, null, true],
    [{ type: 'string', minLength: 2, maxLength: 2 }, '😀😀', true],
    [{ type: 'string', pattern: '^[A-Z]{3}$' }, 'EUR', true],
    [{ type: 'string', pattern: '^[A-Z]{3}$' }, 'EURO', false],
    [{ type: 'string', pattern: '[0-9]' }, 'a1b', true],
    [{ type: 'string', format: 'date' }, '2026-02-28', true],
    [{ type: 'string', format: 'date' }, '2026-02-30', false],
    [{ type: 'string', format: 'date-time' }, '2026-02-28T23:59:59+01:00', true],
    [{ type: 'string', format: 'date-time' }, '2026-02-28 23:59', false],
    [{ type: 'string', format: 'email' }, 'dana@example.com', true],
    [{ type: 'string', format: 'email' }, 'dana@', false],
    [{ type: 'string', format: 'uri' }, 'https://example.com/a?b', true],
    [{ type: 'string', format: 'uri' }, 'example.com', false],
    [{ type: 'string', format: 'uuid' }, '123e4567-e89b-12d3-a456-426614174000', true],
    [{ type: 'object', minProperties: 1, maxProperties: 1 }, {}, false],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, { a: 1, b: 2 }, true],
    [{ type: 'array', minItems: 1 }, [], false],
  ])('%j of %j: %s', (schema, value, fits) => {
    expect(pointers({ properties: { v: schema } }, { v: value })).toEqual(fits ? [] : ['/params/v']);
    expect(read(written({ properties: { v: schema } })).ok).toBe(true);
  });

  it('name at most twenty places', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index]));
    expect(faultsOfParams({ additionalProperties: { type: 'string' } }, many)).toHaveLength(20);
  });

  it('are refused when their patterns would cost too much, in bounded time', () => {
    const schema: ParameterSchema = { additionalProperties: { type: 'string', pattern: '^(a|b|ab|ba|[a-z]{60})*$' } };
    const params = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, 'ab'.repeat(10)]));
    const started = performance.now();
    const faults = faultsOfParams(schema, params);
    expect(faults[0]!.detail).toMatch(/more text than can be held/);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('an edit that narrows', () => {
  const BEFORE = {
    ...{ amount: 129_200, currency: 'EUR', keep: 3, notify: true, note: 'hi', lines: ['a', 'b', 'c'] },
    ...{ legs: [{ cents: 5 }, { cents: 7 }], to: { city: 'Bern', floor: 3 } },
  };
  const edited = (edit: (params: typeof BEFORE & JsonObject) => void) => {
    const after = structuredClone(BEFORE);
    edit(after as typeof BEFORE & JsonObject);
    return narrows(REFUND, BEFORE, after).map(({ pointer }) => pointer);
  };

  it('is nothing at all, or less in the way that the schema allows', () => {
    expect(edited(() => {})).toEqual([]);
    expect(
      edited((params) => {
        params.amount = 100;
      }),
    ).toEqual([]);
    expect(
      edited((params) => {
        params.keep = 4;
      }),
    ).toEqual([]);
    expect(
      edited((params) => {
        params.notify = false;
      }),
    ).toEqual([]);
    expect(
      edited((params) => {
        delete (params as JsonObject).note;
      }),
    ).toEqual([]);
    expect(
      edited((params) => {
        params.lines = ['a', 'c'];
      }),
    ).toEqual([]);
    expect(
      edited((params) => {
        params.legs[1]!.cents = 1;
      }),
    ).toEqual([]);
    expect(
      edited((params) => {
        params.to.floor = 0;
      }),
    ).toEqual([]);
  });

  it.each<[string, (params: typeof BEFORE & JsonObject) => void, string]>([
    [
      'more',
      (params) => {
        params.amount = 129_201;
      },
      '/params/amount',
    ],
    [
      'below zero',
      (params) => {
        params.amount = -5;
      },
      '/params/amount',
    ],
    [
      'zero, which the schema does not take',
      (params) => {
        params.amount = 0;
      },
      '/params/amount',
    ],
    [
      'text',
      (params) => {
        (params as JsonObject).amount = '100';
      },
      '/params/amount',
    ],
    [
      'gone',
      (params) => {
        delete (params as JsonObject).amount;
      },
      '/params/amount',
    ],
    [
      'something that may not be changed',
      (params) => {
        params.currency = 'CHF';
      },
      '/params/currency',
    ],
    [
      'a field more',
      (params) => {
        (params as JsonObject).more = 1;
      },
      '/params/more',
    ],
    [
      'lower where only higher is less',
      (params) => {
        params.keep = 2;
      },
      '/params/keep',
    ],
    [
      'another text where removing is allowed',
      (params) => {
        params.note = '';
      },
      '/params/note',
    ],
    [
      'another entry',
      (params) => {
        params.lines = ['a', 'd'];
      },
      '/params/lines',
    ],
    [
      'entries in another order',
      (params) => {
        params.lines = ['b', 'a'];
      },
      '/params/lines',
    ],
    [
      'an entry twice',
      (params) => {
        params.lines = ['a', 'a'];
      },
      '/params/lines',
    ],
    [
      'no entry, which may mean all',
      (params) => {
        params.lines = [];
      },
      '/params/lines',
    ],
    [
      'an entry less where none may go',
      (params) => {
        params.legs = [{ cents: 5 }];
      },
      '/params/legs',
    ],
    [
      'more in an entry',
      (params) => {
        params.legs[0]!.cents = 6;
      },
      '/params/legs/0/cents',
    ],
    [
      'another city',
      (params) => {
        params.to.city = 'Basel';
      },
      '/params/to/city',
    ],
  ])('is not %s', (_what, edit, pointer) => {
    expect(edited(edit)).toEqual([pointer]);
  });

  it('switching on is no switching off, and adding what was removed is none either', () => {
    expect(narrows(REFUND, { amount: 1, notify: false }, { amount: 1, notify: true })).toHaveLength(1);
    expect(narrows(REFUND, { amount: 1 }, { amount: 1, note: 'hi' })).toHaveLength(1);
    expect(narrows(REFUND, { amount: 1 }, { amount: 1, notify: false })).toHaveLength(1);
  });

  it('is impossible without a schema', () => {
    expect(narrows(null, { amount: 2 }, { amount: 1 })).toEqual([
      { pointer: '/params/amount', detail: 'may not be changed.' },
    ]);
    expect(narrows(null, { amount: 2 }, { amount: 2 })).toEqual([]);
  });

  it('never allows a number to grow, whatever is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 1_000 }), (after, before) => {
        const faults = narrows(REFUND, { amount: before }, { amount: after as Json });
        const less = typeof after === 'number' && Number.isInteger(after) && after >= 1 && after <= before;
        return less === (faults.length === 0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('fields for a page', () => {
  it('carry title, unit, bounds and what may be done, each with its pointer', () => {
    const fields = fieldsOf(REFUND);
    expect(fields[0]).toMatchObject({
      ...{ pointer: '/amount', title: 'Amount', format: 'minor-units', currency: { path: ['currency'] } },
      ...{ required: true, narrow: ['lower'], minimum: 1, maximum: null, types: ['integer'] },
    });
    expect(fields.map(({ pointer }) => pointer)).toContain('/to/floor');
    expect(fieldsOf(null)).toEqual([]);
  });

  it('come from the example policy too', () => {
    const policy = policyOf(readFileSync('docs/examples/policy.yaml', 'utf8'));
    const schema = parametersFor(policy, 'order_tools.process_refund');
    expect(narrows(schema, { amount: 2400, currency: 'EUR' }, { amount: 1000, currency: 'EUR' })).toEqual([]);
    expect(narrows(schema, { amount: 2400, currency: 'EUR' }, { amount: 2400, currency: 'USD' })).toHaveLength(1);
    expect(fieldsOf(schema)[0]).toMatchObject({ title: 'Amount', narrow: ['lower'] });
  });
});

describe('what follows a request that waits', () => {
  const input = { action: 'a', resource: 'r', actor: 'agent:a', params: {}, metadata: {}, context: null };
  const judged = (source: string) =>
    judge(
      policyOf(source),
      { ...input, claimed_risk: null },
      { now: '2026-11-20T10:00:00.000Z', exhausted_patterns: [] },
    );
  const RULE =
    'verdict: require_approval, escalate: [{ after: 1h, to: "group:b" }, { after: 30m, to: "group:a" }], remind: 10m, notify: "channel:ops"';

  it('comes out of the judgement: escalations earliest first, the reminder, the channels', () => {
    expect(judged(`rules: [{ id: r, ${RULE} }]`)).toMatchObject({
      escalate: [
        { after_seconds: 1_800, to: ['group:a'] },
        { after_seconds: 3_600, to: ['group:b'] },
      ],
      remind_seconds: 600,
      notify: ['channel:ops'],
    });
  });

  it('is put together from rules that cannot be evaluated and the one that matches', () => {
    expect(
      judged(`rules:
  - { id: broken, ${RULE}, when: param.x > 1 }
  - { id: r, verdict: require_approval, remind: 5m, escalate: [{ after: 30m, to: "group:a" }], notify: ["channel:ops", "channel:b"] }`),
    ).toMatchObject({
      escalate: [
        { after_seconds: 1_800, to: ['group:a'] },
        { after_seconds: 3_600, to: ['group:b'] },
      ],
      remind_seconds: 300,
      notify: ['channel:ops', 'channel:b'],
    });
  });

  it('is nothing where nobody is asked', () => {
    expect(judged(`rules: [{ id: r, ${RULE.replace('require_approval', 'allow')} }]`)).toMatchObject({
      escalate: [],
      remind_seconds: null,
      notify: ['channel:ops'],
    });
    expect(judged(`rules: [{ id: r, ${RULE} }]\ntrusted: [{ id: t, match: { action: a } }]`)).toMatchObject({
      verdict: 'allow',
      escalate: [],
      remind_seconds: null,
      notify: [],
    });
  });
});
