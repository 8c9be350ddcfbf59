// Everything that the SDK throws. Each error has a `code`: a problem code of the server, or one of the few that only a
// client can find. Whatever it is, it means *not approved*.
import type { Problem, ProblemCode, ProblemPlace } from '../../core/problems.ts';
import type { ApprovalRequest } from './wire.ts';

/** What only the client's side can notice. */
export type LocalCode =
  | 'network'
  | 'malformed-answer'
  | 'digest-mismatch'
  | 'not-approved'
  | 'already-started'
  | 'edited'
  | 'wait-timeout'
  | 'verification-failed';

export interface ErrorDetails {
  status?: number;
  errors?: ProblemPlace[];
  request_id?: string;
  retry_after_seconds?: number;
  cause?: unknown;
}

/** Base of all: what went wrong (`message`), which kind (`code`), where (`errors`). `status` is 0 without an answer. */
export class AssentryError extends Error {
  override readonly name: string = 'AssentryError';
  readonly code: ProblemCode | LocalCode;
  readonly status: number;
  readonly errors: readonly ProblemPlace[];
  /** Name it when you ask for help. */
  readonly request_id: string | null;
  readonly retry_after_seconds: number | null;

  constructor(code: ProblemCode | LocalCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status ?? 0;
    this.errors = details.errors ?? [];
    this.request_id = details.request_id ?? null;
    this.retry_after_seconds = details.retry_after_seconds ?? null;
  }
}

/** The key is missing, wrong, or may not do this. */
export class AuthenticationError extends AssentryError {
  override readonly name = 'AuthenticationError';
}

/** No answer, or none yet, after all retries. Unreachable means not approved. */
export class UnavailableError extends AssentryError {
  override readonly name = 'UnavailableError';
}

/** What the server answered is not what was sent: nothing may run on it. */
export class MismatchError extends AssentryError {
  override readonly name = 'MismatchError';
}

/** A guarded call was not approved: rejected, expired, canceled, already used, or something unknown. */
export class NotApprovedError extends AssentryError {
  override readonly name = 'NotApprovedError';
  readonly request: ApprovalRequest;
  constructor(code: 'not-approved' | 'already-started' | 'edited', message: string, request: ApprovalRequest) {
    super(code, message);
    this.request = request;
  }
}

/** A person stopped the actor, its service account or the whole organisation. `reason` is that person's; do not retry. */
export class StoppedError extends AssentryError {
  override readonly name = 'StoppedError';
  /** What waited for a decision; null where nothing was made. */
  readonly request: ApprovalRequest | null;
  readonly reason: string | null;
  constructor(message: string, details: ErrorDetails = {}, request: ApprovalRequest | null = null) {
    super('stopped', message, details);
    this.request = request;
    this.reason = request?.stopped?.reason ?? null;
  }
}

/** The same was rejected a short while ago. `request` is that request; null where this key did not make it. */
export class RecentlyRejectedError extends AssentryError {
  override readonly name = 'RecentlyRejectedError';
  readonly request: ApprovalRequest | null;
  constructor(message: string, details: ErrorDetails = {}, request: ApprovalRequest | null = null) {
    super('recently-rejected', message, details);
    this.request = request;
  }
}

/** The caller's own time to wait is over. The request is still alive: wait again, or cancel it. */
export class WaitTimeoutError extends AssentryError {
  override readonly name = 'WaitTimeoutError';
}

/** A webhook or a capability does not hold. `reason` is for logs, not for whoever sent it. */
export class VerificationError extends AssentryError {
  override readonly name = 'VerificationError';
  readonly reason: string;
  constructor(reason: string, message: string, cause?: unknown) {
    super('verification-failed', message, { cause });
    this.reason = reason;
  }
}

const CLASSES: readonly (readonly [statuses: readonly number[], error: typeof AssentryError])[] = [
  [[401, 403], AuthenticationError],
  [[429, 500, 502, 503, 504], UnavailableError],
];

/** RFC 9457 answer → error. `refusals` by policy are 403 too, and are not about the key. */
const ABOUT_THE_ACTION: ReadonlySet<string> = new Set([
  'policy-denies',
  'scope-exceeded',
  'not-eligible',
  'edits-not-allowed',
  'edit-widens',
]);

/** Builds the error of a problem answer. @param status of HTTP @param body parsed JSON, of any shape */
export function problemError(status: number, body: unknown, retry_after_seconds?: number): AssentryError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem> & Record<string, unknown>;
  const code = typeof problem.code === 'string' ? (problem.code as ProblemCode) : 'malformed-answer';
  const message = typeof problem.detail === 'string' ? problem.detail : `The server answered with status ${status}.`;
  const errors = Array.isArray(problem.errors) ? problem.errors : [];
  const request_id = typeof problem.request_id === 'string' ? problem.request_id : undefined;
  if (code === 'stopped') return new StoppedError(message, { status, errors, request_id });
  if (code === 'recently-rejected') {
    const request = (problem.approval_request ?? null) as ApprovalRequest | null;
    return new RecentlyRejectedError(message, { status, errors, request_id, retry_after_seconds }, request);
  }
  const Class = ABOUT_THE_ACTION.has(code) ? AssentryError : classOf(status);
  return new Class(code, message, { status, errors, request_id, retry_after_seconds });
}

const classOf = (status: number): typeof AssentryError =>
  CLASSES.find(([statuses]) => statuses.includes(status))?.[1] ?? AssentryError;
