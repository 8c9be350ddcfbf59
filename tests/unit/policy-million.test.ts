// A million judgements of random policies over random requests, against a second reading of policy.md written for this
// test alone: it knows each condition by what it should say of a request, not by CEL, and each name by those that it is
// almost. Half of the policies judge by the first semantics, half by the second. Deterministic; a failure prints the seed
// of its policy.
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../core/canonical.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import {
  type JudgeFacts,
  type Judgement,
  judge,
  type Policy,
  type PolicyInput,
  parsePolicy,
} from '../../core/policy.ts';

const POLICIES = 2_000;
const REQUESTS = 500;
const NOW = '2026-11-21T10:00:00.000Z';

/** mulberry32: small, seeded, good enough to choose by. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const sometimes = <T>(random: Random, share: number, value: () => T): T | undefined =>
  random() < share ? value() : undefined;

type Truth = boolean | 'error';
interface Known {
  text: string;
  of: (input: PolicyInput, version: Version) => Truth;
}
const own = (object: JsonObject | null, key: string): Json | undefined =>
  object !== null && Object.hasOwn(object, key) ? object[key] : undefined;
const above = (value: Json | undefined, bound: number): Truth => (typeof value === 'number' ? value > bound : 'error');
/** Texts that are almost another, spelt out: the second semantics calls them an error. */
const ALMOST: Record<string, string[]> = {
  production: ['Production', 'production.', 'pr\u200boduction'],
  'table:users': ['table:Users', 'table:users/', 'table:%75sers'],
};
type Version = 1 | 2;
const isAlmost = (value: Json | undefined, text: string): boolean =>
  typeof value === 'string' && (ALMOST[text] ?? []).includes(value);
function is(value: Json | undefined, text: string, version: Version): Truth {
  if (typeof value !== 'string' || (version === 2 && isAlmost(value, text))) return 'error';
  return value === text;
}
/** A key beside which another reads like it is read as an error, too. */
const environment = (metadata: JsonObject, version: Version): Json | undefined =>
  version === 2 && own(metadata, 'Environment') !== undefined ? undefined : own(metadata, 'environment');
const both = (one: Truth, other: () => Truth): Truth => (one === true ? other() : one);
const either = (one: Truth, other: () => Truth): Truth => (one === false ? other() : one);
const not = (one: Truth): Truth => (one === 'error' ? 'error' : !one);

const CONDITIONS: Known[] = [
  { text: 'true', of: () => true },
  { text: 'param.amount > 1000', of: ({ params }) => above(own(params, 'amount'), 1_000) },
  { text: '!(param.amount > 50)', of: ({ params }) => not(above(own(params, 'amount'), 50)) },
  {
    text: 'has(param.amount) && param.amount > 50',
    of: ({ params }) => both(own(params, 'amount') !== undefined, () => above(own(params, 'amount'), 50)),
  },
  { text: 'context.records < 100', of: ({ context }) => not(above(own(context, 'records'), 99)) },
  {
    text: 'metadata.environment == "production"',
    of: ({ metadata }, version) => is(environment(metadata, version), 'production', version),
  },
  {
    text: 'param.amount > 1000 && metadata.environment == "production"',
    of: ({ params, metadata }, version) =>
      both(above(own(params, 'amount'), 1_000), () => is(environment(metadata, version), 'production', version)),
  },
  {
    text: 'param.amount > 1000 || metadata.environment == "production"',
    of: ({ params, metadata }, version) =>
      either(above(own(params, 'amount'), 1_000), () => is(environment(metadata, version), 'production', version)),
  },
  { text: 'param.constructor == "x"', of: ({ params }, version) => is(own(params, 'constructor'), 'x', version) },
  { text: 'param.toString > 1', of: ({ params }) => above(own(params, 'toString'), 1) },
  { text: 'actor == "agent:bot"', of: ({ actor }) => actor === 'agent:bot' },
];
const ACTIONS = ['order.refund', 'order.cancel', 'db_delete', 'data.export', 'data.import.all'];
const RESOURCES = ['order:1', 'order:2/3', 'table:users', 'table:Users', 'table:users/', 'table:%75sers'];
const ACTORS = ['agent:bot', 'agent:reporter', 'service-account:release'];
/** Pattern → what it matches, spelt out; no globbing code of anybody's. */
const ACTION_GLOBS: Record<string, string[]> = {
  'order.*': ['order.refund', 'order.cancel'],
  'data.*': ['data.export'],
  'data.**': ['data.export', 'data.import.all'],
  '*': ['db_delete'],
  '**': ACTIONS,
  'order.refund': ['order.refund'],
};
const RESOURCE_GLOBS: Record<string, string[]> = {
  'order:*': ['order:1'],
  'order:**': ['order:1', 'order:2/3'],
  'table:users': ['table:users'],
  'table:Users': ['table:Users'],
  'table:*': ['table:users', 'table:Users', 'table:%75sers'],
};
/** Pattern → what it almost matches by the second semantics. */
const ALMOST_RESOURCES: Record<string, string[]> = {
  'table:users': ['table:Users', 'table:users/', 'table:%75sers'],
  'table:Users': ['table:users', 'table:users/', 'table:%75sers'],
  'table:*': ['table:users/'],
};
const ACTOR_GLOBS: Record<string, string[]> = {
  'agent:*': ['agent:bot', 'agent:reporter'],
  'agent:bot': ['agent:bot'],
};
const AMOUNTS: Json[] = [0, 49, 51, 1_000, 1_001, 1_000.5, '24005', '1', true, null, [2_000], { value: 2_000 }];
const KEYS = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];

interface Written {
  id: string;
  match: { action?: string; resource?: string; actor?: string; metadata?: { environment: string } };
  when?: string;
  known?: Known;
  verdict: 'allow' | 'require_approval' | 'deny';
  risk: 'low' | 'medium' | 'high' | 'critical';
  approvals?: { from: string; count: number }[];
}
const LEVELS = ['low', 'medium', 'high', 'critical'] as const;
const VERDICTS = ['allow', 'require_approval', 'deny'] as const;

function matchOf(random: Random): Written['match'] {
  const action = sometimes(random, 0.7, () => pick(random, Object.keys(ACTION_GLOBS)));
  const resource = sometimes(random, 0.2, () => pick(random, Object.keys(RESOURCE_GLOBS)));
  const actor = sometimes(random, 0.3, () => pick(random, Object.keys(ACTOR_GLOBS)));
  const metadata = sometimes(random, 0.2, () => ({ environment: 'production' }));
  return JSON.parse(JSON.stringify({ action, resource, actor, metadata }));
}

function ruleOf(random: Random, id: string): Written {
  const known = sometimes(random, 0.7, () => pick(random, CONDITIONS));
  const approvals = sometimes(random, 0.4, () => [{ from: `group:${id}`, count: 1 + Math.floor(random() * 2) }]);
  const verdict = random() < 0.15 ? 'deny' : pick(random, VERDICTS.slice(0, 2));
  return {
    ...{ id, match: matchOf(random), verdict, risk: pick(random, LEVELS) },
    ...(known ? { known, when: known.text } : {}),
    ...(approvals ? { approvals } : {}),
  };
}

interface World {
  rules: Written[];
  trusted: Written[];
  fallback: { verdict: Written['verdict']; risk: Written['risk'] };
  policy: Policy;
  version: Version;
}

function worldOf(random: Random, version: Version): World {
  const rules = Array.from({ length: Math.floor(random() * 6) }, (_, index) => ruleOf(random, `r${index}`));
  const trusted = Array.from({ length: Math.floor(random() * 3) }, (_, index) => {
    const { known, match } = ruleOf(random, `t${index}`);
    const named = { action: pick(random, Object.keys(ACTION_GLOBS)), ...match };
    return { id: `t${index}`, match: named, ...(known ? { known, when: known.text } : {}) } as Written;
  });
  const fallback = { verdict: pick(random, VERDICTS), risk: pick(random, LEVELS) };
  const plain = (all: Written[]) => all.map(({ known: _, ...rule }) => rule);
  const source = JSON.stringify({ version: 1, defaults: fallback, rules: plain(rules), trusted: plain(trusted) });
  const read = parsePolicy(source);
  if (!read.ok) throw new Error(`${read.problem.detail}: ${JSON.stringify(read.problem.errors)} in ${source}`);
  return { rules, trusted, fallback, version, policy: read.value.policy };
}

const ENVIRONMENTS: Json[] = ['production', 'staging', 'Production', 'production.', 'pr\u200boduction', 7, null];

function inputOf(random: Random): PolicyInput {
  const params: JsonObject = {};
  if (random() < 0.8) params.amount = pick(random, AMOUNTS);
  if (random() < 0.1) params[pick(random, KEYS)] = pick(random, AMOUNTS);
  const metadata: JsonObject = random() < 0.7 ? { environment: pick(random, ENVIRONMENTS) } : {};
  if (random() < 0.05) metadata.Environment = pick(random, ENVIRONMENTS);
  const context = random() < 0.7 ? { records: pick(random, [5, 99, 100, '5', null]), reason: 'why' } : null;
  const claimed_risk = random() < 0.2 ? pick(random, LEVELS) : null;
  return {
    ...{ action: pick(random, ACTIONS), resource: pick(random, RESOURCES), actor: pick(random, ACTORS) },
    ...{ params, metadata, context, claimed_risk },
  };
}

interface Told {
  fit: Truth;
  /** It is an error because a name is almost the rule's; by the resource alone, which another rule may name. */
  almost: 'resource' | 'other' | null;
}
const told = (fit: Truth, almost: Told['almost'] = null): Told => ({ fit, almost });

/**
 * Whether a rule fits, by policy.md: all given keys hold; an absent or odd metadata value is an error, if the rest holds; so
 * is a name that is almost the rule's, unless the condition is false.
 */
function fits(rule: Written, input: PolicyInput, version: Version): Told {
  const { match, known } = rule;
  if (match.action && !ACTION_GLOBS[match.action]!.includes(input.action)) return told(false);
  const resource = match.resource === undefined || RESOURCE_GLOBS[match.resource]!.includes(input.resource);
  const nearly = version === 2 && !resource && (ALMOST_RESOURCES[match.resource!] ?? []).includes(input.resource);
  if (!resource && !nearly) return told(false);
  if (match.actor && !ACTOR_GLOBS[match.actor]!.includes(input.actor)) return told(false);
  const doubt = doubtOf(rule, input, version);
  if (doubt === 'missed') return told(false);
  if (doubt === 'error') return told('error');
  const says = known ? known.of(input, version) : true;
  if (says === false) return told(false);
  if (doubt === 'almost') return told('error', 'other');
  return nearly ? told('error', 'resource') : told(says);
}

/** What the metadata that a rule matches on says. */
function doubtOf({ match, verdict }: Written, { metadata }: PolicyInput, version: Version) {
  if (!match.metadata) return 'met';
  const value = own(metadata, 'environment');
  const beside = version === 2 && own(metadata, 'Environment') !== undefined;
  if (typeof value !== 'string') return 'error';
  if (version === 2 && isAlmost(value, 'production')) return 'almost';
  // Who asks or denies takes the key as it is spelt; nobody is let through by one of two.
  if (value === 'production') return beside && verdict !== 'require_approval' && verdict !== 'deny' ? 'almost' : 'met';
  return beside ? 'almost' : 'missed';
}

/** The rule that decides names the resource in letters of its own: then it is no mistake. */
const namesIt = (rule: Written | undefined, { resource }: PolicyInput): boolean => rule?.match.resource === resource;

const highest = (levels: Written['risk'][]): Written['risk'] =>
  LEVELS[Math.max(...levels.map((level) => LEVELS.indexOf(level)))]!;

/** policy.md "Judging, in this order", as the sentences stand there. */
function expected({ rules, trusted, fallback, version }: World, input: PolicyInput) {
  const fit = rules.map((rule) => ({ rule, ...fits(rule, input, version) }));
  // 1. Denies: any matching `deny` ends it.
  const denies = fit.filter(({ rule }) => rule.verdict === 'deny');
  const denied = denies.findIndex((one) => one.fit === true);
  const errors = (denied < 0 ? denies : denies.slice(0, denied)).filter((one) => one.fit === 'error');
  // 2. The first rule that matches or errors; an errored one asks, and the next that really matches counts too.
  const others = denied < 0 ? fit.filter(({ rule }) => rule.verdict !== 'deny') : [];
  const first = others.findIndex((one) => one.fit === true);
  errors.push(...(first < 0 ? others : others.slice(0, first)).filter((one) => one.fit === 'error'));
  const matched = denied < 0 ? others[first]?.rule : denies[denied]!.rule;
  const failed = errors.filter(
    ({ rule, almost }) => rule.verdict === 'deny' || almost !== 'resource' || !namesIt(matched, input),
  );
  const says = matched ?? fallback;
  // 3. Risk = the highest of rule, claim, and `high` if anything errored; a deny that errors asks at critical risk.
  const errored = failed.map(({ rule }) => (rule.verdict === 'deny' ? 'critical' : highest(['high', rule.risk])));
  const risk = highest([says.risk, ...errored, ...(input.claimed_risk ? [input.claimed_risk] : [])]);
  const asks = failed.length > 0 || input.claimed_risk === 'critical';
  const verdict = says.verdict === 'deny' ? 'deny' : asks ? 'require_approval' : says.verdict;
  // 4. Trusted patterns, if the verdict is `require_approval`, nothing errored, risk is not critical.
  const mayTrust = verdict === 'require_approval' && failed.length === 0 && risk !== 'critical';
  const trusts = mayTrust ? trusted.find((pattern) => fits(pattern, input, version).fit === true) : undefined;
  const stages = verdict === 'deny' ? [] : failed.flatMap(({ rule }) => rule.approvals ?? []);
  return { verdict: trusts ? ('allow' as const) : verdict, risk, trusts: trusts?.id ?? null, failed, stages };
}

/** The same value with its keys in the other order, all the way down. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reversed(inner)])) as T;
}

interface Seen {
  evaluations: number;
  verdicts: Record<string, number>;
  errored: number;
  trusted: number;
  almost: number;
}

/** What is wrong with a judgement; null if nothing is. */
function faultOf(world: World, input: PolicyInput, judged: Judgement, again: Judgement): string | null {
  const right = expected(world, input);
  if (judged.verdict !== right.verdict) return `verdict ${judged.verdict}, not ${right.verdict}`;
  if (judged.risk.level !== right.risk) return `risk ${judged.risk.level}, not ${right.risk}`;
  if (right.trusts !== null && judged.rule !== right.trusts) return `trusted by ${judged.rule}, not ${right.trusts}`;
  if (judged.verdict === 'allow' && right.failed.length > 0) return 'allowed although a rule could not be evaluated';
  const lost = right.stages.find(
    ({ from, count }) => !judged.requirement.stages.some((stage) => stage.from.includes(from) && stage.count >= count),
  );
  if (judged.verdict === 'require_approval' && lost) return `the people of ${lost.from} are not asked`;
  if (judged.verdict === 'require_approval' && judged.requirement.stages.length === 0) return 'nobody is asked';
  return canonicalize(judged as never) === canonicalize(again as never) ? null : 'another answer for other key orders';
}

function judgeAll(seed: number, seen: Seen): void {
  const random = randomFrom(seed);
  const version = seed % 2 === 0 ? 1 : 2;
  const world = worldOf(random, version);
  const facts: JudgeFacts = { now: NOW, exhausted_patterns: [], semantics: version };
  const swapped = reversed(world.policy);
  for (let index = 0; index < REQUESTS / 2; index++) {
    const input = inputOf(random);
    const judged = judge(world.policy, input, facts);
    const fault = faultOf(world, input, judged, judge(swapped, reversed(input), facts));
    if (fault) throw new Error(`policy of seed ${seed}, request ${index}: ${fault}\n${JSON.stringify(input)}`);
    seen.evaluations += 2;
    seen.verdicts[judged.verdict] = (seen.verdicts[judged.verdict] ?? 0) + 1;
    seen.errored += judged.errors.length > 0 ? 1 : 0;
    seen.almost += judged.errors.some(({ detail }) => detail.includes('almost')) ? 1 : 0;
    seen.trusted += judged.rule?.startsWith('t') ? 1 : 0;
  }
}

describe('a million judgements', () => {
  it('say what a second reading of policy.md says, whatever order keys come in', { timeout: 600_000 }, () => {
    const seen: Seen = { evaluations: 0, verdicts: {}, errored: 0, trusted: 0, almost: 0 };
    for (let seed = 1; seed <= POLICIES; seed++) judgeAll(seed, seen);
    expect(seen.evaluations).toBe(1_000_000);
    // The sample means something only if it is many-sided.
    expect(Object.keys(seen.verdicts).sort()).toEqual(['allow', 'deny', 'require_approval']);
    for (const count of [...Object.values(seen.verdicts), seen.errored, seen.trusted, seen.almost])
      expect(count).toBeGreaterThan(5_000);
  });
});
