// What almost is a name of a rule is an error of that rule: over Unicode's list of confusables, over the spellings of a
// name, in matches and in conditions; and how often honest names are taken for it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseResource } from '../../../core/actor.ts';
import type { JsonObject } from '../../../core/json.ts';
import { Simulation } from '../../../core/policy/simulate.ts';
import {
  judge,
  judgeDenies,
  type Policy,
  type PolicyInput,
  parsePolicy,
  policyDifferences,
  policyDigest,
} from '../../../core/policy.ts';

const NOW = '2026-11-29T12:00:00.000Z';
const FACTS = { now: NOW, exhausted_patterns: [] };

function policyOf(source: string): Policy {
  const parsed = parsePolicy(source);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value.policy;
}
const asked = (more: Partial<PolicyInput>): PolicyInput => ({
  action: 'table.drop',
  resource: 'db:other',
  actor: 'agent:x',
  params: {},
  metadata: {},
  context: null,
  claimed_risk: null,
  ...more,
});
const DENY = policyOf(`defaults: { verdict: allow, risk: low }
rules: [{ id: never, match: { resource: "db:prod" }, verdict: deny }]`);

const LIST = readFileSync(join(import.meta.dirname, 'confusables.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const at = line.indexOf(' ');
    return { char: String.fromCodePoint(Number.parseInt(line.slice(0, at), 16)), like: line.slice(at + 1) };
  });

describe('the reason of a risk', () => {
  it("names what almost is a rule's, as the policy writes it", () => {
    const policy = policyOf(
      `rules: [{ id: live, match: { action: "**", metadata: { environment: production } }, verdict: require_approval }]`,
    );
    const { reasons } = judge(policy, asked({ metadata: { environment: 'Production' } }), FACTS).risk;
    expect(reasons).toContain(
      'metadata.environment is almost `production`, which rule "live" asks about; that is high.',
    );
  });
});

describe('a deny on db:prod', () => {
  const SPELLINGS = [
    ...['db:Prod', 'db:PROD', 'db:prоd', 'db:ｐrod', 'db:prod.', 'db:prod/', 'db:prod//', 'db:%70rod', 'db:%2570rod'],
    ...['db:pro\u200bd', 'db:prod ', 'db:/prod', 'db://prod', 'db:./prod', 'db:x/../prod', 'db:ⓟrod', 'db:pr0d'],
    ...['db:prod\u00ad', 'db:𝐩rod', 'db::prod', 'db:prod/.', 'db:prod:', 'db:prod\u2024'],
  ];
  it.each(SPELLINGS)('is almost hit by %j, which asks at critical risk and says so', (resource) => {
    const judged = judge(DENY, asked({ resource }), FACTS);
    expect(judged).toMatchObject({ verdict: 'require_approval', risk: { level: 'critical' }, semantics: 2 });
    expect(judged.risk.reasons.join(' ')).toContain('almost `db:prod`');
    expect(judged.trace[0]).toMatchObject({
      rule: 'never',
      result: 'error',
      error: 'the resource is almost `db:prod`',
    });
    expect(judged.errors).toEqual([{ rule: 'never', detail: 'the resource is almost `db:prod`' }]);
  });

  it.each(['db:prod-2', 'db:product', 'db:pro', 'db:staging', 'table:prod', 'db:x/prod', 'db:prod/x'])(
    'is not hit by %s, as before',
    (resource) => expect(judge(DENY, asked({ resource }), FACTS)).toMatchObject({ verdict: 'allow', errors: [] }),
  );

  it('let every one of them through before, and does for what was judged so', () => {
    for (const resource of SPELLINGS)
      expect(judge(DENY, asked({ resource }), { ...FACTS, semantics: 1 })).toMatchObject({ verdict: 'allow' });
  });

  it('is never passed by a character of Unicode’s list in the place of what it looks like', () => {
    const denied = (name: string): Policy => {
      const [rule] = DENY.rules;
      return { ...DENY, rules: [{ ...rule!, match: { ...rule!.match, resource: [name] } }] };
    };
    const entries = LIST.filter(({ char, like }) => {
      const isSame = char === like || like.includes('*') || like.trim() === '';
      return !isSame && parseResource(`db:a${char}b`).ok;
    });
    const passed = entries.filter(({ char, like }) => {
      const judged = judge(denied(`db:a${like}b`), asked({ resource: `db:a${char}b` }), FACTS);
      return judged.verdict === 'allow';
    });
    // UTS #39 takes ơ apart before it looks anything up: by its own algorithm these two look like nothing else.
    expect(passed.map(({ char }) => char)).toEqual(['\u01a1', '\u01a0']);
    expect(entries.length).toBeGreaterThan(1_700);
    const before = { ...FACTS, semantics: 1 as const };
    const { char, like } = entries[0]!;
    expect(judge(denied(`db:a${like}b`), asked({ resource: `db:a${char}b` }), before).verdict).toBe('allow');
  });

  it('of a pattern is almost hit by its literal parts, whatever its stars stand for', () => {
    const policy = policyOf(`defaults: { verdict: allow }
rules: [{ id: never, match: { resource: "db:prod-*/users" }, verdict: deny }]`);
    const verdict = (resource: string) => judge(policy, asked({ resource }), FACTS).verdict;
    for (const resource of ['db:Prod-EU/users', 'db:prod-Eu/Users', 'db:prod-1//users', 'db:prod-1/users/'])
      expect(verdict(resource)).toBe('require_approval');
    for (const resource of ['db:prod-1/orders', 'db:dev-1/users', 'db:prod-1/x/users'])
      expect(verdict(resource)).toBe('allow');
    expect(verdict('db:prod-EU/users')).toBe('deny');
  });
});

describe('metadata that a rule names', () => {
  const policy = policyOf(`defaults: { verdict: allow }
rules: [{ id: production, match: { metadata: { environment: production } }, verdict: require_approval, risk: low }]`);
  it.each([
    [{ environment: 'Production' }],
    [{ environment: 'production ' }],
    [{ environment: 'pro\u200bduction' }],
    [{ environment: '\uff50roduction' }],
    [{ environment: 'prod%75ction' }],
    [{ Environment: 'production' }],
    [{ 'env\u200bironment': 'production' }],
    [{ ' environment': 'production' }],
    [{ environment: 'staging', Environment: 'production' }],
  ] as JsonObject[][])('is almost met by %j, which asks at high risk', (metadata) => {
    const judged = judge(policy, asked({ metadata: metadata! }), FACTS);
    expect(judged).toMatchObject({ verdict: 'require_approval', risk: { level: 'high' } });
    expect(judged.errors[0]?.detail).toContain('almost');
  });

  it('of another value is not, and an allowing rule is not taken by a value beside its key', () => {
    expect(judge(policy, asked({ metadata: { environment: 'staging' } }), FACTS).verdict).toBe('allow');
    const free = policyOf(`rules: [{ id: staging, match: { metadata: { environment: staging } }, verdict: allow }]`);
    const verdict = (metadata: JsonObject) => judge(free, asked({ metadata }), FACTS).verdict;
    expect(verdict({ environment: 'staging' })).toBe('allow');
    expect(verdict({ environment: 'staging', Environment: 'production' })).toBe('require_approval');
  });
});

describe('a name that reads as more than a pattern takes', () => {
  const policy = policyOf(`rules:
  - { id: free, match: { resource: "file:/public/**" }, verdict: allow }
  - { id: one, match: { resource: "repo:*" }, verdict: allow }`);
  const verdict = (resource: string) => judge(policy, asked({ resource }), FACTS).verdict;
  it('is not let through by it', () => {
    expect(verdict('file:/public/a/b.txt')).toBe('allow');
    expect(verdict('file:/public/')).toBe('allow');
    for (const resource of ['file:/public/../etc/passwd', 'file:/public/%2e%2e/etc/passwd', 'file:/public/a/../../etc'])
      expect(verdict(resource)).toBe('require_approval');
    expect(verdict('repo:docs')).toBe('allow');
    for (const resource of ['repo:a%2Fb', 'repo:a\uff0fb', 'repo:a\u2215b'])
      expect(verdict(resource)).toBe('require_approval');
  });

  it('is still denied and still asked about by a rule that it matches as it is spelt', () => {
    const strict = policyOf(`defaults: { verdict: allow }
rules: [{ id: never, match: { resource: "file:/public/**" }, verdict: deny }]`);
    expect(judge(strict, asked({ resource: 'file:/public/../etc' }), FACTS).verdict).toBe('deny');
  });
});

describe('a rule that names the very spelling', () => {
  const policy = policyOf(`defaults: { verdict: allow }
rules:
  - { id: lower, match: { resource: "db:prod" }, verdict: require_approval }
  - { id: upper, match: { resource: "db:Prod" }, verdict: allow }
  - { id: any, match: { resource: "db:PROD*" }, verdict: allow }`);
  it('decides as before over rules that allow or ask', () => {
    const judged = judge(policy, asked({ resource: 'db:Prod' }), FACTS);
    expect(judged).toMatchObject({ verdict: 'allow', rule: 'upper', errors: [] });
    expect(judged.trace[0]).toEqual({ rule: 'lower', kind: 'rule', result: 'not-matched' });
    expect(judge(policy, asked({ resource: 'db:PROD' }), FACTS).verdict).toBe('require_approval');
  });

  it('never decides over a deny that it almost hits', () => {
    const strict = {
      ...policy,
      rules: policy.rules.map((rule, at) => (at === 0 ? { ...rule, verdict: 'deny' as const } : rule)),
    };
    expect(judge(strict, asked({ resource: 'db:Prod' }), FACTS)).toMatchObject({
      verdict: 'require_approval',
      risk: { level: 'critical' },
    });
  });
});

describe('what else decides by names', () => {
  it('a trusted pattern that almost matches does not match', () => {
    const policy = policyOf(`rules: [{ id: asks, verdict: require_approval, risk: low }]
trusted: [{ id: known, match: { resource: "report:daily" } }]`);
    expect(judge(policy, asked({ resource: 'report:daily' }), FACTS).verdict).toBe('allow');
    for (const resource of ['report:Daily', 'report:daily/', 'report:dаily'])
      expect(judge(policy, asked({ resource }), FACTS).verdict).toBe('require_approval');
  });

  it('a route that almost matches adds its people', () => {
    const policy = policyOf(`routing: [{ match: { resource: "iam:root" }, to: "group:iam" }]`);
    const { requirement } = judge(policy, asked({ resource: 'iam:Root' }), FACTS);
    expect(requirement.stages.map(({ from }) => from)).toEqual([
      ['group:iam'],
      ['role:owner', 'role:admin', 'role:reviewer'],
    ]);
  });

  it('an actor that almost is one is an error of the rule', () => {
    const policy = policyOf(`defaults: { verdict: allow }
rules: [{ id: asks, match: { actor: "agent:reporter" }, verdict: require_approval, risk: low }]`);
    for (const actor of ['agent:reporter.', 'agent:reporter/', 'agent:%72eporter'])
      expect(judge(policy, asked({ actor }), FACTS)).toMatchObject({
        verdict: 'require_approval',
        risk: { level: 'high' },
      });
  });
});

describe('case: sensitive for a kind of resource', () => {
  const source = (more: string) => `${more}
defaults: { verdict: allow }
rules:
  - { id: never, match: { resource: "file:/a/secret" }, verdict: deny }
  - { id: said, match: { action: file.read }, when: resource == "file:/a/Key", verdict: deny }`;
  const cased = policyOf(source('resources: { file: { case: sensitive } }'));
  it('is a widening that the signed change says, and is refused for what is no kind', () => {
    const of = (before: string, after: string) =>
      policyDifferences(policyOf(source(before)), policyOf(source(after))).map(({ effect, text }) => [effect, text]);
    const declared = 'resources: { file: { case: sensitive } }';
    expect(of('', declared)).toEqual([['widens', expect.stringContaining('Case matters in file resources')]]);
    expect(of(declared, '')).toEqual([['narrows', expect.stringContaining('Case matters no more')]]);
    for (const wrong of ['resources: { "file:": { case: sensitive } }', 'resources: { file: { case: ignored } }'])
      expect(parsePolicy(source(wrong)).ok).toBe(false);
    expect(policyDigest(policyOf(source('resources: {}')))).toBe(policyDigest(policyOf(source(''))));
  });

  it('keeps apart what differs in case alone, and nothing else', () => {
    const verdict = (policy: Policy, resource: string, action = 'x.y') =>
      judge(policy, asked({ action, resource }), FACTS).verdict;
    expect(verdict(policyOf(source('')), 'file:/a/Secret')).toBe('require_approval');
    expect(verdict(cased, 'file:/a/Secret')).toBe('allow');
    expect(verdict(cased, 'file:/a/key', 'file.read')).toBe('allow');
    for (const resource of ['file:/a/secret/', 'file:/a//secret', 'file:/a/ѕecret', 'file:/a/%73ecret'])
      expect(verdict(cased, resource)).toBe('require_approval');
  });
});

describe('a condition', () => {
  const PARAMS: JsonObject = { list: ['Admin', 'x'], path: '/srv/public/../../etc', name: 'x', plain: 'production' };
  const verdict = (when: string, more: Partial<PolicyInput>) =>
    judge(
      policyOf(
        JSON.stringify({
          defaults: { verdict: 'allow' },
          rules: [{ id: 'r', when, verdict: 'require_approval', risk: 'low' }],
        }),
      ),
      asked({ params: PARAMS, ...more }),
      FACTS,
    );
  const near: JsonObject = { environment: 'Production' };
  it.each([
    ['metadata.environment == "production"', near],
    ['"production" == metadata.environment', near],
    ['metadata.environment != "staging" && metadata.environment == "production"', near],
    ['metadata.environment in ["production", "live"]', near],
    ['metadata.environment.startsWith("prod")', near],
    ['metadata.environment.endsWith("duction")', { environment: 'production.' }],
    ['metadata.environment.contains("oduc")', { environment: 'pr\u200bod\u200buction' }],
    ['metadata.environment.matches("^production$")', { environment: '\uff50roduction' }],
    ['has(metadata.environment) && metadata.environment == "production"', { Environment: 'production' }],
    ['"environment" in metadata', { Environment: 'production' }],
    ['metadata["environment"] == "production"', { environment: 'x', 'env\u00adironment': 'production' }],
    ['"admin" in param.list', {}],
    ['param.list.exists(one, one == "admin")', {}],
    ['["production"].exists(one, one == metadata.environment)', near],
    ['resource == "db:Other"', {}],
    ['metadata.environment.startsWith("prod")', { environment: ' production' }],
    ['metadata.resource.startsWith("db:prod")', { resource: 'db://prod/orders' }],
    ['metadata.resource.endsWith("/passwd")', { resource: 'file:\\etc\\passwd' }],
    ['metadata.resource.endsWith("/passwd")', { resource: 'file:/etc/x/../passwd/.' }],
    ['metadata.resource.contains("etc/passwd")', { resource: 'file:/etc//passwd' }],
    ['metadata.resource.contains("etc/passwd")', { resource: 'file:\\etc\\passwd' }],
    ['!param.path.startsWith("/srv/public/")', {}],
    ['!param.path.matches("^/srv/public/")', {}],
    ['has(param.Name)', {}],
  ] as [string, JsonObject][])('that compares with what almost is its text has no value: %s', (when, metadata) => {
    const judged = verdict(when, { metadata });
    expect(judged).toMatchObject({ verdict: 'require_approval', risk: { level: 'high' } });
    expect(judged.errors[0]?.detail).toMatch(/almost|reads otherwise|beside/);
  });

  it.each([
    ['metadata.environment == "production"', { environment: 'staging' }],
    ['param.plain.startsWith("prod-")', {}],
    ['param.plain.contains("..")', {}],
    ['param.plain.matches("^staging")', {}],
    ['"root" in param.list', {}],
    ['param.plain.endsWith(".pdf")', {}],
    ['param.plain.contains("a")', {}],
    ['metadata.path.startsWith("file:/")', { path: 'file:notes.txt' }],
    ['metadata.command.endsWith(" /tmp")', { command: 'ls data/tmp' }],
    ['metadata.command.startsWith("rm ")', { command: 'rmdir /tmp' }],
  ] as [string, JsonObject][])('that compares with another text is false: %s', (when, metadata) => {
    expect(verdict(when, { metadata })).toMatchObject({ verdict: 'allow', errors: [] });
  });
});

it.each(['rm /srv/x', 'rm ./x', 'rm  /x', 'rm ../x', 'rm -rf /'])(
  'a condition on the first word of a command decides, whatever path follows it: %s',
  (command) => {
    const judged = (verdict: 'allow' | 'deny') =>
      judge(
        policyOf(JSON.stringify({ rules: [{ id: 'r', when: 'param.command.startsWith("rm ")', verdict }] })),
        asked({ params: { command } }),
        FACTS,
      );
    expect(judged('deny')).toMatchObject({ verdict: 'deny', errors: [] });
    expect(judged('allow')).toMatchObject({ verdict: 'allow', errors: [] });
  },
);

it('a simulation judges by the newest version what was let through by the first', () => {
  const simulation = new Simulation(DENY);
  const input = asked({ resource: 'db:Prod' });
  const { verdict, rule, risk } = judge(DENY, input, { ...FACTS, semantics: 1 });
  simulation.take({
    id: 'apr_1',
    created_at: NOW,
    input,
    verdict,
    rule,
    risk: risk.level,
    stages: null,
    trace: [],
    people: [],
    policy_digest: policyDigest(DENY),
    fate: 'approved',
  });
  expect(simulation.result().differences.newly_asked.count).toBe(1);
});

it('a long text in another language can be looked through', () => {
  const body = 'Die Überweisung für Österreich geht an die größte Straße. '.repeat(600);
  const policy = policyOf(`rules: [{ id: r, when: '!param.body.contains("DROP TABLE")', verdict: allow }]`);
  expect(body.length).toBeGreaterThan(30_000);
  expect(judge(policy, asked({ params: { body } }), FACTS)).toMatchObject({ verdict: 'allow', errors: [] });
  expect(judge(policy, asked({ params: { body: `${body}; drop table x` } }), FACTS).verdict).toBe('require_approval');
});

describe('a deny that was almost hit, judged again', () => {
  const input = asked({ resource: 'db:Prod' });
  it('refuses what nobody was asked about as such, and leaves to people what they were', () => {
    const { errors } = judge(DENY, input, FACTS);
    expect(judgeDenies(DENY, input, NOW)).toEqual({ rule: 'never', detail: 'the resource is almost `db:prod`' });
    expect(judgeDenies(DENY, input, NOW, { asked: errors })).toBeNull();
    expect(judgeDenies(DENY, asked({ resource: 'db:prod' }), NOW, { asked: errors })?.rule).toBe('never');
  });

  it('refuses an error of another kind, whatever was asked', () => {
    const policy = policyOf(`rules: [{ id: never, match: { action: "**" }, when: param.amount > 5, verdict: deny }]`);
    const { errors } = judge(policy, asked({}), FACTS);
    expect(errors).toHaveLength(1);
    expect(judgeDenies(policy, asked({}), NOW, { asked: errors })?.rule).toBe('never');
  });
});
