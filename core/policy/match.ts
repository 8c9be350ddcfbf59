// Whether a rule fits what was asked: its match, then its condition. Three answers, never two: what cannot be told is an
// error, and errors never help the agent (policy.md "Judging").
import { type ConditionFacts, conditionOf, evaluateCondition } from '../condition.ts';
import { globMatches } from '../glob.ts';
import type { Json } from '../json.ts';
import type { DecidedBy, Match, PolicyInput } from './model.ts';

export type Fit = 'matched' | 'not-matched' | 'error';

/** What is read on the way: metadata and context by name, e.g. `metadata.environment`. */
export interface Read {
  name: string;
  value: Json;
}
export interface Fitting {
  fit: Fit;
  error: string | null;
  reads: Read[];
  expression: string | null;
  decided_by: DecidedBy | null;
}

const NAMES = ['action', 'resource', 'actor'] as const;

const fitting = (fit: Fit, reads: Read[] = [], error: string | null = null): Fitting => ({
  fit,
  error,
  reads,
  expression: null,
  decided_by: null,
});

type Fact = string | number | boolean;

/** A metadata value against its alternatives: text as globs, numbers and booleans exactly; another kind is an error. */
function factFits(value: Json | undefined, alternatives: Fact[]): Fit {
  const comparable = alternatives.filter((alternative) => typeof alternative === typeof value);
  if (comparable.length === 0) return 'error';
  const same = (alternative: Fact) =>
    typeof value === 'string' ? globMatches(alternative as string, value) : alternative === value;
  return comparable.some(same) ? 'matched' : 'not-matched';
}

const described = (value: Json | undefined) =>
  value === undefined
    ? 'is not there'
    : `is a ${value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value}`;

export const nameOfMetadata = (key: string) =>
  /^[A-Za-z_]\w*$/.test(key) ? `metadata.${key}` : `metadata[${JSON.stringify(key)}]`;

/** Match alone. An absent key is an error only while the rest of the match holds: another value already settles it. */
export function matchFits(match: Match, input: PolicyInput): Fitting {
  const misses = NAMES.some((name) => match[name] && !match[name].some((glob) => globMatches(glob, input[name])));
  if (misses) return fitting('not-matched');
  const facts = Object.entries(match.metadata)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, alternatives]) => {
      const value = Object.hasOwn(input.metadata, key) ? input.metadata[key] : undefined;
      return { name: nameOfMetadata(key), value, fit: factFits(value, alternatives) };
    });
  const reads = facts.map(({ name, value }) => ({ name, value: value ?? null }));
  if (facts.some(({ fit }) => fit === 'not-matched')) return fitting('not-matched', reads);
  const wrong = facts.find(({ fit }) => fit === 'error');
  return wrong
    ? fitting('error', reads, `${wrong.name} ${described(wrong.value)}, and the rule matches on it`)
    : fitting('matched', reads);
}

const factsOf = ({ params, claimed_risk: _, ...asked }: PolicyInput, now: string): ConditionFacts => ({
  ...asked,
  param: params,
  now,
});

/** Match and condition together. A stored condition that no longer compiles is an error like any other. */
export function ruleFits(rule: { match: Match; when: string | null }, input: PolicyInput, now: string): Fitting {
  const matched = matchFits(rule.match, input);
  if (matched.fit !== 'matched' || rule.when === null) return matched;
  const compiled = conditionOf(rule.when);
  if ('problems' in compiled)
    return { ...matched, fit: 'error', error: compiled.problems[0]!.detail, expression: rule.when };
  const { result, error, decided_by, reads } = evaluateCondition(compiled.condition, factsOf(input, now));
  const fit: Fit = result === null ? 'error' : result ? 'matched' : 'not-matched';
  return { fit, error, reads: [...matched.reads, ...reads], expression: rule.when, decided_by };
}
