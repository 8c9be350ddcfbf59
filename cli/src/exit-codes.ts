// What the shell learns (contract.md "CLI"). Everything that is not a clear yes has a code of its own, and what nobody
// knows is an error: scripts fail closed.
import { AssentryError } from '@assentry/sdk';

export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  rejected: 3,
  expired: 4,
  canceled: 5,
  blocked: 6,
  auth: 7,
  unavailable: 8,
  verification: 9,
  timeout: 124,
  interrupted: 130,
} as const;

/** A failure whose exit code is known where it happens. */
export class CliError extends Error {
  readonly exit_code: number;
  constructor(exit_code: number, message: string) {
    super(message);
    this.exit_code = exit_code;
  }
}

const BY_STATUS: Readonly<Record<string, number>> = {
  approved: EXIT.ok,
  rejected: EXIT.rejected,
  expired: EXIT.expired,
  canceled: EXIT.canceled,
};

/** After waiting: how it ended. A status that is not listed (used already, unknown) is no approval. */
export function exitOfStatus(request: { status: string; verdict: string }): number {
  if (request.status === 'rejected' && request.verdict === 'deny') return EXIT.blocked;
  return BY_STATUS[request.status] ?? EXIT.error;
}

/** By problem code first, then by what kind of answer it was. */
const BY_CODE: Readonly<Record<string, number>> = {
  'invalid-request': EXIT.usage,
  'malformed-json': EXIT.usage,
  'policy-denies': EXIT.blocked,
  stopped: EXIT.blocked,
  'recently-rejected': EXIT.rejected,
  'capability-expired': EXIT.expired,
  'capability-revoked': EXIT.canceled,
  'too-many-pending': EXIT.error,
  'digest-mismatch': EXIT.verification,
  'verification-failed': EXIT.verification,
  'wait-timeout': EXIT.timeout,
};

const BY_NAME: Readonly<Record<string, number>> = {
  AuthenticationError: EXIT.auth,
  UnavailableError: EXIT.unavailable,
  MismatchError: EXIT.verification,
  AbortError: EXIT.interrupted,
};

/** The exit code of whatever was thrown. */
export function exitOfError(error: unknown): number {
  if (error instanceof CliError) return error.exit_code;
  const code = error instanceof AssentryError ? BY_CODE[error.code] : undefined;
  return code ?? (error instanceof Error ? BY_NAME[error.name] : undefined) ?? EXIT.error;
}
