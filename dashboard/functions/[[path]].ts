// The same-origin door: hands a request to the Worker as it came (URL, Origin, cookies, WebSocket upgrade) and its
// answer back as it is. It decides nothing. Which paths come here is public/_routes.json; the rest are static files.

interface Context {
  request: Request;
  env: { API?: { fetch(request: Request): Promise<Response> } };
}

const UNBOUND = JSON.stringify({
  type: '/docs/problems#unavailable',
  title: 'A part that this needs cannot be reached',
  status: 503,
  code: 'unavailable',
  detail: 'The dashboard has no service binding named API. Bind it to the Worker in dashboard/wrangler.toml.',
});

/** Any method, any proxied path → the Worker's own answer; 503 as a problem document when nothing is bound. */
export function onRequest({ request, env }: Context): Promise<Response> | Response {
  if (env.API) return env.API.fetch(request);
  return new Response(UNBOUND, { status: 503, headers: { 'content-type': 'application/problem+json' } });
}
