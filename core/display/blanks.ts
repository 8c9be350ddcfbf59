// Runs of blanks: what pushes the end of a text out of sight. Short ones are layout, as in code and tables; longer ones
// become one chip with their length.
import { codeOf, isHidden, nameOf } from './hidden.ts';

/**
 * Text as it is, or a chip. `hidden` is what the chip says: `U+202E`, `U+200B ×3`, `600 spaces`; `name` says it in words. A
 * chip for more than one character has their number and the characters themselves.
 */
export type Piece = { text: string } | { hidden: string; name: string; count?: number; source?: string };

/** White space, and what fonts draw as nothing at all or as a gap. */
const BLANK = String.raw`\s\u0085\u115F\u1160\u17B4\u17B5\u180E\u200B\u2060\u2800\u3164\uFFA0\u{1D159}\u{16FE4}`;
const RUN = new RegExp(`[${BLANK}]+`, 'uy');

/** Where a run of blanks that begins at `at` ends; `at` itself: there is none. */
export function blanksEnd(text: string, at: number): number {
  RUN.lastIndex = at;
  return at + (RUN.exec(text)?.[0].length ?? 0);
}

/** Three empty lines are a pause between paragraphs. */
const MAX_LINE_ENDS = 4;
/** Indentation of code that is nested ten deep, and a gap between the columns of a table. */
const MAX_INDENT = 40;
const MAX_GAP = 16;
const TAB = 4;

const LINE_END = /\r\n|\n/;
const widthOf = (blanks: string): number => Array.from(blanks, (char) => (char === '\t' ? TAB : 1)).reduce(add, 0);
const add = (sum: number, more: number): number => sum + more;

/** Whether a run is layout: plain spaces, tabs and line ends, and not many of them. */
function isLayout(run: string, atLineStart: boolean): boolean {
  if (/[^ \t\n]/.test(run.replaceAll('\r\n', '\n'))) return false;
  const parts = run.split(LINE_END);
  if (parts.length - 1 > MAX_LINE_ENDS) return false;
  return parts.every((part, index) => {
    const indents = index === parts.length - 1 && (index > 0 || atLineStart);
    return widthOf(part) <= (indents ? MAX_INDENT : MAX_GAP);
  });
}

const WORDS: Readonly<Record<string, string>> = { '\n': 'line end', '\r\n': 'line end' };
const wordOf = (one: string): string => WORDS[one] ?? nameOf(one);
const counted = (count: number, word: string): string =>
  `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;

/** `12 line ends, 3 spaces`: what a run is made of, the most frequent first. */
function contentsOf(parts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const part of parts) counts.set(wordOf(part), (counts.get(wordOf(part)) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([word, count]) => counted(count, word))
    .join(', ');
}

const partsOf = (run: string): string[] => run.match(/\r\n|[\s\S]/gu) ?? [];

function chipOf(source: string, parts: readonly string[]): Piece {
  const contents = contentsOf(parts);
  const mixed = new Set(parts.map(wordOf)).size > 1;
  return { hidden: mixed ? counted(parts.length, 'blank') : contents, name: contents, count: parts.length, source };
}

/** One hidden character, or the same one several times. */
function hiddenChip(char: string, count: number): Piece {
  if (count === 1) return { hidden: codeOf(char), name: nameOf(char) };
  return { hidden: `${codeOf(char)} ×${count}`, name: counted(count, nameOf(char)), count, source: char.repeat(count) };
}

/** Few blanks, some of them odd: each kind for itself. */
function apart(parts: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < parts.length; ) {
    const one = parts[at]!;
    let end = at + 1;
    while (parts[end] === one) end += 1;
    const plain = one === '\n' || one === '\t' || one === '\r\n' || !isHidden(one);
    pieces.push(plain ? { text: one.repeat(end - at) } : hiddenChip(one, end - at));
    at = end;
  }
  return pieces;
}

/** A run of blanks as pieces. @param atLineStart whether nothing stands before it on its line */
export function blankPieces(run: string, atLineStart: boolean): Piece[] {
  if (isLayout(run, atLineStart)) return [{ text: run }];
  const parts = partsOf(run);
  const layout = parts.filter((part) => /^(?:[ \t\n]|\r\n)$/.test(part)).join('');
  const single = new Set(parts).size === 1;
  // A few odd ones among layout are shown each in its place; whatever is long is one chip.
  if (!single && parts.length <= MAX_GAP && isLayout(layout, atLineStart)) return apart(parts);
  return single && isHidden(parts[0]!) && !/^(?:[ \t\n]|\r\n)$/.test(parts[0]!)
    ? [hiddenChip(parts[0]!, parts.length)]
    : [chipOf(run, parts)];
}
