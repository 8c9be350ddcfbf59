// Waiting in tests for what happens by itself: asks again and again, and fails by name when it does not come.
const ASK_EVERY_MS = 50;

/** What `ask` answers once it is neither null, undefined nor false. Throws after `limit_ms`. */
export async function until<T>(
  ask: () => T | Promise<T>,
  limit_ms = 10_000,
): Promise<Exclude<T, null | undefined | false>> {
  const end = Date.now() + limit_ms;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false)
      return answer as Exclude<T, null | undefined | false>;
    if (Date.now() > end) throw new Error(`It did not come within ${limit_ms} ms: ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
