// A file to verify: its lines as they are, read as a stream, so that an export of a whole organisation needs no memory of
// its size (core/ledger/export/lines.ts).
import { createReadStream } from 'node:fs';
import { EVIDENCE_LIMITS } from '../../../core/evidence/file.ts';
import { beginsExport, linesOf, withoutEmptyEnd } from '../../../core/ledger/export.ts';
import type { World } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';
import { unreadable } from '../inputs.ts';
import { strictChunks } from './strict-chunks.ts';

type Lines = AsyncGenerator<string, void>;

/** One JSON text, or the lines of an export. */
export type Given = { kind: 'evidence'; text: string } | { kind: 'export'; lines: Lines };

/** Opens a file, `-` for standard input. Throws a `CliError` with exit code 1 when it cannot be read. */
export async function givenIn(world: World, path: string): Promise<Given> {
  const lines = linesOf(strictChunks(path, chunksOf(world, path)), MAX_LENGTH);
  const first = (await lines.next()).value ?? '';
  if (beginsExport(first)) return { kind: 'export', lines: withoutEmptyEnd(before(first, lines)) };
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

async function* chunksOf({ stdin, signal }: World, path: string): AsyncGenerator<Uint8Array | string> {
  if (path === '-' && stdin.isTTY) throw new CliError(EXIT.usage, 'Pipe it into standard input.');
  try {
    yield* path === '-' ? stdin : createReadStream(path);
  } catch (error) {
    signal.throwIfAborted();
    throw new CliError(EXIT.error, unreadable(path, error));
  }
}

async function* before(first: string, rest: Lines): Lines {
  yield first;
  yield* rest;
}
