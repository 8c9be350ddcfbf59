// Every key of the language does something: with and without it, judging one request differs in the field that it is
// about, and in nothing else that was not meant.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { type Judgement, judge, type PolicyInput, parsePolicy } from '../../core/policy.ts';

const INPUT: PolicyInput = {
  ...{ action: 'pay.refund', resource: 'repository:a/b', actor: 'agent:bot', params: { amount: 5 } },
  ...{ metadata: { env: 'prod' }, context: { records: 5 }, claimed_risk: null },
};
const RULE = { id: 'r', verdict: 'require_approval' };

function judged(document: JsonObject): Judgement {
  const parsed = parsePolicy(JSON.stringify(document));
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return judge(parsed.value.policy, INPUT, { now: '2026-11-20T10:00:00.000Z', exhausted_patterns: [] });
}

/** What differs, by dotted name, one level into objects. */
function differences(one: Judgement, other: Judgement): Record<string, unknown> {
  const flat = (judgement: Judgement) =>
    Object.fromEntries(
      Object.entries(judgement).flatMap(([key, value]) =>
        key === 'requirement' || key === 'capability' || key === 'risk'
          ? Object.entries(value as object).map(([inner, part]) => [`${key}.${inner}`, part])
          : [[key, value]],
      ),
    );
  const [before, after] = [flat(one), flat(other)];
  const told = Object.keys(after).filter((key) => !['trace', 'risk.reasons'].includes(key));
  const differing = told.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return Object.fromEntries(differing.map((key) => [key, after[key]]));
}

const DEFAULT = ['role:owner', 'role:admin', 'role:reviewer'];
const CAPABILITY = { ttl: '5m', enforce: 'consume', dpop: true, audience: 'service:pay' };

describe('a key of a rule', () => {
  it.each<[string, JsonObject, Record<string, unknown>]>([
    ['verdict', { verdict: 'deny' }, { verdict: 'deny' }],
    ['risk', { risk: 'high' }, { 'risk.level': 'high', timeout_seconds: 14_400 }],
    ['message', { message: 'Read it.' }, { message: 'Read it.' }],
    [
      'approvals',
      { approvals: [{ from: 'group:a', count: 2 }] },
      { 'requirement.stages': [{ from: ['group:a'], count: 2 }] },
    ],
    ['verify', { verify: 'oidc' }, { 'requirement.verify': 'oidc' }],
    [
      'require, for both answers',
      { require: ['comment'] },
      { 'requirement.require': { approve: ['comment'], reject: ['comment'] } },
    ],
    [
      'require, for one',
      { require: { reject: ['external_ref'] } },
      { 'requirement.require': { approve: [], reject: ['external_ref'] } },
    ],
    ['timeout', { timeout: '1h' }, { timeout_seconds: 3_600 }],
    ['on_rejection', { on_rejection: 'continue' }, { on_rejection: 'continue' }],
    ['edits', { edits: 'any' }, { edits: 'any' }],
    [
      'capability',
      { capability: CAPABILITY },
      {
        ...{ 'capability.ttl_seconds': 300, 'capability.enforce': 'consume', 'capability.dpop': true },
        'capability.audience': 'service:pay',
      },
    ],
    ['separation', { separation: 'owners' }, { 'requirement.separation': 'owners' }],
    [
      'escalate',
      { escalate: [{ after: '30m', to: 'group:b' }] },
      { escalate: [{ after_seconds: 1_800, to: ['group:b'] }] },
    ],
    ['remind', { remind: '10m' }, { remind_seconds: 600 }],
    ['notify', { notify: 'channel:a' }, { notify: ['channel:a'] }],
    ['match, when it does not hold', { match: { action: 'other' } }, { rule: null }],
    ['when, when it does not hold', { when: 'param.amount > 5' }, { rule: null }],
  ])('%s does what it says, and nothing else', (_key, more, expected) => {
    expect(differences(judged({ rules: [RULE] }), judged({ rules: [{ ...RULE, ...more }] }))).toEqual(expected);
  });
});

describe('a key of the document', () => {
  const cases: [string, JsonObject, Record<string, unknown>][] = [
    ['defaults.verdict', { defaults: { verdict: 'deny' } }, { verdict: 'deny' }],
    ['defaults.risk', { defaults: { risk: 'low' } }, { 'risk.level': 'low', timeout_seconds: 86_400 }],
    ['defaults.verify', { defaults: { verify: 'oidc' } }, { 'requirement.verify': 'oidc' }],
    ['unlisted', { unlisted: 'allow' }, { verdict: 'allow' }],
    ['risk.*.timeout', { risk: { medium: { timeout: '2h' } } }, { timeout_seconds: 7_200 }],
    ['risk.*.verify', { risk: { medium: { verify: 'oidc' } } }, { 'requirement.verify': 'oidc' }],
    ['risk.*.separation', { risk: { medium: { separation: 'owners' } } }, { 'requirement.separation': 'owners' }],
    [
      'routing',
      { routing: [{ match: { action: 'pay.*' }, to: 'group:pay' }] },
      { 'requirement.stages': [{ from: ['group:pay'], count: 1 }] },
    ],
    [
      'repositories',
      { repositories: [{ repository: 'a/*', groups: ['group:o'] }] },
      { 'requirement.stages': [{ from: [...DEFAULT, 'group:o'], count: 1 }] },
    ],
    [
      'trusted',
      {
        trusted: [{ id: 't', match: { action: 'pay.*' }, when: 'context.records < 9', limit: { count: 2, per: '1h' } }],
      },
      {
        ...{ verdict: 'allow', rule: 't', constraints: { 'context.records': 5 } },
        draws_on: { pattern: 't', count: 2, per_seconds: 3_600 },
      },
    ],
    ['trusted, once it has expired', { trusted: [{ id: 't', match: { action: 'pay.*' }, expires: '2026-11-20' }] }, {}],
    [
      'approval',
      { approval: { tools: ['pay.refund'], timeout: 600, message: 'Read it.', on_rejection: 'continue' } },
      {
        ...{ rule: 'approval:pay.refund', message: 'Read it.', on_rejection: 'continue', timeout_seconds: 600 },
      },
    ],
    [
      'approval, with a condition that is false',
      { approval: { tools: [{ 'pay.refund': 'param.amount > 5' }] } },
      { verdict: 'allow', rule: 'approval:pay.refund:otherwise' },
    ],
    ['parameters', { parameters: [{ action: 'pay.*', schema: { title: 'x' } }] }, { parameters: { title: 'x' } }],
    [
      'calendars',
      {
        calendars: { office: { zone: 'UTC', from: '09:00', to: '17:00' } },
        risk: { medium: { timeout: { business: '8h', calendar: 'office' } } },
      },
      { timeout_seconds: 72 * 3_600 },
    ],
  ];
  it.each(cases)('%s does what it says, and nothing else', (_key, document, expected) => {
    expect(differences(judged({}), judged(document))).toEqual(expected);
  });

  it('limits.pending_per_actor is the organisation’s to count', () => {
    const parsed = parsePolicy('limits: { pending_per_actor: 3 }');
    expect(parsed.ok && parsed.value.policy.limits).toEqual({ pending_per_actor: 3 });
  });
});
