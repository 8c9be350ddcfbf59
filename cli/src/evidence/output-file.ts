// A file that is written whole or not at all, and that only its owner may read: evidence holds what people wrote.
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { CliError, EXIT } from '../exit-codes.ts';

/** Writes the parts one after the other. Throws a `CliError` with exit code 1 when it cannot. */
export function writeWhole(path: string, parts: Iterable<Uint8Array | string>): void {
  const partial = `${path}.partial`;
  try {
    const file = openSync(partial, 'w', 0o600);
    try {
      for (const part of parts) writeAll(file, typeof part === 'string' ? Buffer.from(part) : part);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new CliError(EXIT.error, `Cannot write ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/** One call may write less than all. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
