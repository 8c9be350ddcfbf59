// Columns of the terminal: they begin in the same place whatever script a cell is in, and a cell's own blanks cannot push
// the next column away.
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { table } from '../../../cli/src/output.ts';
import { requestTable } from '../../../cli/src/request-view.ts';

/** Where a text begins on its line, in columns of a terminal. */
const columnOf = (line: string, text: string): number => stringWidth(line.slice(0, line.indexOf(text)));

describe('columns', () => {
  it.each<[string, string, number]>([
    ['Chinese', '退款订单', 8],
    ['Japanese', 'ｶﾅとカナ', 8],
    ['Korean', '환불', 4],
    ['full-width Latin', 'ＡＢ', 4],
    ['an emoji of several characters', '👩‍💻', 2],
    ['a flag', '🇩🇪', 2],
    ['letters with marks', 'e\u0301a\u0308', 2],
    ['nothing', '', 0],
  ])('begin in one place beside %s', (_what, cell, width) => {
    const lines = table([
      ['NAME', 'NEXT'],
      [cell, 'here'],
      ['a rather long one', 'here'],
    ]);
    expect(lines.map((line) => columnOf(line, line.includes('NEXT') ? 'NEXT' : 'here'))).toEqual([19, 19, 19]);
    if (width > 0) expect(stringWidth(cell)).toBe(width);
  });

  it('hold where rows have different lengths, and of no rows there are none', () => {
    expect(table([['a'], ['東京', 'x'], ['b', 'y', 'z']])).toEqual(['a', '東京  x', 'b     y  z']);
    expect(table([])).toEqual([]);
  });

  it('cannot be pushed away by blanks in a cell, or broken by line ends', () => {
    const lines = table([
      ['params', `ls -la${' '.repeat(600)}; rm -rf /srv/data`],
      ['params', `ls -la${'\n'.repeat(200)}rm -rf /srv/data`],
    ]);
    expect(lines).toEqual([
      'params  ls -la\\{600 spaces}; rm -rf /srv/data',
      'params  ls -la\\{200 line ends}rm -rf /srv/data',
    ]);
  });

  it('of the list of requests are aligned with resources in Japanese', () => {
    const request = (action: string, resource: string) =>
      ({
        id: 'apr_1',
        status: 'pending',
        risk: { level: 'low', reasons: [] },
        action,
        resource,
        actor: 'agent:a',
        created_at: '2026-11-20T10:00:00.000Z',
      }) as never;
    const lines = requestTable(
      [request('送信', 'list:東京の顧客'), request('send', 'list:x')],
      Date.parse('2026-11-20T10:01:00.000Z'),
    );
    expect(new Set(lines.slice(1).map((line) => columnOf(line, 'agent:a'))).size).toBe(1);
    expect(columnOf(lines[0]!, 'ACTOR')).toBe(columnOf(lines[1]!, 'agent:a'));
  });
});
