// Which parameter schema counts for an action: the first whose action matches. Apart from the rest of parameters, so that
// whoever only looks one up (the evidence verifier) brings no judging along.
import { globMatches } from '../../glob.ts';
import type { Policy } from '../model.ts';
import type { ParameterSchema } from './model.ts';

/** The schema for an action's params, with the tie of its entry; null: the policy asks nothing of them. */
export function parametersFor(policy: Pick<Policy, 'parameters'>, action: string): ParameterSchema | null {
  const found = policy.parameters?.find((rule) => rule.action.some((glob) => globMatches(glob, action)));
  if (!found) return null;
  return found.resource === undefined ? found.schema : { ...found.schema, resource: found.resource };
}
