// Waiting costs nothing: the object is gone from memory while a caller waits, and the caller hears the decision at once.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApprovalRequest } from '../../durable-objects/approval-request.ts';
import { type Answer, BASE, call, env, get, post, success } from './support/house.ts';
import { change, decide, found, member as join, type Member, owner, propose, type World } from './support/world.ts';

const front = (exports as unknown as { default: Fetcher }).default;
/** On two busy cores; the answer itself takes a few. */
const AT_ONCE_MS = 500;

let world: World;
let member: Member;
beforeAll(async () => {
  world = await found('live');
  member = await owner(world);
});

const objectOf = (id: string) =>
  env.APPROVAL_REQUEST.getByName(`${world.organization}/${id}`) as unknown as DurableObjectStub<ApprovalRequest>;
const instanceOf = (id: string) => runInDurableObject(objectOf(id), (instance) => instance);
const socketsOf = (id: string) => runInDurableObject(objectOf(id), (_, state) => state.getWebSockets().length);

/** Begins to wait, evicts the object, and gives what is waited for with the instances that were seen. */
async function evictedWhile<T>(
  id: string,
  wait: () => Promise<T>,
): Promise<{ waited: Promise<T>; first: ApprovalRequest }> {
  const first = await instanceOf(id);
  const waited = wait();
  await vi.waitUntil(async () => (await socketsOf(id)) === 1, { timeout: 10_000 });
  await evictDurableObject(objectOf(id));
  return { waited, first };
}

/** How long after the decision's answer the waiter had its own. */
async function heard<T>(waited: Promise<T>, decision: () => Promise<Answer>): Promise<{ value: T; after_ms: number }> {
  const decided = decision().then(() => performance.now());
  const value = await waited;
  const at = performance.now();
  return { value, after_ms: at - (await decided) };
}

describe('a caller that waits', () => {
  it('hears the decision at once, though the object was evicted meanwhile', async () => {
    const { id } = await propose(world, { action: 'waited.for' });
    const { waited, first } = await evictedWhile(id, () =>
      get(`/v1/approval-requests/${id}?wait=30`, { key: world.agent.text }),
    );
    const { value, after_ms } = await heard(waited, () => decide(member, id));
    expect(value.body.status).toBe('approved');
    expect(after_ms).toBeLessThan(AT_ONCE_MS);
    expect(await instanceOf(id), 'the object was constructed again').not.toBe(first);
    await vi.waitUntil(async () => (await socketsOf(id)) === 0, { timeout: 5_000 });
  });

  it.each<[string, (waiting: Member) => Promise<unknown>]>([
    ['signed out', ({ cookie }) => call('DELETE', '/v1/session', { cookie })],
    ['was locked', ({ user }) => success(post(`/v1/members/${user}/lock`, { cookie: member.cookie, body: {} }))],
  ])('with a session that %s meanwhile is told nothing of what was decided', async (_what, ends) => {
    const waiting = await join(member, `${crypto.randomUUID()}@example.com`, ['auditor']);
    const { id } = await propose(world, { action: 'waited.for' });
    const { waited } = await evictedWhile(id, () => get(`/v1/approval-requests/${id}?wait=30`, waiting));
    await ends(waiting);
    expect((await decide(member, id, { comment: 'not for you' })).status).toBe(200);
    const { status, body, text } = await waited;
    expect([status, body.code], text).toEqual([401, 'unauthenticated']);
  });

  it('with a key that was revoked meanwhile is told nothing, not even when its time is over', async () => {
    for (const decides of [true, false]) {
      const other = await found('live');
      const boss = await owner(other);
      const { id } = await propose(other, { action: 'waited.for' });
      const waited = get(`/v1/approval-requests/${id}?wait=${decides ? 30 : 2}`, { key: other.agent.text });
      await success(call('DELETE', `/v1/api-keys/${other.agent.id}`, { cookie: boss.cookie }));
      if (decides) await decide(boss, id, { comment: 'not for you' });
      const { status, body, text } = await waited;
      expect([status, body.code], text).toEqual([401, 'unauthenticated']);
    }
  });

  it('is told what there is when its time is over', async () => {
    const { id } = await propose(world, { action: 'waited.for' });
    const began = performance.now();
    const { status } = await success(get(`/v1/approval-requests/${id}?wait=1`, { key: world.agent.text }));
    expect(status).toBe('pending');
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  it('for what is decided already does not wait', async () => {
    const { id } = await propose(world, { action: 'waited.for' });
    await success(post(`/v1/approval-requests/${id}/cancel`, { key: world.agent.text, body: {} }));
    const began = performance.now();
    expect((await success(get(`/v1/approval-requests/${id}?wait=30`, { key: world.agent.text }))).status).toBe(
      'canceled',
    );
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
  });
});

/** The messages of a stream: id and status. */
const messagesOf = ({ text }: Answer): { id: number; status: string }[] =>
  [...text.matchAll(/^id: (\d+)\nevent: approval_request\ndata: (.*)$/gm)].map(([, id, data]) => ({
    id: Number(id),
    status: (JSON.parse(data!) as { status: string }).status,
  }));

describe('a stream', () => {
  it('tells each change through an eviction, and ends with the life of the request', async () => {
    const { id } = await propose(world, { action: 'streamed' });
    const { waited, first } = await evictedWhile(id, () =>
      get(`/v1/approval-requests/${id}/stream`, { key: world.agent.text }),
    );
    await success(
      post(`/v1/approval-requests/${id}/comments`, { cookie: member.cookie, body: { comment: 'a moment' } }),
    );
    const { value, after_ms } = await heard(waited, () => decide(member, id, { decision: 'reject', comment: 'no' }));
    expect(messagesOf(value)).toEqual([
      { id: 1, status: 'pending' },
      { id: 2, status: 'pending' },
      { id: 3, status: 'rejected' },
    ]);
    expect(value.headers.get('content-type')).toContain('text/event-stream');
    expect(after_ms).toBeLessThan(AT_ONCE_MS);
    expect(await instanceOf(id)).not.toBe(first);
  });

  it('ends when the object lets go, having told what it knew, so that the client comes back', async () => {
    const { id } = await propose(world, { action: 'let.go' });
    const waited = get(`/v1/approval-requests/${id}/stream`, { key: world.agent.text });
    await vi.waitUntil(async () => (await socketsOf(id)) === 1, { timeout: 10_000 });
    await evictDurableObject(objectOf(id), { webSockets: 'close' });
    expect(messagesOf(await waited)).toEqual([{ id: 1, status: 'pending' }]);
  });

  it('resumes after the last event that was heard', async () => {
    const { id } = await propose(world, { action: 'streamed.again' });
    await success(post(`/v1/approval-requests/${id}/cancel`, { key: world.agent.text, body: {} }));
    const stream = (last: string) =>
      get(`/v1/approval-requests/${id}/stream`, { key: world.agent.text, headers: { 'last-event-id': last } });
    expect(messagesOf(await stream('1'))).toEqual([{ id: 2, status: 'canceled' }]);
    expect(messagesOf(await stream('2'))).toEqual([]);
    expect(messagesOf(await stream('nonsense'))).toEqual([{ id: 2, status: 'canceled' }]);
  });
});

describe('under a stop', () => {
  /** The stream's messages, as they come. */
  async function* messages(
    world: World,
    id: string,
  ): AsyncGenerator<{ status: string; stopped: { reason: string } | null }> {
    const response = await front.fetch(`${BASE}/v1/approval-requests/${id}/stream`, {
      headers: { authorization: `Bearer ${world.agent.text}` },
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end));
        text = text.slice(end + 2);
        if (data) yield JSON.parse(data[1]!);
      }
    }
  }

  it('a waiter and a stream hear at once that it was set, and why; what comes later is refused with the reason', async () => {
    const stopped = await found('live');
    const boss = await owner(stopped);
    const { id } = await propose(stopped);
    const place = `/v1/approval-requests/${id}`;
    const stream = messages(stopped, id);
    expect((await stream.next()).value).toMatchObject({ status: 'pending', stopped: null });
    const object = env.APPROVAL_REQUEST.getByName(`${stopped.organization}/${id}`);
    const waited = get(`${place}?wait=30`, { key: stopped.agent.text });
    await vi.waitUntil(() =>
      runInDurableObject(object, (_, state) => state.getWebSockets().length).then((count) => count === 2),
    );
    const began = performance.now();
    const body = { target_kind: 'organization', target: stopped.organization, reason: 'an incident' };
    await success(post('/v1/stops', { cookie: boss.cookie, body }));
    expect((await stream.next()).value).toMatchObject({ status: 'pending', stopped: { reason: 'an incident' } });
    expect((await waited).body).toMatchObject({ status: 'pending', stopped: { reason: 'an incident' } });
    expect(performance.now() - began).toBeLessThan(2_000);
    // Whoever comes later hears it with the first answer, and waits for nothing.
    expect((await get(`${place}?wait=30`, { key: stopped.agent.text })).body.stopped.reason).toBe('an incident');
    expect((await messages(stopped, id).next()).value).toMatchObject({ stopped: { reason: 'an incident' } });
    const more = { key: stopped.agent.text, body: { action: 'a.b', resource: 'service:x' } };
    expect((await post('/v1/approval-requests', more)).body).toMatchObject({
      code: 'stopped',
      detail: expect.stringContaining('an incident'),
    });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('of one actor, nobody else hears it, and a lifted one is not told any more', async () => {
    const two = await found('live');
    const boss = await owner(two);
    const { id } = await propose(two);
    const other = await propose(two, { actor: 'service-account:stranger' }, two.stranger);
    const body = { target_kind: 'actor', target: two.actor, reason: 'odd' };
    const { id: stop } = await success(post('/v1/stops', { cookie: boss.cookie, body }));
    const read = async (request: string) =>
      (await get(`/v1/approval-requests/${request}`, { cookie: boss.cookie })).body;
    expect((await read(id)).stopped).toMatchObject({ id: stop });
    expect((await read(other.id)).stopped).toBeNull();
    await change(boss, 'stop_lift', {}, stop);
    expect((await read(id)).stopped).toBeNull();
  });
});
