// What a person is asked for, put together from the rules that ask. One rule in the usual case; several when rules
// before it could not be evaluated: then the strictest of each setting wins (policy.md "Errors never help the agent").
import { DEFAULT_CAPABILITY_TTL_SECONDS } from '../limits.ts';
import { businessSeconds } from './calendar/business.ts';
import {
  type BusinessTime,
  type CapabilitySettings,
  EDITS,
  type Edits,
  ENFORCEMENTS,
  type Escalation,
  EVIDENCE,
  type Evidence,
  type OnRejection,
  type Policy,
  REJECTIONS,
  type RequiredEvidence,
  type Requirement,
  RISK_LEVELS,
  type RiskLevel,
  type Rule,
  SEPARATIONS,
  type Stage,
  stricter,
  VERIFICATIONS,
  type Verify,
} from './model.ts';

/** Without `approvals` and routing: one person who may decide (policy.md "Default approvers"). */
export const DEFAULT_STAGE: Stage = { from: ['role:owner', 'role:admin', 'role:reviewer'], count: 1 };

const DEFAULT_CAPABILITY: CapabilitySettings = {
  ttl_seconds: DEFAULT_CAPABILITY_TTL_SECONDS,
  enforce: 'offline',
  dpop: false,
  audience: null,
};

const highest = <T extends string>(scale: readonly T[], values: T[], fallback: T): T =>
  values.length === 0 ? fallback : values.reduce((one, other) => stricter(scale, one, other));

const set = <T>(values: (T | null)[]): T[] => values.filter((value): value is T => value !== null);

/** The last of the scale is the strictest. */
export const highestRisk = (levels: RiskLevel[]): RiskLevel => highest(RISK_LEVELS, levels, 'low');

/** Each once, the first of those that say the same; in one walk, because every rule of a policy may err at once. */
function distinct<T>(all: T[], text: (one: T) => string): T[] {
  const first = new Map<string, T>();
  for (const one of all) {
    const key = text(one);
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}

/** Stages in order, each once. */
export const distinctStages = (stages: Stage[]): Stage[] =>
  distinct(stages, ({ count, from, actions }) => JSON.stringify([count, `${from}`, actions]));

/** A signed token never decides above medium risk, unless the policy says so for that very level. */
function verification(policy: Policy, rules: Rule[], level: RiskLevel): Verify {
  const forLevel = policy.risk[level].verify;
  const asked = rules.map((rule) => rule.verify ?? forLevel ?? policy.defaults.verify);
  const verify = highest(VERIFICATIONS, asked, forLevel ?? policy.defaults.verify);
  const isLow = level === 'low' || level === 'medium';
  return verify === 'oidc' && forLevel !== 'passkey' && (isLow || forLevel === 'oidc') ? 'oidc' : 'passkey';
}

const evidence = (rules: Rule[], decision: keyof RequiredEvidence): Evidence[] =>
  EVIDENCE.filter((item) => rules.some((rule) => rule.require[decision].includes(item)));

/** The requirement of some rules at a risk level; their stages are given, because routing may supply them. */
export function requirementOf(policy: Policy, rules: Rule[], stages: Stage[], level: RiskLevel): Requirement {
  const separations = set([policy.risk[level].separation, ...rules.map((rule) => rule.separation)]);
  return {
    verify: verification(policy, rules, level),
    separation: highest(SEPARATIONS, separations, 'requester'),
    stages: distinctStages(stages.length > 0 ? stages : [DEFAULT_STAGE]),
    require: { approve: evidence(rules, 'approve'), reject: evidence(rules, 'reject') },
  };
}

/** The strictest capability: shortest life, strongest enforcement, bound to a key if any asks; the first audience. */
export function capabilityOf(rules: Rule[]): CapabilitySettings {
  const asked = set(rules.map((rule) => rule.capability));
  if (asked.length === 0) return DEFAULT_CAPABILITY;
  return {
    ttl_seconds: Math.min(...asked.map((settings) => settings.ttl_seconds)),
    enforce: highest(
      ENFORCEMENTS,
      asked.map((settings) => settings.enforce),
      'offline',
    ),
    dpop: asked.some((settings) => settings.dpop),
    audience: asked.find((settings) => settings.audience !== null)?.audience ?? null,
  };
}

/** Deadline = the shortest of the rules' timeouts and that of the final risk, counted from `now`. */
export function timeoutOf(policy: Policy, rules: Rule[], level: RiskLevel, now: string): number {
  const settings = [policy.risk[level], ...rules];
  const plain = set(settings.map(({ timeout_seconds }) => timeout_seconds));
  return Math.min(...plain, ...settings.flatMap(({ business }) => (business ? [untilEnd(policy, business, now)] : [])));
}

/** A calendar that is not there counts every second: publication refuses that, and sooner is the safe side. */
function untilEnd({ calendars = {} }: Policy, { calendar, seconds }: BusinessTime, now: string): number {
  return Object.hasOwn(calendars, calendar) ? businessSeconds(calendars[calendar]!, seconds, Date.parse(now)) : seconds;
}

export const editsOf = (rules: Rule[]): Edits =>
  highest(
    EDITS,
    rules.map((rule) => rule.edits),
    'none',
  );

export const rejectionOf = (rules: Rule[]): OnRejection =>
  highest(
    REJECTIONS,
    rules.map((rule) => rule.on_rejection),
    'stop',
  );

/** Every escalation of the rules that ask, earliest first, each once. */
export function escalationsOf(rules: Rule[]): Escalation[] {
  const all = rules.flatMap((rule) => rule.escalate);
  const once = distinct(all, ({ after_seconds, to }) => `${after_seconds} ${to}`);
  return once.sort((one, other) => one.after_seconds - other.after_seconds);
}

/** The most frequent reminder that any of them wants. */
export function reminderOf(rules: Rule[]): number | null {
  const asked = set(rules.map((rule) => rule.remind_seconds));
  return asked.length === 0 ? null : Math.min(...asked);
}

/** Every channel that any of them names. */
export const notifyOf = (rules: Rule[]): string[] => [...new Set(rules.flatMap((rule) => rule.notify))];
