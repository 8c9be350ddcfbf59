import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from '../../../worker/delivery/sender.ts';
import { secretText } from '../../../worker/delivery/signature.ts';

const BASE_URL = 'http://localhost:8787';
const secret = secretText(crypto.getRandomValues(new Uint8Array(32)));
const body = JSON.stringify({
  specversion: '1.0',
  id: 'evt_1',
  source: `${BASE_URL}/o/org_1`,
  type: 'approval.decided',
  data: { decision: 'approve' },
});
const open: ReturnType<typeof createServer>[] = [];

async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}/hook`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const answering = (status: number, headers: Record<string, string> = {}): Promise<string> =>
  receiver((_request, response) => response.writeHead(status, headers).end('what a receiver says is never read'));

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

describe('one attempt', () => {
  it('sends what Standard Webhooks and CloudEvents libraries take', async () => {
    let seen: { headers: IncomingMessage['headers']; text: string } | undefined;
    const url = await receiver(async (request, response) => {
      seen = { headers: request.headers, text: await textOf(request) };
      response.writeHead(204).end();
    });
    expect(await send({ url, secret }, 'evt_1', body, BASE_URL)).toEqual({ status: 204, error: null });
    const { headers, text } = seen!;
    new Webhook(secret).verify(text, headers as Record<string, string>);
    const event = HTTP.toEvent({ headers, body: text }) as { id: string; type: string; data: object };
    expect(event).toMatchObject({ id: 'evt_1', type: 'approval.decided', data: { decision: 'approve' } });
  });

  it.each([
    [500, 'refused'],
    [404, 'refused'],
    [410, 'gone'],
  ])('calls %i %s', async (status, error) => {
    expect(await send({ url: await answering(status), secret }, 'evt_1', body, BASE_URL)).toEqual({ status, error });
  });

  it('does not follow a redirect', async () => {
    let followed = false;
    const elsewhere = await receiver((_request, response) => {
      followed = true;
      response.end();
    });
    const url = await answering(307, { location: elsewhere });
    expect(await send({ url, secret }, 'evt_1', body, BASE_URL)).toEqual({ status: 307, error: 'redirect' });
    expect(followed).toBe(false);
  });

  it('says so when nobody answers', async () => {
    const url = await answering(200);
    await new Promise((resolve) => open.splice(0)[0]!.close(resolve));
    expect(await send({ url, secret }, 'evt_1', body, BASE_URL)).toEqual({ status: null, error: 'unreachable' });
  });

  it('judges the URL again: a deployed stack sends nothing to localhost', async () => {
    let asked = false;
    const url = await receiver((_request, response) => {
      asked = true;
      response.end();
    });
    const sent = await send({ url, secret }, 'evt_1', body, 'https://assentry.example.com');
    expect(sent).toEqual({ status: null, error: 'url-not-allowed' });
    expect(asked).toBe(false);
  });
});
