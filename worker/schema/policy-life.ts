// What is asked and answered about a policy before it is in force: simulations and suggestions.
import { z } from '@hono/zod-openapi';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { DigestSchema, InstantSchema, JsonObjectSchema } from './common.ts';

/** As many as can be judged within one answer. */
const MAX_SIMULATED = 10_000;
const DEFAULT_SIMULATED = 1_000;

const limit = z.coerce.number().int().min(1).max(MAX_SIMULATED).default(MAX_SIMULATED);

export const SimulationBody = z
  .strictObject({
    source: z.string().openapi({ description: 'The draft, as YAML or JSON.' }),
    limit: z.int().min(1).max(MAX_SIMULATED).default(DEFAULT_SIMULATED),
    since: z.iso.datetime().optional().openapi({ description: 'None older than this instant.' }),
  })
  .openapi('SimulationQuestion');

export const SuggestionQuery = z.strictObject({ limit });

const Counted = z.object({ allow: z.int(), require_approval: z.int(), deny: z.int(), refused: z.int() });
const Said = z.object({
  verdict: z.enum(['allow', 'require_approval', 'deny', 'refused']),
  rule: z.string().nullable(),
  risk: z.enum(['low', 'medium', 'high', 'critical']),
  stages: z.array(z.object({ from: z.array(z.string()), count: z.int() })).nullable(),
});
const Fates = z.object({
  approved: z.int(),
  edited: z.int(),
  rejected: z.int(),
  expired: z.int(),
  failed: z.int(),
  other: z.int(),
});
const Difference = z.object({
  count: z.int(),
  fates: Fates,
  examples: z.array(
    z.object({
      id: z.string(),
      created_at: InstantSchema,
      action: z.string(),
      resource: z.string(),
      actor: z.string(),
      fate: z.string(),
      recorded: Said,
      draft: Said,
    }),
  ),
});

const Differences = z.array(
  z.object({ pointer: z.string(), effect: z.enum(['widens', 'unclear', 'narrows', 'neutral']), text: z.string() }),
);

export const SimulationSchema = z
  .object({
    digest: DigestSchema,
    warnings: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    in_force: z.object({ version: z.int(), digest: DigestSchema }),
    complete: z.boolean(),
    considered: z.int(),
    judged: z.int(),
    erased: z.int(),
    from: InstantSchema.nullable(),
    to: InstantSchema.nullable(),
    verdicts: z.object({ recorded: Counted, draft: Counted }),
    rules: z.record(z.string(), z.int()),
    differences: z.object({
      ...{ newly_allowed: Difference, newly_asked: Difference, newly_denied: Difference },
      ...{ newly_refused: Difference, risk_changed: Difference, people_changed: Difference },
    }),
  })
  .openapi('Simulation');

const Places = z.array(
  z.object({ pointer: z.string(), detail: z.string(), line: z.int().optional(), column: z.int().optional() }),
);

export const CheckBody = z.strictObject({ source: z.string() }).openapi('PolicyCheckQuestion');
export const CheckSchema = z
  .object({
    digest: DigestSchema,
    warnings: Places.openapi({ description: 'Of the document, and of the people whom it asks.' }),
    notes: Places.openapi({ description: 'What each trusted pattern lets through, and what it does not bound.' }),
    in_force: z.object({ version: z.int(), digest: DigestSchema }),
    differences: Differences,
  })
  .openapi('PolicyCheck');

export const SuggestionsSchema = z
  .object({
    considered: z.int(),
    complete: z.boolean(),
    data: z.array(
      z.object({
        rule: z.string().nullable(),
        action: z.string(),
        actor: z.string(),
        resources: z.array(z.string()),
        approved: z.int(),
        people: z.int(),
        from: InstantSchema,
        to: InstantSchema,
        pattern: JsonObjectSchema,
        bounds: z.array(z.string()).openapi({
          description: 'What it lets through, place by place and in any combination: nothing else.',
        }),
        yaml: z.string().openapi({ description: 'An entry for `trusted:`.' }),
        simulation: z.object({ would_let_through: z.int(), fates: Fates }),
      }),
    ),
    not_suggested: z
      .array(
        z.object({
          rule: z.string().nullable(),
          action: z.string(),
          actor: z.string(),
          kind: z.string(),
          approved: z.int(),
          people: z.int(),
          reason: z.string(),
        }),
      )
      .openapi({
        description: 'What was always approved, and why no pattern could let through that and nothing else.',
      }),
  })
  .openapi('Suggestions');

export const DraftBody = z
  .strictObject({
    action: z.string().min(1).max(MAX_NAME_CHARS),
    actor: z.string().min(1).max(MAX_NAME_CHARS).optional().openapi({ description: 'Whoever acts, if absent.' }),
    requires_approval: z.boolean(),
  })
  .openapi('Switch');

export const DraftSchema = z
  .object({
    source: z.string(),
    rule: z.string(),
    base_digest: DigestSchema,
    differences: Differences,
  })
  .openapi('PolicyDraft');
