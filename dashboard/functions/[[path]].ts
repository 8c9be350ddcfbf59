// The same-origin door: a page's address is answered with the page, every other address by the Worker, whose answer
// comes back as it is. It decides nothing. Which addresses never come here is public/_routes.json: built files, which
// Pages serves by itself (and answers 404 for one that is missing: public/assets/404.html).
import { MAX_BODY_BYTES } from '../../core/limits.ts';
import { isPage } from '../src/page-paths.ts';

interface Bound {
  fetch(request: Request): Promise<Response>;
}
interface Context {
  request: Request;
  env: { API?: Bound; ASSETS: Bound };
}

const problem = (status: number, code: string, title: string, detail: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ type: `/docs/problems#${code}`, title, status, code, detail }), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });

const UNBOUND = 'The dashboard has no service binding named API. Bind it to the Worker in dashboard/wrangler.toml.';
const PAGE_METHODS = ['GET', 'HEAD'];

/** Any method and address → the page, or the Worker's own answer; 503 as a problem document when nothing is bound. */
export async function onRequest({ request, env }: Context): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (isPage(pathname)) return page(request, env.ASSETS);
  if (!env.API) return problem(503, 'unavailable', 'A part that this needs cannot be reached', UNBOUND);
  const answer = await env.API.fetch(await withBoundedBody(request));
  return answer.status === 404 && isNavigation(request) ? missing(request, env.ASSETS) : answer;
}

function page(request: Request, assets: Bound): Promise<Response> | Response {
  if (PAGE_METHODS.includes(request.method)) return assets.fetch(request);
  const detail = 'This address is a page: it answers GET and HEAD.';
  return problem(405, 'method-not-allowed', 'Method not allowed', detail, { allow: PAGE_METHODS.join(', ') });
}

/** A person who followed a wrong link sees the page that says so, with the status that programs understand. */
async function missing(request: Request, assets: Bound): Promise<Response> {
  const { body, headers } = await assets.fetch(new Request(new URL('/', request.url)));
  const shown = new Response(body, { status: 404, headers });
  shown.headers.set('cache-control', 'no-store');
  shown.headers.delete('etag');
  return shown;
}

const isNavigation = ({ method, headers }: Request): boolean =>
  method === 'GET' && headers.get('sec-fetch-mode') === 'navigate';

/**
 * The request with at most one byte more than the Worker takes. A body that is read only in part on the far side of a
 * service binding holds its answer back for ever; the Worker refuses the longer body all the same.
 */
async function withBoundedBody(request: Request): Promise<Request> {
  if (request.body === null) return request;
  const reader = request.body.getReader();
  const body = new Uint8Array(MAX_BODY_BYTES + 1);
  let length = 0;
  while (length < body.length) {
    const { done, value } = await reader.read();
    if (done) break;
    const taken = value.subarray(0, body.length - length);
    body.set(taken, length);
    length += taken.length;
  }
  return new Request(request, { body: body.subarray(0, length) });
}
