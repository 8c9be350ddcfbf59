// What changes between two policies, in words: one sentence for each thing that is added, removed, moved or set
// otherwise, with what it does to what is allowed and who may decide. Pure; over normal forms, so that comments, layout
// and the order of keys say nothing.
import { EFFECTS, type Effect } from './diff/effects.ts';
import type { PolicyDifference } from './diff/fields.ts';
import { moved, named } from './diff/rules.ts';
import { rest, settings } from './diff/sections.ts';
import type { Policy } from './model.ts';

export type { Effect } from './diff/effects.ts';
export type { PolicyDifference } from './diff/fields.ts';

/** Everything that differs, what widens first; within an effect in the order of the document. */
export function policyDifferences(before: Policy, after: Policy): PolicyDifference[] {
  const all = [
    ...settings(before, after),
    ...named.rules(before.rules, after.rules),
    ...moved(before.rules, after.rules),
    ...named.trusted(before.trusted, after.trusted),
    ...rest(before, after),
  ];
  return EFFECTS.flatMap((effect) => all.filter((one) => one.effect === effect));
}

const MARKS: Record<Effect, string> = {
  widens: 'Widens',
  unclear: 'May widen',
  narrows: 'Narrows',
  neutral: 'Changes',
};

/** The same as lines, each with its effect in front: what people read before they sign. */
export function policyWords(before: Policy, after: Policy): string[] {
  const lines = policyDifferences(before, after).map(({ effect, text }) => `${MARKS[effect]} · ${text}`);
  return lines.length === 0 ? ['Nothing changes but comments, layout or order of keys.'] : lines;
}
