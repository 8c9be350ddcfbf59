// Timers that wait as long as they are told. The platforms' own count in 31 bits: 25 days and more fire at once, and so
// does NaN. Here a long wait is many short ones, and what is no length of time is refused.
import { MAX_WAIT_SECONDS } from '../../core/limits.ts';
import { numberOption } from './verify/options.ts';

/** The longest wait of one timer of the platform. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What `?wait=` takes: 0 to 60 whole seconds. */
export function waitSeconds(given: number | undefined): number {
  const seconds = numberOption('wait_seconds', given, 0);
  if (Number.isInteger(seconds) && seconds <= MAX_WAIT_SECONDS) return seconds;
  throw new TypeError(`wait_seconds is 0 to ${MAX_WAIT_SECONDS}.`);
}

/** Calls back once, after that long; in the background it keeps no process alive. @returns what ends the wait before */
export function callAfter(ms: number, act: () => void, background = false): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (left: number) => {
    const now = Math.min(left, LONGEST_TIMER_MS);
    timer = setTimeout(() => (left > now ? wait(left - now) : act()), now);
    if (background) (timer as { unref?(): void }).unref?.();
  };
  wait(numberOption('timeout_ms', ms, 0));
  return () => clearTimeout(timer);
}

/** As `AbortSignal.timeout`, of any length. */
export function timeoutSignal(ms: number): AbortSignal {
  if (numberOption('timeout_ms', ms, 0) <= LONGEST_TIMER_MS) return AbortSignal.timeout(Math.ceil(ms));
  const late = new AbortController();
  callAfter(ms, () => late.abort(new DOMException('', 'TimeoutError')), true);
  return late.signal;
}
