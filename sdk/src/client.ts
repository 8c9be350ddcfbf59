// The client: one method per call of contract.md "For machines", and the three that agents use most: wait, check, guard.
// It holds a key and a place, no state: everything can be taken up again in another process with the request's id.
import { type CheckInput, type CheckResult, checkResult, resourceOf } from './check.ts';
import { AssentryError } from './errors.ts';
import { type GuardOptions, guarded, type Permit, type Rejection } from './guard.ts';
import { type Call, type Connection, randomKey, send } from './http.ts';
import { asProposal, assertAnswers, assertConsistent, assertFits, rejectionBefore } from './sent.ts';
import { waitSeconds } from './timers.ts';
import { numberOption } from './verify/options.ts';
import { type WaitOptions, waitFor } from './wait.ts';
import type { ApprovalRequest, Exchanged, ExchangeInput, ListFilter, OutcomeReport, Page, Proposal } from './wire.ts';

export interface AssentryOptions {
  /** `asn_live_…` or `asn_test_…`. Default: ASSENTRY_API_KEY, where there is an environment. */
  apiKey?: string;
  /** Where Assentry runs. Default: ASSENTRY_URL, else the local stack. */
  url?: string;
  /** Who acts in proposals and exchanges that name nobody. Default: the service account itself. */
  actor?: string;
  fetch?: typeof globalThis.fetch;
  /** Repeats after the first attempt. Default: 4. */
  maxRetries?: number;
  /** For one attempt. Default: 30,000. */
  timeoutMs?: number;
}

/** Of one call: stop it, or name it so that a repeat is the same call. */
export interface CallOptions {
  signal?: AbortSignal;
  idempotency_key?: string;
}

const LOCAL_URL = 'http://localhost:8787';
const DEFAULT_RETRIES = 4;
const DEFAULT_TIMEOUT_MS = 30_000;

const environment = (name: string): string | undefined =>
  (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name];

/** Origin and path without a slash at the end. A key never goes over plain http, but to this machine. */
function baseUrl(text: string): string {
  if (!URL.canParse(text))
    throw new TypeError(`Assentry's url must begin with https:// (or http://localhost): ${text}`);
  const url = new URL(text);
  const local = /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
    throw new TypeError(
      `Assentry's url must begin with https:// (or http://localhost): ${url.host ? url.origin : text}`,
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

const requestPath = (id: string, rest = ''): string => `/v1/approval-requests/${encodeURIComponent(id)}${rest}`;

export class Assentry {
  readonly #connection: Connection;
  readonly #actor: string | undefined;

  /** Throws a TypeError when there is no key, the url would carry it in the clear, or an option is no number. */
  constructor(options: AssentryOptions = {}) {
    const api_key = options.apiKey ?? environment('ASSENTRY_API_KEY');
    if (!api_key) throw new TypeError('Assentry needs an apiKey (or ASSENTRY_API_KEY in the environment).');
    this.#actor = options.actor;
    this.#connection = {
      api_key,
      base_url: baseUrl(options.url ?? environment('ASSENTRY_URL') ?? LOCAL_URL),
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
      max_retries: numberOption('maxRetries', options.maxRetries, DEFAULT_RETRIES),
      timeout_ms: numberOption('timeoutMs', options.timeoutMs, DEFAULT_TIMEOUT_MS),
    };
  }

  /** Where this client talks to, without a slash at the end. */
  get url(): string {
    return this.#connection.base_url;
  }

  /** Any other route of the API, with the same key, retries and errors. */
  call<T>(method: Call['method'], path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    const { signal, idempotency_key } = options;
    return send<T>(this.#connection, { method, path, body, signal, idempotency_key });
  }

  /** Any route whose answer is a file, byte for byte as it came. */
  file(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<Uint8Array> {
    return send(this.#connection, { method: 'GET', path, signal, bytes: true, headers: { accept: '*/*' } });
  }

  /**
   * Proposes an action. The answer is `approved`, `pending` or `rejected`; it is checked to be about what was sent. The
   * same `run` again is the same request. What was rejected within the last ten minutes is answered with that rejection.
   * Throws `MismatchError`, `AuthenticationError`, `UnavailableError`, or an `AssentryError` by problem code.
   */
  async request(proposal: Proposal, options: CallOptions = {}): Promise<ApprovalRequest> {
    const sent = asProposal({ ...proposal, actor: proposal.actor ?? this.#actor });
    const { signal, idempotency_key = sent.run === undefined ? undefined : null } = options;
    const call = { method: 'POST', path: '/v1/approval-requests', body: sent, signal, idempotency_key } as const;
    const answer = await send<ApprovalRequest>(this.#connection, call).catch((error) => rejectionBefore(sent, error));
    return assertAnswers(sent, answer);
  }

  /** The exact state now. `wait_seconds` (0 to 60) holds the answer until the status changes. */
  async get(id: string, options: { signal?: AbortSignal; wait_seconds?: number } = {}): Promise<ApprovalRequest> {
    const { signal } = options;
    const wait_seconds = waitSeconds(options.wait_seconds);
    const path = requestPath(id, wait_seconds > 0 ? `?wait=${wait_seconds}` : '');
    const timeout_ms = this.#connection.timeout_ms + wait_seconds * 1000;
    return assertConsistent(await send(this.#connection, { method: 'GET', path, signal, timeout_ms }));
  }

  /** All that match, newest first, page by page as you read on. Lists can lag; `get` is exact. */
  async *list(filter: ListFilter = {}, options: { signal?: AbortSignal } = {}): AsyncGenerator<ApprovalRequest> {
    for (let cursor: string | null = ''; cursor !== null; ) {
      const asked = { ...filter, ...(cursor === '' ? {} : { cursor }) };
      const given = Object.entries(asked).filter(([, value]) => value !== undefined);
      const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
      const page: Page<ApprovalRequest> = await this.call('GET', `/v1/approval-requests?${query}`, undefined, options);
      yield* page.data;
      cursor = page.next_cursor;
    }
  }

  /** Waits until the request is decided. Only `status === 'approved'` is a yes. Survives restarts: call it again. */
  async wait(id: string, options: WaitOptions = {}): Promise<ApprovalRequest> {
    return assertConsistent(await waitFor(this.#connection, id, options));
  }

  /** Withdraws a request that is pending or approved. */
  cancel(id: string, { reason, ...options }: CallOptions & { reason?: string } = {}): Promise<ApprovalRequest> {
    return this.call('POST', requestPath(id, '/cancel'), reason === undefined ? {} : { reason }, options);
  }

  /** Takes the capability of an approved request: a token for this one action, once. */
  async exchange(input: ExchangeInput, options: CallOptions = {}): Promise<Exchanged> {
    const nonce = input.nonce ?? options.idempotency_key ?? randomKey();
    const actor = input.actor ?? this.#actor ?? (await this.get(input.request, options)).actor;
    const idempotency_key = options.idempotency_key ?? nonce;
    const sent = { ...options, idempotency_key };
    const exchanged = await this.call<Exchanged>('POST', '/v1/capabilities/exchange', { ...input, actor, nonce }, sent);
    assertFits(exchanged, input.params);
    return exchanged;
  }

  /** Says what happened. Only the actor knows: it is recorded as its word. */
  report(id: string, outcome: OutcomeReport, options: CallOptions = {}): Promise<ApprovalRequest> {
    return this.call('POST', requestPath(id, '/outcome'), outcome, options);
  }

  /** May I? Proposes and answers at once; does not wait. */
  async check(input: CheckInput, options: CallOptions = {}): Promise<CheckResult> {
    return checkResult(await this.request({ ...input, resource: resourceOf(input.action, input.resource) }, options));
  }

  /**
   * Wraps a function so that each call is proposed, approved, exchanged, run on exactly what was approved, and reported.
   * The wrapped function throws `NotApprovedError`, or returns a `Rejection` where policy says `on_rejection: continue`.
   */
  guard<A extends unknown[], R>(
    action: string,
    fn: (this: Permit, ...args: A) => R | Promise<R>,
    options: GuardOptions<A> = {},
  ): (...args: A) => Promise<R | Rejection> {
    if (typeof fn !== 'function') throw new AssentryError('invalid-request', `guard('${action}') needs a function.`);
    numberOption('timeout_ms', options.timeout_ms, 0);
    return guarded(this, action, fn, { ...options, actor: options.actor ?? this.#actor });
  }
}
