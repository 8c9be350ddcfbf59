// Hostile text made visible. Normalisation keeps invisible and bidirectional characters, so they are not removed but
// shown: as chips on a page, as escapes in a terminal. Shown text is for eyes only; digests are over the original.
import { blankPieces, blanksEnd, type Piece } from './display/blanks.ts';
import { codeOf, isHidden, nameOf } from './display/hidden.ts';
import { emojiAt, isHonest } from './display/honest.ts';

export type { Piece } from './display/blanks.ts';
export { isHidden } from './display/hidden.ts';

/** More marks than any language stacks on one letter: they run over the lines above and below. */
const STACK = /\p{M}{7,}/uy;
const MARK = /^\p{M}/u;

/** Letters, digits and signs of ASCII with single spaces: most of most texts, and nothing to look for in it. */
const PLAIN = /(?: ?[!-~](?![\uFE0F\p{M}]))+/uy;

function plainEnd(text: string, at: number): number {
  PLAIN.lastIndex = at;
  return at + (PLAIN.exec(text)?.[0].length ?? 0);
}

/** What stands at `at`, and how many units it takes; a text piece of one character is joined to its neighbors. */
function pieceAt(text: string, at: number, lineStart: boolean): { pieces: Piece[]; end: number } {
  const plain = plainEnd(text, at);
  if (plain > at) return { pieces: [{ text: text.slice(at, plain) }], end: plain };
  const blank = blanksEnd(text, at);
  const char = String.fromCodePoint(text.codePointAt(at)!);
  const alone = { pieces: [{ text: char }], end: at + char.length };
  if (isHidden(char) && isHonest(text, at, char)) return alone;
  if (blank > at) return { pieces: blankPieces(text.slice(at, blank), lineStart), end: blank };
  const emoji = emojiAt(text, at);
  if (emoji > 0) return { pieces: [{ text: text.slice(at, at + emoji) }], end: at + emoji };
  if (isHidden(char)) return sameAt(text, at, char);
  return (MARK.test(char) ? stackAt(text, at) : null) ?? alone;
}

function stackAt(text: string, at: number): { pieces: Piece[]; end: number } | null {
  STACK.lastIndex = at;
  const source = STACK.exec(text)?.[0];
  if (source === undefined) return null;
  const count = [...source].length;
  return {
    pieces: [{ hidden: `${count} marks`, name: `${count} marks on one letter`, count, source }],
    end: at + source.length,
  };
}

/** A hidden character, with as many of the same as follow. */
function sameAt(text: string, at: number, char: string): { pieces: Piece[]; end: number } {
  let end = at + char.length;
  while (text.startsWith(char, end)) end += char.length;
  const [hidden, name, count] = [codeOf(char), nameOf(char), (end - at) / char.length];
  if (count === 1) return { pieces: [{ hidden, name }], end };
  return {
    pieces: [{ hidden: `${hidden} ×${count}`, name: `${count} × ${name}`, count, source: text.slice(at, end) }],
    end,
  };
}

/**
 * Text → pieces: visible text as it is; each hidden character a chip, each run of them and each long run of blanks one
 * chip with its length. Layout (line ends, indentation), emoji sequences and joiners that a script needs stay text. The
 * pieces, chips turned back into characters, are the text again.
 */
export function reveal(text: string): Piece[] {
  const made: Piece[] = [];
  for (let at = 0; at < text.length; ) {
    const { pieces, end } = pieceAt(text, at, at === 0 || text[at - 1] === '\n');
    for (const piece of pieces) {
      const last = made.at(-1);
      if ('text' in piece && last && 'text' in last) last.text += piece.text;
      else made.push(piece);
    }
    at = end;
  }
  return made;
}

/** Whether a text holds anything that `reveal` shows as a chip. */
export const hasHidden = (text: string): boolean => reveal(text).some((piece) => 'hidden' in piece);

/** Pushes the end of a text away: a chip for blanks or marks, more than one. */
const isRun = (piece: Piece): boolean => 'hidden' in piece && (piece.count ?? 1) > 1;

/** What fits on a phone beside the rest: beyond it a reader scrolls, and may stop. */
const MAX_LINES = 12;
const MAX_CHARS = 600;

interface Measure {
  lines: number;
  chars: number;
  /** Whether so much, or such a gap, hides the end from a quick look. */
  long: boolean;
}

/** Characters as they are shown: a chip takes the room of what it says. */
const roomOf = (piece: Piece): number => [...('text' in piece ? piece.text : piece.hidden)].length;

/** How much a text is: what is long is counted on a page, and has to be opened before it is approved. */
export function measure(text: string): Measure {
  const lines = text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/).length;
  const pieces = reveal(text);
  const room = pieces.reduce((sum, piece) => sum + roomOf(piece), 0);
  const long = lines > MAX_LINES || room > MAX_CHARS || pieces.some(isRun);
  return { lines, chars: [...text].length, long };
}

/** A phone's line beside a label, in characters. */
const PHONE_LINE = 28;

/** How many lines of a phone a text takes while it is folded, if it is. */
export const foldedLines = (text: string): number =>
  Math.min(
    MAX_LINES + 1,
    text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / PHONE_LINE)), 0),
  );

const sourceOf = (piece: Piece): string =>
  'text' in piece ? piece.text : (piece.source ?? String.fromCodePoint(Number.parseInt(piece.hidden.slice(2), 16)));

/** As much of a text piece as there is room for, cut between characters that belong together. */
function cutOf(text: string, lines: number, chars: number): string {
  const cut = [...text.split('\n').slice(0, lines).join('\n')].slice(0, chars);
  while (cut.length > 1 && cut.length < text.length && (isHidden(cut.at(-1)!) || MARK.test(cut.at(-1)!))) cut.pop();
  return cut.join('');
}

/** The first lines and characters of a long text as they are shown: a chip takes the room of what it says. */
export function beginningOf(text: string, room = MAX_CHARS): string {
  let beginning = '';
  let [lines, chars] = [MAX_LINES, room];
  for (const piece of reveal(text)) {
    const source = sourceOf(piece);
    const part = 'text' in piece ? cutOf(source, lines, chars) : chars > piece.hidden.length ? source : '';
    beginning += part;
    if (part !== source) break;
    lines -= 'text' in piece ? source.split('\n').length - 1 : Number(source.includes('\n'));
    chars -= 'text' in piece ? [...source].length : piece.hidden.length;
    if (lines < 1 || chars < 1) break;
  }
  return beginning;
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };
const escaped = (char: string): string => SHORT[char] ?? `\\u{${char.codePointAt(0)!.toString(16)}}`;

const escapedAll = (text: string): string => Array.from(text, escaped).join('');

/** Only spaces and tabs in a line: layout wherever it stands, and nothing that a terminal would follow. */
const isPlainGap = (source: string): boolean => /^[ \t]+$/.test(source);

function printed(piece: Piece, runs: boolean): string {
  if ('text' in piece) return piece.text.replace(/[\n\r\t]/g, escaped);
  if (piece.source === undefined) return escaped(sourceOf(piece));
  if (runs) return `\\{${piece.hidden}}`;
  return isPlainGap(piece.source) ? piece.source.replaceAll('\t', escaped) : escapedAll(piece.source);
}

/**
 * One line for a terminal: hidden characters (ANSI escapes and line feeds among them) become `\n`, `\e`, `\u{202e}`, so
 * that text of others can neither move the cursor nor look like a line of ours. Spaces stay: the line may be laid out.
 */
export const printable = (text: string): string =>
  reveal(text)
    .map((piece) => printed(piece, false))
    .join('');

/** One value for a terminal: the same, and a long run of blanks is `\{600 spaces}`, so that its end stays in sight. */
export const printableValue = (text: string): string =>
  reveal(text)
    .map((piece) => printed(piece, true))
    .join('');
