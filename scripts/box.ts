// One box on a terminal, open to the right: links are longer than terminals are wide, and a link that is broken by a
// frame cannot be clicked or copied. ASCII where the terminal does not say that it knows UTF-8.
const WIDE = /UTF-?8/i.test(`${process.env.LC_ALL ?? ''}${process.env.LC_CTYPE ?? ''}${process.env.LANG ?? ''}`);
const [top, side, bottom, bar] = WIDE ? ['╭', '│', '╰', '─'] : ['+', '|', '+', '-'];

const WIDTH = 78;

/** Lines → a box around them. */
export function box(lines: readonly string[]): string {
  const rule = bar!.repeat(WIDTH);
  return [`${top}${rule}`, ...lines.map((line) => `${side} ${line}`.trimEnd()), `${bottom}${rule}`].join('\n');
}
