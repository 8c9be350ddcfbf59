// A document against what the events let expect of it: every member at every depth, none missing and none besides.
import { isObject, type Json } from '../../json.ts';
import { type Expected, Open } from './open.ts';

export interface Comparison {
  /** Pointers at which the document says something else, more or less than the events. */
  wrong: string[];
  /** Pointers that nothing was expected at. */
  asserted: string[];
  withheld: string[];
}

/** Compares recursively; pointers are JSON Pointers into the document. */
export function compareMembers(expected: Expected, given: Json): Comparison {
  const found: Comparison = { wrong: [], asserted: [], withheld: [] };
  compareAt(expected, given, '', found);
  return found;
}

function compareAt(expected: Expected, given: Json | undefined, pointer: string, found: Comparison): void {
  if (given === undefined) found.wrong.push(pointer);
  else if (expected instanceof Open) found[expected.why].push(pointer);
  else if (Array.isArray(expected)) compareList(expected, given, pointer, found);
  else if (typeof expected === 'object' && expected !== null) compareObject(expected, given, pointer, found);
  // -0 is 0, as in RFC 8785.
  else if (expected !== given) found.wrong.push(pointer);
}

function compareList(expected: Expected[], given: Json, pointer: string, found: Comparison): void {
  if (!Array.isArray(given) || given.length !== expected.length) found.wrong.push(pointer);
  else for (const [at, item] of expected.entries()) compareAt(item, given[at], `${pointer}/${at}`, found);
}

function compareObject(expected: { [member: string]: Expected }, given: Json, pointer: string, found: Comparison) {
  if (!isObject(given)) {
    found.wrong.push(pointer);
    return;
  }
  for (const [name, part] of Object.entries(expected))
    compareAt(part, Object.hasOwn(given, name) ? given[name] : undefined, `${pointer}/${escaped(name)}`, found);
  for (const name of Object.keys(given))
    if (!Object.hasOwn(expected, name)) found.wrong.push(`${pointer}/${escaped(name)}`);
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
