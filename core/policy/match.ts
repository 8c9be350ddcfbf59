// Whether a rule fits what was asked: its match, then its condition. Three answers, never two: what cannot be told is an
// error, and errors never help the agent (policy.md "Judging"). Names are match/facts.ts's.
import { type ConditionFacts, conditionOf, evaluateCondition } from '../condition.ts';
import type { Json } from '../json.ts';
import { type Doubt, type FactFound, type Fit, factFits, textFits } from './match/facts.ts';
import type { DecidedBy, Match, PolicyInput, Verdict } from './model.ts';
import { type Manner, manner, TOO_MUCH_WORK } from './semantics.ts';

export { type Doubt, type Fit, nameOfMetadata } from './match/facts.ts';

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
  /** Why it cannot be told which name is meant; empty for every other error. */
  doubts: Doubt[];
}

const NAMES = ['action', 'resource', 'actor'] as const;

const fitting = (fit: Fit, reads: Read[] = [], error: string | null = null, doubts: Doubt[] = []): Fitting => ({
  fit,
  error,
  reads,
  expression: null,
  decided_by: null,
  doubts,
});

const described = ({ value, like }: Pick<FactFound, 'value' | 'like'>) =>
  value === undefined
    ? `is not there${like === undefined ? '' : ` (\`${like}\` is almost it)`}`
    : `is a ${value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value}`;

/** Doubts about action, resource and actor; null: one of them is another. */
function doubtsOfNames(match: Match, input: PolicyInput, how: Manner): Doubt[] | null {
  const doubts: Doubt[] = [];
  for (const name of NAMES) {
    const patterns = match[name];
    const found = patterns && textFits(name, patterns, input[name], how);
    if (found?.fit === 'not-matched') return null;
    doubts.push(...(found?.doubts ?? []));
  }
  return doubts;
}

/** Match alone. An absent key is an error only while the rest of the match holds: another value already settles it. */
export function matchFits(match: Match, input: PolicyInput, how: Manner = manner()): Fitting {
  const names = doubtsOfNames(match, input, how);
  if (how.work.left < 0) return fitting('error', [], TOO_MUCH_WORK);
  if (names === null) return fitting('not-matched');
  const facts = Object.entries(match.metadata)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, alternatives]) => factFits(input.metadata, key, alternatives, how));
  const reads = facts.map(({ name, value }) => ({ name, value: value ?? null }));
  if (how.work.left < 0) return fitting('error', reads, TOO_MUCH_WORK);
  if (facts.some(({ fit }) => fit === 'not-matched')) return fitting('not-matched', reads);
  return told(facts, reads, [...names, ...facts.flatMap(({ doubts }) => doubts)]);
}

function told(facts: FactFound[], reads: Read[], doubts: Doubt[]): Fitting {
  const wrong = facts.find(({ fit, doubts }) => fit === 'error' && doubts.length === 0);
  if (wrong) return fitting('error', reads, `${wrong.name} ${described(wrong)}, and the rule matches on it`);
  if (doubts.length === 0) return fitting('matched', reads);
  return fitting('error', reads, doubts.map(({ detail }) => detail).join('; '), doubts);
}

const factsOf = ({ params, claimed_risk: _, ...asked }: PolicyInput, now: string): ConditionFacts => ({
  ...asked,
  param: params,
  now,
});

interface Fits {
  match: Match;
  when: string | null;
  /** Absent in what lets through: a trusted pattern. */
  verdict?: Verdict;
}

/** Match and condition together. A stored condition that no longer compiles is an error like any other. */
export function ruleFits(rule: Fits, input: PolicyInput, now: string, how: Manner = manner()): Fitting {
  if (how.work.left < 0) return fitting('error', [], TOO_MUCH_WORK);
  const matched = settled(matchFits(rule.match, input, how), rule);
  const isOpen = matched.fit === 'matched' || matched.doubts.length > 0;
  if (!isOpen || rule.when === null) return matched;
  const conditional = conditionFits(rule.when, input, now, how);
  const reads = [...matched.reads, ...conditional.reads];
  // A condition that is false settles it, whichever name is meant.
  if (matched.fit === 'matched' || conditional.fit === 'not-matched') return { ...conditional, reads };
  return { ...matched, reads, expression: rule.when };
}

function conditionFits(when: string, input: PolicyInput, now: string, how: Manner): Fitting {
  const compiled = conditionOf(when, how.semantics);
  if ('problems' in compiled) return { ...fitting('error', [], compiled.problems[0]!.detail), expression: when };
  const cased = (text: string) => text === input.resource && how.cased(text);
  const outcome = evaluateCondition(compiled.condition, factsOf(input, now), { manner: how, cased });
  const { result, error, decided_by, reads, ambiguous } = outcome;
  const fit: Fit = result === null ? 'error' : result ? 'matched' : 'not-matched';
  const doubts = ambiguous ? [inCondition(error!)] : [];
  return { ...fitting(fit, reads, error, doubts), expression: when, decided_by };
}

/** No rule clears it: what a condition compares has no name. */
const inCondition = (detail: string): Doubt => ({ kind: 'almost', name: 'condition', value: '', literal: '', detail });

/** What fits as it is spelt and not as it reads still asks and still denies; it lets nothing through. */
function settled(found: Fitting, { verdict = 'allow' }: Fits): Fitting {
  const isSpelt = found.doubts.length > 0 && found.doubts.every(({ kind }) => kind === 'unclear');
  return isSpelt && verdict !== 'allow' ? { ...found, fit: 'matched', error: null, doubts: [] } : found;
}
