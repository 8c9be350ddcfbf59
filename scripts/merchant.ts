// A shop's back office: refunds are paid only with a capability for exactly that refund, verified offline against keys
// that it fetched once. It also takes webhooks. It is the demo's and the tests' resource server, not part of the product.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { JsonObject } from '../core/json.ts';
import {
  type JwkSet,
  VerificationError,
  type VerifiedWebhook,
  verifyCapability,
  verifyWebhook,
} from '../sdk/src/verify.ts';

export const REFUND = 'order_tools.process_refund';
export const ORDERS = 'service:orders';

export interface MerchantOptions {
  /** `https://HOST/o/{org}`: pinned, never taken from a token. */
  issuer: string;
  webhook_secret?: string;
  port?: number;
}

export class Merchant {
  readonly refunds: JsonObject[] = [];
  readonly webhooks: VerifiedWebhook[] = [];
  readonly #seen = new Set<string>();
  readonly #options: MerchantOptions;
  readonly #jwks: JwkSet;
  readonly #server: Server;

  private constructor(options: MerchantOptions, jwks: JwkSet) {
    this.#options = options;
    this.#jwks = jwks;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Opens the shop: fetches the issuer's keys once, then needs Assentry no more. */
  static async open(options: MerchantOptions): Promise<Merchant> {
    const jwks = (await (await fetch(`${options.issuer}/.well-known/jwks.json`)).json()) as JwkSet;
    const merchant = new Merchant(options, jwks);
    await new Promise<void>((resolve, reject) => {
      merchant.#server.once('error', reject).listen(options.port ?? 0, 'localhost', resolve);
    });
    return merchant;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://localhost:${typeof address === 'object' && address ? address.port : 0}`;
  }

  /** Calls the shop as an agent does. Answers with the status and what was said. */
  async refund(token: string, params: JsonObject): Promise<{ status: number; body: JsonObject }> {
    const response = await fetch(`${this.url}/refunds`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(params),
    });
    return { status: response.status, body: (await response.json()) as JsonObject };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const routes: Record<string, (text: string) => Promise<JsonObject>> = {
      '/refunds': (text) => this.#pay(text, request.headers.authorization ?? ''),
      '/webhooks': (text) => this.#hear(text, request),
    };
    try {
      const route = routes[request.url ?? ''];
      answer(response, route ? 200 : 404, route ? await route(await textOf(request)) : {});
    } catch (error) {
      answer(response, 403, { refused: error instanceof VerificationError ? error.reason : String(error) });
    }
  }

  async #pay(text: string, authorization: string): Promise<JsonObject> {
    const params = JSON.parse(text) as JsonObject;
    const call = { params, action: REFUND, resource: ORDERS };
    const { jti } = await verifyCapability(authorization.replace(/^Bearer /, ''), call, {
      issuer: this.#options.issuer,
      audience: ORDERS,
      jwks: this.#jwks,
      // One process, one shop: a set is enough. Several would share it.
      once: (id) => !this.#seen.has(id) && Boolean(this.#seen.add(id)),
    });
    this.refunds.push(params);
    return { paid: params.amount ?? null, capability: jti };
  }

  async #hear(body: string, { headers }: IncomingMessage): Promise<JsonObject> {
    this.webhooks.push(await verifyWebhook({ body, headers, secret: this.#options.webhook_secret ?? '' }));
    return {};
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function answer(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
