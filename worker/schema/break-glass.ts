// What is asked and answered about break-glass: an emergency use, and its review.
import { z } from '@hono/zod-openapi';
import { REVIEW_VERDICTS } from '../../core/break-glass.ts';
import {
  MAX_BREAK_GLASS_SECONDS,
  MAX_COMMENT_CHARS,
  MAX_EXTERNAL_REF_CHARS,
  MIN_CAPABILITY_TTL_SECONDS,
} from '../../core/limits.ts';
import { ProposalBody } from './approval-requests.ts';
import { AuthenticationResponse, CeremonySchema, IntentSchema } from './ceremony.ts';
import { InstantSchema, JsonObjectSchema } from './common.ts';

const Said = z.string().trim().min(1).max(MAX_COMMENT_CHARS);

export const BreakGlassOptionsBody = ProposalBody.pick({
  action: true,
  resource: true,
  params: true,
  metadata: true,
  precondition: true,
})
  .extend({
    actor: z.string().min(1).max(256).openapi({ example: 'service-account:release-bot' }),
    reason: Said,
    external_ref: z.string().trim().min(1).max(MAX_EXTERNAL_REF_CHARS).optional(),
    expires_in: z
      .int()
      .min(MIN_CAPABILITY_TTL_SECONDS)
      .max(MAX_BREAK_GLASS_SECONDS)
      .optional()
      .openapi({ description: 'Seconds that the capability lives; an hour at most. Without it: as policy says.' }),
  })
  .strict()
  .openapi('BreakGlass');

/** The token carries the whole call beside its MAC. */
const CarryingToken = z.string().max(44_000).openapi({ description: "The server's MAC over the intent and the call." });

export const BreakGlassBody = z.strictObject({
  intent: IntentSchema,
  intent_token: CarryingToken,
  assertion: AuthenticationResponse,
});

const review = { verdict: z.enum(REVIEW_VERDICTS), comment: Said };

export const ReviewOptionsBody = z.strictObject(review);
export const ReviewBody = z.strictObject({
  intent: IntentSchema,
  intent_token: z.string().max(8_192),
  assertion: AuthenticationResponse,
  comment: Said.openapi({ description: 'The text that `comment_digest` in the intent commits to.' }),
});

/** With what the page needs to compute the action's digest itself. */
export const BreakGlassOfferSchema = CeremonySchema.extend({
  salt: z.string(),
  constraints: JsonObjectSchema,
}).openapi('BreakGlassOffer');

export const BreakGlassUseSchema = z
  .object({
    request: z.string(),
    user: z.string(),
    actor: z.string(),
    service_account: z.string(),
    used_at: InstantSchema,
    open: z.boolean().openapi({ description: 'Whether it still waits for its review.' }),
    review: z
      .object({ by: z.string(), verdict: z.enum(REVIEW_VERDICTS), comment: z.string(), at: InstantSchema })
      .nullable(),
  })
  .openapi('BreakGlassUse');

export const ReviewedSchema = z.object({ request: z.string() }).openapi('BreakGlassReviewed');
