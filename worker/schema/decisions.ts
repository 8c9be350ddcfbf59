// The bodies of a decision and of an edit: what is asked to be signed, and what comes back signed.
import { z } from '@hono/zod-openapi';
import { MAX_EXTERNAL_REF_CHARS } from '../../core/limits.ts';
import { AuthenticationResponse, IntentSchema, IntentToken } from './ceremony.ts';
import { CommentText, JsonObjectSchema } from './common.ts';

const decided = {
  comment: CommentText.nullable().optional(),
  external_ref: z.string().max(MAX_EXTERNAL_REF_CHARS).nullable().optional(),
};

export const DecisionOptionsBody = z.strictObject({
  decision: z.enum(['approve', 'reject', 'deny']).openapi({ description: '`deny` is an alias of `reject`.' }),
  ...decided,
  params: JsonObjectSchema.optional().openapi({
    description: 'Approves a reduction of what was asked, where policy says `edits: narrow`.',
  }),
  scope: z
    .strictObject({
      ttl_seconds: z.int().positive().optional(),
      enforce: z.enum(['offline', 'introspect', 'consume']).optional(),
    })
    .optional()
    .openapi({ description: 'A reviewer may only shorten and strengthen.' }),
});

export const DecisionBody = z.strictObject({
  intent: IntentSchema,
  intent_token: IntentToken,
  assertion: AuthenticationResponse,
  comment: CommentText.nullable()
    .optional()
    .openapi({ description: 'The text that `comment_digest` in the intent commits to.' }),
});

export const EditOptionsBody = z.strictObject({
  params: JsonObjectSchema.openapi({ description: 'All of them, as they would run.' }),
  comment: CommentText.nullable().optional(),
});
