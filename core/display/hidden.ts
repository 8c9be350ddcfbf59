// Single characters that a reader does not see, or sees as something else, and what they are called. honest.ts says which of
// them are harmless where they stand.

/** What is named by a person; the rest gets the name of its class. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'null',
  9: 'tab',
  10: 'line feed',
  13: 'carriage return',
  27: 'escape',
  32: 'space',
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
  65440: 'half-width hangul filler',
};

/** First match names the class. Default_Ignorable holds tags, fillers and variation selectors (UAX #44). */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/[\u{E0000}-\u{E007F}]/u, 'tag character'],
  [/[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u180B-\u180F]/u, 'variation selector'],
  [/\p{Cc}/u, 'control character'],
  [/\p{Zs}/u, 'unusual space'],
  [/\p{Cs}/u, 'half of a surrogate pair'],
  [/\p{Co}/u, 'private use character'],
  [/\p{Noncharacter_Code_Point}/u, 'noncharacter'],
  [/./u, 'invisible character'],
];

/**
 * Everything that has no shape of its own: control, format, separators, odd spaces, private use, ignorable; and what fonts
 * draw as nothing: braille blank, musical null notehead, Khitan filler, the object replacement character.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\uFFFC\u{1D159}\u{16FE4}]|(?! )\p{Zs}/u;

/** Whether a character is one that a reader would not see, or would see as something else. */
export const isHidden = (char: string): boolean => HIDDEN.test(char);

export function nameOf(char: string): string {
  const named = NAMES[char.codePointAt(0)!];
  return named ?? CLASSES.find(([pattern]) => pattern.test(char))?.[1] ?? 'invisible character';
}

export const codeOf = (char: string): string => `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
