// Cross-site requests do nothing. SameSite=Strict already keeps the cookie at home; this holds where a browser or a
// sibling host does not: a mutation with a cookie needs our Origin, one without may not come from another page either
// (sign-in and enrolment would otherwise log a victim into the attacker's account).
import type { MiddlewareHandler } from 'hono';
import type { AppEnv, Ctx } from '../context.ts';
import { refuse } from '../problem.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const DETAIL = 'This call must come from our own pages: Origin and Sec-Fetch-Site say that it does not.';

/** Whether the request is known to come from our own pages; `absent` decides where a browser's headers are missing. */
export function isSameOrigin(c: Ctx, absent: boolean): boolean {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined ? absent : origin === new URL(c.env.BASE_URL).origin;
}

export const sameOrigin: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (SAFE.has(c.req.method)) return next();
  const byCookie = c.req.header('cookie') !== undefined && c.req.header('authorization') === undefined;
  return isSameOrigin(c, !byCookie) ? next() : refuse(c, 'forbidden', DETAIL);
};
