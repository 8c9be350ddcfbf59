// The one place where a failure becomes an HTTP answer (RFC 9457). What is said is the problem's own words; its inner
// reason goes to the log alone. Nothing thrown ever shows: it is `internal`, with the request id to ask about.
import { DrizzleQueryError } from 'drizzle-orm';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { fail, PROBLEMS, type Problem, type ProblemCode, type Result } from '../core/problems.ts';
import type { Ctx } from './context.ts';

/** A reason may quote what a caller sent. */
const MAX_REASON = 500;

/**
 * Problem → `application/problem+json`, and a line in the log if it has an inner reason.
 *
 * @param more members of this one answer besides (RFC 9457, section 3.2)
 */
export function problemAnswer(c: Ctx, problem: Problem, more: object = {}): Response {
  const [status, title] = PROBLEMS[problem.code];
  const request_id = c.get('request_id');
  if (problem.reason !== undefined)
    log('warn', { request_id, code: problem.code, reason: problem.reason.slice(0, MAX_REASON) });
  if (problem.retry_after_seconds !== undefined) c.header('Retry-After', String(problem.retry_after_seconds));
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  c.header('Content-Type', 'application/problem+json');
  return c.body(JSON.stringify({ ...document(c, problem, status, title), ...more }), status as ContentfulStatusCode);
}

function document(c: Ctx, problem: Problem, status: number, title: string) {
  return {
    type: `${c.env.BASE_URL}/docs/problems#${problem.code}`,
    title,
    status,
    code: problem.code,
    detail: problem.detail,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    request_id: c.get('request_id'),
  };
}

/** Result → answer: the value as JSON under `status`, or the problem. */
export function answer<T>(c: Ctx, result: Result<T>, status: ContentfulStatusCode = 200): Response {
  return result.ok ? c.json(result.value as object, status) : problemAnswer(c, result.problem);
}

/** A failure by its code, as an answer. */
export const refuse = (c: Ctx, code: ProblemCode, detail: string): Response =>
  problemAnswer(c, fail(code, detail).problem);

/** For `app.onError`: whatever was thrown. Frameworks' own refusals keep their meaning; the rest is ours to mend. */
export function thrownAnswer(error: unknown, c: Ctx): Response {
  if (error instanceof HTTPException && error.status < 500) {
    return refuse(
      c,
      error.status === 415 ? 'unsupported-media-type' : 'invalid-request',
      'The request cannot be read.',
    );
  }
  const unreachable = isUnreachable(error);
  log('error', {
    request_id: c.get('request_id'),
    thrown: textOf(error),
  });
  return unreachable
    ? problemAnswer(c, { code: 'unavailable', detail: UNREACHABLE, retry_after_seconds: 1 })
    : refuse(c, 'internal', 'Something broke on our side. Nothing was approved by this. Tell us the request id.');
}

/** What was thrown, for our log. A query's own message quotes what was bound to it, so its cause speaks instead. */
function textOf(error: unknown): string {
  if (error instanceof DrizzleQueryError) return `query failed: ${textOf(error.cause)}`;
  return error instanceof Error ? (error.stack ?? error.message) : 'unknown';
}

const UNREACHABLE = 'A part that this needs cannot be reached; nothing was approved. Repeat the same call in a moment.';

/** What the platform throws when an object is overloaded, restarting or gone (repeatable by its own word), or D1 fails. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof DrizzleQueryError) return true;
  const marks = error as { retryable?: boolean; overloaded?: boolean; durableObjectReset?: boolean } | null;
  return Boolean(marks?.retryable || marks?.overloaded || marks?.durableObjectReset);
}

/** One line of JSON per entry. Callers pass no secrets and no bodies. */
export function log(level: 'warn' | 'error', entry: Record<string, string>): void {
  console[level](JSON.stringify(entry));
}
