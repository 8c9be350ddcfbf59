// A receiver of webhooks: verifies each with the Standard Webhooks library and keeps what came.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface CloudEvent {
  id: string;
  type: string;
  subject: string;
  data: Record<string, unknown>;
}

export class Receiver {
  readonly events: CloudEvent[] = [];
  /** Requests that did not verify. */
  readonly forged: string[] = [];
  secret = '';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const text = await bodyOf(request);
      // A sender that was killed before it had said everything has delivered nothing: it must come again.
      if (text === null) return;
      try {
        this.events.push(
          new Webhook(this.secret).verify(text, request.headers as Record<string, string>) as CloudEvent,
        );
      } catch {
        this.forged.push(text);
      }
      response.writeHead(204).end();
    });
  }

  /** Opens one on any port, or where an endpoint expects it already. */
  static async open(port = 0, secret = ''): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.secret = secret;
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once('error', reject).listen(port, 'localhost', resolve);
    });
    return receiver;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/webhooks`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** The whole body; null when the sender was cut off. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  try {
    let text = '';
    for await (const chunk of request) text += chunk;
    return text;
  } catch (error) {
    if (request.destroyed) return null;
    throw error;
  }
}

/** Adds an endpoint to a test organisation and hands its secret to the receiver. */
export async function listen(
  receiver: Receiver,
  base_url: string,
  admin_api_key: string,
  events: string[],
): Promise<void> {
  const response = await fetch(`${base_url}/v1/changes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin_api_key}` },
    body: JSON.stringify({ kind: 'webhook_endpoint', value: { url: receiver.url, events } }),
  });
  const change = (await response.json()) as { secret: string };
  if (!response.ok) throw new Error(`the endpoint was refused: ${JSON.stringify(change)}`);
  receiver.secret = change.secret;
}
