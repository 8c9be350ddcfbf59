// The bodies of AuthZEN 1.0, as its schemas have them. Unlike ours they let unknown fields pass: "the PDP MUST ignore
// unrecognised fields".
import { z } from '@hono/zod-openapi';
import { SEMANTICS } from '../../core/foreign/authzen.ts';
import { JsonObjectSchema } from './common.ts';

const properties = JsonObjectSchema.optional();
const subject = z.object({ type: z.string(), id: z.string(), properties });
const resource = z.object({ type: z.string(), id: z.string(), properties });
const action = z.object({ name: z.string(), properties });
const context = JsonObjectSchema.optional();

export const EvaluationBody = z.object({ subject, action, resource, context }).openapi('AuthzenEvaluation');

/** As many as one call judges: each is a whole policy. One that does not fit is a no of its own, not the call's error. */
const MAX_EVALUATIONS = 100;

export const EvaluationsBody = z
  .object({
    ...{ subject: subject.optional(), action: action.optional(), resource: resource.optional(), context },
    evaluations: z.array(JsonObjectSchema).max(MAX_EVALUATIONS).optional(),
    options: z.object({ evaluations_semantic: z.enum(SEMANTICS).default('execute_all') }).optional(),
  })
  .openapi('AuthzenEvaluations');

export const DecisionSchema = z
  .object({ decision: z.boolean(), context: JsonObjectSchema.optional() })
  .openapi('AuthzenDecision');

export const DecisionsSchema = z.union([
  DecisionSchema,
  z.object({ evaluations: z.array(DecisionSchema) }).openapi('AuthzenDecisions'),
]);

export const MetadataSchema = z
  .object({
    policy_decision_point: z.string(),
    access_evaluation_endpoint: z.string(),
    access_evaluations_endpoint: z.string(),
  })
  .openapi('AuthzenMetadata');
