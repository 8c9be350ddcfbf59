// Look-alikes: a word that mixes writing systems (`pаypal` with a Cyrillic а) reads as one thing and is another. After
// UTS #39 section 5.1, "highly restrictive": one script per word, or a set that one language really mixes.

const NAMED = [
  ...['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Cherokee', 'Coptic', 'Hebrew', 'Arabic', 'Devanagari'],
  ...['Thai', 'Lisu', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'],
] as const;
const SCRIPTS = NAMED.map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);

/** What Japanese, Korean and Chinese mix in one word, Latin included. */
const TOGETHER: readonly ReadonlySet<string>[] = [
  new Set(['Latin', 'Han', 'Hiragana', 'Katakana']),
  new Set(['Latin', 'Han', 'Hangul']),
  new Set(['Latin', 'Han', 'Bopomofo']),
];

/** Letters, marks, digits, and the circled letters, which are symbols to Unicode. */
const WORDS = /[\p{L}\p{M}\p{N}\u249C-\u24E9\u{1F110}-\u{1F149}]+/gu;
const ASCII_LETTER = /[a-z0-9]/i;

/** Mathematical, full-width and circled letters stand for ASCII ones and are none: a script of their own here. */
const isStyled = (char: string): boolean => !ASCII_LETTER.test(char) && /^[a-z0-9]+$/i.test(char.normalize('NFKC'));

function scriptOf(char: string): string | undefined {
  if (isStyled(char)) return 'styled';
  // Digits, marks and letters that many scripts share (ー) belong to all of them.
  if (!/\p{L}/u.test(char) || /\p{Script=Common}/u.test(char)) return undefined;
  return SCRIPTS.find(([, pattern]) => pattern.test(char))?.[0] ?? 'other';
}

function isMixed(word: string): boolean {
  const scripts = new Set(Array.from(word, scriptOf).filter((script) => script !== undefined));
  if (scripts.has('styled')) return true;
  return scripts.size > 1 && !TOGETHER.some((set) => [...scripts].every((script) => set.has(script)));
}

/** Whether any word mixes writing systems, or is written in letters that only imitate ASCII ones. */
export const hasMixedScripts = (text: string): boolean => (text.match(WORDS) ?? []).some(isMixed);
