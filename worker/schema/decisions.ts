// The bodies of a decision and of an edit: what is asked to be signed, and what comes back signed.
import { z } from '@hono/zod-openapi';
import { MAX_EXTERNAL_REF_CHARS, MAX_ID_TOKEN_CHARS } from '../../core/limits.ts';
import { AuthenticationResponse, CeremonySchema, IntentSchema, IntentToken } from './ceremony.ts';
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
  reviewer: z.string().max(64).optional().openapi({
    description: 'Who will decide with a signed token, where an API key (scope requests:read_all) carries it here.',
  }),
});

export const DecisionOfferSchema = CeremonySchema.extend({
  public_key: JsonObjectSchema.optional().openapi({ description: 'WebAuthn options; not for an API key.' }),
  nonce: z
    .string()
    .optional()
    .openapi({ description: 'Where policy takes a signed token: the nonce that the token must hold.' }),
}).openapi('DecisionOffer');

const signed = {
  intent: IntentSchema,
  intent_token: IntentToken,
  comment: CommentText.nullable()
    .optional()
    .openapi({ description: 'The text that `comment_digest` in the intent commits to.' }),
};

/** Signed with a passkey. */
export const SignedBody = z.strictObject({ ...signed, assertion: AuthenticationResponse });

/** A passkey signs; or a token in its place, where policy says `verify: oidc`. */
export const DecisionBody = z.union([
  SignedBody,
  z.strictObject({
    ...signed,
    oidc_token: z.string().max(MAX_ID_TOKEN_CHARS).openapi({ description: 'An ID token with the nonce.' }),
  }),
]);

export const EditOptionsBody = z.strictObject({
  params: JsonObjectSchema.openapi({ description: 'All of them, as they would run.' }),
  comment: CommentText.nullable().optional(),
});
