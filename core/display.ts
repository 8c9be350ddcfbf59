// Hostile text made visible. Normalisation keeps invisible and bidirectional characters, so they are not removed but
// shown: as chips on a page, as escapes in a terminal. Shown text is for eyes only; digests are over the original.

export type Piece = { text: string } | { hidden: string; name: string };

/** What is named by a person; the rest gets the name of its class. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'null',
  9: 'tab',
  10: 'line feed',
  13: 'carriage return',
  27: 'escape',
  127: 'delete',
  160: 'no-break space',
  173: 'soft hyphen',
  847: 'combining grapheme joiner',
  1564: 'arabic letter mark',
  8203: 'zero width space',
  8204: 'zero width non-joiner',
  8205: 'zero width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8232: 'line separator',
  8233: 'paragraph separator',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'pop directional formatting',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8239: 'narrow no-break space',
  8288: 'word joiner',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'pop directional isolate',
  10240: 'braille blank',
  12288: 'ideographic space',
  12644: 'hangul filler',
  65279: 'byte order mark',
};

/** First match names the class. Default_Ignorable holds tags, fillers and variation selectors (UAX #44). */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/[\u{E0000}-\u{E007F}]/u, 'tag character'],
  [/[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u180B-\u180F]/u, 'variation selector'],
  [/\p{Cc}/u, 'control character'],
  [/\p{Zs}/u, 'unusual space'],
  [/\p{Cs}/u, 'half of a surrogate pair'],
  [/\p{Co}/u, 'private use character'],
  [/./u, 'invisible character'],
];

/** Everything that has no shape of its own: control, format, separators, odd spaces, private use, ignorable, blank. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;
/** U+FE0F right after a picture only picks its coloured form. */
const PICTURE = /\p{Extended_Pictographic}$/u;

/** Whether a character is one that a reader would not see, or would see as something else. */
export const isHidden = (char: string): boolean => HIDDEN.test(char);

function nameOf(char: string): string {
  const named = NAMES[char.codePointAt(0)!];
  return named ?? CLASSES.find(([pattern]) => pattern.test(char))?.[1] ?? 'invisible character';
}

const codeOf = (char: string): string => `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Text → pieces: visible text as it is, each hidden character as a chip `{hidden: 'U+202E', name}`. Line feeds and tabs
 * stay text. The pieces, chips turned back into characters, are the text again.
 */
export function reveal(text: string): Piece[] {
  const pieces: Piece[] = [];
  let run = '';
  for (const char of text) {
    const plain = char === '\n' || char === '\t' || !isHidden(char) || (char === '\uFE0F' && PICTURE.test(run));
    if (plain) run += char;
    if (plain) continue;
    if (run !== '') pieces.push({ text: run });
    pieces.push({ hidden: codeOf(char), name: nameOf(char) });
    run = '';
  }
  return run === '' ? pieces : [...pieces, { text: run }];
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

/**
 * One line for a terminal: hidden characters (ANSI escapes and line feeds among them) become `\n`, `\e`, `\u{202e}`, so
 * that text of others can neither move the cursor nor look like a line of ours.
 */
export const printable = (text: string): string =>
  Array.from(text, (char) =>
    isHidden(char) ? (SHORT[char] ?? `\\u{${char.codePointAt(0)!.toString(16)}}`) : char,
  ).join('');
