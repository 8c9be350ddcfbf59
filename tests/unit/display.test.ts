import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOf, hasHidden, measure, type Piece, printable, printableValue, reveal } from '../../core/display.ts';
import { hasMixedScripts } from '../../core/scripts.ts';

const back = (pieces: Piece[]) =>
  pieces.map((piece) => ('text' in piece ? piece.text : (piece.source ?? charOf(piece.hidden)))).join('');
const charOf = (code: string) => String.fromCodePoint(Number.parseInt(code.slice(2), 16));
const chips = (text: string) => reveal(text).flatMap((piece) => ('hidden' in piece ? [piece.hidden] : []));

const HOSTILE: [name: string, char: string, code: string][] = [
  ['right-to-left override', '\u202e', 'U+202E'],
  ['first strong isolate', '\u2068', 'U+2068'],
  ['left-to-right mark', '\u200e', 'U+200E'],
  ['zero width space', '\u200b', 'U+200B'],
  ['zero width joiner', '\u200d', 'U+200D'],
  ['word joiner', '\u2060', 'U+2060'],
  ['byte order mark', '\ufeff', 'U+FEFF'],
  ['soft hyphen', '\u00ad', 'U+00AD'],
  ['no-break space', '\u00a0', 'U+00A0'],
  ['hangul filler', '\u3164', 'U+3164'],
  ['braille blank', '\u2800', 'U+2800'],
  ['line separator', '\u2028', 'U+2028'],
  ['escape', '\u001b', 'U+001B'],
  ['carriage return', '\r', 'U+000D'],
  ['null', '\0', 'U+0000'],
  ['control character', '\u0085', 'U+0085'],
  ['tag character', '\u{e0041}', 'U+E0041'],
  ['variation selector', '\u{e0100}', 'U+E0100'],
  ['variation selector', '\ufe0f', 'U+FE0F'],
  ['private use character', '\ue000', 'U+E000'],
  ['half of a surrogate pair', '\ud800', 'U+D800'],
  ['unusual space', '\u2003', 'U+2003'],
];

describe('reveal', () => {
  it.each(HOSTILE)('shows a %s as a chip', (name, char, code) => {
    expect(reveal(`a${char}b`)).toEqual([{ text: 'a' }, { hidden: code, name }, { text: 'b' }]);
  });

  it('leaves plain text, line feeds, tabs, accents, emoji and right-to-left letters alone', () => {
    for (const text of ['order ORD-1287', 'a\n\tb', 'Zoë', '日本語', 'שלום', '❤️ 😀'])
      expect(reveal(text)).toEqual([{ text }]);
    expect(reveal('')).toEqual([]);
  });

  it('loses nothing: the pieces are the text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(back(reveal(text))).toBe(text);
      }),
    );
  });
});

/** Blank, invisible and joining characters among plain ones: what hostile and honest text is made of. */
const SOUP = fc.array(
  fc.constantFrom(
    ...'ab1 \t\n\r',
    '\r\n',
    ...'\u00a0\u200b\u200c\u200d\u2028\u3000\u3164\u2800\ufe0f\u0301',
    '👩',
    '💻',
    'क',
    '्',
    'ی',
    '東',
  ),
  { maxLength: 60 },
);

it('reveal loses nothing of what is made of blanks and joiners', () => {
  fc.assert(
    fc.property(SOUP, (parts) => {
      expect(back(reveal(parts.join('')))).toBe(parts.join(''));
    }),
  );
});

describe('a run of blanks', () => {
  it.each<[string, string, string]>([
    ['200 line ends', `ls -la${'\n'.repeat(200)}rm -rf /srv/data`, '200 line ends'],
    ['600 spaces', `ls -la${' '.repeat(600)}; rm -rf /srv/data`, '600 spaces'],
    ['tabs', `ls${'\t'.repeat(90)}rm`, '90 tabs'],
    ['line separators', `ls${'\u2028'.repeat(90)}rm`, 'U+2028 ×90'],
    ['no-break spaces', `ls${'\u00a0'.repeat(90)}rm`, 'U+00A0 ×90'],
    ['ideographic spaces', `ls${'\u3000'.repeat(90)}rm`, 'U+3000 ×90'],
    ['Hangul fillers', `ls${'\u3164'.repeat(90)}rm`, 'U+3164 ×90'],
    ['braille blanks', `ls${'\u2800'.repeat(90)}rm`, 'U+2800 ×90'],
    ['zero width spaces', `ls${'\u200b'.repeat(90)}rm`, 'U+200B ×90'],
    ['spaces that end in line ends', `ls${' \n'.repeat(90)}rm`, '180 blanks'],
    ['Windows line ends', `ls${'\r\n'.repeat(90)}rm`, '90 line ends'],
    ['blanks of several kinds', `ls${' \u00a0\u3000'.repeat(30)}rm`, '90 blanks'],
  ])('of %s is one chip with its length, and what follows has to be looked for', (_what, text, chip) => {
    expect(chips(text)).toEqual([chip]);
    expect(back(reveal(text))).toBe(text);
    expect(measure(text).long).toBe(true);
  });

  it('says what it is made of', () => {
    expect(reveal(`a${' \n'.repeat(90)}${'\t'.repeat(3)}b`)[1]).toMatchObject({
      hidden: '183 blanks',
      count: 183,
      name: '90 spaces, 90 line ends, 3 tabs',
    });
  });

  it.each([
    ['a paragraph', 'One.\n\nTwo.\n\n\n\nThree.\n'],
    ['code', `if (a) {\n${' '.repeat(32)}b();\n\t\t\t\tc();\n}\n`],
    ['a table', 'total        12\ndrwxr-xr-x   2 root    root       4096 Nov 29 17:19 .\n'],
    ['lines of Windows', 'dir\r\ncd\r\n'],
    ['a Japanese address', '東京都\u3000渋谷区'],
  ])('that is layout, as in %s, is no chip', (_what, text) => {
    expect(reveal(text)).toEqual([{ text }]);
    expect(measure(text).long).toBe(false);
  });

  it('that is short shows the odd ones in it, each in its place', () => {
    expect(reveal('a \u00a0 b')).toEqual([
      { text: 'a ' },
      { hidden: 'U+00A0', name: 'no-break space' },
      { text: ' b' },
    ]);
  });
});

describe('a chip means danger, so there is none for', () => {
  it.each([
    ...['👩‍💻', '👨‍👩‍👧‍👦', '🏳️‍🌈', '🏴‍☠️', '👩🏽‍🤝‍👩🏿', '👍🏽', '❤️‍🔥', '1️⃣', '#️⃣', '🇩🇪', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '☎︎', '©️', '👁️‍🗨️'],
    ...['می‌خواهم', 'نرم‌افزار', 'ه‍.ش', 'क्‍ष', 'र्‍य', 'ශ්‍රී ලංකා', 'র‍্যাব', 'ന്‍', 'ಕ್‌ನ'],
  ])('%s', (text) => {
    expect(reveal(text)).toEqual([{ text }]);
    expect(printable(text)).toBe(text);
    expect(hasHidden(text)).toBe(false);
  });

  it.each([
    'Est-ce bon\u00a0? Oui\u202f!',
    '«\u00a0oui\u00a0», dit-il\u00a0; puis\u00a0: non',
    'total\u00a0: 12\u202f500,00\u00a0€, soit 50\u00a0%',
  ])('the no-break spaces of French: %j', (text) => {
    expect(reveal(text)).toEqual([{ text }]);
  });

  it.each<[string, string, string[]]>([
    ['a no-break space between words', 'rm\u00a0-rf', ['U+00A0']],
    [
      'a no-break space before a sign that is part of a word',
      'x\u00a0:y \u202f; a\u00a0$HOME',
      ['U+00A0', 'U+202F', 'U+00A0'],
    ],
    ['two no-break spaces before a sign', 'a\u00a0\u00a0:', ['U+00A0 ×2']],
    ['a no-break space between two numbers', '1\u00a02 3\u00a04567890', ['U+00A0', 'U+00A0']],
    ['a joiner between Latin letters', 'a\u200db', ['U+200D']],
    ['a non-joiner between Latin letters', 'pay\u200cpal', ['U+200C']],
    ['a second joiner after a virama', 'क्\u200d\u200dष', ['U+200D']],
    ['a non-joiner after an Arabic letter that never joins on', 'ا\u200cب', ['U+200C']],
    ['a joiner between Arabic letters, where it changes nothing', 'ب\u200dب', ['U+200D']],
    ['a joiner after a lone emoji', '👩\u200d', ['U+200D']],
    ['a joiner before a letter', '👩\u200da', ['U+200D']],
    ['a variation selector after a digit', '1\ufe0f', ['U+FE0F']],
    ['a second variation selector', '❤\ufe0f\ufe0f', ['U+FE0F']],
    ['tags that spell no flag', '🏴\u{e0061}\u{e007f}', ['U+E0061', 'U+E007F']],
    ['tags after another picture', '👩\u{e0067}\u{e0062}', ['U+E0067', 'U+E0062']],
    ['marks that run over other lines', `a${'\u0301'.repeat(20)}`, ['20 marks']],
    ['an object replacement character', 'a\ufffcb', ['U+FFFC']],
    ['a noncharacter', 'a\ufdd0b', ['U+FDD0']],
  ])('and there is one for %s', (_what, text, expected) => {
    expect(chips(text)).toEqual(expected);
    expect(hasHidden(text)).toBe(true);
  });
});

describe('a long text', () => {
  it('is counted: lines however they end, characters as people count them', () => {
    expect(measure('a\r\nb\nc\u2028d')).toMatchObject({ lines: 4, long: false });
    expect(measure('😀'.repeat(3))).toMatchObject({ chars: 3 });
    expect(measure('a\n'.repeat(13)).long).toBe(true);
    expect(measure('a'.repeat(601)).long).toBe(true);
    expect(measure('a\u202e'.repeat(150)).long).toBe(true);
    expect(measure('a'.repeat(600)).long).toBe(false);
  });

  it('begins with whole characters, at most twelve lines and six hundred characters', () => {
    expect(beginningOf('a\n'.repeat(50))).toBe(Array.from({ length: 12 }, () => 'a').join('\n'));
    expect(beginningOf('😀'.repeat(700))).toBe('😀'.repeat(600));
    expect(beginningOf(`${'a'.repeat(598)}é\u0301😀`)).toBe(`${'a'.repeat(598)}é`);
    expect(beginningOf('short')).toBe('short');
    const pushed = `ls${'\n'.repeat(200)}rm${' '.repeat(900)}x`;
    expect(beginningOf(pushed)).toBe(pushed);
    fc.assert(
      fc.property(SOUP, (parts) => {
        const text = parts.join('').repeat(40);
        expect(text.startsWith(beginningOf(text))).toBe(true);
      }),
    );
  });
});

describe('printable', () => {
  it('leaves the gaps of a line that is laid out, and every other blank is an escape', () => {
    expect(printable(`proved${' '.repeat(40)}format`)).toBe(`proved${' '.repeat(40)}format`);
    expect(printable(`a${'\u200b'.repeat(2)}b${'\n'.repeat(6)}`)).toBe(`a\\u{200b}\\u{200b}b${'\\n'.repeat(6)}`);
  });

  it('shows a long run of blanks in a value as one escape with its length', () => {
    expect(printableValue(`ls${'\n'.repeat(200)}rm${' '.repeat(600)}x`)).toBe('ls\\{200 line ends}rm\\{600 spaces}x');
  });

  it('turns escapes, line feeds and bidirectional characters into text', () => {
    expect(printable('\u001b[31mred\u001b[0m\r\nok\u202e')).toBe('\\e[31mred\\e[0m\\r\\nok\\u{202e}');
    expect(printable('plain ä 😀')).toBe('plain ä 😀');
  });

  it('never lets a control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const printed of [printable(text), printableValue(text)])
          expect(printed).not.toMatch(/[\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/u);
      }),
    );
  });
});

describe('hasMixedScripts', () => {
  it.each(['pаypal', 'аgent', 'Αdmin', 'xn ｐaypal', '𝐚dmin', 'ⓐdmin', 'աgent'])('warns of %s', (text) => {
    expect(hasMixedScripts(text)).toBe(true);
  });

  it.each(['paypal', 'агент', 'admin агент', 'Zoë', 'order-1287', '東京タワーA', '한국어', 'ﷺ'.slice(1), 'Straße'])(
    'lets %s be',
    (text) => {
      expect(hasMixedScripts(text)).toBe(false);
    },
  );
});
