// Strict JSON in, for every body, in front of the router (contract.md "Conventions"). It reads the body once, bounded
// before it is parsed, and leaves three things: the raw bytes, the strict value, and hono's cache, so that the
// validators behind see exactly this value (hono alone would take the last of two equal keys and round 2^53+1).
import type { MiddlewareHandler } from 'hono';
import { concatBytes, utf8 } from '../../core/encoding.ts';
import type { Json } from '../../core/json.ts';
import { MAX_BODY_BYTES } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { parseStrictJsonBytes } from '../../core/strict-json.ts';
import type { AppEnv, Ctx } from '../context.ts';
import { problemAnswer } from '../problem.ts';

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
/** AuthZEN's transport knows 400, 401, 403 and 500 alone: another type of content is a bad request there. */
const AUTHZEN = '/access/';
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What takes a text or form of another specification: bounded like every body, parsed strictly by its route. */
export const TEXT_PATHS: readonly string[] = ['/witness/add-checkpoint', '/oauth2/token'];

export const strictBody: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (BODILESS.has(c.req.method)) return next();
  const read = await readBody(c);
  if (!read.ok) return problemAnswer(c, read.problem);
  return next();
};

async function readBody(c: Ctx): Promise<Result<void>> {
  const bytes = await boundedBytes(c.req.raw);
  if (!bytes.ok) return bytes;
  c.set('raw_body', bytes.value);
  if (TEXT_PATHS.includes(c.req.path)) return ok(undefined);
  // Only DELETE may come without a body: its address says everything.
  if (bytes.value.length === 0) return c.req.method === 'DELETE' ? noBody(c) : EMPTY;
  if (!JSON_TYPE.test(c.req.header('content-type') ?? '')) return c.req.path.startsWith(AUTHZEN) ? BAD_TYPE : NOT_JSON;
  const value = parseStrictJsonBytes(bytes.value);
  if (!value.ok) return value;
  c.set('body', value.value);
  fillCache(c, value.value);
  return ok(undefined);
}

/** A proxy may send no body as an empty one, which is read by now: the validators behind find {}, not a used-up stream. */
function noBody(c: Ctx): Result<void> {
  const cache = c.req.bodyCache as Record<string, Promise<unknown>>;
  cache.arrayBuffer = Promise.resolve(new ArrayBuffer(0));
  cache.text = Promise.resolve('{}');
  return ok(undefined);
}

/** Validators read the body through hono, which caches promises (its types say otherwise). */
function fillCache(c: Ctx, value: Json): void {
  const cache = c.req.bodyCache as Record<string, Promise<unknown>>;
  cache.json = Promise.resolve(value);
  cache.text = Promise.resolve(JSON.stringify(value));
}

const EMPTY = fail('malformed-json', 'The body is empty. Send a JSON object; {} where nothing needs to be said.');
const NOT_JSON = fail('unsupported-media-type', 'Send the body as Content-Type: application/json, in UTF-8.');
const BAD_TYPE = fail('invalid-request', 'Send the body as Content-Type: application/json, in UTF-8.');
const TOO_LARGE = fail('payload-too-large', `A body has at most ${MAX_BODY_BYTES} bytes.`);

/** The body, as far as it is within bounds: neither a declared nor an undeclared length makes us hold more. */
async function boundedBytes(request: Request): Promise<Result<Uint8Array>> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return TOO_LARGE;
  if (request.body === null) return ok(utf8(''));
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const chunks: Uint8Array[] = [];
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return ok(concatBytes(...chunks));
    length += value.length;
    if (length > MAX_BODY_BYTES) {
      await reader.cancel();
      return TOO_LARGE;
    }
    chunks.push(value);
  }
}
