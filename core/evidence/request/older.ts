// Forms of the request's document that were written before some members came. Each group came at once and after the one
// before it, so a document has the members of the first groups whole, and none of the rest. What it lacks must be what
// the events leave empty: a form from before edits can show no edit.
import { isObject, type JsonObject } from '../../json.ts';
import { type Expected, Open } from './open.ts';

/** Members by the form that they came with, the oldest first; `*`: every item. */
export const LATER_MEMBERS: readonly (readonly string[])[] = [
  ['parameters', 'editable', 'edits', 'break_glass', 'effective/requirement', 'effective/risk', 'decisions/*/void'],
  ['claim', 'escalations', 'stopped', 'decisions/*/delegation'],
  ['next_escalation'],
  ['hidden'],
  ['viewer', 'unmet', 'decisions/*/void_reason'],
];

type Members = { [member: string]: Expected };

/**
 * What to expect of the form that this document has.
 *
 * @returns the members that its form lacks, as pointers, and the rest of what is expected
 */
export function asOlder(expected: Members, given: JsonObject): { expected: Members; lacking: string[] } {
  const form = LATER_MEMBERS.findLastIndex(([first]) => Object.hasOwn(given, first!)) + 1;
  const lacking = LATER_MEMBERS.slice(form)
    .flat()
    .filter((place) => saysNothing(expected, place));
  const left = lacking.reduce((rest, place) => without(rest, place.split('/')), expected);
  return { expected: left, lacking: lacking.map((place) => `/${place}`) };
}

/** Of what is in force for the effective action: nothing else than for what was asked, while nobody edited. */
const saysNothing = (expected: Members, place: string): boolean =>
  place.startsWith('effective/') ? isEmpty(expected.edits!) : valuesAt(expected, place.split('/')).every(isEmpty);

const isEmpty = (value: Expected): boolean =>
  // `edited`: a form without the reason says so by `void` alone.
  [null, false, 'none', 'edited'].includes(value as null) ||
  value instanceof Open ||
  (Array.isArray(value) && value.length === 0);

function valuesAt(value: Expected, [name, ...rest]: string[]): Expected[] {
  if (name === undefined) return [value];
  if (name === '*') return Array.isArray(value) ? value.flatMap((item) => valuesAt(item, rest)) : [];
  const part = isObject(value) && Object.hasOwn(value, name) ? (value as Members)[name] : undefined;
  return part === undefined ? [] : valuesAt(part, rest);
}

function without(value: Members, [name, ...rest]: string[]): Members {
  const part = value[name!];
  if (rest.length === 0) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  if (rest[0] === '*' && Array.isArray(part))
    return { ...value, [name!]: part.map((item) => without(item as Members, rest.slice(1))) };
  return isObject(part) ? { ...value, [name!]: without(part as Members, rest) } : value;
}
