// Names that almost are those of a rule (semantics 2): a value that a pattern does not match as it is spelt and does as it
// reads, or the other way round. Both are doubts, and a doubt is an error of the rule. Segments are those of the pattern:
// what its stars stand for is not looked at.
import { globMatches, SEPARATORS } from '../../glob.ts';
import { isAlike, type NameReading, patternReadingsOf, readingCost, readingsOf } from '../../look-alike.ts';
import type { Manner, Work } from '../semantics.ts';

/** How a value stands to alternatives. `almost`: the one that it nearly is. `unclear`: the one that it only seems to be. */
export type Nearness = 'matched' | 'missed' | { almost: string } | { unclear: string };

// Memoisation of a pure function, bounded by count: patterns are those of policies.
const MAX_KNOWN = 5_000;
const known = new Map<string, NameReading[]>();

function readingsOfPattern(pattern: string, cased: boolean): NameReading[] {
  const key = `${cased} ${pattern}`;
  const before = known.get(key);
  if (before) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const readings = patternReadingsOf(pattern, cased);
  known.set(key, readings);
  return readings;
}

/** A value to be matched, with its readings, computed once for all patterns. */
export interface Named {
  text: string;
  cased: boolean;
  readings: NameReading[];
}

export function named(text: string, cased: boolean, { work, readings: kept }: Manner): Named {
  const key = `${cased} ${text}`;
  const before = kept.get(key);
  if (before) return { text, cased, readings: before };
  work.left -= readingCost(text);
  const readings = readingsOf(text, cased);
  kept.set(key, readings);
  return { text, cased, readings };
}

const PAIRS = [
  [0, 0],
  [1, 1],
  [2, 0],
  [0, 2],
] as const;

/** Whether any reading of the value is one of the pattern; what stands among capitals is read against the plain reading. */
function readsAs(pattern: string, value: Named, work: Work): boolean {
  const patterns = readingsOfPattern(pattern, value.cased);
  let last = '';
  const matches = (glob: string, name: string): boolean => {
    // Most names read as they are spelt, in every way: that was tried.
    const isTried = (glob === pattern && name === value.text) || last === `${glob}\n${name}`;
    if (isTried) return false;
    last = `${glob}\n${name}`;
    return globMatches(glob, name, work);
  };
  return PAIRS.some(([of, by]) => {
    const [glob, name] = [patterns[by]!, value.readings[of]!];
    return (
      matches(glob.whole, name.whole) ||
      (glob.bare !== glob.whole || name.bare !== name.whole ? matches(glob.bare, name.bare) : false)
    );
  });
}

/** Whether all readings are the spelling itself, so that it alone decides. */
const isPlain = ({ text, readings }: Named): boolean =>
  readings.every(({ whole, bare }) => whole === text && bare === text);

/** How a value stands to a list of patterns, one of which is enough. */
export function nearness(patterns: readonly string[], value: Named, work: Work): Nearness {
  const exact = patterns.filter((pattern) => globMatches(pattern, value.text, work));
  if (exact.length > 0) {
    const clear = isPlain(value) || exact.some((pattern) => pattern === value.text || seemsAs(pattern, value, work));
    return clear ? 'matched' : { unclear: exact[0]! };
  }
  const almost = patterns.find((pattern) => readsAs(pattern, value, work));
  return almost === undefined ? 'missed' : { almost };
}

/** A pattern that matches as it is spelt matches as it reads, unless what its stars took reads as more than that. */
function seemsAs(pattern: string, value: Named, work: Work): boolean {
  const [reading] = readingsOfPattern(pattern, value.cased);
  const [name] = value.readings;
  return globMatches(reading!.whole, name!.whole, work) || globMatches(reading!.bare, name!.bare, work);
}

const segmentsOf = (text: string): string[] => {
  const segments = [''];
  for (const char of text) {
    if (SEPARATORS.has(char)) segments.push('');
    else segments[segments.length - 1] += char;
  }
  return segments;
};

/**
 * Whether a pattern names, in letters of its own, that in which a value only almost is another pattern: then it is meant,
 * and not mistaken.
 *
 * @param almost the pattern that the value nearly is
 * @param by a pattern that it is
 */
export function isNamedBy(value: string, almost: string, by: string): boolean {
  const literals = segmentsOf(almost).filter((segment) => !segment.includes('*'));
  const differ = segmentsOf(value).filter(
    (segment) => !literals.includes(segment) && literals.some((literal) => isAlike(literal, segment)),
  );
  return differ.length === 0 ? by === value : differ.every((segment) => segmentsOf(by).includes(segment));
}
