// Bounds what one caller can ask of one isolate, and says so in RateLimit headers. Not the authority on floods: pending
// caps and budgets are the organisation's (admit). Without a credential the bound is tight, because then each call may
// cost a signature check.
import type { MiddlewareHandler } from 'hono';
import { callerOf } from '../auth/caller.ts';
import type { AppEnv, Ctx } from '../context.ts';
import { problemAnswer } from '../problem.ts';

const WINDOW_SECONDS = 60;
/** A busy service account exchanges hundreds a second; a person's page asks a few. */
const QUOTA = { credential: 120_000, address: 3_000 };
/** Callers remembered per window: beyond it the oldest are forgotten, which only errs towards letting through. */
const MAX_CALLERS = 20_000;

interface Window {
  count: number;
  ends_at: number;
}
const windows = new Map<string, Window>();

/** Counts one call; what remains and the seconds until the window ends. */
function count(key: string, quota: number, now_ms: number): { remaining: number; reset_seconds: number } {
  const known = windows.get(key);
  const window = known && known.ends_at > now_ms ? known : { count: 0, ends_at: now_ms + WINDOW_SECONDS * 1_000 };
  if (window !== known) {
    windows.delete(key);
    if (windows.size >= MAX_CALLERS) windows.delete(windows.keys().next().value!);
    windows.set(key, window);
  }
  window.count++;
  return { remaining: quota - window.count, reset_seconds: Math.ceil((window.ends_at - now_ms) / 1_000) };
}

/** By credential if its MAC holds (else garbage would have a quota each), by address otherwise. */
function callerKey(c: Ctx): { key: string; policy: keyof typeof QUOTA } {
  const caller = callerOf(c);
  if (caller.ok) return { key: caller.value.credential.digest, policy: 'credential' };
  return { key: c.req.header('cf-connecting-ip') ?? 'local', policy: 'address' };
}

export const rateLimit: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { key, policy } = callerKey(c);
  const quota = QUOTA[policy];
  const { remaining, reset_seconds } = count(key, quota, Date.now());
  const headers = {
    'RateLimit-Policy': `"${policy}";q=${quota};w=${WINDOW_SECONDS}`,
    RateLimit: `"${policy}";r=${Math.max(0, remaining)};t=${reset_seconds}`,
  };
  if (remaining < 0) {
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    const detail = `More than ${quota} calls in ${WINDOW_SECONDS} seconds. Wait and repeat.`;
    return problemAnswer(c, { code: 'rate-limited', detail, retry_after_seconds: reset_seconds });
  }
  await next();
  if (c.res.status === 101) return undefined;
  for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  return undefined;
};
