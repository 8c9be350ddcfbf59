// The sentence where policy gives none: by our own words for what surely is done, and the parameters that say to whom, how
// much, which one and when. The agent's words never become ours; what we do not know is "Run …", with what identifies it.

import type { JsonObject } from '../json.ts';
import type { Fact } from './facts.ts';
import * as parts from './parts.ts';
import { Facts, type Group, said } from './parts.ts';
import { ours, type Phrase, textValue } from './phrase.ts';
import { type Role, wordsOf } from './roles.ts';
import type { Said } from './values.ts';
import { type Meant, meantBy } from './verbs.ts';

export interface Act {
  action: string;
  resource: string;
  metadata: JsonObject;
}

/** Whether the resource is what the verb is done to: nothing else is named, or the action only says its kind. */
const isDoneToResource = ({ verb, nouns }: Meant, resource: string): boolean => {
  const kind = wordsOf(resource.split(':')[0] ?? '');
  return nouns.every((noun) => kind.includes(noun) || kind.includes(noun.replace(/s$/, ''))) && verb.on === undefined;
};

function known(of: Said, act: Act, meant: Meant): Group[] {
  const facts = new Facts(of);
  const { verb, nouns } = meant;
  const onResource = isDoneToResource(meant, act.resource);
  const counted = /^(rows|records|count)$/;
  const count = verb.counts === undefined ? null : facts.take(({ name, empty }) => !empty && counted.test(name));
  const amount = parts.amountOf(of, facts);
  const { groups, named } = parts.namedOf(of, facts, nouns, onResource ? parts.bareName(act.resource) : null);
  const which = parts.whichOf(of, facts, named, act.resource);
  const command = parts.commandOf(of, facts);
  const people = parts.peopleOf(of, facts, verb.to ?? 'to');
  const object = [...groups, ...which];
  const identified = (named ? 1 : 0) + which.length;
  const tells = identified + people.length + amount.length + command.length > 0;
  return [
    [ours(verb.says)],
    ...(count ? [said(of, count), [ours(verb.counts!)]] : []),
    ...(onResource ? [[parts.thing(act.resource)]] : []),
    ...(groups.length > 0 ? [...object, ...amount] : [...amount, ...object]),
    ...people,
    ...parts.afterOf(of, facts),
    ...resourceOf(of, act, meant, onResource, identified),
    ...command,
    ...parts.textOf(of, facts, meant, which.length + command.length > 0),
    ...(tells ? [] : parts.othersOf(of, facts, 'with')),
  ];
}

/** Where it is done; not again what an id said already. */
function resourceOf(
  of: Said,
  { resource, metadata }: Act,
  { verb }: Meant,
  told: boolean,
  identified: number,
): Group[] {
  const { environment } = metadata;
  const deploys = verb.says === 'Deploy';
  const place = deploys && typeof environment === 'string' ? [[ours('to')], [textValue(environment)]] : [];
  const again = Object.values(of.params).some(
    (value) => String(value) === parts.bareName(resource) || value === resource,
  );
  if (told || (again && identified > 0)) return place;
  const before = identified === 0 && verb.on === 'of' ? [] : [[ours(verb.on ?? 'on')]];
  return [...before, [deploys ? textValue(parts.bareName(resource)) : parts.thing(resource)], ...place];
}

/** "Run …": in the order in which they matter. */
const FIRST: readonly Role[] = [
  'command',
  'to',
  'amount',
  'title',
  'id',
  'cc',
  'bcc',
  'from',
  'into',
  'start',
  'end',
  'when',
  'as',
];

function unknown(of: Said, act: Act): Group[] {
  const facts = new Facts(of);
  const ranked = FIRST.flatMap((role) => {
    const found: Fact[] = [];
    for (let fact = facts.role(role); fact !== null; fact = facts.role(role)) found.push(fact);
    return found;
  });
  const told = [...ranked, ...facts.rest().filter(({ role }) => role === null)].slice(0, parts.MAX_OTHERS + 1);
  const text = told.length === 0 ? facts.role('text') : null;
  const all = text === null ? told : [text];
  const groups = all.flatMap((fact, at) => [...(at > 0 ? [[ours(',')]] : [[ours(':')]]), ...parts.labelled(of, fact)]);
  return [[ours('Run')], [textValue(act.action)], [ours('on')], [textValue(act.resource)], ...groups];
}

/** Words with blanks between them; none before a comma or a colon. */
function spaced(groups: readonly Group[]): Phrase[] {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, at) => {
      const tight = group[0]!.kind === 'ours' && /^[,:]/.test(group[0]!.text);
      return at === 0 || tight ? group : [ours(' '), ...group];
    });
}

/** The default sentence about an act, from its effective params. */
export function plainSentence(of: Said, act: Act): Phrase[] {
  const meant = meantBy(act.action);
  return spaced(meant === null ? unknown(of, act) : known(of, act, meant));
}
