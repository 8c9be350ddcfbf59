// The SDK against the real stack: every method, as an agent and a resource server use it. What a server that is made for
// tests answers proves nothing about names, keys and refusals: those are agreements of two sides.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reviewer } from '../../scripts/reviewer.ts';
import { verifyEvidence, webCrypto } from '../../sdk/src/evidence.ts';
import {
  type ApprovalRequest,
  Assentry,
  AssentryError,
  AuthenticationError,
  isRejection,
  NotApprovedError,
  type Permit,
  WaitTimeoutError,
} from '../../sdk/src/index.ts';
import { verifyCapability } from '../../sdk/src/verify.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack;
let owner: Reviewer;
let assentry: Assentry;
let admin: Assentry;

beforeAll(async () => {
  stack = await TestStack.start();
  owner = await enrolOwner(stack, 'test');
  const { api_key, admin_api_key } = stack.dev.test;
  assentry = new Assentry({ apiKey: api_key, url: stack.base_url });
  admin = new Assentry({ apiKey: admin_api_key, url: stack.base_url });
});
afterAll(() => stack?.stop());

const REFUND = 'order_tools.process_refund';
let orders = 0;
/** A refund that policy asks a person about; no other test asks for the same. */
const large = () => ({ order_id: `ORD-${orders++}`, amount: 129_200, currency: 'EUR' });
const propose = (more: object = {}) =>
  assentry.request({ action: REFUND, resource: 'service:orders', params: large(), ...more });
/** The one request that is pending for this order, once it is. */
const pendingFor = (order_id: string) =>
  until(async () => {
    for await (const one of assentry.list({ status: 'pending' })) if (one.params?.order_id === order_id) return one;
    return null;
  });

describe('the same run', () => {
  it('proposed twice is one request, also from another process, and in whatever order its keys come', async () => {
    const params = large();
    const run = { id: 'run_7', tool_call_id: 'call_3' };
    const first = await propose({ params, run });
    const other = new Assentry({ apiKey: stack.dev.test.api_key, url: stack.base_url });
    const again = await other.request({ run, params, resource: 'service:orders', action: REFUND });
    expect([first.status, again.id]).toEqual(['pending', first.id]);
    await owner.decide(first.id, 'approve');
    expect(await propose({ params, run })).toMatchObject({ id: first.id, status: 'approved' });
  });

  it('with other params is refused, and so is another key for it', async () => {
    const run = { id: 'run_8' };
    const params = large();
    await assentry.request({ action: REFUND, resource: 'service:orders', params, run }, { idempotency_key: 'one' });
    await expect(propose({ run })).rejects.toMatchObject({ code: 'run-mismatch', status: 422 });
    const call = { action: REFUND, resource: 'service:orders', params, run };
    await expect(assentry.request(call, { idempotency_key: 'two' })).rejects.toMatchObject({ code: 'run-mismatch' });
    expect((await assentry.request(call)).run).toEqual({ id: 'run_8', tool_call_id: null });
  });

  it('resumes a guarded call after its process was lost while a person decided', async () => {
    const params = large();
    const request = { resource: 'service:orders', run: { id: 'run_9', tool_call_id: 'call_1' } };
    const lost = new AbortController();
    const first = assentry
      .guard(REFUND, (_order: object) => 'first', { request, signal: lost.signal })(params)
      .catch(String);
    const { id } = await pendingFor(params.order_id);
    lost.abort();
    await first;
    await owner.decide(id, 'approve');
    const second = assentry.guard(REFUND, (order: typeof params) => `refunded ${order.amount}`, { request });
    expect(await second(params)).toBe('refunded 129200');
    expect(await assentry.get(id)).toMatchObject({ status: 'executed', outcome: { status: 'executed' } });
    await expect(second(params)).rejects.toMatchObject({ code: 'already-started', request: { id } });
  });

  it('runs again under the same capability where that is harmless, after the process died at work', async () => {
    const params = { ...large(), amount: 4_000 };
    const request = { resource: 'service:orders', run: { id: 'run_10' } };
    const permits: string[] = [];
    const work = function (this: Permit, _order: object) {
      permits.push(this.capability.capability.id);
      if (permits.length === 1) throw new Error('the process dies here');
    };
    const dying = new Assentry({
      apiKey: stack.dev.test.api_key,
      url: stack.base_url,
      maxRetries: 0,
      fetch: (to, init) => (String(to).endsWith('/outcome') ? Promise.reject(new Error('died')) : fetch(to, init)),
    });
    const options = { request, resume: 'rerun', onReportError: () => undefined } as const;
    await expect(dying.guard(REFUND, work, options)(params)).rejects.toThrow('dies here');
    await assentry.guard(REFUND, work, options)(params);
    expect(permits).toHaveLength(2);
    expect(permits[1]).toBe(permits[0]);
  });
});

describe('a rejection', () => {
  it('comes back with its reason and its id when the same is asked again within ten minutes', async () => {
    const params = large();
    const ran: object[] = [];
    const refund = assentry.guard(REFUND, (order: typeof params) => ran.push(order), {
      request: { resource: 'service:orders' },
    });
    const asked = refund(params);
    const { id } = await pendingFor(params.order_id);
    await owner.decide(id, 'reject', 'Ask the customer first.');
    const rejection = { approved: false, status: 'rejected', reason: 'Ask the customer first.', approvalId: id };
    expect(await asked).toEqual(rejection);
    const call = { action: REFUND, resource: 'service:orders', params };
    await until(async () => (await assentry.request(call)).id === id);
    const again = await refund(params);
    expect([isRejection(again), again]).toEqual([true, rejection]);
    expect(await assentry.check(call)).toMatchObject({
      allowed: false,
      requiresApproval: false,
      approvalId: id,
      reason: 'Ask the customer first.',
    });
    expect(ran).toEqual([]);
  });

  it('is thrown with the request where policy says stop', async () => {
    const guarded = assentry.guard('data.export', () => 'ran', { request: { resource: 'table:users' } });
    const call = { action: 'data.export', resource: 'table:users', params: { args: [] } };
    const { id } = await assentry.request(call);
    await owner.decide(id, 'reject', 'Not today.');
    await until(async () => (await assentry.request(call)).status === 'rejected');
    const error = await guarded().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotApprovedError);
    expect(error).toMatchObject({ code: 'not-approved', request: { id, rejection_reason: 'Not today.' } });
  });

  it('for an actor that this key is not is about the key, not about the action', async () => {
    const call = { action: 'iam.grant', resource: 'role:admin', actor: 'agent:nobody' };
    const error = await assentry.request(call).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'forbidden', errors: [{ pointer: '/actor' }] });
  });
});

describe('the other calls', () => {
  let request: ApprovalRequest;

  it('get, wait and list say what there is', async () => {
    request = await propose();
    expect(await assentry.get(request.id)).toMatchObject({ id: request.id, status: 'pending' });
    expect((await assentry.get(request.id, { wait_seconds: 1 })).status).toBe('pending');
    await expect(assentry.wait(request.id, { timeout_ms: 300 })).rejects.toBeInstanceOf(WaitTimeoutError);
    await expect(assentry.wait(request.id, { timeout_ms: 300, stream: false })).rejects.toBeInstanceOf(
      WaitTimeoutError,
    );
    expect((await pendingFor(request.params.order_id as string)).id).toBe(request.id);
    await expect(assentry.get('apr_none')).rejects.toMatchObject({ code: 'not-found', status: 404 });
  });

  it('wait hears a decision, exchange takes the token once, verify reads it, report ends it', async () => {
    const waited = assentry.wait(request.id, { timeout_ms: 30 * 24 * 3_600_000 });
    await owner.decide(request.id, 'approve');
    expect((await waited).status).toBe('approved');
    const exchanged = await assentry.exchange({ request: request.id, nonce: 'n1', params: request.params });
    expect((await assentry.exchange({ request: request.id, nonce: 'n1', params: request.params })).capability.id).toBe(
      exchanged.capability.id,
    );
    await expect(assentry.exchange({ request: request.id })).rejects.toMatchObject({ code: 'capability-spent' });
    const call = { action: REFUND, resource: 'service:orders', params: request.params };
    const pinned = { issuer: `${stack.base_url}/o/${stack.dev.test.organization}`, audience: 'service:orders' };
    expect((await verifyCapability(exchanged.access_token, call, pinned)).request).toBe(request.id);
    expect(await assentry.report(request.id, { status: 'executed', detail: 'paid' })).toMatchObject({
      status: 'executed',
    });
  });

  it('cancel withdraws, check answers, guard runs what policy lets through', async () => {
    const { id } = await propose();
    expect(await assentry.cancel(id, { reason: 'no longer needed' })).toMatchObject({ status: 'canceled' });
    const small = { ...large(), amount: 100 };
    expect(await assentry.check({ action: REFUND, params: small })).toMatchObject({ allowed: true });
    const ran = await Promise.all(
      [1, 2]
        .map((amount) => ({ ...large(), amount }))
        .map(assentry.guard(REFUND, (order: { amount: number }) => order.amount)),
    );
    expect(ran).toEqual([1, 2]);
  });

  it('call and file reach every other route; evidence that file brings verifies', async () => {
    const organization = await admin.call<{ id: string }>('GET', '/v1/organization');
    expect(organization.id).toBe(stack.dev.test.organization);
    const bytes = await admin.file(`/v1/approval-requests/${request.id}/evidence`);
    const { valid } = await verifyEvidence(new TextDecoder().decode(bytes), {}, webCrypto);
    expect(valid).toBe(true);
  });

  it('say what is wrong with a proposal, place by place', async () => {
    const error = await assentry
      .request({ action: 'no spaces', resource: 'service:orders' })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AssentryError);
    expect(error).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '/action' }] });
  });
});
