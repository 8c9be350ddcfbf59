// Whether two texts that differ read as the same: case, width, look-alike letters (UTS #39), what is invisible, percent
// forms, and slashes, dots and blanks that say nothing. For comparisons that spelling alone must not decide; nothing is
// ever stored or shown in the form that it makes.
import { fold } from './look-alike/fold.ts';
import { collapsed, decoded, trimmed } from './look-alike/plain.ts';

/** A text as it reads, letters alone: for keys and labels. Two that come out the same look alike or differ in case. */
export const skeletonOf = (text: string): string => fold(text, 'case');

/** The same, and as it reads where an I is taken for an l: `accountId` and `accountld`. */
export const skeletonsOf = (text: string): [string, string] => [fold(text, 'case'), fold(text, 'shape')];

/** Among capitals `l`, `1` and `|` are read as an I. */
const amongCapitals = (text: string): string =>
  text.replace(/[A-Za-z0-9|]+/g, (word) => (/[A-Z]/.test(word) ? word.replace(/[l1|]/g, 'i') : word));

/** A star of a text is a character, one of a pattern is not: folded, they must not meet. */
const STAR = '\u{e000}';

/** How letters may be read: by case first, by shape first, and what stands among capitals. */
const LETTERS: readonly ((text: string, cased: boolean) => string)[] = [
  (text, cased) => fold(text, 'case', cased),
  (text, cased) => fold(text, 'shape', cased),
  (text, cased) => (cased ? fold(text, 'shape', cased) : fold(amongCapitals(text), 'case')),
];

// Without a capital, every way of reading ASCII is the same.
const SMALL = /^[\x20-\x24\x26-\x40\x5b-\x7e]*$/;

/** The ways in which a text reads, letters alone; one of a text and the same of another are compared. */
export function lettersOf(text: string, cased = false): string[] {
  if (!cased && SMALL.test(text)) return Array(LETTERS.length).fill(fold(text, 'case'));
  return LETTERS.map((read) => read(decoded(text), cased));
}

/** What reading texts costs, in steps of 0.2 µs: letters outside ASCII are looked up one by one. */
export const readingCost = (...texts: string[]): number =>
  texts.reduce((sum, text) => sum + 2 + text.length / 8 + 3 * (text.match(/[^\x20-\x7e]/gu)?.length ?? 0), 0);

/** A text that is a name as it reads: without the slashes and dots that say nothing, inside, and at its end as well. */
export interface NameReading {
  whole: string;
  bare: string;
}

const named = (letters: string): NameReading => {
  const whole = collapsed(letters);
  return { whole, bare: trimmed(whole) };
};

/** The ways in which a name reads. */
export function readingsOf(text: string, cased = false): NameReading[] {
  const all = lettersOf(text, cased);
  const first = named(all[0]!.replaceAll('*', STAR));
  return all.map((letters) => (letters === all[0] ? first : named(letters.replaceAll('*', STAR))));
}

/** The ways in which a pattern reads: its stars stay stars. */
export function patternReadingsOf(pattern: string, cased = false): NameReading[] {
  const parts = pattern.match(/\*+|[^*]+/gsu) ?? [];
  return LETTERS.map((read) => {
    const letters = parts.map((part) =>
      part.startsWith('*') ? part : read(decoded(part), cased).replaceAll('*', STAR),
    );
    return named(letters.join(''));
  });
}

// ASCII without percent forms and dot segments, which nearly every name is: what differs in its letters is told at once.
const PLAIN = /^(?!.*\.\.)[\x20-\x24\x26-\x7e]*$/;
const ROUGH: Record<string, string> = { i: 'l', '1': 'l', '0': 'o', m: 'rn' };
function rough(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  const lower = text.toLowerCase().replace(/\|/g, 'l');
  const after = lower.replace(/[^a-z0-9]/g, '').replace(/[i10m]/g, (char) => ROUGH[char]!);
  if (known.size >= MAX_KNOWN) known.clear();
  if (text.length <= MAX_KNOWN_CHARS) known.set(text, after);
  return after;
}
// Memoisation of a pure function, bounded by count and length: the keys of a thousand items are the same few.
const MAX_KNOWN = 1_000;
const MAX_KNOWN_CHARS = 64;
const known = new Map<string, string>();

/** What it costs to tell whether two texts are alike, in steps of 0.2 µs. */
export const likenessCost = (...texts: string[]): number =>
  texts.reduce((sum, text) => sum + (PLAIN.test(text) ? 1 + text.length / 32 : 10 + readingCost(text)), 0);

/** Two different texts that read as the same name. */
export function isAlike(one: string, other: string, cased = false): boolean {
  if (one === other || (PLAIN.test(one) && PLAIN.test(other) && rough(one) !== rough(other))) return false;
  const [left, right] = [readingsOf(one, cased), readingsOf(other, cased)];
  const same = (first: NameReading | undefined, second: NameReading | undefined) => first?.bare === second?.bare;
  // A word among capitals is read against the plain reading of the other.
  return same(left[0], right[0]) || same(left[1], right[1]) || same(left[2], right[0]) || same(left[0], right[2]);
}
