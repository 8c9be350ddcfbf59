// A reviewer's decision as a request's answer shows it. What decides is worker/schema/decisions.ts.
import { z } from '@hono/zod-openapi';
import { InstantSchema, JsonObjectSchema } from './common.ts';

export const MadeDecisionSchema = z.object({
  reviewer: z.object({ id: z.string(), name: z.string().nullable() }),
  decision: z.enum(['approve', 'reject']),
  stage: z.int(),
  comment: z.string().nullable(),
  external_ref: z.string().nullable(),
  decided_at: InstantSchema,
  assurance: JsonObjectSchema,
  edited: z.boolean().openapi({ description: 'It is for an action that a reviewer had edited.' }),
  void: z.boolean().openapi({ description: 'It counts no more.' }),
  void_reason: z
    .enum(['edited', 'withdrawn'])
    .nullable()
    .openapi({ description: 'Somebody edited after it; or its person or key has lost the right since.' }),
  delegation: z
    .object({ id: z.string(), from: z.object({ id: z.string(), name: z.string().nullable() }) })
    .nullable()
    .openapi({ description: 'In whose right, where it was not the reviewer’s own.' }),
});
