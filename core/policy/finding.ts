// What the rules say, before trusted patterns: denies anywhere, then the first that matches or errors. A rule in doubt which
// name is meant is an error, unless another rule that really matches names that very spelling; over a deny, never.
import { globMatches } from '../glob.ts';
import { isNamedBy } from './match/near.ts';
import { type Doubt, type Fitting, type Read, ruleFits } from './match.ts';
import type { Match, Policy, PolicyInput, Rule, TraceStep } from './model.ts';
import type { Manner } from './semantics.ts';

/** A rule that could not be evaluated: it counts as matched and asks. */
export interface Failed {
  rule: Rule;
  detail: string;
  doubts: Doubt[];
}

export interface Finding {
  failed: Failed[];
  /** The first rule that really matches; null: the default. */
  matched: Rule | null;
  trace: TraceStep[];
  reads: Read[];
}

export function stepOf(rule: string, kind: TraceStep['kind'], fitting: Fitting): TraceStep {
  const { fit, expression, decided_by, error } = fitting;
  return {
    rule,
    kind,
    result: fit,
    ...(expression === null ? {} : { expression }),
    ...(decided_by === null ? {} : { decided_by }),
    ...(error === null ? {} : { error }),
  };
}

/** Considers one rule: notes it, and says whether the search is over. */
function consider(finding: Finding, rule: Rule, input: PolicyInput, now: string, how: Manner): boolean {
  const fitting = ruleFits(rule, input, now, how);
  finding.trace.push(stepOf(rule.id, 'rule', fitting));
  finding.reads.push(...fitting.reads);
  const { fit, doubts } = fitting;
  if (fit === 'error') finding.failed.push({ rule, detail: fitting.error ?? 'could not be evaluated', doubts });
  if (fit === 'matched') finding.matched = rule;
  return fit === 'matched';
}

/** All denies first: a matching one ends it wherever it stands; then the others from the top. */
export function search(policy: Policy, input: PolicyInput, now: string, how: Manner): Finding {
  const finding: Finding = { failed: [], matched: null, trace: [], reads: [] };
  const denies = policy.rules.filter((rule) => rule.verdict === 'deny');
  const others = policy.rules.filter((rule) => rule.verdict !== 'deny');
  for (const rule of [...denies, ...others]) if (consider(finding, rule, input, now, how)) return named(finding, how);
  finding.trace.push({ rule: 'default', kind: 'default', result: 'matched' });
  return finding;
}

/** Without the doubts that the rule which decides takes away: it names what only almost is theirs. */
function named(finding: Finding, how: Manner): Finding {
  const { matched, failed, trace } = finding;
  const cleared = failed.filter((one) => matched !== null && isCleared(one, matched, how));
  if (cleared.length === 0) return finding;
  const ids = cleared.map(({ rule }) => rule.id);
  return {
    ...finding,
    failed: failed.filter((one) => !cleared.includes(one)),
    trace: trace.map((step) => (ids.includes(step.rule) ? withoutError(step) : step)),
  };
}

const withoutError = ({ error: _, ...step }: TraceStep): TraceStep => ({ ...step, result: 'not-matched' });

const isCleared = ({ rule, doubts }: Failed, { match }: Rule, { work }: Manner): boolean =>
  rule.verdict !== 'deny' &&
  doubts.length > 0 &&
  doubts.every(({ kind, name, value, literal }) => {
    const patterns = kind === 'almost' ? patternsOf(match, name) : [];
    return patterns.some((pattern) => globMatches(pattern, value, work) && isNamedBy(value, literal, pattern));
  });

/** What a rule says of action, resource or actor. A metadata value is what agents write: no rule clears it for another. */
const patternsOf = (match: Match, name: string): string[] =>
  name === 'action' || name === 'resource' || name === 'actor' ? (match[name] ?? []) : [];
