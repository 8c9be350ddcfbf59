// The one door for policy, people, machines and settings.
import { z } from '@hono/zod-openapi';
import { CHANGE_KINDS } from '../../core/authority.ts';
import { DigestSchema, InstantSchema, JsonObjectSchema, PageQuery } from './common.ts';

export const ProposeChangeBody = z.strictObject({
  kind: z.enum(CHANGE_KINDS),
  target: z.string().min(1).max(128).optional(),
  value: JsonObjectSchema,
  base_digest: DigestSchema.optional(),
});

export const ChangeQuery = PageQuery.extend({
  status: z.enum(['proposed', 'applied', 'rejected', 'expired']).optional(),
});

export const ChangeSchema = z
  .object({
    id: z.string(),
    kind: z.enum(CHANGE_KINDS),
    target: z.string(),
    status: z.string(),
    value: JsonObjectSchema,
    before: z.any(),
    after: z.any(),
    before_digest: DigestSchema,
    after_digest: DigestSchema,
    diff: z.array(z.string()),
    warnings: z.array(
      z.object({
        ...{ pointer: z.string(), detail: z.string(), line: z.int().optional() },
        column: z.int().optional().openapi({ description: 'In the text of a policy, as `line`; both from 1.' }),
      }),
    ),
    proposed_by: z.string(),
    proposed_at: InstantSchema,
    expires_at: InstantSchema,
    signatures_needed: z.int(),
    signatures: z.array(JsonObjectSchema),
    applied_at: InstantSchema.nullable(),
    secret: z
      .any()
      .optional()
      .openapi({ description: 'What applying it brought forth (a key, a link), for ten minutes or until first use.' }),
  })
  .openapi('Change');
