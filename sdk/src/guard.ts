// `guard()`: a function that asks before it runs. Asks, waits, exchanges, runs, reports. Invariants: what runs is a
// frozen copy of what was asked, or of what a reviewer made of it; it runs at most once per capability unless the caller says that repeating is harmless;
// anything that is not a clear yes means that it does not run.
import { canonicalize } from '../../core/canonical.ts';
import { digestOf } from '../../core/digest.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { reasonOf, resourceOf } from './check.ts';
import type { Assentry } from './client.ts';
import { type EditedCall, editedArguments, editOf } from './edited.ts';
import { AssentryError, MismatchError, NotApprovedError } from './errors.ts';
import { asJson, assertExchanged, isPlain, ownParams } from './sent.ts';
import type { WaitOptions } from './wait.ts';
import type { ApprovalRequest, Exchanged, OutcomeReport, Proposal } from './wire.ts';

type Fields<A extends unknown[]> = Pick<
  Proposal,
  'risk' | 'metadata' | 'context' | 'preview' | 'precondition' | 'run' | 'expires_in'
> & {
  resource?: string;
  /**
   * What a reviewer sees and the capability is bound to. Default: the first argument where it is an object, else
   * `{args: [first]}`. The others are what a framework hands along: they are passed on and approved by nobody. Where more
   * than the first says what is to be done, this must be given.
   */
  params?: (...args: A) => JsonObject;
};

export interface GuardOptions<A extends unknown[]> extends Omit<WaitOptions, 'timeout_ms'> {
  actor?: string;
  /** Fields of the proposal, fixed or made from the arguments of each call. */
  request?: Fields<A> | ((...args: A) => Fields<A>);
  /** Gives up waiting after this long; the request is then canceled. */
  timeout_ms?: number;
  /** `rerun`: after a crash, the same `run` may execute again under the same capability (the function is idempotent). */
  resume?: 'refuse' | 'rerun';
  /**
   * A reviewer changed what is to run: gives the arguments for `edit.effective`, or throws to run nothing. Default: those
   * that the effective params are; needed where `params` describes richer arguments.
   */
  onEdit?: (edit: EditedCall, ...args: A) => A | Promise<A>;
  /** What to tell the server of an error. Default: its name only, because messages can hold secrets. */
  describeError?: (error: unknown) => string;
  /** The function ran, but saying so failed. Default: a warning on the console. */
  onReportError?: (error: unknown, request: ApprovalRequest) => void;
}

/** What a guarded call returns instead of a result where policy says `on_rejection: continue`. */
export interface Rejection {
  approved: false;
  status: ApprovalRequest['status'];
  reason: string;
  approvalId: string;
}

/** Told apart from a result of the function: whether this is a rejection that policy lets the agent continue after. */
export const isRejection = (value: unknown): value is Rejection => REJECTIONS.has(value as object);

const REJECTIONS = new WeakSet<object>();

/** Passed to the function after its own arguments, as `this`: what it runs under. */
export interface Permit {
  request: ApprovalRequest;
  capability: Exchanged;
}

/** Wraps `fn`; see `Assentry.guard`. */
export function guarded<A extends unknown[], R>(
  client: Assentry,
  action: string,
  fn: (this: Permit, ...args: A) => R | Promise<R>,
  options: GuardOptions<A> = {},
): (...args: A) => Promise<R | Rejection> {
  return async (...given) => {
    const fields = typeof options.request === 'function' ? options.request(...given) : (options.request ?? {});
    const { params: describe, ...rest } = fields;
    const args = describe ? given : withoutValues(action, fn.length, given);
    const params = asJson(describe ? describe(...args) : defaultParams(args), 'The arguments') as JsonObject;
    const resource = resourceOf(action, rest.resource);
    const request = await settled(client, { ...rest, action, resource, actor: options.actor, params }, options);
    if (!mayStart(request, options)) return refusal(request);
    const effective = ownParams(request, request.effective.params, params);
    const edit = editOf(request, params, effective);
    const described = {
      describe: describe ?? ((...made: A) => defaultParams(made)),
      rebuild: describe ? null : (effective: JsonObject) => argumentsOf<A>(args, effective),
      onEdit: options.onEdit,
    };
    const edited = edit && (await editedArguments(edit, args, described));
    const prepare = () => edited ?? (describe ? unchanged(args, describe, params) : argumentsOf<A>(args, params));
    const { permit, prepared } = await permitFor(client, request, effective, { ...options, prepare });
    return reported(client, permit, () => fn.apply(permit, prepared), options);
  };
}

const isFields = (value: unknown): boolean => typeof value === 'object' && value !== null && isPlain(value);

/** Only the first argument says what is to be done: `map` adds an index, frameworks the whole conversation. */
const defaultParams = ([first]: unknown[]): unknown =>
  isFields(first) ? first : { args: first === undefined ? [] : [first] };

/** The first argument as it was asked for, not as somebody changed it since; the others as they are. */
function argumentsOf<A extends unknown[]>([first, ...others]: A, params: JsonObject): A {
  const copy = structuredClone(params);
  const asked = isFields(first) ? [copy] : (copy.args as Json[]);
  return (asked.length === 0 && others.length > 0 ? [undefined, ...others] : [...asked, ...others]) as A;
}

/**
 * A text, a number, a boolean or a list of them (`exec('rm', ['-rf', '/'])`) after the first argument says something about the call that nobody would approve. A
 * function that takes it needs `params`; to any other it is not passed on.
 */
function withoutValues<A extends unknown[]>(action: string, takes: number, args: A): A {
  const isValue = (at: number) => at > 0 && saysSomething(args[at]);
  const taken = args.findIndex((_, at) => isValue(at) && at < takes);
  if (taken > 0)
    throw new AssentryError(
      'invalid-request',
      `${action}: argument ${taken + 1} would not be approved: say with params what is.`,
    );
  return args.map((arg, at) => (isValue(at) ? undefined : arg)) as A;
}

const VALUES: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'boolean']);
const isOne = (value: unknown): boolean => VALUES.has(typeof value);
const saysSomething = (arg: unknown): boolean =>
  isOne(arg) || (Array.isArray(arg) && arg.length > 0 && arg.every(isOne));

/** With a `params` function the arguments may be richer than JSON: they must still describe the same call. */
function unchanged<A extends unknown[]>(args: A, describe: (...args: A) => JsonObject, params: JsonObject): A {
  if (canonicalize(asJson(describe(...args), 'The arguments')) === canonicalize(params)) return args;
  throw new MismatchError('digest-mismatch', 'The arguments changed after they were asked for. Nothing was run.');
}

async function settled<A extends unknown[]>(
  client: Assentry,
  proposal: Proposal,
  options: GuardOptions<A>,
): Promise<ApprovalRequest> {
  const request = await client.request(proposal, { signal: options.signal });
  if (request.status !== 'pending') return request;
  try {
    return await client.wait(request.id, options);
  } catch (error) {
    // Nobody waits for it any more, so nobody should be asked any more.
    if (proposal.run === undefined) await client.cancel(request.id).catch(() => undefined);
    throw error;
  }
}

/** True to go on, false for a rejection that policy lets the agent live with; throws otherwise. */
function mayStart<A extends unknown[]>(request: ApprovalRequest, options: GuardOptions<A>): boolean {
  const { id, status } = request;
  if (status === 'approved' || (status === 'executing' && options.resume === 'rerun')) return true;
  if (status === 'rejected' && request.on_rejection === 'continue') return false;
  if (status === 'rejected' || status === 'expired' || status === 'canceled' || status === 'pending') {
    throw new NotApprovedError('not-approved', `${id} was not approved (${status}): ${reasonOf(request)}`, request);
  }
  throw new NotApprovedError(
    'already-started',
    `${id} is ${status}: an earlier run started it. Nothing was run.`,
    request,
  );
}

function refusal(request: ApprovalRequest): Rejection {
  const rejection: Rejection = {
    approved: false,
    status: request.status,
    reason: reasonOf(request),
    approvalId: request.id,
  };
  REJECTIONS.add(rejection);
  return rejection;
}

/** Exchanges; a capability that is for anything else, or that nobody waits for any more, is handed back unused. */
async function permitFor<A extends unknown[]>(
  client: Assentry,
  request: ApprovalRequest,
  params: JsonObject,
  options: GuardOptions<A> & { prepare: () => A },
): Promise<{ permit: Permit; prepared: A }> {
  const { id, actor, precondition, run } = request;
  const nonce = options.resume === 'rerun' && run !== null ? digestOf({ guard: id, run }).slice(7) : undefined;
  const input = { request: id, actor, nonce, params, ...(precondition === null ? {} : { precondition }) };
  let held = false;
  try {
    const capability = await client.exchange(input, { signal: options.signal });
    held = true;
    assertExchanged(request, params, capability);
    options.signal?.throwIfAborted();
    return { permit: { request, capability }, prepared: options.prepare() };
  } catch (error) {
    // Only what was surely taken here is handed back: another run may hold it and be at work.
    if (held || error instanceof MismatchError)
      await client.report(id, { status: 'not_started' }).catch(() => undefined);
    throw error;
  }
}

async function reported<A extends unknown[], R>(
  client: Assentry,
  permit: Permit,
  run: () => R | Promise<R>,
  options: GuardOptions<A>,
): Promise<R> {
  let result: R;
  try {
    result = await run();
  } catch (error) {
    await tell(client, permit, { status: 'failed', detail: (options.describeError ?? nameOf)(error) }, options);
    throw error;
  }
  await tell(client, permit, { status: 'executed' }, options);
  return result;
}

/** Never throws: what the function did stands, whether or not the server hears of it. The key is one per capability. */
async function tell<A extends unknown[]>(
  client: Assentry,
  { request, capability }: Permit,
  outcome: OutcomeReport,
  options: GuardOptions<A>,
): Promise<void> {
  try {
    await client.report(request.id, outcome, { idempotency_key: `${capability.capability.id}:${outcome.status}` });
  } catch (error) {
    (options.onReportError ?? warn)(error, request);
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'error');

const warn = (error: unknown, request: ApprovalRequest): void =>
  console.warn(`${request.id} ran, but its outcome could not be reported:`, error);
