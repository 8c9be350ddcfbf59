// A small server that speaks the part of contract.md that the SDK and the CLI use, over real HTTP on a free port. Its
// requests carry real digests; who decides is the test. It is not a model of the product: the stack's own test is.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AUTHORIZATION_TYPE } from '../../../core/claims.ts';
import { actionDigest, paramsDigest } from '../../../core/digest.ts';
import { editedAction } from '../../../core/edit.ts';
import { base64url } from '../../../core/encoding.ts';
import { newId } from '../../../core/ids.ts';
import type { JsonObject } from '../../../core/json.ts';
import { matchWords } from '../../../core/match-words.ts';
import type { ApprovalRequest, Edit, Proposal, Scope } from '../../../sdk/src/wire.ts';

export interface Seen {
  method: string;
  path: string;
  key: string | undefined;
  body: Record<string, unknown>;
  last_event_id: string | undefined;
}
type Answer =
  | { status: number; body: unknown; text?: string | Uint8Array; headers?: Record<string, string> }
  | 'hang-up'
  | 'hold'
  | undefined;

export class ContractServer {
  readonly seen: Seen[] = [];
  readonly requests = new Map<string, ApprovalRequest>();
  readonly server = createServer((request, response) => void this.#serve(request, response));
  /** Answers before the routes do; undefined lets the routes answer. */
  before: (seen: Seen) => Answer = () => undefined;
  /** What policy says to a new proposal, and any field of it to lie about. */
  birth: Partial<ApprovalRequest> = {};
  /** What is answered to an exchange instead of the truth. */
  exchanged: Record<string, unknown> = {};
  streams = true;
  eventData: string | undefined;
  readonly #keyed = new Map<string, { body: string; answer: { status: number; body: unknown } }>();
  readonly #listeners = new Map<string, Set<{ response: ServerResponse; streams: boolean }>>();
  #events = 0;

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, 'localhost', resolve));
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Changes a request and tells who waits. */
  change(id: string, fields: Partial<ApprovalRequest>): void {
    const request = { ...this.requests.get(id)!, ...fields, updated_at: new Date().toISOString() };
    this.requests.set(id, request);
    this.#events++;
    for (const { response, streams } of this.#listeners.get(id) ?? []) {
      if (!streams) reply(response, 200, request);
      else response.write(this.#event(request));
    }
  }

  approve(id: string): void {
    this.change(id, { status: 'approved', capability: capabilityOf(this.requests.get(id)!) });
  }

  /** A reviewer edits and approves: other params under digests that fit. */
  approveEdited(id: string, params: JsonObject, edits?: Edit[]): void {
    const request = this.requests.get(id)!;
    const salt = request.salt!;
    const { action_digest, diff } = editedAction({ ...request, salt }, params);
    const effective = { params, action_digest, params_digest: paramsDigest(salt, params) };
    const edit: Edit = {
      ...{ editor: { id: 'usr_1', name: 'Dana' }, mode: 'narrow', stage: 0, comment: 'Half.', rule: null },
      ...{ edited_at: later(0), replaces: request.action_digest, action_digest, diff },
    };
    this.change(id, { effective, edits: edits ?? [edit] });
    this.approve(id);
  }

  /** Ends every open stream in the middle of a line, as a network does. */
  cutStreams(): void {
    for (const listeners of this.#listeners.values()) for (const { response } of listeners) response.destroy();
  }

  calls(method: string, path: RegExp): Seen[] {
    return this.seen.filter((one) => one.method === method && path.test(one.path));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const seen: Seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      key: request.headers['idempotency-key'] as string | undefined,
      body: text === '' ? {} : JSON.parse(text),
      last_event_id: request.headers['last-event-id'] as string | undefined,
    };
    this.seen.push(seen);
    const special = this.before(seen);
    if (special === 'hang-up') request.socket.destroy();
    else if (special === 'hold') return;
    else if (special?.text !== undefined) response.writeHead(special.status, special.headers).end(special.text);
    else if (special !== undefined) reply(response, special.status, special.body, special.headers);
    else if (!/^Bearer asn_(live|test)_/.test(request.headers.authorization ?? ''))
      problem(response, 401, 'unauthenticated');
    else this.#route(seen, response);
  }

  #route(seen: Seen, response: ServerResponse): ServerResponse {
    const [, path = '', query = ''] = /^([^?]*)\??(.*)$/.exec(seen.path) ?? [];
    const [, id = '', verb = ''] = /^\/v1\/approval-requests\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    if (seen.method === 'POST' && !this.#fresh(seen, response)) return response;
    if (path === '/v1/approval-requests') {
      if (seen.method === 'GET') return this.#list(new URLSearchParams(query), response);
      return this.#answer(seen, response, 201, this.#create(seen.body as unknown as Proposal));
    }
    if (path === '/v1/capabilities/exchange') return this.#exchange(seen, response);
    const request = this.requests.get(id);
    if (request === undefined) return problem(response, 404, 'not-found');
    if (verb === 'stream') return this.#stream(request, response, seen.last_event_id);
    if (verb === 'cancel') return this.#act(seen, response, request, { status: 'canceled' });
    if (verb === 'outcome')
      return this.#act(seen, response, request, {
        status: seen.body.status as 'executed',
        outcome: seen.body as never,
      });
    const wait = Number(new URLSearchParams(query).get('wait') ?? 0);
    if (wait === 0 || request.status !== 'pending') return reply(response, 200, request);
    return this.#listen(id, response);
  }

  #fresh(seen: Seen, response: ServerResponse): boolean {
    const before = this.#keyed.get(callOf(seen));
    if (before === undefined) return true;
    if (before.body !== JSON.stringify(seen.body)) problem(response, 422, 'idempotency-mismatch');
    else reply(response, before.answer.status, before.answer.body, { 'idempotent-replayed': 'true' });
    return false;
  }

  #answer(seen: Seen, response: ServerResponse, status: number, body: unknown): ServerResponse {
    this.#keyed.set(callOf(seen), { body: JSON.stringify(seen.body), answer: { status, body } });
    return reply(response, status, body);
  }

  #act(
    seen: Seen,
    response: ServerResponse,
    request: ApprovalRequest,
    fields: Partial<ApprovalRequest>,
  ): ServerResponse {
    this.change(request.id, fields);
    return this.#answer(seen, response, 200, this.requests.get(request.id));
  }

  #create(proposal: Proposal): ApprovalRequest {
    const request = { ...requestOf(proposal), ...this.birth };
    if (request.status === 'approved') request.capability = capabilityOf(request);
    this.requests.set(request.id, request);
    return request;
  }

  #list(query: URLSearchParams, response: ServerResponse): ServerResponse {
    const all = [...this.requests.values()]
      .filter((one) => (query.get('status') ?? one.status) === one.status)
      .reverse();
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Number(query.get('limit') ?? 50);
    return reply(response, 200, { data: all.slice(start, end), next_cursor: end < all.length ? String(end) : null });
  }

  #exchange(seen: Seen, response: ServerResponse): ServerResponse {
    const request = this.requests.get(seen.body.request as string);
    if (request === undefined) return problem(response, 404, 'not-found');
    if (request.status !== 'approved') return problem(response, 409, 'capability-spent');
    this.change(request.id, { status: 'executing' });
    const { action, resource, salt, constraints, precondition, effective } = request;
    const { params_digest, action_digest } = effective;
    const type = AUTHORIZATION_TYPE;
    const detail = {
      type,
      action,
      resource,
      params_digest,
      action_digest,
      salt,
      constraints,
      precondition,
      enforce: 'offline',
    };
    return this.#answer(seen, response, 200, {
      capability: { ...request.capability!, status: 'exchanged' },
      access_token: 'a.b.c',
      token_type: 'Bearer',
      expires_in: 300,
      params: effective.params,
      authorization_details: [detail],
      receipt: { event: 'evt_1' },
      ...this.exchanged,
    });
  }

  #stream(request: ApprovalRequest, response: ServerResponse, last_event_id: string | undefined): ServerResponse {
    if (!this.streams) return problem(response, 406, 'not-acceptable');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1000\n\n');
    if (last_event_id !== String(this.#events)) response.write(this.#event(request));
    return this.#listen(request.id, response, true);
  }

  /** The whole request, or what the test says instead. */
  #event(request: ApprovalRequest): string {
    const data = this.eventData ?? JSON.stringify(request);
    return `id: ${this.#events}\nevent: approval_request\ndata: ${data}\n\n`;
  }

  #listen(id: string, response: ServerResponse, streams = false): ServerResponse {
    const listeners = this.#listeners.get(id) ?? new Set();
    const listener = { response, streams };
    this.#listeners.set(id, listeners.add(listener));
    return response.on('close', () => listeners.delete(listener));
  }
}

/** What names a call: its run, else its key, else nothing that another call has. */
const callOf = ({ path, key, body }: Seen): string => `${path} ${JSON.stringify(body.run ?? key ?? randomBytes(8))}`;

function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  return response.end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, code: string): ServerResponse {
  return reply(response, status, {
    code,
    status,
    title: code,
    detail: `The server says ${code}.`,
    request_id: 'req_1',
  });
}

const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const id = (prefix: 'apr' | 'cap' | 'org') => newId(prefix, Date.now(), randomBytes(10));

const scopeOf = (of: { action: string; resource: string; params_digest: string }): Scope => ({
  ...of,
  ...{ audience: of.resource, enforce: 'offline', dpop: false, ttl_seconds: 600 },
});

const capabilityOf = ({ action, resource, params_digest }: ApprovalRequest) => ({
  id: id('cap'),
  status: 'issued',
  scope: scopeOf({ action, resource, params_digest }),
  expires_at: later(600),
});

/** A pending request, every field of the contract there. */
export function requestOf(proposal: Proposal): ApprovalRequest {
  const {
    action,
    resource,
    actor: asked = 'service-account:release-bot',
    params = {},
    metadata = {},
    precondition = null,
  } = proposal;
  const actor = asked.replace(/^agent\./, 'agent:');
  const salt = base64url(randomBytes(16));
  const parts = {
    organization: id('org'),
    salt,
    action,
    resource,
    actor,
    params,
    metadata,
    constraints: {},
    precondition,
  };
  const digests = { action_digest: actionDigest(parts), params_digest: paramsDigest(salt, params) };
  const own = id('apr');
  return {
    ...{ id: own, object: 'approval_request', status: 'pending', verdict: 'require_approval' },
    ...parts,
    ...digests,
    requester: { kind: 'service_account', id: 'sa_1', name: 'release-bot', key: 'key_1' },
    ...{ on_behalf_of: null, preview: null, context: proposal.context ?? null },
    run: proposal.run ? { id: proposal.run.id, tool_call_id: proposal.run.tool_call_id ?? null } : null,
    request_digest: digests.action_digest,
    effective: { params, ...digests },
    risk: { level: proposal.risk ?? 'medium', claimed: proposal.risk ?? null, reasons: [] },
    policy: { version: 1, digest: digests.action_digest, rule: 'deploys', trace: [] },
    ...{ message: null, on_rejection: 'stop', decisions: [], rejection_reason: null, capability: null, outcome: null },
    requirement: {
      ...{ verify: 'passkey', separation: 'requester', require: { approve: [], reject: ['comment'] } },
      stages: [{ from: ['role:admin'], count: 2, approved: 1 }],
    },
    scope: scopeOf({ action, resource, params_digest: digests.params_digest }),
    comments: [],
    decided_by: null,
    break_glass: null,
    escalations: [],
    stopped: null,
    next_escalation: null,
    claim: null,
    erased_at: null,
    review_url: `http://localhost:8787/r/${own}`,
    match_words: matchWords(digests.action_digest),
    ...{ created_at: later(-180), updated_at: later(0), expires_at: later(3600), decided_at: null },
    ledger: { pending: false, entries: [] },
  };
}
