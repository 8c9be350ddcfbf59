// Params at the door: what does not fit the schema that policy has for the action is refused before anything is judged,
// reserved or recorded. Every door that judges new params comes through here: a proposal, a dry run, AuthZEN, break-glass. (An edit is held to
// the pinned schema by core/request/edit.ts.)
import type { JsonObject } from '../../core/json.ts';
import { faultsOfParams, parametersFor } from '../../core/policy/parameters.ts';
import type { Policy } from '../../core/policy.ts';
import { fail, ok, type Result } from '../../core/problems.ts';

/** @returns `invalid-request` naming each place of `/params` that the schema for this action does not take */
export function paramsFit(policy: Policy, asked: { action: string; params: JsonObject }): Result<null> {
  const errors = faultsOfParams(parametersFor(policy, asked.action), asked.params);
  const [first] = errors;
  if (!first) return ok(null);
  return fail(
    'invalid-request',
    `The params of ${asked.action} do not fit its schema: ${first.pointer} ${first.detail}`,
    {
      errors,
    },
  );
}
