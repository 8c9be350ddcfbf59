// `@assentry/sdk`: ask before a risky action, wait for a person, run exactly what was approved, report.
// Verifying webhooks and capabilities on the other side is `@assentry/sdk/verify`.
export type { Digest, Instant, Json, JsonObject } from '../../core/json.ts';
export type { ProblemCode } from '../../core/problems.ts';
export type { CheckInput, CheckResult } from './check.ts';
export { Assentry, type AssentryOptions, type CallOptions } from './client.ts';
export type { EditedCall } from './edited.ts';
export {
  AssentryError,
  AuthenticationError,
  type LocalCode,
  MismatchError,
  NotApprovedError,
  RecentlyRejectedError,
  StoppedError,
  UnavailableError,
  VerificationError,
  WaitTimeoutError,
} from './errors.ts';
export { type GuardOptions, isRejection, type Permit, type Rejection } from './guard.ts';
export type { WaitOptions } from './wait.ts';
export type * from './wire.ts';
