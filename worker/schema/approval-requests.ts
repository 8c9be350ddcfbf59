// What is asked and answered about approval requests, decisions and capabilities.
import { z } from '@hono/zod-openapi';
import { STATUSES } from '../../core/lifecycle.ts';
import {
  MAX_COMMENT_CHARS,
  MAX_DURATION_SECONDS,
  MAX_KEY_CHARS,
  MAX_NAME_CHARS,
  MAX_WAIT_SECONDS,
  MIN_DEADLINE_SECONDS,
} from '../../core/limits.ts';
import { RISK_LEVELS } from '../../core/policy.ts';
import { CommentText, DigestSchema, InstantSchema, JsonObjectSchema, PageQuery } from './common.ts';
import { FOLLOWING } from './following.ts';
import { MadeDecisionSchema } from './made-decision.ts';

const Name = z.string().min(1).max(MAX_NAME_CHARS);
const Key = z.string().min(1).max(MAX_KEY_CHARS);
const Precondition = z.strictObject({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'This is not a digest.') });
const Metadata = z.record(z.string().max(64), z.union([z.string().max(512), z.number(), z.boolean()]));

export const ProposalBody = z
  .strictObject({
    action: Name.openapi({ example: 'deployment.execute' }),
    resource: Name.openapi({ example: 'service:billing-api' }),
    actor: Name.optional().openapi({ example: 'service-account:release-bot' }),
    risk: z.enum(RISK_LEVELS).optional().openapi({ description: 'A claim: it can raise the risk, never lower it.' }),
    params: JsonObjectSchema.optional(),
    metadata: Metadata.optional(),
    context: JsonObjectSchema.optional(),
    preview: JsonObjectSchema.optional(),
    precondition: Precondition.optional(),
    run: z.strictObject({ id: Key, tool_call_id: Key.optional() }).optional(),
    expires_in: z
      .int()
      .min(MIN_DEADLINE_SECONDS)
      .max(MAX_DURATION_SECONDS)
      .optional()
      .openapi({ description: 'Seconds; it can only shorten what policy gives.' }),
  })
  .openapi('Proposal');

export const ScopeSchema = z
  .object({
    action: z.string(),
    resource: z.string(),
    params_digest: DigestSchema,
    audience: z.string(),
    enforce: z.enum(['offline', 'introspect', 'consume']),
    dpop: z.boolean(),
    ttl_seconds: z.int(),
  })
  .openapi('Scope');

const RequirementSchema = z
  .object({
    verify: z.enum(['passkey', 'oidc']),
    separation: z.enum(['requester', 'owners']),
    require: z.object({ approve: z.array(z.string()), reject: z.array(z.string()) }),
    stages: z.array(
      z.object({
        from: z.array(z.string()),
        count: z.int(),
        approved: z.int(),
        actions: z.record(z.string(), z.array(z.enum(['approve', 'reject']))).optional(),
      }),
    ),
  })
  .nullable();

const RiskSchema = z.object({
  level: z.enum(RISK_LEVELS),
  claimed: z.enum(RISK_LEVELS).nullable(),
  reasons: z.array(z.string()),
});

const EditSchema = z
  .object({
    editor: z.object({ id: z.string(), name: z.string().nullable() }),
    mode: z.enum(['narrow', 'any']),
    stage: z.int(),
    comment: z.string().nullable(),
    edited_at: InstantSchema,
    rule: z.string().nullable(),
    replaces: DigestSchema,
    action_digest: DigestSchema,
    diff: z
      .array(
        z.object({
          pointer: z.string(),
          kind: z.enum(['added', 'removed', 'changed']),
          from: z.any(),
          to: z.any(),
        }),
      )
      .nullable()
      .openapi({ description: 'Against the params that were asked.' }),
  })
  .openapi('Edit');

const RefusalSchema = z.object({ code: z.string(), detail: z.string() }).nullable();
const ViewerSchema = z.object({ approve: RefusalSchema, reject: RefusalSchema }).nullable().openapi({
  description:
    'Where a signed-in person reads one request that waits: why they could not answer so now; null where they could.',
});
const UnmetSchema = z
  .array(z.object({ stage: z.int(), count: z.int(), able: z.int() }))
  .nullable()
  .openapi({ description: 'Where one request that waits is read: stages that nobody can complete any more.' });

export const ApprovalRequestSchema = z
  .object({
    id: z.string(),
    object: z.literal('approval_request'),
    organization: z.string(),
    salt: z.string().nullable(),
    status: z.enum(STATUSES),
    verdict: z.enum(['allow', 'require_approval', 'deny']),
    action: z.string().nullable(),
    resource: z.string().nullable(),
    actor: z.string(),
    requester: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable(), key: z.string().nullable() }),
    on_behalf_of: z.string().nullable(),
    params: JsonObjectSchema.nullable(),
    hidden: z.array(z.string()).openapi({
      description:
        'Pointers below `params` and `effective.params` where `(hidden)` stands for a value that policy hides ' +
        '(`writeOnly`); `salt` is null then. Only the answer of an exchange holds the values.',
    }),
    metadata: JsonObjectSchema.nullable(),
    constraints: JsonObjectSchema.nullable(),
    precondition: z.object({ digest: DigestSchema }).nullable(),
    context: JsonObjectSchema.nullable(),
    preview: JsonObjectSchema.nullable(),
    run: z.object({ id: z.string(), tool_call_id: z.string().nullable() }).nullable(),
    action_digest: DigestSchema,
    params_digest: DigestSchema,
    request_digest: DigestSchema,
    effective: z
      .object({
        params: JsonObjectSchema.nullable(),
        action_digest: DigestSchema,
        params_digest: DigestSchema,
        requirement: RequirementSchema,
        risk: RiskSchema,
      })
      .openapi({ description: 'What may run and what policy asks for it; stricter than asked once somebody edited.' }),
    risk: RiskSchema,
    policy: z.object({
      version: z.int(),
      digest: DigestSchema,
      rule: z.string().nullable(),
      trace: z.array(JsonObjectSchema),
    }),
    message: z.string().nullable(),
    on_rejection: z.enum(['stop', 'continue']),
    parameters: JsonObjectSchema.nullable().openapi({
      description: 'The JSON Schema of `params` in the policy that judged; null where it has none for this action.',
    }),
    requirement: RequirementSchema,
    scope: ScopeSchema.nullable().openapi({ description: 'The most that an approval releases.' }),
    editable: z.enum(['none', 'narrow', 'any']).openapi({ description: 'What policy lets a reviewer edit now.' }),
    edits: z.array(EditSchema),
    decisions: z.array(MadeDecisionSchema),
    viewer: ViewerSchema,
    unmet: UnmetSchema,
    comments: z.array(z.object({ author: z.string(), name: z.string(), comment: z.string(), at: InstantSchema })),
    rejection_reason: z.string().nullable(),
    capability: z
      .object({
        id: z.string(),
        status: z.string().nullable(),
        scope: ScopeSchema.nullable(),
        expires_at: InstantSchema.nullable(),
      })
      .nullable(),
    outcome: JsonObjectSchema.nullable(),
    review_url: z.string(),
    match_words: z.array(z.string()),
    created_at: InstantSchema,
    updated_at: InstantSchema,
    expires_at: InstantSchema,
    decided_at: InstantSchema.nullable(),
    decided_by: z.enum(['person', 'policy', 'clock', 'break_glass']).nullable(),
    ...FOLLOWING,
    erased_at: InstantSchema.nullable().openapi({
      description: 'When what is personal was erased: from then on action, resource, params, names and words are null.',
    }),
    ledger: z.object({ pending: z.boolean(), entries: z.array(JsonObjectSchema) }),
  })
  .openapi('ApprovalRequest');

export const RequestQuery = PageQuery.extend({
  status: z.enum(STATUSES).optional(),
  actor: z.string().max(MAX_NAME_CHARS).optional(),
  action: z.string().max(MAX_NAME_CHARS).optional(),
  risk: z.enum(RISK_LEVELS).optional(),
  q: z.string().max(200).optional().openapi({ description: 'Part of action, resource, actor or id.' }),
});

export const WaitQuery = z.strictObject({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_WAIT_SECONDS)
    .optional()
    .openapi({ description: 'Seconds to hold the answer while the request is pending.' }),
});

export const CommentBody = z.strictObject({ comment: z.string().trim().min(1).max(MAX_COMMENT_CHARS) });
export const OptionalReasonBody = z.strictObject({ reason: CommentText.optional() });

export const OutcomeBody = z.strictObject({
  status: z.enum(['executed', 'failed', 'not_started']),
  detail: CommentText.optional(),
  evidence: JsonObjectSchema.optional(),
});

export const ExchangeBody = z
  .strictObject({
    request: z.string().max(64),
    actor: Name,
    nonce: Key.optional().openapi({ description: 'Fresh per exchange; the Idempotency-Key serves if it is absent.' }),
    params: JsonObjectSchema.optional(),
    precondition: Precondition.optional(),
  })
  .openapi('Exchange');

export const ExchangedSchema = z
  .object({
    capability: z.object({ id: z.string(), status: z.string(), expires_at: InstantSchema, scope: ScopeSchema }),
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    params: JsonObjectSchema,
    authorization_details: z.array(JsonObjectSchema),
    receipt: JsonObjectSchema,
  })
  .openapi('Exchanged');

export const RequestEventSchema = z.object({ data: z.array(JsonObjectSchema) }).openapi('RequestEvents');
