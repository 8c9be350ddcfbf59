// The issuer's keys. Every organisation is an issuer of its own, `{base}/o/{org}`; the deployment's keys sign for all, and
// a verifier pins the issuer. Answers the same for every well-formed id: this says nothing about who exists.
import { createRoute, z } from '@hono/zod-openapi';
import { isId } from '../../core/ids.ts';
import type { App } from '../context.ts';
import { refuse } from '../problem.ts';
import { answers, BY_NOBODY, JsonObjectSchema } from '../schema/common.ts';
import { capabilityKeysOf, publicHalf } from '../secrets.ts';

const jwks = createRoute({
  method: 'get',
  path: '/o/{organization}/.well-known/jwks.json',
  summary: "The public keys of an organisation's issuer.",
  tags: ['issuer'],
  security: BY_NOBODY,
  request: { params: z.object({ organization: z.string().max(64) }) },
  responses: answers(200, 'A JWKS (RFC 7517), naming its issuer.', JsonObjectSchema),
});

/** The issuer that verifiers pin. */
export const issuerOf = (env: { BASE_URL: string }, organization: string): string =>
  `${env.BASE_URL}/o/${organization}`;

export function issuer(app: App): void {
  app.openapi(jwks, (c) => {
    const { organization } = c.req.valid('param');
    if (!isId('org', organization)) return refuse(c, 'not-found', 'There is no such issuer.');
    // Short: a rotated key must be seen, and both keys are published well before the new one signs.
    c.header('Cache-Control', 'public, max-age=60');
    c.header('Access-Control-Allow-Origin', '*');
    c.header('Cross-Origin-Resource-Policy', 'cross-origin');
    return c.json({ issuer: issuerOf(c.env, organization), keys: capabilityKeysOf(c.env).map(publicHalf) });
  });
}
