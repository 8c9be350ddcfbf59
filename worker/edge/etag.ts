// ETag on every JSON answer to a GET (a hash of what is answered), and 304 for who has it already. An answer that is not
// plain JSON (a stream, a file, a socket) goes through untouched.
import type { MiddlewareHandler } from 'hono';
import { sha256 } from '#sha256';
import { base64url } from '../../core/encoding.ts';
import type { AppEnv } from '../context.ts';

export const etag: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  if (c.req.method !== 'GET' || c.res.status !== 200) return;
  if (!c.res.headers.get('content-type')?.startsWith('application/json')) return;
  if (!c.res.headers.has('etag')) {
    const bytes = new Uint8Array(await c.res.clone().arrayBuffer());
    c.res.headers.set('ETag', `"${base64url(sha256(bytes)).slice(0, 27)}"`);
  }
  const known = c.req
    .header('if-none-match')
    ?.split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.includes(c.res.headers.get('etag')!)) {
    c.res = new Response(null, { status: 304, headers: c.res.headers });
  }
};
