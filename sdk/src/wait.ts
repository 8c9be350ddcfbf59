// Waiting for a decision, as long as it takes. The stream only says "look again": what counts is always a fresh GET of
// the request. Where streaming does not work (a proxy buffers it), it polls with `?wait=`. Invariant: it returns only
// what the server said, and ends with an error when nobody can be reached after the request's deadline.
import { UnavailableError, WaitTimeoutError } from './errors.ts';
import { type Connection, open, pause, pauseMs, send } from './http.ts';
import { readEvents } from './sse.ts';
import type { ApprovalRequest } from './wire.ts';

export interface WaitOptions {
  signal?: AbortSignal;
  /** The caller's own patience; the request itself lives on. */
  timeout_ms?: number;
  /** Hears the state of the request at each look, the first and the last included. */
  onUpdate?: (request: ApprovalRequest) => void;
  /** False: do not try to stream. */
  stream?: boolean;
}

/** `?wait=`: long enough to cost little, short enough for every proxy. */
const POLL_SECONDS = 25;
/** Nothing at all on a stream for this long, not even a comment: something in between swallows it. */
const SILENCE_MS = 45_000;
/** One connection is renewed after this long, whatever it says. */
const STREAM_MS = 15 * 60_000;
/** After the deadline, how long an unreachable server is waited for. */
const GRACE_MS = 60_000;
/** A look that was answered faster than this and brought nothing is not repeated at once. */
const FAST_MS = 1_000;

interface Waiting {
  connection: Connection;
  path: string;
  signal: AbortSignal;
  last_event_id: string;
  streams: boolean;
  /** Of the request, once it was seen; before that nothing is waited out. */
  deadline_ms: number;
}

/** Waits until the request is no longer `pending`; its `status` then says what happened. */
export async function waitFor(connection: Connection, id: string, options: WaitOptions = {}): Promise<ApprovalRequest> {
  const patience = options.timeout_ms === undefined ? undefined : AbortSignal.timeout(options.timeout_ms);
  const signal = AbortSignal.any([options.signal, patience].filter((one) => one !== undefined));
  const path = `/v1/approval-requests/${encodeURIComponent(id)}`;
  const streams = options.stream ?? true;
  try {
    return await untilDecided(
      { connection, path, signal, last_event_id: '', streams, deadline_ms: 0 },
      options.onUpdate,
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    if (patience?.aborted !== true) throw error;
    throw new WaitTimeoutError('wait-timeout', `${id} is still undecided. It lives on: wait again, or cancel it.`);
  }
}

async function untilDecided(waiting: Waiting, onUpdate: WaitOptions['onUpdate']): Promise<ApprovalRequest> {
  for (let failures = 0; ; failures++) {
    try {
      return await firstDecided(waiting, onUpdate, () => {
        failures = 0;
      });
    } catch (error) {
      waiting.signal.throwIfAborted();
      const over = Date.now() > waiting.deadline_ms + GRACE_MS;
      if (!(error instanceof UnavailableError) || over) throw error;
      await pause(pauseMs(failures), waiting.signal);
    }
  }
}

async function firstDecided(
  waiting: Waiting,
  onUpdate: WaitOptions['onUpdate'],
  onAnswer: () => void,
): Promise<ApprovalRequest> {
  let idle = 0;
  let seen = '';
  for await (const wait_seconds of ticks(waiting)) {
    const started_ms = Date.now();
    const request = await look(waiting, wait_seconds);
    onAnswer();
    onUpdate?.(request);
    if (request.status !== 'pending') return request;
    waiting.deadline_ms = Date.parse(request.expires_at);
    idle = request.updated_at === seen && Date.now() - started_ms < FAST_MS ? idle + 1 : 0;
    seen = request.updated_at;
    if (idle > 0) await pause(pauseMs(idle), waiting.signal);
  }
  throw new UnavailableError('network', 'The wait ended without an answer.');
}

function look({ connection, path, signal }: Waiting, wait_seconds: number): Promise<ApprovalRequest> {
  const query = wait_seconds > 0 ? `?wait=${wait_seconds}` : '';
  const timeout_ms = connection.timeout_ms + wait_seconds * 1000;
  return send(connection, { method: 'GET', path: path + query, signal, timeout_ms });
}

/** When to look, and how long the server may hold the answer: now, at every event, or by polling. */
async function* ticks(waiting: Waiting): AsyncGenerator<number> {
  for (let first = true; ; first = false) {
    const silence = new AbortController();
    const body = waiting.streams ? await openStream(waiting, silence.signal) : null;
    if (body === null) {
      yield first ? 0 : POLL_SECONDS;
      continue;
    }
    // What was decided before the stream was open is not news on it.
    yield 0;
    yield* news(waiting, body, silence);
  }
}

/** Null when there is no stream this time; `streams` goes off when the server does not speak it. */
async function openStream(waiting: Waiting, silence: AbortSignal): Promise<ReadableStream<Uint8Array> | null> {
  const { connection, path, last_event_id } = waiting;
  const resume: Record<string, string> = last_event_id === '' ? {} : { 'last-event-id': last_event_id };
  const headers = { ...resume, accept: 'text/event-stream' };
  const signal = AbortSignal.any([waiting.signal, silence]);
  try {
    const call = { method: 'GET', path: `${path}/stream`, headers, signal, timeout_ms: STREAM_MS } as const;
    const response = await open(connection, call);
    if (response.ok && response.headers.get('content-type')?.startsWith('text/event-stream')) return response.body;
    await response.body?.cancel();
    waiting.streams = false;
  } catch {
    waiting.signal.throwIfAborted();
  }
  return null;
}

async function* news(
  waiting: Waiting,
  body: ReadableStream<Uint8Array>,
  silence: AbortController,
): AsyncGenerator<number> {
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    for await (const event of readEvents(body, alive)) {
      if (event.id !== '') waiting.last_event_id = event.id;
      yield 0;
    }
  } catch {
    waiting.signal.throwIfAborted();
    // A broken connection is opened again; a silent one is not trusted again.
    waiting.streams = !silence.signal.aborted;
  } finally {
    clearTimeout(timer);
  }
}
