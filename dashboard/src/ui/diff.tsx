// A diff line by line: sign first, then colour. Neither side is red: a removed line is not an error. Lines that show
// nothing are counted where there are many, so that none of them pushes the next change out of sight.
import { measure } from '../../../core/display.ts';
import { sizeOf } from './long-text.tsx';
import { Fold } from './opening.tsx';
import { Revealed } from './revealed.tsx';
import { ScrollBlock } from './scroll-block.tsx';

const TONES: Record<string, string> = { '+': 'bg-good-soft text-good', '-': 'bg-warn-soft text-warn' };

interface Props {
  text: string | string[];
  label: string;
  /** Where it is part of what is signed: a long one has to be opened. */
  path?: string;
}

export function Diff({ text, label, path }: Props) {
  const whole = typeof text === 'string' ? text : text.join('\n');
  const lines = typeof text === 'string' ? text.split('\n') : text;
  const block = <Block lines={gathered(lines)} label={label} />;
  const size = measure(whole);
  if (path === undefined || !size.long) return block;
  return (
    <Fold key={whole} label={`${path} (${sizeOf(size)})`} size={sizeOf(size)}>
      {block}
    </Fold>
  );
}

/** Up to so many lines without a sign on them are a pause. */
const MAX_EMPTY = 3;
const isEmpty = (line: string): boolean => /^[+\- ]?\s*$/.test(line);

type Row = { line: string } | { empty: number };

/** Many empty lines in a row are one row that says how many. */
function gathered(lines: readonly string[]): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < lines.length; ) {
    let end = at;
    while (end < lines.length && isEmpty(lines[end]!)) end += 1;
    if (end - at > MAX_EMPTY) rows.push({ empty: end - at });
    else rows.push(...lines.slice(at, Math.max(end, at + 1)).map((line) => ({ line })));
    at = Math.max(end, at + 1);
  }
  return rows;
}

const Block = ({ lines, label }: { lines: readonly Row[]; label: string }) => (
  <ScrollBlock label={label} className="max-h-[60vh] rounded-lg border border-line bg-card py-2">
    {lines.map((row, at) => (
      <span
        // biome-ignore lint/suspicious/noArrayIndexKey: lines keep their places
        key={at}
        className={`block px-3 whitespace-pre-wrap ${'line' in row ? (TONES[row.line.charAt(0)] ?? '') : ''}`}
      >
        {'line' in row ? <Revealed text={row.line || ' '} /> : <span className="reveal">{row.empty} empty lines</span>}
      </span>
    ))}
  </ScrollBlock>
);
