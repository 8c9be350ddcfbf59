import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  Assentry,
  AssentryError,
  isRejection,
  MismatchError,
  NotApprovedError,
  type Permit,
} from '../../../sdk/src/index.ts';
import { ContractServer } from './contract-server.ts';

interface Refund {
  order_id: string;
  amount: number;
}

let server: ContractServer;
let assentry: Assentry;
let ran: unknown[];
beforeEach(async () => {
  server = new ContractServer();
  server.birth = { status: 'approved', verdict: 'allow' };
  assentry = new Assentry({ apiKey: 'asn_live_x', url: await server.start(), maxRetries: 1 });
  ran = [];
});
afterEach(() => server.stop());

const ORDER = { order_id: 'ORD-1287', amount: 2400 };
const processRefund = (order: Refund) => {
  ran.push(order);
  return `refunded ${order.amount}`;
};
const outcomes = () => server.calls('POST', /outcome/).map(({ body }) => body);
const whenPending = async () => {
  while (server.seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  return [...server.requests.keys()][0]!;
};

describe('guard', () => {
  it('asks, exchanges, runs and reports', async () => {
    const refund = assentry.guard('order_tools.process_refund', processRefund);
    expect(await refund(ORDER)).toBe('refunded 2400');
    expect(ran).toEqual([ORDER]);
    expect(server.seen.map(({ method, path }) => `${method} ${path.replace(/apr_\w+/, 'apr')}`)).toEqual([
      'POST /v1/approval-requests',
      'POST /v1/capabilities/exchange',
      'POST /v1/approval-requests/apr/outcome',
    ]);
    expect(server.seen[0]!.body).toEqual({
      action: 'order_tools.process_refund',
      resource: 'tool:order_tools.process_refund',
      params: ORDER,
    });
    expect(outcomes()).toEqual([{ status: 'executed' }]);
  });

  it('waits for the person, and runs only after the approval', async () => {
    server.birth = {};
    const refunded = assentry.guard('order_tools.process_refund', processRefund)(ORDER);
    const id = await whenPending();
    expect(ran).toEqual([]);
    server.approve(id);
    expect(await refunded).toBe('refunded 2400');
  });

  it.each(['rejected', 'expired', 'canceled', 'something-new'])('does not run what was %s', async (status) => {
    server.birth = { status: status as never, message: 'Too much.' };
    const refunded = assentry.guard('order_tools.process_refund', processRefund)(ORDER);
    await expect(refunded).rejects.toBeInstanceOf(NotApprovedError);
    await expect(refunded).rejects.toMatchObject({ request: { status } });
    expect(ran).toEqual([]);
    expect(server.calls('POST', /exchange|outcome/)).toEqual([]);
  });

  it('returns the rejection where policy says that the agent continues', async () => {
    server.birth = { status: 'rejected', on_rejection: 'continue', rejection_reason: 'Ask the customer first.' };
    const result = await assentry.guard('order_tools.process_refund', processRefund)(ORDER);
    expect(isRejection(result)).toBe(true);
    expect(result).toMatchObject({ approved: false, status: 'rejected', reason: 'Ask the customer first.' });
    expect(ran).toEqual([]);
  });

  it('returns the rejection, with its reason and id, when the same is asked again within ten minutes', async () => {
    server.birth = { status: 'rejected', on_rejection: 'continue', rejection_reason: 'Ask the customer first.' };
    const guarded = assentry.guard('order_tools.process_refund', processRefund);
    const first = await guarded(ORDER);
    const [rejected] = [...server.requests.values()];
    const detail = 'The same request was rejected a short while ago.';
    const refusal = { code: 'recently-rejected', status: 409, detail, request_id: 'req_1', approval_request: rejected };
    server.before = () => ({ status: 409, body: refusal });
    const again = await guarded(ORDER);
    expect(isRejection(again)).toBe(true);
    expect(again).toEqual(first);
    const { approval, ...check } = await assentry.check({ action: 'order_tools.process_refund', params: { ...ORDER } });
    expect(check).toEqual({
      allowed: false,
      requiresApproval: false,
      approvalId: rejected!.id,
      reason: 'Ask the customer first.',
    });
    expect(approval).toEqual(rejected);
    // An answer that says less, or about something else, is a refusal still.
    for (const other of [null, { ...rejected, status: 'approved' }, { ...rejected, params: { amount: 1 } }]) {
      server.before = () => ({ status: 409, body: { ...refusal, approval_request: other } });
      await expect(guarded(ORDER)).rejects.toBeInstanceOf(AssentryError);
    }
    expect(ran).toEqual([]);
  });

  it('does not take a result that looks like a rejection for one', async () => {
    const lookalike = { approved: false, status: 'rejected', reason: '', approvalId: '' };
    const result = await assentry.guard('x.y', () => lookalike)();
    expect(isRejection(result)).toBe(false);
  });

  it('continues after nothing but a rejection', async () => {
    server.birth = { status: 'expired', on_rejection: 'continue' };
    await expect(assentry.guard('x.y', () => 1)()).rejects.toBeInstanceOf(NotApprovedError);
  });

  it('runs on the params that were asked for, though the caller changes them meanwhile', async () => {
    const order = { ...ORDER };
    const refunded = assentry.guard('order_tools.process_refund', processRefund)(order);
    order.amount = 9_999_999;
    expect(await refunded).toBe('refunded 2400');
  });

  it('refuses arguments that no longer describe what was asked, and hands the capability back', async () => {
    const order = { ...ORDER };
    const options = { request: { resource: 'order:ORD-1287', params: (one: Refund) => ({ amount: one.amount }) } };
    const refunded = assentry.guard('order_tools.process_refund', processRefund, options)(order);
    order.amount = 9_999_999;
    await expect(refunded).rejects.toBeInstanceOf(MismatchError);
    expect(ran).toEqual([]);
    expect(outcomes()).toEqual([{ status: 'not_started' }]);
  });

  it('asks for the first argument alone, passes the framework’s own on, and what it runs under as this', async () => {
    let permit: Permit | undefined;
    const plumbing = {
      messages: [{ role: 'user', content: 'the whole conversation' }],
      abortSignal: new EventTarget(),
    };
    const guarded = assentry.guard('x.y', function (this: Permit, order: Refund, options: typeof plumbing) {
      permit = this;
      return [order, options];
    });
    expect(await guarded(ORDER, plumbing)).toEqual([ORDER, plumbing]);
    expect(server.seen[0]!.body.params).toEqual(ORDER);
    expect(permit).toMatchObject({ capability: { access_token: 'a.b.c' }, request: { status: 'approved' } });
  });

  it('asks for what map goes over, not for its index and its list', async () => {
    const guarded = assentry.guard('x.y', (one: string) => one.toUpperCase());
    expect(await Promise.all(['a', 'b'].map(guarded))).toEqual(['A', 'B']);
    // Both are under way at once: either may arrive first.
    const asked = server.calls('POST', /requests$/).map(({ body }) => JSON.stringify(body.params));
    expect(asked.sort()).toEqual(['{"args":["a"]}', '{"args":["b"]}']);
  });

  it.each([
    [[ORDER, undefined], ORDER],
    [[undefined], { args: [] }],
    [[], { args: [] }],
    [[7, null], { args: [7] }],
  ])('takes no argument that is nothing for one: %j', async (args, params) => {
    await assentry.guard('x.y', (...given: unknown[]) => given)(...args);
    expect(server.seen[0]!.body.params).toEqual(params);
  });

  it('does not run with a value that nobody would see: it refuses, or leaves it out', async () => {
    const transfer = assentry.guard('x.y', (to: string, amount: number) => ran.push([to, amount]));
    await expect(transfer('acct_1', 5_000)).rejects.toMatchObject({ code: 'invalid-request' });
    expect([server.seen, ran]).toEqual([[], []]);
    const execute = assentry.guard('x.y', (command: string, args: string[]) => ran.push([command, args]));
    await expect(execute('rm', ['-rf', '/'])).rejects.toMatchObject({ code: 'invalid-request' });
    expect([server.seen, ran]).toEqual([[], []]);
    const optional = assentry.guard('x.y', (to: string, amount = 0) => [to, amount]);
    expect(await optional('acct_1', 5_000)).toEqual(['acct_1', 0]);
  });

  it('asks for as many arguments as params says', async () => {
    const request = { params: (to: string, amount: number) => ({ to, amount }) };
    const transfer = assentry.guard('x.y', (to: string, amount: number) => [to, amount], { request });
    expect(await transfer('acct_1', 5_000)).toEqual(['acct_1', 5_000]);
    expect(server.seen[0]!.body.params).toEqual({ to: 'acct_1', amount: 5_000 });
  });

  it('reports a failure by its name alone, and throws the error itself', async () => {
    const failing = assentry.guard('x.y', () => {
      throw new RangeError('password is hunter2');
    });
    await expect(failing()).rejects.toThrow('hunter2');
    expect(outcomes()).toEqual([{ status: 'failed', detail: 'RangeError' }]);
  });

  it('gives the result though the report is lost, and says so', async () => {
    server.before = ({ path }) => (path.endsWith('outcome') ? 'hang-up' : undefined);
    const lost: unknown[] = [];
    const guarded = assentry.guard('x.y', () => 'done', { onReportError: (error) => lost.push(error) });
    expect(await guarded()).toBe('done');
    expect(lost).toMatchObject([{ code: 'network' }]);
  });

  it.each([
    ['other params', { params: { order_id: 'ORD-1', amount: 1 } }],
    ['two actions', { authorization_details: [{}, {}] }],
    ['no action', { authorization_details: [] }],
    ['an action with other digests', { authorization_details: [{ action: 'x.y', params_digest: 'sha256:0' }] }],
  ])('does not run on a capability for %s, and hands it back', async (_what, lie) => {
    server.exchanged = lie;
    await expect(assentry.guard('order_tools.process_refund', processRefund)(ORDER)).rejects.toBeInstanceOf(
      MismatchError,
    );
    expect(ran).toEqual([]);
    expect(outcomes()).toEqual([{ status: 'not_started' }]);
  });

  it('withdraws the question when the caller stops waiting', async () => {
    server.birth = {};
    const guarded = assentry.guard('x.y', () => ran.push(1), { timeout_ms: 100 });
    await expect(guarded()).rejects.toMatchObject({ code: 'wait-timeout' });
    expect(server.calls('POST', /cancel/)).toHaveLength(1);
    expect(ran).toEqual([]);
  });
});
