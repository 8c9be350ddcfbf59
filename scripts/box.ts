// One box on a terminal. ASCII where the terminal does not say that it knows UTF-8.
const WIDE = /UTF-?8/i.test(`${process.env.LC_ALL ?? ''}${process.env.LC_CTYPE ?? ''}${process.env.LANG ?? ''}`);
const [corner, side, bar] = WIDE ? ['╭╮╰╯', '│', '─'] : ['++++', '|', '-'];

/** Lines → a box around them; long lines make it wider than the terminal rather than breaking a link. */
export function box(lines: readonly string[]): string {
  const width = Math.max(...lines.map((line) => line.length));
  const rule = bar.repeat(width + 2);
  const body = lines.map((line) => `${side} ${line.padEnd(width)} ${side}`);
  return [`${corner[0]}${rule}${corner[1]}`, ...body, `${corner[2]}${rule}${corner[3]}`].join('\n');
}
