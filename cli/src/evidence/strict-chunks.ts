// The chunks of a file as text, or the end of reading it: what is not UTF-8 proves nothing, since another reader would
// read another text.
import { CliError, EXIT } from '../exit-codes.ts';

/** Throws a `CliError` with exit code 9 that says about where the file is no UTF-8. */
export async function* strictChunks(
  path: string,
  chunks: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let read = 0;
  const strictly = (decode: () => string, length: number): string => {
    try {
      return decode();
    } catch {
      const place = length === 0 ? `at its end, offset ${read}` : `between the offsets ${read} and ${read + length}`;
      throw new CliError(EXIT.verification, `${path} is not valid: it is not UTF-8 ${place}. Do not rely on it.`);
    }
  };
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') yield chunk;
    else yield strictly(() => decoder.decode(chunk, { stream: true }), chunk.length);
    read += chunk.length;
  }
  yield strictly(() => decoder.decode(), 0);
}
