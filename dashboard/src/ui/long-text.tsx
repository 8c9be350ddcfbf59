// Text of any length: what is short stands as it is, what is long is counted and folded.
import type { ReactNode } from 'react';
import { beginningOf, foldedLines, measure } from '../../../core/display.ts';
import { Fold } from './opening.tsx';
import { Revealed } from './revealed.tsx';

const counted = (count: number, word: string): string =>
  `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;

/** `201 lines, 222 characters`, a single line only by its characters. */
export const sizeOf = ({ lines, chars }: { lines: number; chars: number }): string =>
  [...(lines > 1 ? [counted(lines, 'line')] : []), counted(chars, 'character')].join(', ');

interface Props {
  text: string;
  /** Its exact path, by which the page asks to open it. */
  path: string;
}

/** A path, cut where its names are long. */
const shortened = (path: string): string => (path.length > 50 ? `${[...path].slice(0, 48).join('')}…` : path);

export function LongText({ text, path }: Props) {
  const size = measure(text);
  if (!size.long) return <Revealed text={text} lines />;
  const beginning = beginningOf(text);
  return (
    <Fold
      key={text}
      label={`${shortened(path)} (${sizeOf(size)})`}
      size={sizeOf(size)}
      beginning={<Revealed text={beginning === text ? text : `${beginning}…`} lines />}
    >
      <Revealed text={text} lines />
    </Fold>
  );
}

const MAX_CLIPPED = 120;

/** The beginning of a value that stands in full elsewhere on the page, and how long it is. */
export function Clipped({ text }: { text: string }) {
  const beginning = beginningOf(text, MAX_CLIPPED);
  if (beginning === text) return <Revealed text={text} />;
  return (
    <>
      <Revealed text={`${beginning}…`} /> ({counted([...text].length, 'character')})
    </>
  );
}

/** So many lines of a phone are read in one go; what comes after them is not seen without looking for it. */
const MAX_LINES_TOGETHER = 60;
/** Under a value stands its path. */
const AROUND = 1;

interface ManyProps<T> {
  items: readonly T[];
  /** `of the parameters`. */
  of: string;
  textOf: (item: T) => string;
  children: (item: T) => ReactNode;
}

/** How many of these texts stand on the first pages of a phone; the first always does. */
function countOf(texts: readonly string[]): number {
  let lines = 0;
  const over = texts.findIndex((text) => {
    lines += foldedLines(text) + AROUND;
    return lines > MAX_LINES_TOGETHER;
  });
  return over === -1 ? texts.length : Math.max(1, over);
}

/** The first of many things, and the rest folded with its number. */
export function Many<T>({ items, of, textOf, children }: ManyProps<T>) {
  const count = countOf(items.map(textOf));
  const [first, rest] = [items.slice(0, count), items.slice(count)];
  const size = `${rest.length} more ${of}`;
  return (
    <>
      {first.map(children)}
      {rest.length === 0 ? null : (
        <div className="border-t border-line px-4 py-2">
          <Fold key={rest.map(textOf).join('\n')} label={size} size={size}>
            {rest.map(children)}
          </Fold>
        </div>
      )}
    </>
  );
}
