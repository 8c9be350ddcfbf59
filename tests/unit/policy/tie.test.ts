// Resource and params tied by a schema: what a template may be, what a call must be, what an edit may not touch.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../core/json.ts';
import { faultsOfCall, faultsOfTiedEdit, parametersFor, tiedIn } from '../../../core/policy/parameters.ts';
import { parsePolicy, policyWords } from '../../../core/policy.ts';

const source = (resource: string, schema: Json = { properties: { channel: { type: 'string' } } }) =>
  `version: 1\nparameters:\n  - { action: "chat.*", resource: ${JSON.stringify(resource)}, schema: ${JSON.stringify(schema)} }\n`;
const policyOf = (text: string) => {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value.policy;
};
const schemaOf = (resource: string, schema?: Json) => parametersFor(policyOf(source(resource, schema)), 'chat.post');
const faults = (resource: string, params: JsonObject, template = 'channel:{channel}', schema: Json = {}) =>
  faultsOfCall(schemaOf(template, schema), { resource, params }).map(({ pointer }) => pointer);

describe('a tie in a policy', () => {
  it('travels with the schema, and changes no digest where there is none', () => {
    expect(schemaOf('channel:{channel}')).toMatchObject({ resource: 'channel:{channel}' });
    expect(tiedIn(schemaOf('repo:{owner}/{name}', {}))).toEqual(['owner', 'name']);
    const without = 'version: 1\nparameters: [{ action: a, schema: {} }]';
    expect(policyOf(without).parameters).toEqual([{ action: ['a'], schema: {} }]);
  });

  it('is told in words when it is new', () => {
    expect(policyWords(policyOf('version: 1'), policyOf(source('channel:{channel}'))).join()).toContain(
      'and make the resource channel:{channel}. This is new.',
    );
  });

  const text = { properties: { channel: { type: 'string' } } };
  it.each<[string, string, Json, RegExp]>([
    ['no kind', '{channel}', text, /Write the kind, a colon/],
    ['a star', 'channel:*', text, /Write the kind, a colon/],
    ['part of a segment', 'channel:ex-{channel}', text, /whole segment/],
    ['two in one segment', 'channel:{channel}{channel}', text, /whole segment/],
    ['something behind it', 'channel:{channel}-x', text, /whole segment/],
    ['a lone brace', 'channel:{channel', text, /brace stands alone/],
    ['a name that the schema lacks', 'channel:{chanel}', text, /no property "chanel".*Did you mean "channel"/],
    ['no name', 'channel:{}', text, /no property ""/],
    ['a list', 'channel:{channel}', { properties: { channel: { type: 'array' } } }, /type is string or integer/],
    [
      'one that reviewers may lower',
      'page:{n}',
      { properties: { n: { type: 'integer', narrow: 'lower' } } },
      /no reviewer may change it/,
    ],
    [
      'one that nobody is shown',
      'page:{n}',
      { properties: { n: { type: 'string', writeOnly: true } } },
      /hidden \(writeOnly\), and everybody reads the resource/,
    ],
  ])('is refused with %s', (_what, resource, schema, detail) => {
    const parsed = parsePolicy(source(resource, schema));
    expect(parsed.ok ? 'taken' : parsed.problem.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ detail: expect.stringMatching(detail), pointer: '/parameters/0/resource', line: 3 }),
      ]),
    );
  });
});

describe('a call under a tie', () => {
  it.each<[string, string, JsonObject]>([
    ['its text', 'channel:External_0', { channel: 'External_0' }],
    ['a whole number', 'channel:7', { channel: 7 }],
    ['zero, however it is signed', 'channel:0', { channel: -0 }],
    ['blanks and letters of any script inside', 'channel:das Büro', { channel: 'das Büro' }],
  ])('passes with %s', (_what, resource, params) => {
    expect(faults(resource, params)).toEqual([]);
  });

  it.each<[string, string, JsonObject, string]>([
    ['another channel', 'channel:general', { channel: 'External_0' }, '/resource'],
    ['another case', 'channel:General', { channel: 'general' }, '/resource'],
    ['a letter that looks like it', 'channel:gеneral', { channel: 'general' }, '/resource'],
    ['another kind', 'room:general', { channel: 'general' }, '/resource'],
    ['something behind it', 'channel:general/x', { channel: 'general' }, '/resource'],
    ['a slash in the value', 'channel:a/b', { channel: 'a/b' }, '/params/channel'],
    ['a dot in the value', 'channel:a.b', { channel: 'a.b' }, '/params/channel'],
    ['a colon in the value', 'channel:a:b', { channel: 'a:b' }, '/params/channel'],
    ['a star in the value', 'channel:*', { channel: '*' }, '/params/channel'],
    ['a blank at the end', 'channel:a ', { channel: 'a ' }, '/params/channel'],
    ['a no-break space in front', 'channel:a', { channel: '\u00a0a' }, '/params/channel'],
    ['nothing', 'channel:', { channel: '' }, '/params/channel'],
    ['no such parameter', 'channel:a', {}, '/params/channel'],
    ['an inherited name', 'channel:a', { __proto__: { channel: 'a' } } as JsonObject, '/params/channel'],
    ['a fraction', 'channel:1.5', { channel: 1.5 }, '/params/channel'],
    ['a number that is not exact', `channel:${2 ** 53}`, { channel: 2 ** 53 }, '/params/channel'],
    ['true', 'channel:true', { channel: true }, '/params/channel'],
    ['null', 'channel:null', { channel: null }, '/params/channel'],
    ['a list of one', 'channel:a', { channel: ['a'] }, '/params/channel'],
  ])('is refused with %s', (_what, resource, params, pointer) => {
    expect(faults(resource, params)).toEqual([pointer]);
  });

  it('has one reading: two params that make the same resource are the same', () => {
    const value = fc.oneof(fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '.', '*', ' ') }), fc.nat(3));
    const schema = schemaOf('repo:{owner}/{name}', {});
    const made = (owner: Json, name: Json) =>
      faultsOfCall(schema, { resource: `repo:${owner}/${name}`, params: { owner, name } }).length === 0
        ? `repo:${owner}/${name}`
        : null;
    fc.assert(
      fc.property(value, value, value, value, (a, b, c, d) => {
        const [one, other] = [made(a, b), made(c, d)];
        return one === null || one !== other || (String(a) === String(c) && String(b) === String(d));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('an edit under a tie', () => {
  it('touches no parameter that makes the resource, even if the resource would read the same', () => {
    const schema = schemaOf('channel:{channel}', {});
    const edited = (before: JsonObject, after: JsonObject) =>
      faultsOfTiedEdit(schema, before, after).map(({ pointer }) => pointer);
    expect(edited({ channel: 'a', text: 'x' }, { channel: 'a', text: 'y' })).toEqual([]);
    expect(edited({ channel: 'a' }, { channel: 'b' })).toEqual(['/params/channel']);
    expect(edited({ channel: 7 }, { channel: '7' })).toEqual(['/params/channel']);
    expect(edited({ channel: 'a' }, {})).toEqual(['/params/channel']);
  });
});
