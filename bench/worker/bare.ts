// The least that the platform can do for the same: an object of its own for each request, one row, one alarm; and for a
// decision, one ES256 signature checked and one row. No policy, no ledger, no projection, no strictness: the floor that
// our own cost is measured against.
import { DurableObject } from 'cloudflare:workers';

interface BareEnv {
  APPROVAL_REQUEST: DurableObjectNamespace<ApprovalRequest>;
}

export class ApprovalRequest extends DurableObject<BareEnv> {
  async create(state: string): Promise<void> {
    this.ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, state TEXT NOT NULL)');
    this.ctx.storage.sql.exec('INSERT INTO rows (state) VALUES (?)', state);
    await this.ctx.storage.setAlarm(Date.now() + 3_600_000);
  }

  override alarm(): void {}

  decide(decision: string): void {
    this.ctx.storage.sql.exec('INSERT INTO rows (state) VALUES (?)', decision);
  }
}

/** The configuration is that of production: its other classes must be there, and do nothing. */
export class Organization extends DurableObject {}
export class Ledger extends DurableObject {}
export class Witness extends DurableObject {}

interface Signed {
  key: JsonWebKey;
  /** Latin-1 text. */
  message: string;
  signature: string;
}

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

async function isSigned({ key, message, signature }: Signed): Promise<boolean> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('jwk', key, algorithm, false, ['verify']);
  return crypto.subtle.verify(algorithm, imported, bytes(signature), bytes(message));
}

export default {
  async fetch(request: Request, env: BareEnv): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/') return new Response('ok');
    const object = env.APPROVAL_REQUEST.getByName(searchParams.get('id') ?? '');
    const body = await request.text();
    if (pathname === '/create') await object.create(body);
    else if (await isSigned(JSON.parse(body))) await object.decide(body);
    else return new Response('forged', { status: 403 });
    return Response.json({ id: searchParams.get('id') });
  },
  queue(): void {},
};
