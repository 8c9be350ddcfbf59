// The policies under docs/examples/policies: what each promises in its cases, and that nothing hostile in the place of a
// value that a policy reads is ever let through.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { globMatches } from '../../core/glob.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { faultsOfCall } from '../../core/policy/parameters.ts';
import { judge, type Policy, type PolicyInput, parsePolicy, readCases, runCases } from '../../core/policy.ts';

const FOLDER = 'docs/examples/policies';
const NOW = '2026-11-20T10:00:00.000Z';
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'))
  .map((file) => file.replace('.yaml', ''));
const text = (name: string) => readFileSync(`${FOLDER}/${name}.yaml`, 'utf8');
const parsed = (source: string) => {
  const read = parsePolicy(source);
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value;
};
const casesOf = (name: string) => {
  const read = readCases(text(`${name}.test`));
  if (!read.ok) throw new Error(read.problem.detail);
  return read.value;
};

describe.each(names)('the policy %s', (name) => {
  it('says what its cases say', () => {
    const outcomes = runCases(parsed(text(name)).policy, casesOf(name), NOW);
    expect(outcomes.flatMap(({ failures }) => failures.map(({ detail }) => detail))).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(2);
  });

  it('gives no reason to warn', () => {
    const details = parsed(text(name)).warnings.map(({ detail }) => detail);
    expect(details.filter((detail) => !detail.startsWith('This decides by the resource'))).toEqual([]);
    // Paths and pages have separators, so that no template holds them: these rely on who calls the tool.
    expect([name, details.length > 0]).toEqual([name, ['repositories', 'trusted-patterns'].includes(name)]);
  });
});

type Side = 'params' | 'context' | 'metadata';
/** What stands for a value that is not what it should be; undefined: not there. */
const HOSTILE: readonly (Json | undefined)[] = [
  ...['24005', '', 'NaN', '-1', null, [], {}, [5], { valueOf: 1 }, undefined],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

function withValue(input: PolicyInput, side: Side, key: string, value: Json | undefined): PolicyInput {
  const { [key]: _gone, ...rest } = input[side] ?? {};
  return { ...input, [side]: value === undefined ? rest : { ...rest, [key]: value } };
}

const allowed = (policy: Policy, request: PolicyInput, now: string | null) =>
  judge(policy, request, { now: now ?? NOW, exhausted_patterns: [] });

/** Every value that an answer of `allow` read, with the case that it stands in. */
const leaning = names.flatMap((name) => {
  const { policy } = parsed(text(name));
  return casesOf(name).cases.flatMap((one) => {
    const answer = allowed(policy, one.request, one.now);
    if (answer.verdict !== 'allow') return [];
    const read = answer.trace.flatMap(({ decided_by, result }) =>
      result === 'matched' ? (decided_by?.values ?? []) : [],
    );
    const bound = Object.keys(answer.constraints).map((of) => ({ name: of }));
    const fields = new Set([...read, ...bound].map((of) => of.name.replace(/^param\./, 'params.')));
    return [...fields].flatMap((field) => {
      const [, side, key] = /^(params|context|metadata)\.(\w+)$/.exec(field) ?? [];
      return side ? [{ title: `${name}: ${one.name}: ${field}`, policy, one, side: side as Side, key: key! }] : [];
    });
  });
});

describe('a value that an allow leans on', () => {
  it('stands in every kind of example', () => {
    expect(new Set(leaning.map(({ side }) => side))).toEqual(new Set(['params', 'context', 'metadata']));
    expect(leaning.length).toBeGreaterThan(10);
  });

  it.each(leaning)('is never allowed as something else: $title', ({ policy, one, side, key }) => {
    for (const value of HOSTILE) {
      const request = withValue(one.request, side, key, value);
      const { verdict, parameters } = allowed(policy, request, one.now);
      const refused = faultsOfCall(parameters ?? null, request).length > 0;
      expect([value, verdict === 'allow' && !refused]).toEqual([value, false]);
    }
  });
});

describe('a name of a prototype', () => {
  const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];
  const asked = (parts: Partial<PolicyInput>): PolicyInput => ({
    ...{ action: 'a', resource: 'r', actor: 'agent:a', params: {}, metadata: {}, context: {}, claimed_risk: null },
    ...parts,
  });
  const CONDITIONS = [
    (name: string) => `param.${name} != null`,
    (name: string) => `has(param.${name})`,
    (name: string) => `param.${name} == param.${name}`,
    (name: string) => `context["${name}"] != "x"`,
    (name: string) => `metadata.${name} != 1 || param.${name} != 1`,
    (name: string) => `"${name}" in param`,
  ];

  it.each(NAMES)('%s is a field like all others: not there, and no reason to allow', (name) => {
    for (const condition of CONDITIONS) {
      const rule = { id: 'a', verdict: 'allow', when: condition(name) };
      expect([
        condition(name),
        allowed(parsed(JSON.stringify({ rules: [rule] })).policy, asked({}), NOW).verdict,
      ]).toEqual([condition(name), 'require_approval']);
    }
  });

  it.each(NAMES.filter((name) => !['constructor', '__proto__'].includes(name)))(
    '%s as metadata to match on is absent, which asks',
    (name) => {
      const source = JSON.stringify({ rules: [{ id: 'a', verdict: 'allow', match: { metadata: { [name]: '**' } } }] });
      expect(allowed(parsed(source).policy, asked({}), NOW)).toMatchObject({ verdict: 'require_approval', rule: 'a' });
      const metadata = JSON.parse(`{"${name}":"x"}`) as JsonObject;
      expect(allowed(parsed(source).policy, asked({ metadata }), NOW).verdict).toBe('allow');
    },
  );

  it('sent as a value is read as that value, and named in the answer', () => {
    const source = JSON.stringify({ rules: [{ id: 'a', verdict: 'allow', when: 'context.__proto__ < 5' }] });
    const context = JSON.parse('{"__proto__": 3}') as JsonObject;
    expect(allowed(parsed(source).policy, asked({ context }), NOW)).toMatchObject({
      verdict: 'allow',
      constraints: { 'context.__proto__': 3 },
    });
  });
});

describe('the globs of the examples', () => {
  it('tell paths as people read them', () => {
    expect(globMatches('repository:**/iam/**', 'repository:platform/infra/iam/admin-role.tf')).toBe(true);
    expect(globMatches('repository:**/iam/**', 'repository:platform/infra/iamb/x.tf')).toBe(false);
    expect(globMatches('repository:**/.github/workflows/**', 'repository:a/b/.github/workflows/ci.yml')).toBe(true);
    expect(globMatches('repository:**/.github/workflows/**', 'repository:a/b/xgithub/workflows/ci.yml')).toBe(false);
  });
});

describe('the guide', () => {
  const guide = readFileSync('docs/policy.md', 'utf8');
  const blocks = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block!);

  it('shows documents that are accepted as they stand, without a warning', () => {
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) expect([block, parsed(block).warnings]).toEqual([block, []]);
  });

  it('names every key of a rule', () => {
    const { policy } = parsed(blocks[0]!);
    const said = new Set(guide.match(/[a-z_A-Z]+/g));
    for (const key of Object.keys(policy.rules[0]!)) expect(said).toContain(key.replace('_seconds', ''));
  });

  it('counts business time as it says', () => {
    const { policy } = parsed(blocks.find((block) => block.includes('calendars:'))!);
    const asked = { action: 'a', resource: 'r', actor: 'agent:a', params: {}, metadata: {}, context: null };
    const friday = Date.parse('2026-11-20T15:30:00.000Z');
    const facts = { now: new Date(friday).toISOString(), exhausted_patterns: [] };
    const { timeout_seconds } = judge(policy, { ...asked, claimed_risk: 'high' }, facts);
    expect(new Date(friday + timeout_seconds * 1000).toISOString()).toBe('2026-11-23T11:30:00.000Z');
  });
});
