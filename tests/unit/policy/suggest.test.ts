// Suggestions: the narrowest pattern that meets what people always approved, and nothing where anything speaks against.
import { describe, expect, it } from 'vitest';
import { instantAt } from '../../../core/duration.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { StoredRequest } from '../../../core/policy/simulate.ts';
import { Suggesting, type Suggestion } from '../../../core/policy/suggest.ts';
import { withTrusted } from '../../../core/policy/text.ts';
import { DEFAULT_POLICY, judge, parsePolicy } from '../../../core/policy.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const START = Date.parse('2026-11-01T00:00:00.000Z');

function stored(
  at: number,
  more: Partial<StoredRequest> = {},
  params: JsonObject = {},
  resource = 'list:a',
): StoredRequest {
  return {
    ...{ id: `apr_${at}`, created_at: instantAt(START + at * 3_600_000), verdict: 'require_approval', risk: 'low' },
    ...{ rule: null, stages: [], policy_digest: 'sha256:', trace: [], fate: 'approved', people: [`usr_${at % 2}`] },
    input: { action: 'mail.send', resource, actor: 'agent:x', params, metadata: {}, context: null, claimed_risk: null },
    ...more,
  };
}
function suggested(all: StoredRequest[]): Suggestion[] {
  const suggesting = new Suggesting(DEFAULT_POLICY);
  for (const one of all) suggesting.learn(one);
  suggesting.propose(NOW);
  for (const one of all) suggesting.try(one);
  return suggesting.suggestions();
}
const many = (n: number, more: (at: number) => StoredRequest = (at) => stored(at)) =>
  Array.from({ length: n }, (_, at) => more(at));

describe('a suggestion', () => {
  it('needs twenty approvals by two people', () => {
    expect(suggested(many(20))).toHaveLength(1);
    expect(suggested(many(19))).toEqual([]);
    expect(suggested(many(50, (at) => stored(at, { people: ['usr_1'] })))).toEqual([]);
  });

  it.each<[string, Partial<StoredRequest>]>([
    ['a rejection', { fate: 'rejected' }],
    ['an edit', { fate: 'edited' }],
    ['an expiry', { fate: 'expired' }],
    ['a failed outcome', { fate: 'failed' }],
    ['critical risk', { risk: 'critical' }],
    ['an error of policy', { trace: [{ rule: 'r', kind: 'rule', result: 'error' }] }],
  ])('is not made where there was %s once', (_what, more) => {
    expect(suggested([...many(40), stored(41, more)])).toEqual([]);
    expect(suggested([stored(0, more), ...many(40)])).toEqual([]);
  });

  it('is not made when its pattern meets what somebody rejected under another rule', () => {
    expect(suggested([...many(40), stored(41, { fate: 'rejected', rule: 'other' })])).toEqual([]);
  });

  it('takes no notice of what is pending, withdrawn, let through or erased', () => {
    const silent = [{ fate: 'other' }, { verdict: 'allow', fate: 'other' }, { input: null }] as const;
    expect(suggested([...many(20), ...silent.map((more, at) => stored(30 + at, more))])).toHaveLength(1);
  });

  it.each([
    ['the one resource', ['repo:a/b'], 'size(param) == 0'],
    ['all that were seen', ['list:a', 'list:b'], 'size(param) == 0'],
    ['a name that reads as a pattern, as it is', ['list:a*'], 'resource == "list:a*" && size(param) == 0'],
  ])('names %s', (_what, resources, when) => {
    const [one] = suggested(many(20, (at) => stored(at, {}, {}, resources[at % resources.length])));
    expect(one).toMatchObject({ resources, simulation: { would_let_through: 20 } });
    expect(one!.pattern.when).toBe(`${when} && size(metadata) == 0 && context == null`);
  });

  it('says what it lets through, place by place, in words and as a condition that is in words', () => {
    const params = (at: number): JsonObject => ({
      n: at - 5,
      to: [`user${at % 2}`],
      deep: { on: true },
      user_id: at % 2,
    });
    const cc = (at: number): JsonObject => (at % 3 === 0 ? { cc: null } : {});
    const [one] = suggested(many(20, (at) => stored(at, {}, { ...params(at), ...cc(at) })));
    expect(one!.bounds).toEqual([
      'param: nothing beside "cc", "deep", "n", "to", "user_id"',
      'param.cc: absent, or null',
      'param.deep: nothing beside "on"',
      'param.deep.on: true',
      'param.n: a whole number from -5 to 14',
      'param.to: one of ["user0"], ["user1"]',
      'param.user_id: one of 0, 1',
      'metadata: empty',
      'context: null',
      'whichever rule asks',
      'whatever risk the agent claims, but critical',
    ]);
    expect(one!.pattern.when).toContain('has(param.n) && int(param.n) == param.n && param.n >= -5 && param.n <= 14');
  });

  it('goes into a draft that judges the like of it, and asks about everything else', () => {
    const params = (at: number): JsonObject => ({ n: at - 5, kind: 'news' });
    const [one] = suggested(many(20, (at) => stored(at, {}, params(at))));
    const drafted = withTrusted('version: 1\n', one!.pattern);
    if (!drafted.ok) throw new Error(drafted.problem.detail);
    const read = parsePolicy(drafted.value.source);
    if (!read.ok) throw new Error(read.problem.detail);
    const verdict = (fields: JsonObject) =>
      judge(read.value.policy, { ...stored(0).input!, params: fields }, { now: NOW, exhausted_patterns: [] }).verdict;
    expect([params(3), { ...params(3), n: 15 }, { ...params(3), n: 3.5 }, { n: 3 }].map(verdict)).toEqual([
      ...['allow', 'require_approval', 'require_approval', 'require_approval'],
    ]);
  });

  it('is not made where policy hides a value, and says so', () => {
    const reasons = (suggesting: Suggesting, all: StoredRequest[]) => {
      for (const one of all) suggesting.learn(one);
      suggesting.propose(NOW);
      return [suggesting.suggestions(), suggesting.notSuggested().map(({ reason }) => reason)];
    };
    const hidden = many(20, (at) => stored(at, { hidden: ['/password'] }, { user: 'a' }));
    expect(reasons(new Suggesting(DEFAULT_POLICY), hidden)).toEqual([
      [],
      [expect.stringContaining('`params/password` is hidden (writeOnly)')],
    ]);
    const hiding = parsePolicy(
      'parameters: [{ action: mail.send, schema: { properties: { token: { type: string, writeOnly: true } } } }]',
    );
    if (!hiding.ok) throw new Error(hiding.problem.detail);
    expect(reasons(new Suggesting(hiding.value.policy), many(20))).toEqual([
      [],
      [expect.stringContaining('A parameter of this action is hidden (writeOnly)')],
    ]);
  });

  it('has the busiest day as its budget and ends after ninety days', () => {
    const [one] = suggested(many(30));
    expect(one!.pattern).toMatchObject({
      limit: { count: 24, per_seconds: 86_400 },
      expires: '2027-02-19T00:00:00.000Z',
    });
  });
});
