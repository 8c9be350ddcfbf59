// What was seen at a place → the condition that lets exactly the like of it through, the same in words, or why there is
// none. Invariant: no text, list, key, absence, kind or nesting that was not seen meets the condition; numbers meet it
// between the least and the most that were seen, and integers stay integers.
import type { Json } from '../../json.ts';
import { MAX_ALTERNATIVES } from '../bounds.ts';
import { numberText, place as placeOf, present, valueText } from './cel.ts';
import type { Fields, Seen } from './seen.ts';

/** One place: the clauses that bound it, and what they say. */
export interface Bound {
  /** `param.amount`. */
  place: string;
  clause: string;
  words: string;
}
/** `trouble`: a sentence that says why what was seen cannot be bounded. */
export type Bounding = { bounds: Bound[] } | { trouble: string };

/** An object that is always there, such as `param`. */
export function boundFields(place: string, fields: Fields): Bounding {
  if (fields.trouble !== null) return { trouble: `\`${place}\` ${fields.trouble}.` };
  const keys = [...fields.keys].sort(([one], [other]) => (one < other ? -1 : 1));
  const bounds: Bound[] = [keysBound(place, fields)];
  for (const [key, seen] of keys) {
    const bound = boundValue(placeOf(place, key), seen);
    if ('trouble' in bound) return bound;
    bounds.push(...(seen.times < fields.times ? [optional(place, key, bound.bounds)] : guarded(place, key, bound)));
  }
  return { bounds };
}

/** Which keys there are: all of them always, or some of a list. */
function keysBound(place: string, { keys, times }: Fields): Bound {
  const names = [...keys.keys()].sort();
  const areAlways = [...keys.values()].every((seen) => seen.times === times);
  const clause = areAlways ? `size(${place}) == ${names.length}` : `${place}.all(k, k in ${valueText(names)})`;
  const words = names.length === 0 ? 'empty' : `nothing beside ${names.map((name) => JSON.stringify(name)).join(', ')}`;
  return { place, clause, words };
}

/** Reading what is not there would be an error of the pattern: it is asked for first. */
const guarded = (place: string, key: string, { bounds: [first, ...more] }: { bounds: Bound[] }): Bound[] => [
  { ...first!, clause: `${present(place, key)} && ${first!.clause}` },
  ...more,
];

function optional(place: string, key: string, bounds: Bound[]): Bound {
  const clause = `(!${present(place, key)} || ${bounds.map((one) => one.clause).join(' && ')})`;
  const words = `absent, or ${bounds.map((one) => `${one.place === placeOf(place, key) ? '' : `${one.place} `}${one.words}`).join(', ')}`;
  return { place: placeOf(place, key), clause, words };
}

/** One value. */
export function boundValue(place: string, seen: Seen): Bounding {
  const { trouble, object, numbers, plain } = seen;
  if (trouble !== null) return { trouble: `\`${place}\` ${trouble}.` };
  if (object) return boundObject(place, object);
  if (numbers && plain.size === 0 && !isName(place)) return { bounds: [rangeOf(place, numbers)] };
  const values: Json[] = [...plain.values(), ...(numbers?.values ?? [])];
  if (values.length > MAX_ALTERNATIVES)
    return { trouble: `\`${place}\` had more than ${MAX_ALTERNATIVES} different values.` };
  return { bounds: [oneOf(place, values)] };
}

/** Whether a number at this place is an id: a number between two ids names something else. */
const isName = (place: string): boolean => /(^|[^A-Za-z])ids?\W*$|I[dD]s?\W*$/.test(place);

export function oneOf(place: string, values: Json[]): Bound {
  const texts = values.map(valueText).sort();
  return texts.length === 1
    ? { place, clause: `${place} == ${texts[0]}`, words: texts[0]! }
    : { place, clause: `${place} in [${texts.join(', ')}]`, words: `one of ${texts.join(', ')}` };
}

function rangeOf(place: string, { least, most, areWhole }: NonNullable<Seen['numbers']>): Bound {
  if (least === most) return oneOf(place, [least]);
  const [from, to] = [numberText(least), numberText(most)];
  const whole = areWhole ? `int(${place}) == ${place} && ` : '';
  return {
    place,
    clause: `${whole}${place} >= ${from} && ${place} <= ${to}`,
    words: `${areWhole ? 'a whole number' : 'a number'} from ${from} to ${to}`,
  };
}

/**
 * An object inside another. Nothing in a condition asks for the kind of a value; `has()` of anything but an object is an
 * error, and so is reading a field: one of both must stand there, or an empty list would pass for an empty object.
 */
function boundObject(place: string, fields: Fields): Bounding {
  if (fields.keys.size === 0 && fields.trouble === null)
    return { bounds: [{ place, clause: `!has(${place}.a) && size(${place}) == 0`, words: 'an empty object' }] };
  const always = [...fields.keys.values()].some((seen) => seen.times === fields.times);
  if (!always) return { trouble: `\`${place}\` was an object without a key that was always there.` };
  return boundFields(place, fields);
}
