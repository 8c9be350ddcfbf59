// One call to the API: headers, retries, problem answers. A POST carries an Idempotency-Key, or a body that names the call
// (`run`), over all its retries, so that a lost answer never makes a second request. What is retried: no answer at all, the same call in
// flight, too many requests, unavailable.
import { AssentryError, problemError, UnavailableError } from './errors.ts';
import { callAfter, timeoutSignal } from './timers.ts';

export interface Connection {
  base_url: string;
  api_key: string;
  fetch: typeof globalThis.fetch;
  /** How often a call is repeated after its first attempt. */
  max_retries: number;
  /** One attempt may take this long. */
  timeout_ms: number;
}

export interface Call {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  /** Null: none, where the body itself names the call. Absent: a fresh one for each POST. */
  idempotency_key?: string | null;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  timeout_ms?: number;
  /** The answer's bytes as they are, not parsed. */
  bytes?: boolean;
}

const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** A cap on pending requests does not go away in seconds. */
const FINAL_CODES: ReadonlySet<string> = new Set(['too-many-pending']);
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;
/** A server that asks for more patience than this gets none: the caller decides. */
const LONGEST_RETRY_AFTER_SECONDS = 60;

/** Sends the call until it has an answer that is final. Returns parsed JSON; throws an `AssentryError`. */
export async function send<T>(connection: Connection, call: Call): Promise<T> {
  const fresh = call.method === 'POST' && call.idempotency_key === undefined;
  const keyed = fresh ? { ...call, idempotency_key: randomKey() } : call;
  for (let attempt = 0; ; attempt++) {
    const answer = await attemptOnce<T>(connection, keyed);
    if (answer.ok) return answer.value;
    if (!answer.again || attempt >= connection.max_retries) throw answer.error;
    await pause(pauseMs(attempt, answer.error), call.signal);
  }
}

type Attempt<T> = { ok: true; value: T } | { ok: false; error: AssentryError; again: boolean };

async function attemptOnce<T>(connection: Connection, call: Call): Promise<Attempt<T>> {
  try {
    const response = await open(connection, call);
    if (response.ok && call.bytes) return { ok: true, value: new Uint8Array(await response.arrayBuffer()) as T };
    const text = await response.text();
    if (response.ok) return { ok: true, value: parseAnswer<T>(text) };
    const error = problemError(response.status, tryParse(text), retryAfter(response));
    return { ok: false, error, again: isRetried(error) };
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof AssentryError) return { ok: false, error, again: false };
    const lost = new UnavailableError('network', `No answer from ${connection.base_url}: ${whyLost(error)}.`, {
      cause: error,
    });
    return { ok: false, error: lost, again: true };
  }
}

/** Node's fetch says only "fetch failed"; why is in its cause, such as ECONNREFUSED. */
function whyLost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error.cause instanceof Error)) return error.message;
  const { code, message } = error.cause as { code?: string; message: string };
  return `${error.message}, ${code ?? message}`;
}

/** Opens one HTTP exchange, without retries. The body of the answer is still to be read. */
export function open(connection: Connection, call: Call): Promise<Response> {
  const timeout = timeoutSignal(call.timeout_ms ?? connection.timeout_ms);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const { fetch } = connection;
  return fetch(connection.base_url + call.path, {
    method: call.method,
    headers: headersOf(connection, call),
    // Redirects would carry the key to another place.
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body }),
  });
}

function headersOf(connection: Connection, call: Call): Record<string, string> {
  return {
    authorization: `Bearer ${connection.api_key}`,
    accept: 'application/json, application/problem+json',
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(call.idempotency_key == null ? {} : { 'idempotency-key': call.idempotency_key }),
    ...call.headers,
  };
}

function parseAnswer<T>(text: string): T {
  const value = tryParse(text);
  if (value === undefined)
    throw new AssentryError('malformed-answer', 'The server answered with something that is not JSON.');
  return value as T;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRetried(error: AssentryError): boolean {
  if ((error.retry_after_seconds ?? 0) > LONGEST_RETRY_AFTER_SECONDS || FINAL_CODES.has(error.code)) return false;
  return error.code === 'idempotency-in-flight' || RETRIED_STATUSES.has(error.status);
}

/** Only seconds: our server sends no dates. */
function retryAfter(response: Response): number | undefined {
  const text = response.headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** What the server asks for, else doubling with jitter, so that many clients do not come back at once. */
export function pauseMs(attempt: number, error?: AssentryError): number {
  if (error?.retry_after_seconds != null) return error.retry_after_seconds * 1000;
  return Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
}

/** Sleeps, unless the signal aborts: then it throws the signal's reason. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      end();
      reject(signal?.reason);
    };
    const end = callAfter(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** A fresh key for one call. */
export const randomKey = (): string => crypto.randomUUID();
