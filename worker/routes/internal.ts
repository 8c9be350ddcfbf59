// What only our own scripts call: founding an organisation, and minting a link for its owner. Authenticated by the
// set-up secret (internal-call.ts); not for browsers, keys or sessions.
import { createRoute, z } from '@hono/zod-openapi';
import { KEY_SCOPES } from '../../core/authority.ts';
import type { LinkClaims } from '../../core/credential.ts';
import { instantAt } from '../../core/duration.ts';
import { base64url } from '../../core/encoding.ts';
import { isId } from '../../core/ids.ts';
import { ENROL_TOKEN_LIFETIME_SECONDS } from '../../core/limits.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { clientOf } from '../auth/acting.ts';
import { internalCall } from '../auth/internal-call.ts';
import { linkUrl } from '../auth/link.ts';
import type { App, Ctx } from '../context.ts';
import { type GenesisBody, organizationOf } from '../organization.ts';
import { answer } from '../problem.ts';
import { answers, JsonObjectSchema, jsonBody } from '../schema/common.ts';

const id = (prefix: 'org' | 'key') => z.string().refine((text) => isId(prefix, text), `This is not an id ${prefix}_….`);
const text = z.string().min(1).max(256);
const security = [{ internal: [] }];

const Key = z.strictObject({
  scopes: z.array(z.enum(KEY_SCOPES)).min(1),
  audience: text.optional(),
  name: text,
  key: id('key'),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
const Genesis = z.strictObject({
  organization: z.strictObject({ id: id('org'), kind: z.enum(['live', 'test']), name: text, rp_id: text }),
  policy_source: z.string().max(48_000),
  service_accounts: z
    .array(z.strictObject({ name: text, actors: z.array(text).optional(), keys: z.array(Key).max(20) }))
    .max(20),
});
const SetupLink = z.strictObject({
  organization: id('org'),
  /** Seconds; null: until used, for a local stack only. */
  lifetime_seconds: z.int().min(60).max(ENROL_TOKEN_LIFETIME_SECONDS).nullable().optional(),
});

const genesis = createRoute({
  ...{ method: 'post', path: '/v1/internal/genesis', summary: 'Founds an organisation.', tags: ['internal'], security },
  description: 'Accepted by an empty object only; the same call again answers the same.',
  request: { body: jsonBody(Genesis) },
  responses: answers(201, 'Founded.', JsonObjectSchema),
});
const setupLink = createRoute({
  ...{
    method: 'post',
    path: '/v1/internal/setup-link',
    summary: "Mints the owner's link.",
    tags: ['internal'],
    security,
  },
  description: 'A set-up link while there is no owner; a recovery link for the owner afterwards, which is an event.',
  request: { body: jsonBody(SetupLink) },
  responses: answers(201, 'The link.', JsonObjectSchema),
});

const unsound = createRoute({
  method: 'post',
  path: '/v1/internal/unsound-passkeys',
  tags: ['internal'],
  security,
  summary: 'Passkeys that nobody else could verify.',
  description: 'Enrolled before keys were judged: each signs the enrolment of its successor at most.',
  request: { body: jsonBody(z.strictObject({ organization: id('org') })) },
  responses: answers(200, 'Whose they are, and what is wrong with each.', JsonObjectSchema),
});

export function internal(app: App): void {
  app.openapi(genesis, async (c) => {
    const proof = internalCall(c);
    if (!proof.ok) return answer(c, proof);
    const body = c.req.valid('json') as GenesisBody;
    if (body.organization.rp_id !== c.env.RP_ID) return answer(c, OTHER_SITE);
    const founded = await organizationOf(c.env, body.organization.id).genesis(body);
    return answer(c, founded, 201);
  });
  app.openapi(unsound, async (c) => {
    const proof = internalCall(c);
    if (!proof.ok) return answer(c, proof);
    const { organization } = c.req.valid('json');
    const found = await organizationOf(c.env, organization).unsoundPasskeys();
    return answer(c, found.ok ? ok({ passkeys: found.value }) : found);
  });
  app.openapi(setupLink, async (c) => {
    const proof = internalCall(c);
    if (!proof.ok) return answer(c, proof);
    return answer(c, await ownersLink(c, c.req.valid('json')), 201);
  });
}

const OTHER_SITE = fail('invalid-request', 'The organisation would be of another site than this deployment.', {
  errors: [{ pointer: '/organization/rp_id', detail: 'must be the RP_ID of the deployment' }],
});

/** `…/setup#token=…` while nobody owns the organisation, `…/recover#token=…` for the owner afterwards. */
async function ownersLink(c: Ctx, asked: z.infer<typeof SetupLink>): Promise<Result<object>> {
  const { organization, lifetime_seconds = ENROL_TOKEN_LIFETIME_SECONDS } = asked;
  const local = new URL(c.env.BASE_URL).hostname === 'localhost';
  if (lifetime_seconds === null && !local) return NOT_FOR_EVER;
  const exp = lifetime_seconds === null ? null : Math.floor(Date.now() / 1_000) + lifetime_seconds;
  const jti = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const object = organizationOf(c.env, organization);
  const open = await object.linkToken({ token_id: jti, purpose: 'setup', exp });
  if (open.ok) return ok(linkOf(c, { jti, purpose: 'setup', organization, exp, roles: ['owner'] }));
  if (open.problem.code !== 'owner-present') return open;
  const recovery = await object.recoverOwner({ client: clientOf(c) });
  return recovery.ok ? ok(linkOf(c, recovery.value)) : recovery;
}

const NOT_FOR_EVER = fail('invalid-request', 'Only a local stack has links without an end.', {
  errors: [{ pointer: '/lifetime_seconds', detail: 'must be a number of seconds' }],
});

const linkOf = (c: Ctx, claims: LinkClaims) => ({
  url: linkUrl(c, claims),
  purpose: claims.purpose,
  expires_at: claims.exp === null ? null : instantAt(claims.exp * 1_000),
});
