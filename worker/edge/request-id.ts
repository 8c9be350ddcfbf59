// Gives every request a name that answers, logs and problems share. Ours, never the caller's: a caller's could forge.
import type { MiddlewareHandler } from 'hono';
import { base32 } from '../../core/encoding.ts';
import type { AppEnv, Ctx } from '../context.ts';

export const requestId: MiddlewareHandler<AppEnv> = async (c, next) => {
  const id = `req_${base32(crypto.getRandomValues(new Uint8Array(16)))}`;
  c.set('request_id', id);
  await next();
  if (c.res.status !== 101) c.res.headers.set('X-Request-Id', echoed(c) ?? id);
};

const PLAIN = /^[\x21-\x7e]{1,128}$/;

/** AuthZEN: "If the PEP specified a request identifier in the request, the PDP MUST include the same identifier". */
function echoed(c: Ctx): string | undefined {
  const said = c.req.path.startsWith('/access/') ? c.req.header('x-request-id') : undefined;
  return said !== undefined && PLAIN.test(said) ? said : undefined;
}
