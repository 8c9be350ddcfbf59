import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Piece, printable, reveal } from '../../core/display.ts';
import { hasMixedScripts } from '../../core/scripts.ts';

const back = (pieces: Piece[]) =>
  pieces
    .map((piece) => ('text' in piece ? piece.text : String.fromCodePoint(Number.parseInt(piece.hidden.slice(2), 16))))
    .join('');

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

describe('printable', () => {
  it('turns escapes, line feeds and bidirectional characters into text', () => {
    expect(printable('\u001b[31mred\u001b[0m\r\nok\u202e')).toBe('\\e[31mred\\e[0m\\r\\nok\\u{202e}');
    expect(printable('plain ä 😀')).toBe('plain ä 😀');
  });

  it('never lets a control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
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
