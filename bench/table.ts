// The table for people. Numbers keep three significant digits; a line that misses its target says so and nothing more:
// the bench measures, it does not judge.
import type { Measured } from './line.ts';

const number = (value: number): string => {
  if (Number.isInteger(value)) return value.toLocaleString('en');
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 4;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

const ratio = (value: number | null): string => {
  if (value === null) return '';
  if (value === 0) return '0×';
  // Sooner than the baseline could begin: there is no factor to name.
  if (value < 0) return '< 0×';
  return value < 0.01 ? `1/${Math.round(1 / value).toLocaleString('en')}×` : `${value.toPrecision(3)}×`;
};

const COLUMNS: [title: string, cell: (line: Measured) => string][] = [
  ['figure', ({ figure }) => figure],
  [
    'measured',
    ({ measured, unit, summary }) => `${number(measured)} ${unit}${summary === 'median' ? '' : ` (${summary})`}`,
  ],
  ['target', ({ target }) => target ?? ''],
  ['', ({ holds }) => (holds === null ? '' : holds ? 'ok' : 'MISSED')],
  ['ratio', (line) => ratio(line.ratio)],
  ['baseline arm', ({ baseline }) => (baseline ? `${baseline.arm}: ${number(baseline.value)}, ${baseline.how}` : '')],
  ['min / median / max', ({ min, median, max }) => `${number(min)} / ${number(median)} / ${number(max)}`],
];

/** Lines → aligned text, each note under its line. */
export function table(lines: readonly Measured[]): string {
  const cells = lines.map((line) => COLUMNS.map(([, cell]) => cell(line)));
  const widths = COLUMNS.map(([title], at) => Math.max(title.length, ...cells.map((row) => row[at]!.length)));
  const write = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd();
  const body = lines.flatMap(({ note }, at) => [write(cells[at]!), ...(note === null ? [] : [`    ${note}`])]);
  return [write(COLUMNS.map(([title]) => title)), widths.map((width) => '-'.repeat(width)).join('  '), ...body].join(
    '\n',
  );
}
