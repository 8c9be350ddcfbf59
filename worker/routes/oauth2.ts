// OAuth's token endpoint, for one thing: a workload's token of its platform becomes a short-lived key of a service account
// (RFC 8693). Form-encoded as that says, errors as RFC 6749 section 5.2 has them. Outside, every reason not to accept a
// token is one answer; the reason is in our log.
import { createRoute, z } from '@hono/zod-openapi';
import { fromUtf8 } from '../../core/encoding.ts';
import { isId } from '../../core/ids.ts';
import { readToken } from '../../core/oidc/token.ts';
import { fail, ok, type Problem, type Result } from '../../core/problems.ts';
import type { WorkloadToken } from '../../durable-objects/organization/workload.ts';
import { verifyToken } from '../auth/oidc/verify-token.ts';
import type { App, Ctx } from '../context.ts';
import { organizationOf } from '../organization.ts';
import { log } from '../problem.ts';
import { BY_NOBODY, JsonObjectSchema } from '../schema/common.ts';
import { issuerOf } from './issuer.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const SUBJECT_TYPES = ['urn:ietf:params:oauth:token-type:jwt', 'urn:ietf:params:oauth:token-type:id_token'];
const FORM = /^application\/x-www-form-urlencoded\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

const TokenBody = z.object({
  grant_type: z.literal(EXCHANGE),
  subject_token: z.string(),
  subject_token_type: z.enum(SUBJECT_TYPES),
  audience: z.string().openapi({ description: "The organisation's issuer: BASE_URL/o/org_…" }),
  scope: z.string().optional(),
});
const TokenSchema = z
  .object({
    ...{ access_token: z.string(), issued_token_type: z.literal(ACCESS_TOKEN), token_type: z.literal('Bearer') },
    ...{ expires_in: z.int(), scope: z.string() },
  })
  .openapi('WorkloadToken');

const token = createRoute({
  ...{ method: 'post', path: '/oauth2/token', tags: ['oauth2'], security: BY_NOBODY },
  summary: "Exchanges a workload's token for a short-lived API key (RFC 8693).",
  description: 'Each subject token is taken once. What it may do is said by a rule of a signed change (oidc_issuer).',
  request: { body: { required: true, content: { 'application/x-www-form-urlencoded': { schema: TokenBody } } } },
  responses: {
    200: { description: 'The key.', content: { 'application/json': { schema: TokenSchema } } },
    400: {
      description: '`{error, error_description}` (RFC 6749 section 5.2).',
      content: { 'application/json': { schema: JsonObjectSchema } },
    },
  },
});

export function oauth2(app: App): void {
  // Registered by hand: the validators of `openapi` read JSON only.
  app.openAPIRegistry.registerPath(token);
  app.post('/oauth2/token', async (c) => {
    const form = formOf(c);
    const asked = form === null ? refuse('invalid_request', MALFORMED) : askedBy(c, form);
    return 'error' in asked ? refused(c, asked) : exchange(c, asked);
  });
}

const MALFORMED = 'Send application/x-www-form-urlencoded in UTF-8, each parameter once.';

interface Refusal {
  error: string;
  error_description: string;
}
interface Asked {
  organization: string;
  subject_token: string;
  scopes: string[] | null;
}

const refuse = (error: string, error_description: string): Refusal => ({ error, error_description });

/** RFC 6749 section 3.2: "Request and response parameters MUST NOT be included more than once." */
function formOf(c: Ctx): Map<string, string> | null {
  const text = fromUtf8(c.get('raw_body'));
  if (text === null || text === '' || !FORM.test(c.req.header('content-type') ?? '')) return null;
  const form = new Map<string, string>();
  for (const pair of text.split('&')) {
    const [name, value] = pair.split('=', 2).map(decoded);
    if (!name || value === undefined || value === null || form.has(name) || pair.split('=').length > 2) return null;
    form.set(name, value);
  }
  return form;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** RFC 8693 section 2.1; unknown parameters are ignored, as RFC 6749 demands. */
function askedBy(c: Ctx, form: Map<string, string>): Asked | Refusal {
  const grant = form.get('grant_type');
  if (grant === undefined) return refuse('invalid_request', 'grant_type is missing.');
  if (grant !== EXCHANGE) return refuse('unsupported_grant_type', `Only ${EXCHANGE} is taken here.`);
  const subject_token = form.get('subject_token');
  if (!subject_token || !SUBJECT_TYPES.includes(form.get('subject_token_type') ?? ''))
    return refuse('invalid_request', `subject_token must be there, of type ${SUBJECT_TYPES[0]}.`);
  if (form.has('actor_token') || (form.get('requested_token_type') ?? ACCESS_TOKEN) !== ACCESS_TOKEN)
    return refuse('invalid_request', 'No actor_token is taken, and only an access token is given.');
  const organization = organizationIn(c, form);
  if (organization === null)
    return refuse('invalid_target', 'audience (or resource) must be the issuer of an organisation, BASE_URL/o/org_….');
  const scopes =
    form
      .get('scope')
      ?.split(' ')
      .filter((scope) => scope !== '') ?? null;
  return { organization, subject_token, scopes: scopes?.length === 0 ? null : scopes };
}

function organizationIn(c: Ctx, form: Map<string, string>): string | null {
  const named = [form.get('audience'), form.get('resource')].filter((text) => text !== undefined);
  const id = named[0]?.split('/').at(-1);
  return named.length === 1 && isId('org', id) && issuerOf(c.env, id) === named[0] ? id : null;
}

async function exchange(c: Ctx, asked: Asked): Promise<Response> {
  const exchanged = await exchanging(c, asked);
  if (!exchanged.ok) return refused(c, refusalOf(c, exchanged.problem), exchanged.problem);
  const { access_token, scopes, expires_at } = exchanged.value;
  c.header('Cache-Control', 'no-store');
  const expires_in = Math.max(0, Math.floor((expires_at - Date.now()) / 1_000));
  const given = { access_token, issued_token_type: ACCESS_TOKEN, token_type: 'Bearer', expires_in };
  return c.json({ ...given, scope: scopes.join(' ') });
}

async function exchanging(c: Ctx, { organization, subject_token, scopes }: Asked): Promise<Result<WorkloadToken>> {
  const read = readToken(subject_token);
  if (typeof read === 'string' || typeof read.claims.iss !== 'string')
    return fail('token-refused', ACCEPTED_NOT, { reason: typeof read === 'string' ? read : 'no issuer' });
  const object = organizationOf(c.env, organization);
  const issuer = await object.workloadIssuer({ issuer: read.claims.iss });
  if (!issuer.ok) return issuer;
  const verified = await verifyToken(subject_token, issuer.value, c.env.BASE_URL, Date.now());
  if (!verified.ok) return verified;
  const { claims, digest: token_digest } = verified.value;
  const by = { issuer: issuer.value.id, issuer_digest: issuer.value.digest };
  const exchanged = await object.exchangeWorkload({ ...by, claims, token_digest, scopes });
  return exchanged.ok ? ok(exchanged.value) : exchanged;
}

const ACCEPTED_NOT = 'The subject token was not accepted.';

/** RFC 8693 section 2.2.2: a subject token that is "invalid for any reason" is invalid_request. */
function refusalOf(c: Ctx, problem: Problem): Refusal {
  const { code, reason = code } = problem;
  log('warn', { request_id: c.get('request_id'), code: 'oauth2', reason: reason.slice(0, 200) });
  if (code === 'scope-exceeded') return refuse('invalid_scope', problem.detail);
  if (code === 'unavailable' || code === 'not-sealed-yet') return refuse('temporarily_unavailable', problem.detail);
  return refuse('invalid_request', ACCEPTED_NOT);
}

function refused(c: Ctx, refusal: Refusal, problem?: Problem): Response {
  const later = refusal.error === 'temporarily_unavailable';
  c.header('Cache-Control', 'no-store');
  if (later) c.header('Retry-After', String(problem?.retry_after_seconds ?? 1));
  return c.json(refusal, later ? 503 : 400);
}
