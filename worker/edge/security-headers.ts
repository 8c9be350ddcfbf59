// Headers that no answer goes without. The API shows nothing in a browser, so its policy allows nothing; a route that
// does show something (docs) or may be cached (tiles, keys) sets its own before.
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../context.ts';

const DEFAULTS: Record<string, string> = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

export const securityHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  if (c.res.status === 101) return;
  for (const [name, value] of Object.entries(DEFAULTS)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
  if (c.env.BASE_URL.startsWith('https:')) {
    c.res.headers.set('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
  }
};
