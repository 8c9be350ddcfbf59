// OpenID providers, as answered.
import { z } from '@hono/zod-openapi';
import { ISSUER_PURPOSES, TOKEN_ALGORITHMS, WORKLOAD_SCOPES } from '../../core/oidc/issuer.ts';
import { InstantSchema } from './common.ts';

const WorkloadRule = z.object({
  id: z.string(),
  claims: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  service_account: z.string(),
  scopes: z.array(z.enum(WORKLOAD_SCOPES)),
  actors: z.array(z.string()).optional(),
  ttl_seconds: z.int(),
});

export const OidcIssuerSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    issuer: z.string(),
    purpose: z.enum(ISSUER_PURPOSES),
    audience: z.string().openapi({ description: 'The `aud` that its tokens must name.' }),
    algorithms: z.array(z.enum(TOKEN_ALGORITHMS)),
    leeway_seconds: z.int(),
    jwks_uri: z.string().nullable(),
    group_claim: z.string().nullable(),
    group_mappings: z.record(z.string(), z.string()),
    rules: z.array(WorkloadRule),
    change: z.string(),
    updated_at: InstantSchema,
  })
  .openapi('OidcIssuer');
