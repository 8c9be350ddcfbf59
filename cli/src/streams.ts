// Standard output and standard error of the process. A reader that goes away, a closed stream or a full disk is kept as
// what happened to the output; it never becomes what happened to the request. Invariant: writing never throws, and no
// failure of a stream ends the process.
import type { Stream } from './output.ts';

/** A stream of the process that remembers its first failure. @param stream such as `process.stdout` */
export function lasting(stream: NodeJS.WriteStream): Stream {
  let failure: Error | null = null;
  const fails = (error?: Error | null) => {
    failure ??= error ?? null;
  };
  stream.on('error', fails);
  const write = (text: string) => {
    if (failure === null) attempt(() => stream.write(text, fails), fails);
  };
  // A stream that was destroyed still calls back, with its error.
  const failed = () =>
    new Promise<Error | null>((resolve) => {
      if (failure !== null) return resolve(failure);
      attempt(
        () =>
          stream.write('', (error) => {
            fails(error);
            resolve(failure);
          }),
        resolve,
      );
    });
  return { write, failed, isTTY: stream.isTTY };
}

/** Some streams throw where others call back: a terminal that was closed, for one. */
function attempt(write: () => void, failed: (error: Error) => void): void {
  try {
    write();
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)));
  }
}

/** A reader that has seen enough (`| head`): nothing went wrong. */
export const isReaderGone = (error: Error): boolean =>
  ['EPIPE', 'ERR_STREAM_DESTROYED'].includes((error as NodeJS.ErrnoException).code ?? '');
