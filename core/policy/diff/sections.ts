// The parts of a policy that have no names of their own: defaults, settings per risk, routing, rights on repositories,
// limits. A section that this file does not know is told as it stands.
import { canonicalize } from '../../canonical.ts';
import { pointerOf } from '../../json/place.ts';
import { isObject, type Json } from '../../json.ts';
import { type Policy, type RepositoryRight, RISK_LEVELS } from '../model.ts';
import type { ParameterRule } from '../parameters.ts';
import { type Effect, moreIsWider, riskEffect, verdictEffect, verifyEffect } from './effects.ts';
import { type Fields, fieldDifferences, type PolicyDifference, RISK_FIELDS } from './fields.ts';
import { asWritten, both, either, VERDICT_WORDS, whenWords } from './words.ts';

const DEFAULT_FIELDS: Fields<Policy['defaults']> = {
  verdict: {
    name: 'the verdict on what no rule names',
    words: (verdict) => VERDICT_WORDS[verdict],
    effect: verdictEffect,
  },
  risk: { name: 'the risk', words: String, effect: riskEffect },
  verify: { name: 'how a decision is proved', words: String, effect: verifyEffect },
};

const LIMIT_FIELDS: Fields<Policy['limits']> = {
  pending_per_actor: {
    name: 'how many requests of one actor may wait',
    words: String,
    effect: (old, fresh) => moreIsWider(old, fresh),
  },
};

/** Defaults, risk levels, limits: what every request meets. */
export function settings(before: Policy, after: Policy): PolicyDifference[] {
  const of = <T>(old: T, fresh: T) => ({ old, fresh });
  return [
    ...fieldDifferences('Defaults', '/defaults', DEFAULT_FIELDS, of(before.defaults, after.defaults)),
    ...RISK_LEVELS.flatMap((level) =>
      fieldDifferences(`At ${level} risk`, `/risk/${level}`, RISK_FIELDS, of(before.risk[level], after.risk[level])),
    ),
    ...fieldDifferences('Limits', '/limits', LIMIT_FIELDS, of(before.limits, after.limits)),
  ];
}

/** A list whose entries have no names: an entry that is not there any more is gone, another is new. */
interface Unnamed {
  told: (entry: never) => string;
  added: Effect;
  removed: Effect;
}

const LISTS: { [section: string]: Unnamed } = {
  routing: {
    told: ({ match, to }: Policy['routing'][number]) =>
      `Routing: ${either(to)} is asked ${whenWords({ match, when: null })}`,
    // Another route before the rest may take from them.
    added: 'unclear',
    removed: 'unclear',
  },
  repositories: {
    told: ({ repository, groups, actions, match }: RepositoryRight) =>
      `Repository ${repository}: ${both(groups)} may ${both(actions)}${match ? ` ${whenWords({ match, when: null })}` : ''}`,
    added: 'widens',
    removed: 'narrows',
  },
  parameters: {
    told: ({ action, schema, resource, sentence }: ParameterRule) =>
      `The params of ${either(action)} must fit ${asWritten(schema)}${resource === undefined ? '' : ` and make the resource ${resource}`}${sentence === undefined ? '' : `; it is told as ${JSON.stringify(sentence)}`}`,
    // One before the others takes their place.
    added: 'unclear',
    removed: 'widens',
  },
};

const TOLD_ELSEWHERE = ['version', 'defaults', 'risk', 'limits', 'rules', 'trusted', 'messages'];

type Bag = { [key: string]: Json };

/** Routing, repositories, and whatever else a policy has. */
export function rest(before: Policy, after: Policy): PolicyDifference[] {
  const [old, fresh] = [before as unknown as Bag, after as unknown as Bag];
  const sections = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return sections
    .filter((section) => !TOLD_ELSEWHERE.includes(section))
    .flatMap((section) =>
      sectionDifferences(section, old[section] ?? empty(fresh[section]), fresh[section] ?? empty(old[section])),
    );
}

/** A section that is not there, in the form of the other side's. */
const empty = (other: Json | undefined): Json => (Array.isArray(other) ? [] : other === undefined ? null : {});

const written = (value: Json): string => canonicalize(value);

function sectionDifferences(section: string, old: Json, fresh: Json): PolicyDifference[] {
  if (written(old) === written(fresh)) return [];
  const list = Object.hasOwn(LISTS, section) ? LISTS[section] : undefined;
  if (list && Array.isArray(old) && Array.isArray(fresh)) return listDifferences(section, list, old, fresh);
  if (isObject(old) && isObject(fresh)) return entryDifferences(section, old, fresh);
  const text = `\`${section}\` is now ${asWritten(fresh)}; before, ${asWritten(old)}.`;
  return [{ pointer: `/${section}`, effect: 'unclear', text }];
}

/** A kind of resource whose case matters: fewer names are almost another. */
const caseDifference = (kind: string, isNew: boolean): PolicyDifference => ({
  pointer: pointerOf(['resources', kind]),
  effect: isNew ? 'widens' : 'narrows',
  text: isNew
    ? `Case matters in ${kind} resources: one that differs from a rule's name in case alone is another, and asks nobody for it.`
    : `Case matters no more in ${kind} resources: one that differs from a rule's name in case alone asks a person.`,
});

/** Named entries of a section, such as calendars: each as it stands. */
function entryDifferences(section: string, old: Bag, fresh: Bag): PolicyDifference[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter(
    (name) => written(old[name] ?? null) !== written(fresh[name] ?? null),
  );
  if (section === 'resources') return names.map((name) => caseDifference(name, Object.hasOwn(fresh, name)));
  return names.map((name) => ({
    pointer: pointerOf([section, name]),
    effect: 'unclear',
    text: `\`${section}.${name}\` is now ${asWritten(fresh[name])}; before, ${asWritten(old[name])}.`,
  }));
}

function listDifferences(section: string, list: Unnamed, old: Json[], fresh: Json[]): PolicyDifference[] {
  const lacks = (entries: Json[], entry: Json) => !entries.some((other) => written(other) === written(entry));
  const told = list.told as (entry: Json) => string;
  const added = fresh.flatMap((entry, at) =>
    lacks(old, entry)
      ? [{ pointer: `/${section}/${at}`, effect: list.added, text: `${told(entry)}. This is new.` }]
      : [],
  );
  const gone = old.flatMap((entry, at) =>
    lacks(fresh, entry)
      ? [{ pointer: `/${section}/${at}`, effect: list.removed, text: `${told(entry)}. This is gone.` }]
      : [],
  );
  if (added.length + gone.length > 0) return [...added, ...gone];
  return [{ pointer: `/${section}`, effect: 'unclear', text: `The entries of \`${section}\` stand in another order.` }];
}
