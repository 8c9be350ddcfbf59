// Rules that the agent's own words pass are told: a resource that nothing ties, two fields for one fact, an empty list.
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../core/policy.ts';

const told = (source: string) => {
  const parsed = parsePolicy(source);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value.warnings.map(({ line, column, detail }) => `${line}:${column} ${detail}`);
};
const rule = (more: string, verdict = 'deny') => `rules:\n  - { id: a, verdict: ${verdict}, ${more} }\n`;
const schema = (properties: string, more = '') =>
  `parameters:\n  - { action: "chat.*", ${more}schema: { properties: { ${properties} } } }\n`;
const TIE = schema('channel: { type: string }', 'resource: "channel:{channel}", ');
const UNTIED = expect.stringContaining('This decides by the resource');

describe('a rule that decides by the resource', () => {
  it.each([
    ['match: { action: chat.post, resource: "channel:External*" }', '2:57'],
    ['match: { action: chat.post, resource: "db:prod" }', '2:57'],
    ['match: { resource: "regulated:**" }', '2:38'],
    ['match: { action: chat.post }, when: resource.startsWith("channel:Ext")', '2:59'],
  ])('is told where no schema ties it to the params: %s', (more, place) => {
    expect(told(rule(more))).toEqual([expect.stringMatching(new RegExp(`^${place} This decides by the resource`))]);
    expect(told(`${rule(more)}${schema('channel: { type: string }')}`)).toEqual([UNTIED]);
  });

  it('is not told where every schema that may judge its actions ties it', () => {
    const post = rule('match: { action: chat.post, resource: "channel:External*" }');
    expect(told(`${post}${TIE}`)).toEqual([]);
    expect(told(`${post}${TIE}  - { action: "**", schema: {} }\n`)).toEqual([]);
    expect(
      told(`${post}${TIE.replace('parameters:\n', 'parameters:\n  - { action: chat.post, schema: {} }\n')}`),
    ).toEqual([UNTIED]);
    expect(told(`${rule('match: { action: "**", resource: "channel:a" }')}${TIE}`)).toEqual([UNTIED]);
  });

  it('is not told where it does not decide: of any resource, or of params that a pattern writes out', () => {
    expect(told(rule('match: { action: a, resource: "**" }'))).toEqual([]);
    expect(told(rule('match: { action: a, resource: "*:**" }'))).toEqual([]);
    const pattern = (when: string) => `trusted: [{ id: t, match: { action: a, resource: "x:1" }, when: '${when}' }]`;
    expect(told(pattern('size(param) == 1 && param.to == "a"'))).toEqual([]);
    expect(told(pattern('param.to == "a"'))).toEqual([UNTIED]);
  });
});

describe('two fields for one fact', () => {
  it.each([
    ['match: { action: chat.post, metadata: { channel: a } }', 'metadata.channel'],
    ['match: { action: chat.post }, when: metadata.channel == "a"', 'metadata.channel'],
    ['match: { action: chat.post }, when: context.channel == "a"', 'context.channel'],
  ])('are told: %s', (more, field) => {
    const said = told(`${rule(more)}${TIE}`);
    expect(said).toEqual([expect.stringContaining(`\`${field}\` and the parameter \`channel\` are two fields`)]);
  });

  it('are told of who acts, and not where there is one field alone', () => {
    const acts = rule('match: { action: chat.post, actor: "agent:x" }');
    expect(told(`${acts}${schema('actor: { type: string }')}`)).toEqual([
      expect.stringContaining('`actor` and the param'),
    ]);
    expect(told(`${acts}${TIE}`)).toEqual([]);
    expect(told(`${rule('match: { action: chat.post, metadata: { team: web } }')}${TIE}`)).toEqual([]);
  });
});

describe('a list that may be empty', () => {
  const ALL = 'param.to.all(one, one.endsWith("@acme.com"))';
  const allow = (when: string, more = '') =>
    told(`${rule(`match: { action: chat.post }, when: '${when}'`, 'allow')}${more}`);

  it.each([
    [ALL, 'met by an empty list'],
    [`has(param.to) && ${ALL}`, 'met by an empty list'],
    ['!param.to.exists(one, one == "x")', 'met by an empty list'],
    ['!("x" in param.to)', 'met by an empty list'],
    [`param.n > 1 || ${ALL}`, 'met by an empty list'],
  ])('is told where it lets through: %s', (when, said) => {
    expect(allow(when)).toEqual([expect.stringContaining(said)]);
    expect(allow(when)[0]).toContain('`size(param.to) > 0 &&');
  });

  it('is told of a trusted pattern, and of a compact tool, which is allowed where its condition is false', () => {
    const trusted = `trusted: [{ id: t, match: { action: a, actor: "agent:x" }, when: '${ALL}' }]`;
    expect(told(trusted)).toEqual([expect.stringContaining('met by an empty list')]);
    const compact = (when: string) => `approval: { tools: [{ a.b: '${when}' }] }`;
    expect(told(compact('param.to.exists(one, one == "x")'))).toEqual([
      expect.stringContaining('not met by an empty list'),
    ]);
    expect(told(compact(ALL))).toEqual([]);
  });

  it('is not told where its size is asked for, a schema holds it, or a rule only asks', () => {
    expect(allow(`size(param.to) > 0 && ${ALL}`)).toEqual([]);
    expect(allow(`param.to.size() > 0 && ${ALL}`)).toEqual([]);
    expect(allow('param.to.exists(one, one == "x")')).toEqual([]);
    expect(allow('param.all(key, key in ["to"])')).toEqual([]);
    expect(allow(ALL, schema('to: { type: array, minItems: 1 }'))).toEqual([]);
    expect(allow(ALL, schema('to: { type: array }'))).toHaveLength(1);
    expect(told(rule(`match: { action: chat.post }, when: '${ALL}'`))).toEqual([]);
  });
});
