// When a delivery is tried again: exponential with jitter, so that receivers that come back are not hit all at once.

/** Eleven attempts: the last about two days after the first. Then it is dead, listed, and can be sent again by hand. */
export const MAX_ATTEMPTS = 11;
/** First pause; each further one is four times as long. */
const FIRST_PAUSE_MS = 5_000;
const FACTOR = 4;
/** Half a day: whoever is down longer needs a person, not a faster retry. */
const LONGEST_PAUSE_MS = 12 * 3_600_000;

/**
 * The pause after a failed attempt.
 *
 * @param attempt the one that failed, from 1
 * @param random from 0 to below 1: the pause is three quarters to five quarters of the nominal one
 * @returns milliseconds, or null when there is no further attempt
 */
export function pauseAfter(attempt: number, random: number): number | null {
  if (attempt >= MAX_ATTEMPTS) return null;
  const nominal_ms = Math.min(FIRST_PAUSE_MS * FACTOR ** (attempt - 1), LONGEST_PAUSE_MS);
  return Math.round(nominal_ms * (0.75 + random / 2));
}
