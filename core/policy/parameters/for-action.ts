// Which parameter schema counts for an action: the first whose action matches. Apart from the rest of parameters, so that
// a module that only looks one up (the evidence verifier) brings no judging along.
import { globMatches } from '../../glob.ts';
import type { Policy } from '../model.ts';
import type { ParameterSchema } from './model.ts';

/** The schema for an action's params, with tie and sentence of its entry; null: the policy says nothing of them. */
export function parametersFor(
  { parameters, messages }: Pick<Policy, 'parameters' | 'messages'>,
  action: string,
): ParameterSchema | null {
  const found = parameters?.find((rule) => rule.action.some((glob) => globMatches(glob, action)));
  if (!found) return messages === undefined ? null : { messages };
  const { schema, action: _, ...whole } = found;
  return { ...schema, ...whole, ...(messages === undefined ? {} : { messages }) };
}
