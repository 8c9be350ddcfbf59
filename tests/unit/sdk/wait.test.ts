import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Assentry, StoppedError } from '../../../sdk/src/index.ts';
import { readEvents } from '../../../sdk/src/sse.ts';
import { ContractServer } from './contract-server.ts';

let server: ContractServer;
let assentry: Assentry;
let id: string;
beforeEach(async () => {
  server = new ContractServer();
  assentry = new Assentry({ apiKey: 'asn_live_x', url: await server.start(), maxRetries: 1 });
  id = (await assentry.request({ action: 'data.export', resource: 'table:users' })).id;
  server.seen.length = 0;
});
afterEach(() => server.stop());

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const streams = () => server.calls('GET', /stream$/);

describe('wait', () => {
  it('hears the decision over the stream, within milliseconds and without polling', async () => {
    const waited = assentry.wait(id);
    await until(() => server.seen.length === 2);
    const decided_at = Date.now();
    server.approve(id);
    expect(await waited).toMatchObject({ status: 'approved' });
    expect(Date.now() - decided_at).toBeLessThan(500);
    expect(server.calls('GET', /wait=/)).toEqual([]);
  });

  it('ends with an error of its own kind under a stop, with the reason, at once', async () => {
    const waited = assentry.wait(id).catch((error: unknown) => error);
    await until(() => streams().length === 1);
    const stop = { id: 'stp_1', target_kind: 'organization', target: 'org_1', reason: 'an incident' };
    server.change(id, { stopped: { ...stop, set_at: new Date().toISOString() } });
    const error = await waited;
    expect(error).toBeInstanceOf(StoppedError);
    expect(error).toMatchObject({ code: 'stopped', reason: 'an incident', request: { id, status: 'pending' } });
  });

  it('sees what was decided before the stream was open', async () => {
    server.before = ({ path }) => {
      if (path.endsWith('stream')) server.requests.set(id, { ...server.requests.get(id)!, status: 'approved' });
      return undefined;
    };
    expect(await assentry.wait(id)).toMatchObject({ status: 'approved' });
  });

  it('takes two calls in all, however many changes there are', async () => {
    const waited = assentry.wait(id);
    await until(() => streams().length === 1);
    for (const comment of ['a', 'b', 'c']) server.change(id, { message: comment });
    server.approve(id);
    expect(await waited).toMatchObject({ status: 'approved' });
    expect(server.seen).toHaveLength(2);
  });

  it.each(['', '{}', 'nonsense', '{"object":"approval_request","id":"apr_other","status":"approved"}'])(
    'looks for itself when an event does not carry the request (%s)',
    async (data) => {
      const waited = assentry.wait(id);
      await until(() => streams().length === 1);
      server.eventData = data || 'null';
      server.approve(id);
      expect(await waited).toMatchObject({ id, status: 'approved' });
    },
  );

  it('takes up a broken stream where it ended', async () => {
    const waited = assentry.wait(id);
    await until(() => streams().length === 1);
    server.change(id, { decisions: [] });
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.cutStreams();
    await until(() => streams().length === 2);
    expect(streams().map((one) => one.last_event_id)).toEqual([undefined, '1']);
    server.approve(id);
    expect(await waited).toMatchObject({ status: 'approved' });
  });

  it.each([25, 30, 366])('waits on when it may take %d days', async (days) => {
    const waited = assentry.wait(id, { timeout_ms: days * 24 * 3_600_000 });
    const first = await Promise.race([
      waited.catch(String),
      new Promise((resolve) => setTimeout(resolve, 200, 'waits')),
    ]);
    expect(first).toBe('waits');
    server.approve(id);
    expect(await waited).toMatchObject({ status: 'approved' });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('refuses %s as a time to wait', async (timeout_ms) => {
    await expect(assentry.wait(id, { timeout_ms })).rejects.toThrow(TypeError);
    expect(() => assentry.guard('a.b', () => 1, { timeout_ms })).toThrow(TypeError);
    for (const options of [{ timeoutMs: timeout_ms }, { maxRetries: timeout_ms }])
      expect(() => new Assentry({ apiKey: 'asn_live_x', ...options })).toThrow(TypeError);
    await expect(assentry.get(id, { wait_seconds: timeout_ms })).rejects.toThrow(TypeError);
  });

  it('polls where there is no stream', async () => {
    server.streams = false;
    const waited = assentry.wait(id);
    await until(() => server.calls('GET', /wait=25/).length === 1);
    server.approve(id);
    expect(await waited).toMatchObject({ status: 'approved' });
    expect(streams()).toHaveLength(1);
  });

  it('does not hammer a server that answers polls at once', async () => {
    server.streams = false;
    server.before = ({ path }) => (path.includes('wait=') ? { status: 200, body: server.requests.get(id) } : undefined);
    await expect(assentry.wait(id, { timeout_ms: 700 })).rejects.toMatchObject({ code: 'wait-timeout' });
    expect(server.seen.length).toBeLessThan(8);
  });

  it('goes on after the server was away', async () => {
    const waited = assentry.wait(id);
    await until(() => server.seen.length === 2);
    let away = 3;
    server.before = () => (away-- > 0 ? 'hang-up' : undefined);
    server.cutStreams();
    await until(() => away < 0);
    server.approve(id);
    expect(await waited).toMatchObject({ status: 'approved' });
  });

  it('ends with an error, never with a yes, when nobody answers after the deadline', async () => {
    server.change(id, { expires_at: new Date(Date.now() - 120_000).toISOString() });
    const waited = assentry.wait(id);
    waited.catch(() => undefined);
    await until(() => server.seen.length === 2);
    server.before = () => 'hang-up';
    server.cutStreams();
    await expect(waited).rejects.toMatchObject({ name: 'UnavailableError' });
  });

  it.each(['rejected', 'expired', 'canceled', 'executing', 'something-new'])(
    'returns a request that is %s as it is',
    async (status) => {
      server.change(id, { status: status as never });
      expect(await assentry.wait(id)).toMatchObject({ status });
    },
  );

  it('reports each state to onUpdate', async () => {
    const updates: string[] = [];
    const waited = assentry.wait(id, { onUpdate: (request) => updates.push(request.status) });
    await until(() => server.seen.length === 2);
    server.approve(id);
    await waited;
    expect(updates).toEqual(['pending', 'approved']);
  });

  it('gives up after its own time and leaves the request alive', async () => {
    await expect(assentry.wait(id, { timeout_ms: 50 })).rejects.toMatchObject({
      name: 'WaitTimeoutError',
      code: 'wait-timeout',
    });
    expect(server.requests.get(id)).toMatchObject({ status: 'pending' });
  });

  it("stops with the signal's own reason", async () => {
    const controller = new AbortController();
    const waited = assentry.wait(id, { signal: controller.signal });
    waited.catch(() => undefined);
    await until(() => server.seen.length === 2);
    controller.abort(new Error('enough'));
    await expect(waited).rejects.toThrow('enough');
  });

  it('refuses a decision about something else', async () => {
    server.change(id, { status: 'approved', params: { all: true } });
    await expect(assentry.wait(id)).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it('does not wait for an id that does not exist', async () => {
    await expect(assentry.wait('apr_x')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the event stream parser', () => {
  const parse = async (...chunks: string[]) => {
    const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of bytes) controller.enqueue(chunk);
        controller.close();
      },
    });
    const events = [];
    for await (const event of readEvents(stream, () => undefined)) events.push(event);
    return events;
  };

  it('reads fields, comments, several data lines and every kind of line end', async () => {
    expect(await parse(': hi\nid: 7\nevent:x\ndata: a\ndata:b\n\ndata: c\r\n\r\ndata: d\r\r')).toEqual([
      { id: '7', type: 'x', data: 'a\nb' },
      { id: '7', type: 'message', data: 'c' },
    ]);
  });

  it('puts together what arrives in pieces, and drops what never ended', async () => {
    expect(await parse('da', 'ta: ', 'ab\r', '\n', '\r\n', 'data: lost')).toEqual([
      { id: '', type: 'message', data: 'ab' },
    ]);
  });
});
