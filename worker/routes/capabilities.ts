// The capability's exchange: the object decides who is first, the ledger seals it, and only then a token is signed.
import { createRoute } from '@hono/zod-openapi';
import { importJWK, SignJWT } from 'jose';
import { instantAt } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Exchanged, Reply } from '../../durable-objects/request/calls.ts';
import type { App, Ctx } from '../context.ts';
import { idempotencyKey } from '../edge/idempotency.ts';
import { problemAnswer } from '../problem.ts';
import { maySee, NO_SUCH_REQUEST } from '../requests/access.ts';
import { judged } from '../requests/judged.ts';
import { deliverLater, requestOf, withFacts } from '../requests/request-object.ts';
import { ExchangeBody, ExchangedSchema } from '../schema/approval-requests.ts';
import { answers, jsonBody } from '../schema/common.ts';
import { capabilityKeysOf } from '../secrets.ts';
import { issuerOf } from './issuer.ts';

const exchanging = createRoute({
  method: 'post',
  path: '/v1/capabilities/exchange',
  tags: ['Capabilities'],
  security: [{ api_key: [] }],
  summary: 'Exchange an approval for a token that fits this one action, once',
  request: { body: jsonBody(ExchangeBody) },
  responses: answers(200, 'The token and what it is for.', ExchangedSchema),
});

/** Registers the exchange. */
export function capabilities(app: App): void {
  app.openapi(exchanging, (c) => exchange(c));
}

interface Body {
  request: string;
  actor: string;
  nonce?: string;
  params?: JsonObject;
  precondition?: JsonObject;
}

async function exchange(c: Ctx): Promise<Response> {
  const body = c.get('body') as unknown as Body;
  const nonce = nonceOf(c, body);
  if (!nonce.ok) return problemAnswer(c, nonce.problem);
  const done = await withFacts((users) => round(c, body, nonce.value, users));
  if (!done.ok) return problemAnswer(c, done.problem);
  deliverLater(c, done.value.request.organization, body.request);
  if (done.value.replayed) c.header('Idempotent-Replayed', 'true');
  // RFC 6749 section 5.1: an answer with a token must not be stored.
  c.header('Cache-Control', 'no-store');
  return c.json(await answerOf(c, done.value));
}

/** The nonce of the body, or the Idempotency-Key; one of the two has to be there. */
function nonceOf(c: Ctx, body: Body): Result<string> {
  const key = idempotencyKey(c);
  if (!key.ok) return key;
  const nonce = body.nonce ?? key.value;
  if (nonce !== null) return ok(nonce);
  return fail(
    'idempotency-key-required',
    'Send a fresh nonce, in the body or as Idempotency-Key: a repeat is known by it.',
    {
      errors: [{ pointer: '/nonce', detail: 'is missing' }],
    },
  );
}

async function round(c: Ctx, body: Body, nonce: string, users: string[]): Promise<Reply<Exchanged>> {
  const known = await judged(c, body.request, users);
  if (!known.ok) return known;
  const { principal, organization, gathered, record } = known.value;
  if (principal.kind !== 'machine')
    return fail('forbidden', 'A session never exchanges: use an API key of the service account.');
  if (!maySee(principal, record)) return NO_SUCH_REQUEST;
  const actor = principal.actors.includes(record.proposal.actor) && principal.scopes.includes('requests:write');
  if (!actor) return fail('forbidden', 'This API key may not act as the actor of this request.');
  const { params = null, precondition = null } = body;
  return requestOf(c.env, organization, body.request).exchange({
    ...{ organization, idempotency: null, ...gathered, issuer: issuerOf(c.env, organization) },
    call: { actor: actorOf(body.actor), nonce, params, precondition, jkt: null, machine: principal },
  });
}

/** `agent.NAME` is `agent:NAME` (product.md "Words"). */
const actorOf = (text: string): string => text.replace(/^agent\./, 'agent:');

async function answerOf(c: Ctx, exchanged: Exchanged) {
  const { claims, request, expires_at_ms, params, receipt } = exchanged;
  const { id, scope } = request.capability!;
  return {
    capability: { id, status: 'exchanged', expires_at: instantAt(expires_at_ms), scope },
    access_token: await signToken(c, claims),
    token_type: 'Bearer' as const,
    expires_in: Math.max(0, claims.exp - Math.floor(Date.now() / 1_000)),
    params,
    authorization_details: claims.authorization_details,
    receipt: { event: receipt.event, index: receipt.index, leaf_hash: receipt.leaf_hash, sealed_at: receipt.sealed_at },
  };
}

/** RFC 9068 `at+jwt`, ES256 (some well-known verifiers refuse EdDSA), by the first capability key. */
async function signToken(c: Ctx, claims: Exchanged['claims']): Promise<string> {
  const [key] = capabilityKeysOf(c.env);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key!.kid })
    .sign(await importJWK({ ...key! }, 'ES256'));
}
