// A file to verify: its lines as they are, read as a stream, so that an export of a whole organisation needs no memory of
// its size. Only the line feed ends a line: canonical JSON has other separators inside its strings.
import { createReadStream } from 'node:fs';
import { EVIDENCE_LIMITS } from '../../../core/evidence/file.ts';
import { EXPORT_FORMAT } from '../../../core/ledger/export.ts';
import type { World } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { unreadable } from '../inputs.ts';

type Lines = AsyncGenerator<string>;

/** One JSON text, or the lines of an export. */
export type Given = { kind: 'evidence'; text: string } | { kind: 'export'; lines: Lines };

/** Opens a file, `-` for standard input. Throws a `CliError` with exit code 1 when it cannot be read. */
export async function givenIn(world: World, path: string): Promise<Given> {
  const lines = linesOf(chunksOf(world, path));
  const { value: first = '' } = await lines.next();
  if (isExport(first)) return { kind: 'export', lines: withoutEmptyEnd(first, lines) };
  const texts = [first];
  let length = first.length;
  for await (const line of lines) {
    texts.push(line);
    length += line.length + 1;
    if (length > MAX_LENGTH) break;
  }
  return { kind: 'evidence', text: texts.join('\n') };
}

/**
 * UTF-16 units of a line of an export, or of a whole bundle. What is longer is read no further: the verifier refuses it
 * for its size, or for the sum that its beginning has not.
 */
const MAX_LENGTH = EVIDENCE_LIMITS.max_bytes;

/** Either sign is enough: one of them may be what is damaged. */
const isExport = (first: string): boolean =>
  first.startsWith('{"sum":"') || first.includes(`{"format":"${EXPORT_FORMAT}"`);

async function* chunksOf({ stdin, signal }: World, path: string): AsyncGenerator<Uint8Array | string> {
  if (path === '-' && stdin.isTTY) throw new CliError(EXIT.usage, 'Pipe it into standard input.');
  try {
    yield* path === '-' ? stdin : createReadStream(path);
  } catch (error) {
    signal.throwIfAborted();
    throw new CliError(EXIT.error, unreadable(path, error));
  }
}

/** Text between line feeds; what is not UTF-8 becomes U+FFFD, and then no sum fits. */
async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): Lines {
  const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  let open: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [head = '', ...rest] = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split(
      '\n',
    );
    open.push(head);
    length += head.length;
    if (length > MAX_LENGTH) break;
    for (const text of rest) {
      yield open.join('');
      open = [text];
      length = text.length;
    }
  }
  yield open.join('') + decoder.decode();
}

async function* withoutEmptyEnd(first: string, rest: Lines): Lines {
  let held = first;
  for await (const line of rest) {
    yield held;
    held = line;
  }
  if (held !== '') yield held;
}
