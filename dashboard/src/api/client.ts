// The one way to the API: same origin, JSON, problems as thrown values with a code. Nothing is taken for success that
// the server has not answered, and nothing for a refusal: where the answer to an act is lost, that is what is said. What
// permits and is not sealed yet is asked again, because repeating it finishes it.
import { freshKey } from './fresh-key.ts';

export interface Place {
  pointer: string;
  detail: string;
  line?: number;
  column?: number;
}

/** A refused or failed call. `code` is of core/problems.ts, or `offline`, `lost` or `bad-answer`, which only a client sees. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly places: Place[];
  readonly requestId: string | null;
  readonly retryAfterSeconds: number;
  /** Whether it may have been done all the same: it was sent, and no answer says what became of it. */
  readonly lost: boolean;

  constructor(code: string, detail: string, more: Partial<Omit<ApiProblem, 'code' | 'message'>> = {}) {
    super(detail);
    this.code = code;
    this.status = more.status ?? 0;
    this.places = more.places ?? [];
    this.requestId = more.requestId ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds ?? 1;
    this.lost = more.lost ?? false;
  }
}

const OFFLINE = 'This device cannot reach Assentry. What is asked here changes nothing; try again.';
const LOST =
  'The answer did not arrive, so it may have been done. What this page shows is read again as soon as Assentry answers: look there before you repeat it.';
const MAX_SEALING_TRIES = 8;
/** How often a call that may be repeated is sent again, and how far apart. */
const MAX_REPEATS = 30;
const REPEAT_MS = 2_000;

/** What a page may tell while a call is under way. */
export interface Progress {
  /** Called while the answer waits for the ledger. */
  onSealing?: () => void;
  /** Called each time that an answer was lost and is asked for again. */
  onLost?: () => void;
}

interface Call extends Progress {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
  /** It stores nothing, although it is a POST. */
  asks?: boolean;
  /** The server answers the same call again with what it did: where the answer is lost, it is sent again. */
  repeats?: boolean;
}

/** Whether the call changes something, if it arrives. */
const acts = ({ method, asks }: Call): boolean => (method ?? 'GET') !== 'GET' && asks !== true;

/**
 * Calls the API and gives the JSON of a 2xx answer (undefined for 204).
 *
 * @throws ApiProblem for everything else
 */
export async function api<T>(path: string, call: Call = {}): Promise<T> {
  // A read that is not sealed yet is shown as such, and read again by its page; an act is repeated until it is through.
  const response = await answered(path, call, call.method ? MAX_SEALING_TRIES : 1);
  return (response.status === 204 ? undefined : await json(response, acts(call))) as T;
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
    const response = await sent(path, call, headers);
    if (response.ok) return response;
    const problem = await problemOf(response, acts(call));
    if (problem.code !== 'not-sealed-yet' || attempt === tries) throw problem;
    call.onSealing?.();
    await pause(Math.min(problem.retryAfterSeconds, 5) * 1000, call.signal);
  }
}

/** Sends it, and the very same again where that is safe and the answer was lost. */
async function sent(path: string, call: Call, headers: Record<string, string>): Promise<Response> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await send(path, call, headers);
    } catch (error) {
      if (!isLost(error) || call.repeats !== true || repeat === MAX_REPEATS) throw error;
      call.onLost?.();
      await pause(REPEAT_MS, call.signal);
    }
  }
}

/** Whether it is not known what became of a call. */
export const isLost = (error: unknown): boolean => error instanceof ApiProblem && error.lost;

/** Whether the session of this page is over. */
export const isSignedOut = (error: unknown): boolean => error instanceof ApiProblem && error.code === 'unauthenticated';

/** POST with a body; a repeat of the same call carries the same Idempotency-Key. */
export const post = <T>(path: string, body: unknown, more: Omit<Call, 'method' | 'body'> = {}): Promise<T> =>
  api<T>(path, { ...more, method: 'POST', body });

/** POST that only asks, such as what is to be signed. */
export const ask = <T>(path: string, body: unknown): Promise<T> => post<T>(path, body, { asks: true });

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
    throw acts(call) ? new ApiProblem('lost', LOST, { lost: true }) : new ApiProblem('offline', OFFLINE);
  }
}

async function json(response: Response, acted: boolean): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    if (acted) throw new ApiProblem('lost', LOST, { lost: true, status: response.status });
    throw new ApiProblem('bad-answer', 'The server answered with something that is not JSON.', {
      status: response.status,
    });
  }
}

/** A 5xx may come after the work was done; `contradicts-ledger` never does, because the server then refuses every call. */
const mayBeDone = (status: number, code: string): boolean => status >= 500 && code !== 'contradicts-ledger';

async function problemOf(response: Response, acted: boolean): Promise<ApiProblem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (key: string) => (typeof body[key] === 'string' ? (body[key] as string) : null);
  const code = text('code') ?? 'bad-answer';
  const lost = acted && mayBeDone(response.status, code);
  const detail = text('detail') ?? text('title') ?? `Status ${response.status}`;
  return new ApiProblem(code, lost ? `${detail} ${LOST}` : detail, {
    status: response.status,
    places: Array.isArray(body.errors) ? (body.errors as Place[]) : [],
    requestId: text('request_id'),
    retryAfterSeconds: Number(response.headers.get('retry-after') ?? 1) || 1,
    lost,
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
