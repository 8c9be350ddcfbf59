// Whether one glob matches everything that another does, and whether two have a text in common. Both are exact unless the
// answer would cost too much; then each gives the answer that is safe for its caller: "does not cover", and "may meet".
import { globMatches, reach, SEPARATORS, step, type Token, tokensOf } from '../glob.ts';

/** What telling may still cost, in positions tried (about 0.2 µs); counted down, so that many questions share one. */
export interface Work {
  left: number;
}
const MAX_STEPS = 100_000;

/** Characters that can make a difference: those of both patterns, the separators, and one that neither names. */
function alphabetOf(...patterns: string[]): string[] {
  const named = new Set([...patterns.join('').replaceAll('*', ''), ...SEPARATORS]);
  const unnamed = ['\u{e000}', '\u{e001}', '\u{e002}'].find((character) => !named.has(character));
  return [...named, ...(unnamed === undefined ? [] : [unnamed])];
}

type Positions = Set<number>;

const start = (tokens: Token[]): Positions => {
  const positions: Positions = new Set();
  reach(tokens, 0, positions);
  return positions;
};

const keyOf = (wide: Positions, narrow: Positions): string => `${[...wide].sort()}|${[...narrow].sort()}`;

/** Every text that `narrow` matches, `wide` matches too. False as well when `work` is used up. */
export function globCovers(wide: string, narrow: string, work: Work = { left: MAX_STEPS }): boolean {
  work.left -= 10 + narrow.length;
  if (work.left < 0) return false;
  if (wide === '**' || wide === narrow) return true;
  if (!narrow.includes('*')) return globMatches(wide, narrow);
  return includes(tokensOf(wide), tokensOf(narrow), alphabetOf(wide, narrow), work);
}

/** Walks both patterns at once: wherever `narrow` can end, `wide` must be able to. */
function includes(wide: Token[], narrow: Token[], alphabet: string[], work: Work): boolean {
  const open: [Positions, Positions][] = [[start(wide), start(narrow)]];
  const seen = new Set<string>();
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [inWide, inNarrow] = pair;
    const key = keyOf(inWide, inNarrow);
    if (seen.has(key)) continue;
    seen.add(key);
    work.left -= alphabet.length * (inWide.size + inNarrow.size);
    if (work.left < 0) return false;
    if (inNarrow.has(narrow.length) && !inWide.has(wide.length)) return false;
    for (const character of alphabet) {
      const next = step(narrow, inNarrow, character);
      if (next.size > 0) open.push([step(wide, inWide, character), next]);
    }
  }
  return true;
}

/** Whether some text matches both. True as well when `work` is used up: callers want to be sure that none does. */
export function globsMeet(one: string, other: string, work: Work = { left: MAX_STEPS }): boolean {
  if (!one.includes('*')) return globMatches(other, one);
  if (!other.includes('*')) return globMatches(one, other);
  const [first, second] = [tokensOf(one), tokensOf(other)];
  const alphabet = alphabetOf(one, other);
  const open: [Positions, Positions][] = [[start(first), start(second)]];
  const seen = new Set<string>();
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [inFirst, inSecond] = pair;
    const key = keyOf(inFirst, inSecond);
    if (seen.has(key)) continue;
    seen.add(key);
    work.left -= alphabet.length * (inFirst.size + inSecond.size);
    if (work.left < 0 || (inFirst.has(first.length) && inSecond.has(second.length))) return true;
    for (const character of alphabet) {
      const next: [Positions, Positions] = [step(first, inFirst, character), step(second, inSecond, character)];
      if (next.every(({ size }) => size > 0)) open.push(next);
    }
  }
  return false;
}
