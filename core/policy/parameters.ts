// Parameter schemas: what the params of an action must look like, and what a reviewer may take away from them. The front
// door of core/policy/parameters; a policy names them under `parameters:`, the first whose action matches counts.
//
// Why a part of JSON Schema of our own and no library: the usual one compiles to code, which a Worker refuses; the
// interpreting ones ignore keywords that they do not know, run patterns with backtracking, and know `$ref`. Here every
// keyword is judged or refused at publication, each value meets exactly one schema, and patterns run in linear time.
import { globMatches } from '../glob.ts';
import type { Policy } from './model.ts';
import type { ParameterSchema } from './parameters/model.ts';

export { faultsOfParams } from './parameters/faults.ts';
export { fieldsOf, type ParameterField } from './parameters/fields.ts';
export type { Narrowing, ParameterRule, ParameterSchema } from './parameters/model.ts';
export { narrows } from './parameters/narrow.ts';

/** The schema for an action's params; null: the policy asks nothing of them. */
export function parametersFor(policy: Pick<Policy, 'parameters'>, action: string): ParameterSchema | null {
  const found = policy.parameters?.find((rule) => rule.action.some((glob) => globMatches(glob, action)));
  return found?.schema ?? null;
}
