// Waiting for a decision, as long as it takes: one GET, then one stream that costs nothing while nothing happens. Where
// streaming does not work (a proxy buffers it), it polls with `?wait=`. Invariant: it returns only what the server said,
// and ends with an error when nobody can be reached after the request's deadline.
import { AssentryError, StoppedError, UnavailableError, WaitTimeoutError } from './errors.ts';
import { type Connection, open, pause, pauseMs, send } from './http.ts';
import { readEvents, type ServerEvent } from './sse.ts';
import { callAfter } from './timers.ts';
import type { ApprovalRequest } from './wire.ts';

export interface WaitOptions {
  signal?: AbortSignal;
  /** The caller's own patience; the request itself lives on. */
  timeout_ms?: number;
  /** Hears each state of the request, the first and the last included. */
  onUpdate?: (request: ApprovalRequest) => void;
  /** False: do not try to stream. */
  stream?: boolean;
}

/** `?wait=`: long enough to cost little, short enough for every proxy. */
const POLL_SECONDS = 25;
/** Nothing at all on a stream for this long, not even a comment: something in between swallows it. */
const SILENCE_MS = 45_000;
/** One connection is renewed after this long, whatever it says. */
const STREAM_MS = 24 * 3_600_000;
/** After the deadline, how long an unreachable server is waited for. */
const GRACE_MS = 60_000;
/** After a round that was over faster than this, the next one waits a little, and longer each time. */
const FAST_MS = 1_000;

interface Waiting {
  connection: Connection;
  id: string;
  path: string;
  signal: AbortSignal;
  last_event_id: string;
  streams: boolean;
  /** Of the request, once it was seen; before that nothing is waited out. */
  deadline_ms: number;
}

/** Waits until the request is no longer `pending`; its `status` then says what happened. */
export async function waitFor(connection: Connection, id: string, options: WaitOptions = {}): Promise<ApprovalRequest> {
  const patience = new AbortController();
  const end = options.timeout_ms === undefined ? null : callAfter(options.timeout_ms, () => patience.abort());
  const signal = AbortSignal.any([patience.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const path = `/v1/approval-requests/${encodeURIComponent(id)}`;
  const streams = options.stream ?? true;
  try {
    return await untilDecided(
      { connection, id, path, signal, last_event_id: '', streams, deadline_ms: 0 },
      options.onUpdate,
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!patience.signal.aborted) throw error;
    throw new WaitTimeoutError('wait-timeout', `${id} is still undecided. It lives on: wait again, or cancel it.`);
  } finally {
    end?.();
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
      // A deadline that is none has passed.
      const over = !(Date.now() <= waiting.deadline_ms + GRACE_MS);
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
  let seen = '';
  for await (const request of states(waiting)) {
    onAnswer();
    waiting.deadline_ms = Date.parse(request.expires_at);
    const state = `${request.status} ${request.updated_at}`;
    if (state !== seen) onUpdate?.(request);
    seen = state;
    if (request.status !== 'pending') return request;
    if (request.stopped != null) throw stopped(request);
  }
  throw new UnavailableError('network', 'The wait ended without an answer.');
}

/** Nothing comes of waiting under a stop; whoever lifts it is a person. The request lives on until its deadline. */
function stopped(request: ApprovalRequest): StoppedError {
  const { reason, target } = request.stopped!;
  const why = reason === '' ? 'no reason was given' : reason;
  return new StoppedError(`Stopped (${target}): ${why}. A person must lift the stop; then wait again.`, {}, request);
}

/** The request now, then as it changes. */
async function* states(waiting: Waiting): AsyncGenerator<ApprovalRequest> {
  yield await look(waiting, 0);
  for (let idle = 0; ; ) {
    const started_ms = Date.now();
    const silence = new AbortController();
    const body = waiting.streams ? await openStream(waiting, silence.signal) : null;
    if (body !== null) yield* streamed(waiting, body, silence);
    yield await look(waiting, body === null ? POLL_SECONDS : 0);
    idle = Date.now() - started_ms < FAST_MS ? idle + 1 : 0;
    if (idle > 0) await pause(pauseMs(idle), waiting.signal);
  }
}

function look({ connection, path, signal }: Waiting, wait_seconds: number): Promise<ApprovalRequest> {
  const query = wait_seconds > 0 ? `?wait=${wait_seconds}` : '';
  const timeout_ms = connection.timeout_ms + wait_seconds * 1000;
  return send(connection, { method: 'GET', path: path + query, signal, timeout_ms });
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

/** The first event is the request as it is when the stream opens, so nothing is missed in between. */
async function* streamed(
  waiting: Waiting,
  body: ReadableStream<Uint8Array>,
  silence: AbortController,
): AsyncGenerator<ApprovalRequest> {
  let end = callAfter(SILENCE_MS, () => silence.abort());
  const alive = () => {
    end();
    end = callAfter(SILENCE_MS, () => silence.abort());
  };
  try {
    for await (const event of readEvents(body, alive)) {
      if (event.id !== '') waiting.last_event_id = event.id;
      yield requestIn(event, waiting) ?? (await look(waiting, 0));
    }
  } catch (error) {
    if (error instanceof AssentryError) throw error;
    waiting.signal.throwIfAborted();
    // A broken connection is opened again; a silent one is not trusted again.
    waiting.streams = !silence.signal.aborted;
  } finally {
    end();
  }
}

/** The request that an event carries whole; null for any other event: then it only says "look". */
function requestIn({ data }: ServerEvent, { id }: Waiting): ApprovalRequest | null {
  try {
    const request = JSON.parse(data) as ApprovalRequest;
    return request?.object === 'approval_request' && request.id === id ? request : null;
  } catch {
    return null;
  }
}
