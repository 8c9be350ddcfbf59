// Webhooks on the real stack, through the real queue: retried, given up, never redirected, each receiver its own.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

interface Heard {
  at_ms: number;
  headers: Record<string, string>;
  body: string;
}

interface Hook {
  id: string;
  secret: string;
  heard: Heard[];
}

let stack: TestStack;
const servers: Server[] = [];

/** A receiver that answers its n-th request with the n-th status (the last one for ever), and its endpoint. */
async function hook(
  statuses: readonly number[],
  events: string[],
  headers: Record<string, string> = {},
): Promise<Hook> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const status = statuses[Math.min(heard.length, statuses.length - 1)]!;
    heard.push({ at_ms: Date.now(), headers: request.headers as Record<string, string>, body });
    response.writeHead(status, headers).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}/hook`;
  const { target, secret } = await call<{ target: string; secret: string }>('POST', '/v1/changes', {
    kind: 'webhook_endpoint',
    value: { url, events },
  });
  return { id: target, secret, heard };
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(stack.base_url + path, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.dev.test.admin_api_key}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer as T;
}

interface DeliveryRow {
  id: string;
  endpoint: string;
  event: string;
  status: string;
  attempts: number;
  last_status: number | null;
  last_error: string | null;
}

const rowsOf = async (endpoint: string): Promise<DeliveryRow[]> =>
  (await call<{ data: DeliveryRow[] }>('GET', `/v1/deliveries?endpoint=${endpoint}`)).data;

/** The endpoint's one delivery once it is as wanted. */
const rowWhen = (endpoint: string, wanted: (row: DeliveryRow) => boolean): Promise<DeliveryRow> =>
  until(async () => (await rowsOf(endpoint)).find(wanted));

const allowed = (): Promise<{ id: string }> =>
  call('POST', '/v1/approval-requests', {
    action: 'order_tools.process_refund',
    resource: 'service:orders',
    params: { amount: 100, order_id: crypto.randomUUID() },
    context: { reason: 'small' },
  });

beforeAll(async () => {
  stack = await TestStack.start();
});

afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  await stack?.stop();
});

describe('a delivery', () => {
  it('is tried again with the same id and body under a fresh signature, until it is taken', async () => {
    const failing = await hook([500, 200], ['approval.decided']);
    const { id } = await allowed();
    await until(() => failing.heard.length >= 2, 20_000);
    const [first, second] = failing.heard as [Heard, Heard];
    expect(second.at_ms - first.at_ms).toBeGreaterThan(3_000);
    expect(second.body).toBe(first.body);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.headers['webhook-timestamp']).not.toBe(first.headers['webhook-timestamp']);
    for (const { headers, body } of failing.heard) new Webhook(failing.secret).verify(body, headers);
    const event = HTTP.toEvent<{ approval_id: string }>({ headers: first.headers, body: first.body });
    expect(event).toMatchObject({
      type: 'approval.decided',
      subject: id,
      data: { approval_id: id, decision: 'approve' },
    });
    const row = await rowWhen(failing.id, ({ status }) => status === 'delivered');
    expect(row).toMatchObject({ attempts: 2, last_status: 200, last_error: null });
  });

  it('goes to each endpoint that wants the event, once, and to no other', async () => {
    const [wanting, every, other] = await Promise.all([
      hook([204], ['approval.decided']),
      hook([204], ['*']),
      hook([204], ['approval.expired']),
    ]);
    const { id } = await allowed();
    const typesOf = ({ heard }: Hook) =>
      heard.map(({ body }) => JSON.parse(body)).filter(({ subject }) => subject === id);
    await until(() => typesOf(every).length === 3 && typesOf(wanting).length === 1);
    expect(new Set(typesOf(every).map(({ type }) => type))).toEqual(
      new Set(['approval.requested', 'approval.decided', 'capability.issued']),
    );
    await until(async () => (await rowsOf(every.id)).every(({ status }) => status === 'delivered'));
    expect(wanting.heard).toHaveLength(1);
    expect(other.heard).toEqual([]);
  });

  it('is dead at once where the endpoint is gone: listed, and an event of its own', async () => {
    const gone = await hook([410], ['approval.decided']);
    await allowed();
    const row = await rowWhen(gone.id, ({ status }) => status === 'dead');
    expect(row).toMatchObject({ status: 'dead', attempts: 1, last_status: 410, last_error: 'gone' });
    const failed = await until(async () => {
      const { data } = await call<{ data: { skeleton: object }[] }>('GET', '/v1/events?type=delivery.failed');
      return data.find(({ skeleton }) => (skeleton as { delivery: string }).delivery === row.id);
    });
    expect(failed.skeleton).toMatchObject({ endpoint: gone.id, event: row.event, attempts: 1 });
    expect(gone.heard).toHaveLength(1);
  });

  it('does not follow a redirect', async () => {
    const elsewhere = await hook([200], ['approval.expired']);
    const { url } = (await call<{ data: { id: string; url: string }[] }>('GET', '/v1/webhook-endpoints')).data.find(
      ({ id }) => id === elsewhere.id,
    )!;
    const redirecting = await hook([307], ['approval.decided'], { location: url });
    await allowed();
    const row = await rowWhen(redirecting.id, ({ attempts }) => attempts > 0);
    expect(row).toMatchObject({ status: 'due', last_status: 307, last_error: 'redirect' });
    expect(elsewhere.heard).toEqual([]);
  });

  it('has no endpoint on an address or on plain http elsewhere', async () => {
    for (const url of ['http://127.0.0.1:9/hook', 'http://hooks.example.com/', 'https://[::1]/'])
      await expect(
        call('POST', '/v1/changes', { kind: 'webhook_endpoint', value: { url, events: ['*'] } }),
      ).rejects.toThrow(/invalid-request/);
  });
});
