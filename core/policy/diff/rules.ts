// Rules and trusted patterns, which have names: what is new, what is gone, what is set otherwise, what stands elsewhere.

import { pointerOf } from '../../json/place.ts';
import type { Rule, Trusted, Verdict } from '../model.ts';
import type { Effect } from './effects.ts';
import { type Fields, fieldDifferences, type PolicyDifference, RULE_FIELDS, TRUSTED_FIELDS } from './fields.ts';
import { unboundedWords } from './unbounded.ts';
import { limitWords, stagesWords, VERDICT_WORDS, whenWords } from './words.ts';

/** How one kind of named thing is told. */
interface Naming<T> {
  section: string;
  subject: (thing: T) => string;
  fields: Fields<T>;
  told: (thing: T) => string;
  /** What else is said of a thing that is new or meets something else than before; begins with a blank. */
  beside?: (thing: T) => string;
  added: (thing: T) => Effect;
  removed: (thing: T) => Effect;
}

const ADDED: Record<Verdict, Effect> = { allow: 'widens', require_approval: 'unclear', deny: 'narrows' };
const REMOVED: Record<Verdict, Effect> = { allow: 'narrows', require_approval: 'unclear', deny: 'widens' };

const RULES: Naming<Rule> = {
  section: 'rules',
  subject: ({ id }) => `Rule "${id}"`,
  fields: RULE_FIELDS,
  told: (rule) => {
    const people = rule.verdict === 'require_approval' ? `: ${stagesWords(rule.approvals)}` : '';
    return `${VERDICT_WORDS[rule.verdict]} ${whenWords(rule)}, at ${rule.risk} risk${people}`;
  },
  added: ({ verdict }) => ADDED[verdict],
  removed: ({ verdict }) => REMOVED[verdict],
};

/** What a pattern lets through, how often and how long. */
const trustedWords = (pattern: Trusted): string =>
  `let through without a person ${whenWords(pattern)}, ${limitWords(pattern.limit)}${
    pattern.expires === null ? '' : `, until ${pattern.expires}`
  }`;

/** The same and what it leaves open, as a sentence of its own. */
export const freedWords = (pattern: Trusted): string =>
  `Trusted pattern "${pattern.id}": ${trustedWords(pattern)}.${unboundedWords(pattern)}`;

const TRUSTED: Naming<Trusted> = {
  section: 'trusted',
  subject: ({ id }) => `Trusted pattern "${id}"`,
  fields: TRUSTED_FIELDS,
  told: trustedWords,
  beside: unboundedWords,
  added: () => 'widens',
  removed: () => 'narrows',
};

/** Fields that say what a thing meets. */
const MEETS = /\/(match|when)$/;

function differences<T extends { id: string }>(naming: Naming<T>, before: T[], after: T[]): PolicyDifference[] {
  const { section, subject, told, beside = () => '' } = naming;
  const at = (list: T[], { id }: T) => pointerOf([section, list.findIndex((one) => one.id === id)]);
  const in_ = (list: T[], { id }: T) => list.find((one) => one.id === id);
  const added = after
    .filter((thing) => !in_(before, thing))
    .map((thing) => ({
      pointer: at(after, thing),
      effect: naming.added(thing),
      text: `${subject(thing)} is new: ${told(thing)}.${beside(thing)}`,
    }));
  const changed = after.flatMap((fresh) => {
    const old = in_(before, fresh);
    if (!old) return [];
    const fields = fieldDifferences(subject(fresh), at(after, fresh), naming.fields, { old, fresh });
    return fields.map((one) => (MEETS.test(one.pointer) ? { ...one, text: `${one.text}${beside(fresh)}` } : one));
  });
  const gone = before
    .filter((thing) => !in_(after, thing))
    .map((thing) => ({
      pointer: at(before, thing),
      effect: naming.removed(thing),
      text: `${subject(thing)} is gone: ${told(thing)}.`,
    }));
  return [...added, ...changed, ...gone];
}

export const named = {
  rules: (before: Rule[], after: Rule[]) => differences(RULES, before, after),
  trusted: (before: Trusted[], after: Trusted[]) => differences(TRUSTED, before, after),
};

/** Rules that stand before others than they did: the first match decides, so order is meaning. Denies stand anywhere. */
export function moved(before: Rule[], after: Rule[]): PolicyDifference[] {
  const common = (list: Rule[], other: Rule[]) =>
    list.filter(({ id, verdict }) => verdict !== 'deny' && other.some((one) => one.id === id)).map(({ id }) => id);
  const [old, fresh] = [common(before, after), common(after, before)];
  const kept = new Set(longestKept(old, fresh));
  return fresh
    .filter((id) => !kept.has(id) && old.includes(id))
    .map((id) => {
      const index = after.findIndex((rule) => rule.id === id);
      const next = after[index + 1];
      const place = next ? `before "${next.id}"` : 'last';
      return { pointer: pointerOf(['rules', index]), effect: 'unclear', text: `Rule "${id}" now stands ${place}.` };
    });
}

/** A longest list of ids that stand in the same order in both. */
function longestKept(old: string[], fresh: string[]): string[] {
  const places = fresh.map((id) => old.indexOf(id));
  const lengths = places.map(() => 1);
  const from = places.map(() => -1);
  for (let i = 0; i < places.length; i++)
    for (let j = 0; j < i; j++)
      if (places[j]! < places[i]! && lengths[j]! + 1 > lengths[i]!) [lengths[i], from[i]] = [lengths[j]! + 1, j];
  const kept: string[] = [];
  let at = lengths.indexOf(Math.max(...lengths, 0));
  while (at >= 0) {
    kept.push(fresh[at]!);
    at = from[at]!;
  }
  return kept;
}
