// Params at the door: what does not fit the schema that policy has for the action, and a resource that is not what the
// params say where policy ties them, are refused before anything is judged, reserved or recorded. Every door that judges
// new params comes through here: a proposal, a dry run, AuthZEN, break-glass. (An edit is held to the pinned schema by
// core/request/edit.ts.)
import type { JsonObject } from '../../core/json.ts';
import { faultsOfCall, parametersFor } from '../../core/policy/parameters.ts';
import type { Policy } from '../../core/policy.ts';
import { fail, ok, type Result } from '../../core/problems.ts';

/** @returns `invalid-request` naming each place that the schema for this action does not take, or `/resource` */
export function paramsFit(
  policy: Policy,
  asked: { action: string; resource: string; params: JsonObject },
): Result<null> {
  const errors = faultsOfCall(parametersFor(policy, asked.action), asked);
  const [first] = errors;
  if (!first) return ok(null);
  return fail(
    'invalid-request',
    first.pointer === '/resource'
      ? `The resource ${first.detail}`
      : `The params of ${asked.action} do not fit its schema: ${first.pointer} ${first.detail}`,
    {
      errors,
    },
  );
}
