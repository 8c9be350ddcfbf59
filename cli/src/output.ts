// What the terminal shows: data on stdout, everything else on stderr. Text that came from elsewhere passes through
// `printableValue`, so that an agent's words can neither move the cursor nor pose as ours.
import colors from 'picocolors';
import stringWidth from 'string-width';
import { isHidden, printableValue } from '../../core/display.ts';

export interface Stream {
  write(text: string): unknown;
  isTTY?: boolean;
  /** Why something that was written did not arrive; null when all of it did. */
  failed?(): Promise<Error | null>;
}

export interface Output {
  /** A line of data. */
  data(line: string): void;
  /** A line for people. */
  say(line: string): void;
  /** The same data for programs, stable. */
  json(value: unknown): void;
  /** Replaces the last such line on a terminal; nothing elsewhere. */
  progress(line: string | null): void;
  paint: ReturnType<typeof colors.createColors>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** NO_COLOR (no-color.org): "when present and not an empty string, regardless of its value". */
const isColored = (stream: Stream, env: Env): boolean => stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';

/** Builds the output over two streams. */
export function outputOver(stdout: Stream, stderr: Stream, env: Env): Output {
  return {
    data: (line) => void stdout.write(`${line}\n`),
    say: (line) => void stderr.write(`${line}\n`),
    json: (value) => void stdout.write(`${jsonText(value)}\n`),
    progress: (line) => {
      if (stderr.isTTY === true) stderr.write(`\r\u001b[2K${line ?? ''}`);
    },
    paint: colors.createColors(isColored(stdout, env)),
  };
}

/** JSON whose strings hold no hidden character raw: the same value, safe to look at. */
const jsonText = (value: unknown): string =>
  Array.from(JSON.stringify(value, null, 2), (char) => (char !== '\n' && isHidden(char) ? escaped(char) : char)).join(
    '',
  );

const escaped = (char: string): string =>
  char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** Rows → aligned columns, cells made printable. Width is that of a terminal: 東 takes two columns, a mark takes none. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const safe = rows.map((row) => row.map(printableValue));
  const columns = Math.max(0, ...safe.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...safe.map((row) => stringWidth(row[at] ?? ''))));
  return safe.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat(widths[at]! - stringWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** `3 min`, `2 h`, `5 d`: the largest unit that fits. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** Time that is left: `3 h 59 min`, `1 d 2 h`, `57 min`. Hours and days with what follows, so that it promises no less. */
export function timeLeft(exact_ms: number): string {
  // Rounded first: 12 h 59 min 59.7 s is 13 h, not 12 h and a rest of 1 h.
  const ms = Math.round(exact_ms / 1_000) * 1_000;
  const rest = ms >= 86_400_000 ? ms % 86_400_000 : ms % 3_600_000;
  const least = ms >= 86_400_000 ? 3_600_000 : 60_000;
  return ms >= 3_600_000 && rest >= least ? `${span(ms)} ${span(rest)}` : span(ms);
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;
