// What many routes share: pages, ids, JSON, problems, and the two sides of a route's description. The same schemas
// validate and describe; bodies refuse unknown fields.
import { z } from '@hono/zod-openapi';
import { DEFAULT_LIST_LIMIT, MAX_COMMENT_CHARS, MAX_LIST_LIMIT } from '../../core/limits.ts';

/** Any JSON object. Digests are computed from the strict body, never from what comes out here. */
export const JsonObjectSchema = z.record(z.string(), z.any()).openapi({ type: 'object', additionalProperties: true });

export const InstantSchema = z.string().openapi({ format: 'date-time', example: '2026-11-20T10:00:00.000Z' });
export const DigestSchema = z.string().openapi({ example: `sha256:${'0'.repeat(64)}` });

/** A comment or a reason, in somebody's own words. */
export const CommentText = z.string().max(MAX_COMMENT_CHARS);

/** Ids in paths are any short text: what is no id answers like what does not exist. */
export const IdParams = z.object({ id: z.string().max(64) });

export const PageQuery = z.strictObject({
  cursor: z.string().max(256).optional().openapi({ description: 'Opaque, from `next_cursor`.' }),
  limit: z.coerce.number().int().min(1).max(MAX_LIST_LIMIT).default(DEFAULT_LIST_LIMIT),
});

export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ data: z.array(row), next_cursor: z.string().nullable().optional() });

export const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: z
      .array(
        z.object({ pointer: z.string(), detail: z.string(), line: z.int().optional(), column: z.int().optional() }),
      )
      .optional(),
    request_id: z.string(),
    approval_request: JsonObjectSchema.optional().openapi({
      description: 'With `recently-rejected`, for whoever made it: the request that was rejected.',
    }),
  })
  .openapi('Problem');

interface Described {
  description: string;
  content?: Record<string, { schema: z.ZodType }>;
}

/** The answers of a route: what success is, and that all else is a problem. */
export const answers = (status: number, description: string, schema?: z.ZodType): Record<string, Described> => ({
  [status]: { description, ...(schema === undefined ? {} : { content: { 'application/json': { schema } } }) },
  default: {
    description: 'A problem (RFC 9457); `/docs/problems` lists the codes.',
    content: { 'application/problem+json': { schema: ProblemSchema } },
  },
});

/** A body that must be there. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
});

/** How callers of a route show who they are. */
export const BY_SESSION: Record<string, string[]>[] = [{ session: [] }];
export const BY_KEY_OR_SESSION: Record<string, string[]>[] = [{ session: [] }, { api_key: [] }];
export const BY_NOBODY: Record<string, string[]>[] = [];
