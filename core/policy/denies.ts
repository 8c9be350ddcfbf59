// The denies of the policy in force, judged again when a decision, an exchange, an introspection or a consumption comes in.
// The first that hits or errors refuses that call (403 `policy-denies`). An error that stood on the request when people were
// asked (a name that almost is a denied one, a deny that no longer compiles) is theirs to decide, and refuses nothing.
import { conditionOf } from '../condition.ts';
import { ruleFits } from './match.ts';
import type { Policy, PolicyInput, Rule } from './model.ts';
import { manner, NEWEST, type Semantics } from './semantics.ts';

/** A deny that hits, or that cannot be evaluated. */
export interface Denial {
  rule: string;
  detail: string;
}

interface DenyQuestion {
  /** Absent: the newest, whatever the request was judged by. */
  semantics?: Semantics;
  /** The errors that people were shown when they were asked, by rule; absent: none. */
  asked?: readonly Denial[];
}

/** @returns null: none does */
export function judgeDenies(
  policy: Policy,
  input: PolicyInput,
  now: string,
  { semantics = NEWEST, asked = [] }: DenyQuestion = {},
): Denial | null {
  const how = manner(semantics, policy.resources);
  for (const rule of policy.rules) {
    if (rule.verdict !== 'deny') continue;
    const { fit, error, doubts } = ruleFits(rule, input, now, how);
    const detail = error ?? 'could not be evaluated';
    if (fit === 'matched') return { rule: rule.id, detail: rule.message ?? `Rule "${rule.id}" denies this.` };
    if (fit !== 'error') continue;
    const isTheirs = doubts.length > 0 || isOutdated(rule, semantics);
    if (isTheirs && asked.some((one) => one.rule === rule.id && one.detail === detail)) continue;
    return { rule: rule.id, detail };
  }
  return null;
}

/** A condition that was published by an earlier version and that this one does not take. */
const isOutdated = ({ when }: Rule, semantics: Semantics): boolean =>
  when !== null && 'problems' in conditionOf(when, semantics);
