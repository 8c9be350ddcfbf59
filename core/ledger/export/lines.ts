// The lines of a file as it is read, so that an export of a whole organisation needs no memory of its size. Only the line
// feed ends a line: canonical JSON has other separators inside its strings.
import { EXPORT_FORMAT } from './format.ts';

/** Whether a first line begins an export. Either sign is enough: one of them may be what is damaged. */
export const beginsExport = (first: string): boolean =>
  first.startsWith('{"sum":"') || first.includes(`{"format":"${EXPORT_FORMAT}"`);

/**
 * Text between line feeds; what is not UTF-8 becomes U+FFFD, and then no sum fits.
 *
 * @param longest a longer line is read no further: the verifier refuses what its beginning is
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array | string>,
  longest: number,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  let open: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const [head = '', ...rest] = text.split('\n');
    open.push(head);
    length += head.length;
    if (length > longest) break;
    for (const line of rest) {
      yield open.join('');
      open = [line];
      length = line.length;
    }
  }
  yield open.join('') + decoder.decode();
}

/** The lines, without the empty one after the last line feed. */
export async function* withoutEmptyEnd(lines: AsyncIterable<string>): AsyncGenerator<string, void> {
  let held: string | null = null;
  for await (const line of lines) {
    if (held !== null) yield held;
    held = line;
  }
  if (held !== null && held !== '') yield held;
}
