// The parts of a default sentence, each made of what is left of the facts: how much, for whom, which one, when.
import { pointerOf } from '../json/place.ts';
import { type Fact, factsOf, isNamedBy } from './facts.ts';
import { ours, type Phrase, textValue } from './phrase.ts';
import { type Role, wordsOf } from './roles.ts';
import { phrasesAt, type Said, valueAt } from './values.ts';
import { BETWEEN, type Meant } from './verbs.ts';

export type Group = Phrase[];

/** Facts that are told after the object, in this order, with our word before each. */
const AFTER: readonly (readonly [Role, string])[] = [
  ['cc', 'cc'],
  ['bcc', 'bcc'],
  ['from', 'from'],
  ['into', 'into'],
  ['as', 'as'],
  ['start', 'from'],
  ['end', 'until'],
  ['when', 'on'],
];
/** So many are told where nothing says what they are. */
export const MAX_OTHERS = 3;

export const said = (of: Said, { keys, name }: Fact): Group => phrasesAt(of, keys, wordsOf(name).join(' '));
const word = (text: string): Group => (text === '' ? [] : [ours(text)]);
export const plain = (text: string): Phrase => ({ kind: 'plain', text });

/** A fact whose kind its name does not say: the name is the caller's, too. */
export const labelled = (of: Said, fact: Fact): Group[] => [[plain(wordsOf(fact.name).join(' '))], said(of, fact)];

/** `order:ORD-1` → `order ORD-1`. */
export const thing = (resource: string): Phrase => textValue(resource.replace(/^([a-z_-]+):(?=[^:]+$)/i, '$1 '));
export const bareName = (resource: string): string => resource.replace(/^[a-z_-]+:(?=[^:]+$)/i, '');

/** Takes facts off the list as they are told. */
export class Facts {
  readonly #of: Said;
  #left: Fact[];

  constructor(of: Said) {
    this.#of = of;
    this.#left = factsOf(of);
  }

  take(fits: (fact: Fact) => boolean): Fact | null {
    const found = this.#left.find(fits) ?? null;
    this.#left = this.#left.filter((fact) => fact !== found);
    return found;
  }

  /** The first with this role that says something. */
  role(role: Role): Fact | null {
    return this.take((fact) => fact.role === role && !fact.empty);
  }

  rest(): Fact[] {
    return this.#left.filter(({ empty }) => !empty);
  }

  value = (fact: Fact) => valueAt(this.#of, fact.keys);
}

/** How much: money as it is, a number with the name that its tool gives it, because it may be of anything. */
export function amountOf(of: Said, facts: Facts): Group[] {
  const fact = facts.role('amount');
  if (fact === null) return [];
  const currency = facts.take(({ name }) => /^currency(_code)?$/i.test(name));
  if (of.money.has(pointerOf(fact.keys))) return [said(of, fact)];
  return [...labelled(of, fact), ...(currency && !currency.empty ? [said(of, currency)] : [])];
}

/** Whom it is for; of several such parameters each but the first with its name. A list that is empty says so. */
export function peopleOf(of: Said, facts: Facts, before: string): Group[] {
  const first = facts.take(({ role, empty }) => role === 'to' && !empty) ?? facts.take(({ role }) => role === 'to');
  if (first === null) return [];
  const groups = [word(before), said(of, first)];
  for (let more = facts.role('to'); more !== null; more = facts.role('to'))
    groups.push([ours(',')], ...labelled(of, more));
  return groups;
}

/** A beginning without an end is a moment. */
export function afterOf(of: Said, facts: Facts): Group[] {
  const told = AFTER.map(([role, before]) => ({ role, before, fact: facts.role(role) })).filter(
    ({ fact }) => fact !== null,
  );
  const ends = told.some(({ role }) => role === 'end');
  return told.flatMap(({ role, before, fact }) => [[ours(role === 'start' && !ends ? 'at' : before)], said(of, fact!)]);
}

/** `user to channel` → `user`, `to channel`: each part may name a parameter. */
function partsOf(nouns: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const noun of nouns) {
    if (BETWEEN.has(noun)) parts.push([]);
    parts.at(-1)!.push(noun);
  }
  return parts.filter((part) => part.length > 0);
}

/** The words of the action for its thing, each with the parameter that they name. */
export function namedOf(
  of: Said,
  facts: Facts,
  nouns: readonly string[],
  /** The name of the resource where that is the thing: a parameter that repeats it is not told again. Else null. */
  repeated: string | null,
): { groups: Group[]; named: boolean } {
  let named = false;
  const groups = partsOf(nouns).flatMap((part) => {
    const own = part.filter((noun) => !BETWEEN.has(noun));
    const fact = facts.take((one) => !one.empty && one.role !== 'amount' && isNamedBy(own, one));
    named ||= fact !== null;
    const told = fact !== null && (repeated === null || facts.value(fact) !== repeated);
    return [...(repeated === null ? [[plain(part.join(' '))]] : []), ...(told ? [said(of, fact)] : [])];
  });
  return { groups, named };
}

/**
 * Which one: its title, else its id; an id beside what is named already is told with its own name, and one that only
 * repeats the resource is left to the resource, which says of what kind it is.
 */
export function whichOf(of: Said, facts: Facts, named: boolean, resource: string): Group[] {
  const title = facts.role('title');
  if (title !== null) return [said(of, title)];
  const id = facts.role('id');
  if (id === null || facts.value(id) === bareName(resource)) return [];
  return named ? labelled(of, id) : [said(of, id)];
}

/** What is run: it is the act, whatever else there is. */
export function commandOf(of: Said, facts: Facts): Group[] {
  const command = facts.role('command');
  return command === null ? [] : [[ours(':')], said(of, command)];
}

/** Two mails without a subject are two mails. */
const TEXTUAL = new Set([
  'Send',
  'Mail',
  'Email',
  'Reply',
  'Forward',
  'Notify',
  'Message',
  'Text',
  'Post',
  'Append',
  'Write',
]);

export function textOf(of: Said, facts: Facts, { verb }: Meant, titled: boolean): Group[] {
  const text = !titled && TEXTUAL.has(verb.says) ? facts.role('text') : null;
  return text === null ? [] : [[ours(':')], said(of, text)];
}

/** What nothing says the kind of: with the names that the tool gives. */
export function othersOf(of: Said, facts: Facts, before: string): Group[] {
  const others = facts.rest().filter((fact) => ['string', 'number', 'object'].includes(typeof facts.value(fact)));
  const told = others
    .slice(0, MAX_OTHERS)
    .flatMap((fact, at) => [...(at > 0 ? [[ours(',')]] : []), ...labelled(of, fact)]);
  const rest = others.length - MAX_OTHERS;
  if (told.length === 0) return [];
  return [word(before), ...told, ...(rest > 0 ? [[ours(`and ${rest} more`)]] : [])];
}
