// The one way to the API: same origin, JSON, problems as thrown values with a code. Nothing is taken for success that
// the server has not answered; what permits and is not sealed yet is asked again, because repeating it finishes it.
import { freshKey } from './fresh-key.ts';

export interface Place {
  pointer: string;
  detail: string;
  line?: number;
  column?: number;
}

/** A refused or failed call. `code` is of core/problems.ts, or `offline` / `bad-answer`, which only a client sees. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly places: Place[];
  readonly requestId: string | null;
  readonly retryAfterSeconds: number;

  constructor(code: string, detail: string, more: Partial<Omit<ApiProblem, 'code' | 'message'>> = {}) {
    super(detail);
    this.code = code;
    this.status = more.status ?? 0;
    this.places = more.places ?? [];
    this.requestId = more.requestId ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds ?? 1;
  }
}

const OFFLINE = 'This device cannot reach Assentry. Nothing was sent twice and nothing was decided; try again.';
const MAX_SEALING_TRIES = 8;

interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
  /** Called while the answer waits for the ledger. */
  onSealing?: () => void;
}

/**
 * Calls the API and gives the JSON of a 2xx answer (undefined for 204).
 *
 * @throws ApiProblem for everything else
 */
export async function api<T>(path: string, call: Call = {}): Promise<T> {
  // A read that is not sealed yet is shown as such, and read again by its page; an act is repeated until it is through.
  const response = await answered(path, call, call.method ? MAX_SEALING_TRIES : 1);
  return (response.status === 204 ? undefined : await json(response)) as T;
}

/**
 * Reads a file: its text as it came, once the ledger holds what it is about.
 *
 * @throws ApiProblem for everything but a 2xx answer
 */
export const readText = async (path: string, call: Pick<Call, 'signal' | 'onSealing'> = {}): Promise<string> =>
  (await answered(path, call, MAX_SEALING_TRIES)).text();

async function answered(path: string, call: Call, tries: number): Promise<Response> {
  const headers = headersOf(call);
  for (let attempt = 1; ; attempt++) {
    const response = await send(path, call, headers);
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (problem.code !== 'not-sealed-yet' || attempt === tries) throw problem;
    call.onSealing?.();
    await pause(Math.min(problem.retryAfterSeconds, 5) * 1000, call.signal);
  }
}

/** POST with a body; a repeat of the same call carries the same Idempotency-Key. */
export const post = <T>(path: string, body: unknown, more: Omit<Call, 'method' | 'body'> = {}): Promise<T> =>
  api<T>(path, { ...more, method: 'POST', body });

function headersOf(call: Call): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  if (call.method === 'POST') headers['idempotency-key'] = freshKey();
  return headers;
}

async function send(path: string, call: Call, headers: Record<string, string>): Promise<Response> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  try {
    return await fetch(path, { method: call.method ?? 'GET', headers, body, signal: call.signal, redirect: 'error' });
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw new ApiProblem('offline', OFFLINE);
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new ApiProblem('bad-answer', 'The server answered with something that is not JSON.', {
      status: response.status,
    });
  }
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (key: string) => (typeof body[key] === 'string' ? (body[key] as string) : null);
  return new ApiProblem(text('code') ?? 'bad-answer', text('detail') ?? text('title') ?? `Status ${response.status}`, {
    status: response.status,
    places: Array.isArray(body.errors) ? (body.errors as Place[]) : [],
    requestId: text('request_id'),
    retryAfterSeconds: Number(response.headers.get('retry-after') ?? 1) || 1,
  });
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
