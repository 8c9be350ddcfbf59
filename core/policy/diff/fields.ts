// One table for what has fields: name of the setting, its words, what a change of it does. A field that no table knows
// (the language has grown) is named as it stands, and counts as unclear: never passed over in silence.
import { sameJson } from '../../canonical.ts';
import type { Json } from '../../json.ts';
import type { RiskSettings, Rule, Trusted, Verdict } from '../model.ts';
import * as effects from './effects.ts';
import * as words from './words.ts';

export interface PolicyDifference {
  /** RFC 6901, into the normal form of the later policy (of the earlier, for what is gone). */
  pointer: string;
  effect: effects.Effect;
  /** One sentence. */
  text: string;
}

/** How one field is told. `T` is its type, `W` the whole that it belongs to, after the change. */
export interface Field<T, W> {
  name: string;
  words: (value: T) => string;
  effect: (old: T, fresh: T, whole: W) => effects.Effect;
}
export type Fields<W> = { [Key in keyof W]?: Field<W[Key], W> | null };

const neutral = (): effects.Effect => 'neutral';
const unclear = (): effects.Effect => 'unclear';
const orElse = (value: string | null): string => value ?? 'as by default';
const orNone = (value: string | null): string => (value === null ? 'nothing' : `\`${value}\``);
const spanOr = (none: string) => (seconds: number | null) => (seconds === null ? none : words.span(seconds));

/** Field → how it is told; null: told elsewhere. */
export const RULE_FIELDS: Fields<Rule> = {
  id: null,
  verdict: {
    name: 'the verdict',
    words: (verdict: Verdict) => words.VERDICT_WORDS[verdict],
    effect: effects.verdictEffect,
  },
  match: {
    name: 'what it meets',
    words: words.matchWords,
    effect: (old, fresh, rule) => effects.metBy(rule.verdict, effects.matchEffect(old, fresh)),
  },
  when: {
    name: 'the condition',
    words: orNone,
    effect: (old, fresh, rule) => effects.metBy(rule.verdict, effects.whenEffect(old, fresh)),
  },
  risk: { name: 'the risk', words: String, effect: effects.riskEffect },
  approvals: { name: 'who must approve', words: words.stagesWords, effect: effects.stagesEffect },
  verify: { name: 'how a decision is proved', words: orElse, effect: effects.verifyEffect },
  require: { name: 'what a decision must bring', words: words.evidenceWords, effect: effects.evidenceEffect },
  timeout_seconds: {
    name: 'the time to decide',
    words: spanOr('by its risk'),
    effect: effects.limitEffect,
  },
  business: { name: 'the working time to decide', words: words.businessWords, effect: effects.businessEffect },
  on_rejection: { name: 'after a rejection the agent', words: (word) => `shall ${word}`, effect: neutral },
  edits: { name: 'edits by reviewers', words: String, effect: effects.editsEffect },
  capability: { name: 'what an approval releases', words: words.capabilityWords, effect: effects.capabilityEffect },
  separation: { name: 'who is kept apart', words: orElse, effect: effects.separationEffect },
  escalate: { name: 'escalation', words: words.escalationWords, effect: effects.escalationEffect },
  remind_seconds: { name: 'the reminder', words: spanOr('never'), effect: neutral },
  notify: { name: 'who is told', words: words.asWritten, effect: neutral },
  message: { name: 'the message', words: (text) => (text === null ? 'nothing' : `“${text}”`), effect: neutral },
};

export const TRUSTED_FIELDS: Fields<Trusted> = {
  id: null,
  match: { name: 'what it meets', words: words.matchWords, effect: effects.matchEffect },
  when: { name: 'the condition', words: orNone, effect: effects.whenEffect },
  limit: { name: 'its budget', words: words.limitWords, effect: effects.budgetEffect },
  expires: { name: 'its end', words: (at) => at ?? 'never', effect: effects.expiryEffect },
};

export const RISK_FIELDS: Fields<RiskSettings> = {
  timeout_seconds: { name: 'the time to decide', words: words.span, effect: effects.moreIsWider },
  business: { name: 'the working time to decide', words: words.businessWords, effect: effects.businessEffect },
  verify: { name: 'how a decision is proved', words: orElse, effect: effects.verifyEffect },
  separation: { name: 'who is kept apart', words: orElse, effect: effects.separationEffect },
};

const same = (one: unknown, other: unknown): boolean => sameJson((one ?? null) as Json, (other ?? null) as Json);

type Bag = { [key: string]: unknown };

/** One sentence for every field of `subject` that differs, in the order of the table, unknown ones last. */
export function fieldDifferences<W extends object>(
  subject: string,
  pointer: string,
  table: Fields<W>,
  { old, fresh }: { old: W; fresh: W },
): PolicyDifference[] {
  const [before, after, known] = [old as Bag, fresh as Bag, table as { [key: string]: Field<unknown, W> | null }];
  const keys = [...new Set([...Object.keys(known), ...Object.keys(before), ...Object.keys(after)])];
  return keys
    .filter((key) => known[key] !== null && !same(before[key], after[key]))
    .map((key) => {
      const field = known[key] ?? { name: `\`${key}\``, words: words.asWritten, effect: unclear };
      const was = field.words(before[key]);
      const now = field.words(after[key]);
      const effect = field.effect(before[key], after[key], fresh);
      return { pointer: `${pointer}/${key}`, effect, text: `${subject}: ${field.name} is now ${now}; before, ${was}.` };
    });
}
