// Service accounts, API keys, webhook endpoints, deliveries, events, metrics, policy: as answered.
import { z } from '@hono/zod-openapi';
import { DigestSchema, InstantSchema, JsonObjectSchema } from './common.ts';

const texts = z.array(z.string());

export const ServiceAccountSchema = z
  .object({ id: z.string(), name: z.string(), actors: texts, owners: texts, status: z.string() })
  .openapi('ServiceAccount');

export const ApiKeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    service_account: z.string(),
    scopes: texts,
    created_at: InstantSchema,
    last_used_at: InstantSchema.nullable(),
    status: z.string(),
    hint: z.string().nullable().optional(),
  })
  .openapi('ApiKey');

export const WebhookEndpointSchema = z
  .object({ id: z.string(), url: z.string(), events: texts, status: z.string() })
  .openapi('WebhookEndpoint');

export const DeliverySchema = z
  .object({
    id: z.string(),
    endpoint: z.string(),
    event: z.string(),
    event_type: z.string(),
    status: z.string(),
    attempts: z.int(),
    next_attempt_at: InstantSchema.nullable(),
    last_status: z.int().nullable(),
    created_at: InstantSchema,
  })
  .openapi('Delivery');

export const EventSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    object: z.string(),
    seq: z.int(),
    at: InstantSchema,
    by: z.string(),
    skeleton: JsonObjectSchema,
    personal: JsonObjectSchema.nullable(),
    receipt: JsonObjectSchema.nullable(),
  })
  .openapi('Event');

export const MetricsSchema = z
  .object({
    pending: z.int(),
    approved: z.int(),
    rejected: z.int(),
    expired: z.int(),
    approval_rate: z.number().nullable(),
    median_seconds_to_decide: z.number().nullable(),
    p95_seconds_to_decide: z.number().nullable(),
    top_actions: z.array(z.object({ action: z.string(), count: z.int() })),
  })
  .openapi('Metrics');

export const PolicySchema = z
  .object({
    version: z.int(),
    digest: DigestSchema,
    source: z.string(),
    policy: JsonObjectSchema,
    published_at: InstantSchema,
    published_by: z.string(),
  })
  .openapi('Policy');

export const PolicyVersionSchema = z
  .object({ version: z.int(), digest: DigestSchema, published_at: InstantSchema, published_by: z.string() })
  .openapi('PolicyVersion');

export const OrganizationSchema = z
  .object({ id: z.string(), kind: z.enum(['live', 'test']), name: z.string() })
  .openapi('Organization');

export const EvaluateBody = z.strictObject({
  action: z.string(),
  resource: z.string(),
  actor: z.string().optional().openapi({ description: "The key's first actor by default." }),
  risk: z.enum(['low', 'medium', 'high', 'critical']).optional(),
  params: JsonObjectSchema.default({}),
  metadata: JsonObjectSchema.default({}),
  context: JsonObjectSchema.nullable().default(null),
});

export const JudgementSchema = z
  .object({
    verdict: z.enum(['allow', 'require_approval', 'deny']),
    rule: z.string().nullable(),
    risk: JsonObjectSchema,
    requirement: JsonObjectSchema.nullable(),
    escalate: z.array(z.object({ after_seconds: z.int(), to: z.array(z.string()) })),
    remind_seconds: z.int().nullable(),
    notify: z.array(z.string()),
    parameters: JsonObjectSchema.nullable(),
    trace: z.array(JsonObjectSchema),
    semantics: z.int().optional().openapi({ description: 'The version of what policy says; absent: 1.' }),
  })
  .openapi('Judgement');
