// Invisible characters that are part of how people write: inside an emoji sequence, and joiners where a script's rules
// let them change a shape. They get no chip, because a chip means danger. The same character anywhere else gets one.

/** One picture with its form or skin tone (UTS #51, ED-15a in part). */
const ELEMENT = String.raw`\p{Extended_Pictographic}(?:[\uFE0E\uFE0F]|\p{Emoji_Modifier})?`;
/** England, Scotland and Wales: the only flags made of tags. Any other tags are invisible text. */
const FLAGS = ['gbeng', 'gbsct', 'gbwls'].map((name) =>
  Array.from(name, (letter) => `\\u{E00${letter.charCodeAt(0).toString(16)}}`).join(''),
);

const EMOJI = new RegExp(
  String.raw`[0-9#*]\uFE0F\u20E3|\u{1F3F4}(?:${FLAGS.join('|')})\u{E007F}|${ELEMENT}(?:\u200D${ELEMENT})*`,
  'uy',
);

/** How many UTF-16 units the emoji sequence at `at` has; 0: there is none. */
export function emojiAt(text: string, at: number): number {
  EMOJI.lastIndex = at;
  return EMOJI.exec(text)?.[0].length ?? 0;
}

/** Canonical combining class 9: what takes the vowel from the letter before it. */
const VIRAMAS = [
  String.raw`\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D3B\u0D3C\u0D4D\u0DCA\u0E3A\u0EBA\u0F84\u1039\u103A`,
  String.raw`\u1714\u1715\u1734\u17D2\u1A60\u1B44\u1BAA\u1BAB\u1BF2\u1BF3\u2D7F\uA806\uA82C\uA8C4\uA953\uA9C0\uAAF6\uABED`,
  String.raw`\u{11046}\u{11070}\u{1107F}\u{110B9}\u{11133}\u{11134}\u{111C0}\u{11235}\u{112EA}\u{1134D}\u{11442}`,
  String.raw`\u{114C2}\u{115BF}\u{1163F}\u{116B6}\u{1172B}\u{11839}\u{1193D}\u{1193E}\u{119E0}\u{11A34}\u{11A47}\u{11A99}`,
].join('');

/** Arabic letters that join to the right only, and those that never join (ArabicShaping.txt, types R and U). */
const RIGHT_ONLY = [
  String.raw`\u0621-\u0625\u0627\u0629\u062F-\u0632\u0648\u0671-\u0677\u0688-\u0699\u06C0\u06C3-\u06CB\u06CD\u06CF\u06D2`,
  String.raw`\u06D3\u06D5\u06EE\u06EF\u0759-\u075B\u076B\u076C\u0771\u0773\u0774\u0778\u0779\u0870-\u0882\u088E`,
  String.raw`\u08AA-\u08AC\u08AE\u08B1\u08B2\u08B9`,
].join('');
const ARABIC_LETTER = String.raw`(?=\p{L})\p{Script=Arabic}`;
const JOINS_ON = `(?![${RIGHT_ONLY}])${ARABIC_LETTER}`;
const JOINS_BACK = String.raw`(?![\u0621\u0674])${ARABIC_LETTER}`;
const IDEOGRAPH = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30FC]`;

const NO_BREAK = String.raw`\u00A0\u202F`;

interface Rule {
  chars: RegExp;
  before: RegExp;
  after: RegExp;
}

const rule = (chars: string, before: string, after = ''): Rule => ({
  chars: new RegExp(`^[${chars}]$`, 'u'),
  before: new RegExp(`(?:${before})$`, 'u'),
  after: new RegExp(`^(?:${after})`, 'u'),
});

/** UAX #31 section 2.3 (RFC 5892, CONTEXTJ), and what the standard's chapters on single scripts add. */
const RULES: readonly Rule[] = [
  rule(String.raw`\u200C\u200D`, String.raw`\p{L}\p{M}{0,4}[${VIRAMAS}]\p{M}{0,4}`),
  rule(String.raw`\u200C`, String.raw`${JOINS_ON}\p{Mn}{0,4}`, String.raw`\p{Mn}{0,4}${JOINS_BACK}`),
  rule(String.raw`\u200D`, String.raw`${JOINS_ON}\p{Mn}{0,4}`, String.raw`$|[\s\p{P}\p{N}]`),
  rule(String.raw`\u200D`, String.raw`[\u09B0\u0CB0\u0D9A-\u0DC6]`, String.raw`[\u09CD\u0CCD\u0DCA]`),
  rule(String.raw`\u180B-\u180D\u180F`, String.raw`(?=\p{L})\p{Script=Mongolian}`),
  // One no-break space before the signs that French sets apart, behind its opening quote, and among the digits of a number.
  rule(
    NO_BREAK,
    String.raw`[\p{L}\p{N}\p{Pe}\p{Pf}"'?!%]`,
    String.raw`(?:[:;!?]+(?:$|[\s\p{Pe}\p{Pf}])|[»%‰€$£](?![\p{L}\p{N}]))`,
  ),
  rule(NO_BREAK, '«', String.raw`[\p{L}\p{N}]`),
  rule(NO_BREAK, String.raw`\p{Nd}`, String.raw`\p{Nd}{3}(?!\p{Nd})`),
  // One ideographic space between ideographs is how Chinese and Japanese write a space.
  rule(String.raw`\u3000`, IDEOGRAPH, IDEOGRAPH),
];

/** Far enough for a letter and its marks. */
const CONTEXT_UNITS = 24;

/** Whether the invisible character at `at` changes a shape there, as its script has it. */
export function isHonest(text: string, at: number, char: string): boolean {
  const end = at + char.length;
  const before = text.slice(Math.max(0, at - CONTEXT_UNITS), at);
  const after = text.slice(end, end + CONTEXT_UNITS);
  return RULES.some((each) => each.chars.test(char) && each.before.test(before) && each.after.test(after));
}
