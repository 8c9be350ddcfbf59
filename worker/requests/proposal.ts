// A body becomes a proposal: names normalised, sizes judged, everything that is absent made explicit. The values are the
// strict parser's; the schema has only said that they fit.
import { parseAction, parseActor, parseResource } from '../../core/actor.ts';
import type { Principal } from '../../core/authority.ts';
import { canonicalBytes } from '../../core/canonical.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { MAX_CONTEXT_BYTES, MAX_METADATA_BYTES, MAX_PARAMS_BYTES, MAX_PREVIEW_BYTES } from '../../core/limits.ts';
import type { PolicyInput, RiskLevel } from '../../core/policy.ts';
import { fail, ok, type ProblemPlace, type Result } from '../../core/problems.ts';
import type { Proposal } from '../../core/request/record.ts';

export interface Asked {
  proposal: Proposal;
  claimed_risk: RiskLevel | null;
  expires_in: number | null;
}

const BYTES: Record<string, number> = {
  params: MAX_PARAMS_BYTES,
  metadata: MAX_METADATA_BYTES,
  context: MAX_CONTEXT_BYTES,
  preview: MAX_PREVIEW_BYTES,
};

/**
 * @param body the strict value, already fit for the schema
 * @param principal who asks: the actor is its own name unless the body says another
 * @returns `invalid-request` naming each wrong place
 */
export function readProposal(body: JsonObject, principal: Principal): Result<Asked> {
  const action = parseAction(body.action);
  const resource = parseResource(body.resource);
  const actor = parseActor(body.actor ?? ownActor(principal));
  const errors = [...placed('/action', action), ...placed('/resource', resource), ...placed('/actor', actor)];
  errors.push(...oversized(body, BYTES));
  if (errors.length > 0 || !action.ok || !resource.ok || !actor.ok)
    return fail('invalid-request', `The proposal does not fit: ${errors[0]?.pointer}: ${errors[0]?.detail}`, {
      errors,
    });
  const run = body.run as { id: string; tool_call_id?: string } | undefined;
  return ok({
    proposal: {
      ...{ action: action.value, resource: resource.value, actor: actor.value },
      ...{ params: object(body.params) ?? {}, metadata: object(body.metadata) ?? {} },
      ...{ context: object(body.context), preview: object(body.preview) },
      precondition: (body.precondition as Proposal['precondition'] | undefined) ?? null,
      run: run ? { id: run.id, tool_call_id: run.tool_call_id ?? null } : null,
    },
    claimed_risk: (body.risk as RiskLevel | undefined) ?? null,
    expires_in: (body.expires_in as number | undefined) ?? null,
  });
}

const ownActor = (principal: Principal): string =>
  principal.kind === 'person' ? `user:${principal.user}` : (principal.actors[0] ?? `service-account:${principal.name}`);

const object = (value: Json | undefined): JsonObject | null => (value === undefined ? null : (value as JsonObject));

const placed = (pointer: string, result: Result<string>): ProblemPlace[] =>
  result.ok ? [] : [{ pointer, detail: result.problem.detail }];

/** The fields that are larger, as canonical JSON, than `limits` allows in bytes. */
export function oversized(body: JsonObject, limits: Readonly<Record<string, number>>): ProblemPlace[] {
  return Object.entries(limits).flatMap(([field, most]) => {
    const bytes = body[field] === undefined ? 0 : canonicalBytes(body[field]).length;
    return bytes <= most ? [] : [{ pointer: `/${field}`, detail: `has ${bytes} bytes; ${most} at most.` }];
  });
}

/** What policy judges of a proposal. */
export const policyInput = (proposal: Proposal, claimed_risk: RiskLevel | null): PolicyInput => {
  const { action, resource, actor, params, metadata, context } = proposal;
  return { action, resource, actor, params, metadata, context, claimed_risk };
};
