// Every failure a caller can cause, declared once: code, HTTP status, title. The Worker turns them into RFC 9457
// answers in one place; the core returns them as values. A broken invariant is not here: it throws.

/** code → [HTTP status, title]. The `type` URL of an answer is `/docs/problems#<code>`. */
export const PROBLEMS = {
  'malformed-json': [400, 'The body is not strict JSON'],
  'invalid-request': [400, 'The request does not fit the schema'],
  'invalid-policy': [400, 'The policy is not valid'],
  'idempotency-key-required': [400, 'This call needs an Idempotency-Key'],
  unauthenticated: [401, 'Not authenticated'],
  'ceremony-failed': [401, 'The passkey ceremony failed'],
  'token-refused': [401, 'The signed token was refused'],
  'intent-mismatch': [403, 'The signed intent is not what would be decided'],
  'intent-expired': [403, 'The intent has expired'],
  forbidden: [403, 'Not allowed'],
  'not-eligible': [403, 'Not eligible to decide this request'],
  'passkey-required': [403, 'A passkey must sign this'],
  'passkey-unverifiable': [403, 'Nobody else could verify what this passkey signs'],
  'passkey-too-new': [403, 'This passkey is too new for this risk'],
  'policy-denies': [403, 'The current policy denies this'],
  stopped: [403, 'Stopped'],
  'edits-not-allowed': [403, 'This request cannot be edited'],
  'edit-widens': [403, 'The edit is more than a reduction'],
  'scope-exceeded': [403, 'The scope is larger than policy allows'],
  'break-glass-debt': [403, 'A break-glass use waits for its review'],
  'second-signature-required': [403, 'A second administrator must sign'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'Method not allowed'],
  'not-acceptable': [406, 'Not acceptable'],
  'idempotency-in-flight': [409, 'The same call is being worked on'],
  'already-decided': [409, 'Already decided'],
  'not-pending': [409, 'The request is not pending'],
  'illegal-transition': [409, 'Not possible in this state'],
  'capability-spent': [409, 'The capability was already used'],
  'capability-revoked': [409, 'The capability was revoked'],
  'capability-expired': [409, 'The capability has expired'],
  'capability-mismatch': [409, 'The capability does not fit this call'],
  'nonce-used': [409, 'This ceremony was already used'],
  'recently-rejected': [409, 'The same request was rejected a short while ago'],
  'base-moved': [409, 'What the change is based on has moved'],
  'change-closed': [409, 'The change is closed'],
  'token-used': [409, 'The link was already used'],
  'owner-present': [409, 'The organisation already has an owner'],
  'secret-already-shown': [410, 'The secret was already shown'],
  'precondition-failed': [412, 'The precondition does not hold'],
  'payload-too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body must be application/json'],
  'idempotency-mismatch': [422, 'The same key came with another body'],
  'run-mismatch': [422, 'The same run key came with another body'],
  'proof-failed': [422, 'The proof does not hold'],
  'too-many-pending': [429, 'Too many pending requests'],
  'rate-limited': [429, 'Too many requests'],
  'not-sealed-yet': [503, 'Not sealed in the ledger yet'],
  unavailable: [503, 'A part that this needs cannot be reached'],
  internal: [500, 'Something broke on our side'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One wrong place in the input. `pointer` is an RFC 6901 JSON Pointer; line and column count from 1. */
export interface ProblemPlace {
  pointer: string;
  detail: string;
  line?: number;
  column?: number;
}

/** A failure as a value: it survives structured clone, so objects answer with it over RPC. */
export interface Problem {
  code: ProblemCode;
  /** What happened and what to do, for people. Never a secret. */
  detail: string;
  errors?: ProblemPlace[];
  retry_after_seconds?: number;
  /** Id of the request that this is about. It leaves the Worker only for who may know of it. */
  request?: string;
  /** The rich reason, for our own logs only; never leaves the Worker. */
  reason?: string;
}

export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** Wraps a value as success. */
export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

/** Builds a failure. `more` adds places, a retry time or an inner reason. */
export function fail(
  code: ProblemCode,
  detail: string,
  more: Omit<Problem, 'code' | 'detail'> = {},
): { ok: false; problem: Problem } {
  return { ok: false, problem: { code, detail, ...more } };
}
