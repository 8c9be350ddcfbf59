// Answers 404 and 405 before anything is parsed or authenticated: what has no route says nothing about what exists.
import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { App, AppEnv, Ctx } from '../context.ts';
import { refuse } from '../problem.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Every route of the router, as `METHOD /path/:param`, for tests that go over all of them. */
export function routesOf(app: App): { method: string; path: string }[] {
  const seen = new Map(
    app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => [`${method} ${path}`, { method, path }]),
  );
  return [...seen.values()];
}

/** Middlewares are registered for ALL; what has a method of its own is a route. */
export function knownRoute(app: () => App): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (matchedRoutes(c).some(({ method }) => method !== 'ALL')) return next();
    return unknownRoute(c, app());
  };
}

/** 405 with `Allow` where the path exists under another method, else 404. */
export function unknownRoute(c: Ctx, app: App): Response {
  const allowed = METHODS.filter((method) =>
    app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method !== 'ALL'),
  );
  if (allowed.length === 0) return refuse(c, 'not-found', 'There is nothing at this address. See /docs for what is.');
  c.header('Allow', allowed.join(', '));
  return refuse(c, 'method-not-allowed', `This address answers ${allowed.join(', ')}.`);
}
