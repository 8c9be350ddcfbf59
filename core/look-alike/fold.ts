// One character at a time, what it reads as: Unicode's confusables (UTS #39), compatibility forms and case, taken until
// nothing changes. Nothing invisible is left. Works on characters alone, so that a pattern and a text that it matches stay
// a pattern and a text that it matches. The table is pinned; decomposition and case are the host's, which Unicode keeps
// stable for every character that it has assigned.
import { CONFUSABLES } from './confusables.ts';

/** Whether case or shape is taken first: `I` is an i in capitals and looks like an l. */
export type First = 'case' | 'shape';

let prototypes: ReadonlyMap<string, string> | undefined;

const charOf = (code: string): string => String.fromCodePoint(Number.parseInt(code, 36));

/** Read once, when something is first compared: an isolate that judges nothing does without. */
function table(): ReadonlyMap<string, string> {
  prototypes ??= new Map(CONFUSABLES.trim().split(/\s+/).flatMap(entriesOf));
  return prototypes;
}

function entriesOf(group: string): [string, string][] {
  const [prototype, sources] = group.split('=') as [string, string];
  const target = prototype.split('.').map(charOf).join('');
  let code = 0;
  return sources.split(',').map((step) => {
    code += Number.parseInt(step, 36);
    return [String.fromCodePoint(code), target];
  });
}

/** Invisible characters, which are taken out; a line end or a tab becomes a blank. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\uFFF9-\uFFFB]/gu;
const seen = (text: string): string =>
  text
    .replace(/[\t\n\r]/g, ' ')
    .replace(INVISIBLE, '')
    .replace(IMITATIONS, (char) => (DOTS.includes(char) ? '.' : letterOf(char)));

// What neither of Unicode's tables takes for ASCII: the full stops that names of hosts may be written with (UTS #46), and
// white letters on black and regional indicators, which have the order of the alphabet.
const DOTS = '\u3002\uff61';
const FIRSTS = [0x1f150, 0x1f170, 0x1f1e6];
const IMITATIONS = /[\u3002\uff61\u{1F150}-\u{1F169}\u{1F170}-\u{1F189}\u{1F1E6}-\u{1F1FF}]/gu;
function letterOf(char: string): string {
  const code = char.codePointAt(0)!;
  return String.fromCharCode(0x41 + code - FIRSTS.findLast((first) => first <= code)!);
}

const shaped = (text: string): string => Array.from(text, (char) => table().get(char) ?? char).join('');
// Upper case first: ß and long s have a lower case of their own.
const lowered = (text: string): string =>
  Array.from(text.normalize('NFKD'), (char) => char.toUpperCase().toLowerCase())
    .join('')
    .normalize('NFKD');

/** At most so often: every chain of the table ends sooner, which a test holds. */
const MAX_TURNS = 8;

function closed(text: string, cased: boolean): string {
  let now = text;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const next = shaped(cased ? now.normalize('NFKD') : lowered(now));
    if (next === now) return now;
    now = next;
  }
  return now;
}

// Memoisation of a pure function, bounded by count.
const MAX_KNOWN = 4_096;
const known = new Map<string, string>();

function folded(char: string, first: First, cased: boolean): string {
  const key = `${first}${cased}${char}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const after = closed(first === 'shape' ? shaped(char) : char, cased);
  known.set(key, after);
  return after;
}

const ASCII = /^[\x20-\x7e]*$/;
/** What the table says of ASCII, which nearly every name is made of. */
const ASCII_SHAPES: Record<string, string> = { m: 'rn', '0': 'O', '1': 'l', '|': 'l', I: 'l', '"': "''", '`': "'" };
const shapedAscii = (text: string): string => text.replace(/[m01|I"`]/g, (char) => ASCII_SHAPES[char]!);

/** The same as below, for ASCII: a judgement folds thousands of names. */
function foldAscii(text: string, first: First, cased: boolean): string {
  if (cased) return shapedAscii(text);
  return shapedAscii((first === 'shape' ? shapedAscii(text) : text).toLowerCase()).toLowerCase();
}

/**
 * A text as it reads. Two texts that come out the same look the same, or differ in case (unless `cased`), width or what is
 * invisible alone.
 *
 * @param cased whether `A` and `a` stay apart
 */
export function fold(text: string, first: First, cased = false): string {
  if (ASCII.test(text)) return foldAscii(text, first, cased);
  // Letters outside ASCII one by one, what stands between them at once.
  const chars = seen(text)
    .normalize('NFD')
    .replace(/[\x20-\x7e]+|[^\x20-\x7e]/gu, (part) =>
      ASCII.test(part) ? foldAscii(part, first, cased) : folded(part, first, cased),
    );
  return seen(chars).normalize('NFD');
}
