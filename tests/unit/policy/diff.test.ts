// What changes between two policies, in words, with what widens marked; nothing that differs is passed over.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../core/policy.ts';
import { parsePolicy, policyDifferences, policyWords } from '../../../core/policy.ts';

const EXAMPLE = readFileSync('docs/examples/policy.yaml', 'utf8');
const policyOf = (source: string): Policy => {
  const read = parsePolicy(source);
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value.policy;
};
const words = (before: string, after: string) => policyWords(policyOf(before), policyOf(after));
/** The example, with one text in it replaced. */
const bent = (from: string, to: string): string[] => {
  expect(EXAMPLE).toContain(from);
  return words(EXAMPLE, EXAMPLE.replace(from, to));
};

const rule = (fields: string) => `rules:\n  - { id: r, match: { action: a }, verdict: require_approval, ${fields} }\n`;
const effectOf = (old: string, fresh: string) =>
  policyDifferences(policyOf(rule(old)), policyOf(rule(fresh))).map(({ effect }) => effect);

describe('the words of a policy', () => {
  it('say that nothing changes when comments, layout and order of keys do', () => {
    const text = EXAMPLE.replaceAll(/ #.*$/gm, '').replace('{ action: db_delete }', '\n      action: db_delete');
    expect(words(EXAMPLE, text)).toEqual(['Nothing changes but comments, layout or order of keys.']);
  });

  it.each([
    [
      'a verdict',
      'verdict: deny',
      'verdict: allow',
      'Widens · Rule "no-iam-by-agents": the verdict is now let through without a person; before, deny.',
    ],
    [
      'a longer life',
      'ttl: 10m',
      'ttl: 1h',
      'Widens · Rule "production-deployments": what an approval releases is now for 1 h, checked offline, for the resource itself; before, for 10 min, checked offline, for the resource itself.',
    ],
    [
      'a weaker check',
      'enforce: consume',
      'enforce: offline',
      'Widens · Rule "database-deletes": what an approval releases is now for 5 min, checked offline, for the resource itself; before, for 5 min, checked consume, for the resource itself.',
    ],
    [
      'less evidence',
      'require: { reject: [comment] }',
      'require: []',
      'Widens · Rule "production-deployments": what a decision must bring is now nothing; before, comment to reject.',
    ],
    [
      'a longer time',
      'timeout: 1h\n    capability',
      'timeout: 2h\n    capability',
      'Widens · Rule "production-deployments": the time to decide is now 2 h; before, 1 h.',
    ],
    [
      'a lower risk',
      'risk: critical\n    message',
      'risk: low\n    message',
      'Widens · Rule "database-deletes": the risk is now low; before, critical.',
    ],
    [
      'a larger budget',
      'count: 50, per: 1h',
      'count: 500, per: 1h',
      'Widens · Trusted pattern "small-exports": its budget is now 500 times per 1 h; before, 50 times per 1 h.',
    ],
    [
      'a pattern for ever',
      '    expires: 2030-01-01\n',
      '',
      'Widens · Trusted pattern "small-exports": its end is now never; before, 2030-01-01T00:00:00.000Z.',
    ],
    [
      'another condition',
      'context.records < 100',
      'context.records < 1000',
      'May widen · Trusted pattern "small-exports": the condition is now `has(context.records) && context.records < 1000`; before, `has(context.records) && context.records < 100`. Not bounded: the resource; every parameter; every metadata value; every context value but records; how small `context.records` is.',
    ],
    [
      'a deny that meets less',
      'action: "iam.**", actor: "agent:*"',
      'action: "iam.**", actor: "agent:x", resource: "a:*"',
      'May widen · Rule "no-iam-by-agents": what it meets is now the action is iam.**, the resource is a:* and the actor is agent:x; before, the action is iam.** and the actor is agent:*.',
    ],
    [
      'another default',
      'defaults: { verdict: require_approval',
      'defaults: { verdict: allow',
      'Widens · Defaults: the verdict on what no rule names is now let through without a person; before, ask a person.',
    ],
    [
      'a later deadline by risk',
      'high: { timeout: 4h }',
      'high: { timeout: 1d }',
      'Widens · At high risk: the time to decide is now 1 d; before, 4 h.',
    ],
    [
      'what params must look like',
      'maxLength: 64',
      'maxLength: 640',
      /^Widens · The params of order_tools.process_refund must fit .*"maxLength":64[,}].* This is gone\.$/,
    ],
    [
      'more pending',
      'pending_per_actor: 50',
      'pending_per_actor: 60',
      'Widens · Limits: how many requests of one actor may wait is now 60; before, 50.',
    ],
    [
      'a right on a repository',
      'groups: ["group:payments-owners"]',
      'groups: ["group:payments-owners", "group:all"]',
      'Widens · Repository payments/api: group:payments-owners and group:all may approve and reject. This is new.',
    ],
    [
      'another route',
      'to: ["role:owner", "role:admin"]',
      'to: "role:reviewer"',
      'May widen · Routing: role:reviewer is asked when the resource is iam:**. This is new.',
    ],
    [
      'a message',
      'message: Data leaves the house.',
      'message: Data leaves.',
      'Changes · Rule "exports": the message is now “Data leaves.”; before, “Data leaves the house.”.',
    ],
  ])('name %s and what it does', (_what, from, to, line) => {
    if (typeof line === 'string') expect(bent(from, to)).toContain(line);
    else expect(bent(from, to).some((one) => line.test(one))).toBe(true);
  });

  it('name what is new and what is gone, and put what widens first', () => {
    const after = EXAMPLE.replace(/ {2}- id: no-iam-by-agents\n(?: {4}.*\n)+/, '').replace(
      '  - id: exports\n',
      '  - { id: all-reads, match: { action: "read.**" }, verdict: allow }\n\n  - id: exports\n',
    );
    expect(words(EXAMPLE, after)).toEqual([
      'Widens · Rule "all-reads" is new: let through without a person when the action is read.**, at medium risk.',
      'Widens · Rule "no-iam-by-agents" is gone: deny when the action is iam.** and the actor is agent:*, at medium risk.',
    ]);
    expect(words(after, EXAMPLE).map((line) => line.split(' ·')[0])).toEqual(['Narrows', 'Narrows']);
  });

  it('name what stands elsewhere, because the first match decides', () => {
    const list = (...ids: string[]) =>
      `rules:\n${ids.map((id) => `  - { id: ${id}, match: { action: ${id} }, verdict: allow }\n`).join('')}`;
    expect(words(list('a', 'b', 'c', 'd'), list('d', 'a', 'b', 'c'))).toEqual([
      'May widen · Rule "d" now stands before "a".',
    ]);
    expect(words(list('a', 'b', 'c'), list('a', 'x', 'b', 'c'))).toHaveLength(1);
  });

  it('name calendars and the time that counts by them', () => {
    const office = (hours: number, days: string) =>
      `calendars: { office: { zone: UTC, days: [${days}], from: "09:00", to: "17:00" } }
risk: { high: { timeout: { business: ${hours}h, calendar: office } } }
`;
    expect(words(office(4, 'mon, tue'), office(8, 'mon'))).toEqual([
      'Widens · At high risk: the working time to decide is now 8 h of the calendar office; before, 4 h of the calendar office.',
      'May widen · `calendars.office` is now {"days":["mon"],"from":"09:00","to":"17:00","zone":"UTC"}; before, {"days":["mon","tue"],"from":"09:00","to":"17:00","zone":"UTC"}.',
    ]);
    expect(words('version: 1', office(4, 'mon')).length).toBeGreaterThan(1);
  });

  it('name a key that this version has no words for', () => {
    const before = policyOf(EXAMPLE);
    const after = {
      ...before,
      holidays: { office: 'mon-fri' },
      rules: before.rules.map((one, at) => (at === 0 ? { ...one, quorum: 'two-thirds' } : one)),
    } as unknown as Policy;
    expect(policyWords(before, after)).toEqual([
      'May widen · Rule "no-iam-by-agents": `quorum` is now two-thirds; before, nothing.',
      'May widen · `holidays.office` is now mon-fri; before, nothing.',
    ]);
  });
});

describe('the effect of a setting', () => {
  it.each([
    [
      'fewer people',
      'approvals: [{ from: "group:a", count: 2 }]',
      'approvals: [{ from: "group:a", count: 1 }]',
      'widens',
    ],
    [
      'more to choose from',
      'approvals: [{ from: "group:a" }]',
      'approvals: [{ from: ["group:a", "group:b"] }]',
      'widens',
    ],
    [
      'a stage less',
      'approvals: [{ from: "group:a" }, { from: "group:b" }]',
      'approvals: [{ from: "group:a" }]',
      'widens',
    ],
    [
      'a stage more',
      'approvals: [{ from: "group:a" }]',
      'approvals: [{ from: "group:a" }, { from: "group:b" }]',
      'narrows',
    ],
    ['other people', 'approvals: [{ from: "group:a" }]', 'approvals: [{ from: "group:b" }]', 'unclear'],
    ['people left to routing', 'approvals: [{ from: "group:a" }]', 'message: x', 'unclear'],
    ['a token instead of a passkey', 'verify: passkey', 'verify: oidc', 'widens'],
    ['a passkey instead of a token', 'verify: oidc', 'verify: passkey', 'narrows'],
    ['edits that may only narrow', 'edits: none', 'edits: narrow', 'widens'],
    ['owners who may decide', 'separation: owners', 'message: x', 'widens'],
    ['more of a match that asks', 'when: a == 1', 'when: a == 2', 'unclear'],
    ['somebody asked later', 'message: m', 'escalate: [{ after: 5m, to: "group:b" }]', 'widens'],
  ])('of %s', (_what, old, fresh, effect) => {
    expect(effectOf(old.replaceAll('a ==', 'param.a =='), fresh.replaceAll('a ==', 'param.a =='))).toContain(effect);
  });
});

describe('what a trusted pattern leaves open', () => {
  const open = (match: string, when: string | null) => {
    const trusted = `{ id: t, match: { action: a, ${match} }${when === null ? '' : `, when: ${JSON.stringify(when)}`} }`;
    const [line] = words('version: 1', `version: 1\ntrusted: [${trusted}]`);
    return /Not bounded: (.*)\.$/.exec(line!)?.[1] ?? 'nothing';
  };
  const CLOSED = 'resource: "x:1", actor: "agent:x"';
  const REST = 'size(metadata) == 0 && context == null';

  it.each<[string, string | null, string]>([
    ['', null, 'the resource; the actor; every parameter; every metadata value; every context value'],
    [CLOSED, `param.to == "a" && ${REST}`, 'every parameter but to'],
    [CLOSED, `size(param) == 1 && param.to == "a" && ${REST}`, 'nothing'],
    [CLOSED, `size(param) == 2 && param.to == "a" && ${REST}`, 'every parameter but to'],
    [CLOSED, `size(param) == 1 && has(param.to) && ${REST}`, 'every parameter'],
    [CLOSED, `param.all(k, k in ["to", "cc"]) && param.to == "a" && ${REST}`, 'the parameter cc'],
    [CLOSED, `param.all(k, k in ["cc"]) && (!has(param.cc) || param.cc == "a") && ${REST}`, 'nothing'],
    [CLOSED, `(param.to == "a" || param.cc == "b") && ${REST}`, 'every parameter'],
    [CLOSED, `(param.n > 1 ? param.to == "a" : true) && ${REST}`, 'every parameter but n'],
    [CLOSED, `!(param.to == "a" && param.cc == "b") && ${REST}`, 'every parameter'],
    [CLOSED, `!(param.to == "a" || param.cc == "b") && ${REST}`, 'every parameter but cc, to'],
    [CLOSED, `size(param) == 1 && param["a-b"] <= 5 && ${REST}`, 'how large'],
    [CLOSED, `size(param) == 1 && param.n >= 5 && ${REST}`, 'how large `param.n` is'],
    [`${CLOSED}, metadata: { env: prod }`, 'size(param) == 0 && context == null', 'every metadata value but env'],
    ['actor: "agent:x"', `resource in ["x:1"] && size(param) == 0 && ${REST}`, 'nothing'],
  ])('%s / %s: %s', (match, when, said) => {
    expect(open(match, when)).toContain(said === 'how large' ? 'how small `param["a-b"]` is' : said);
  });
});
