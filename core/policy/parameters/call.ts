// What every door asks of a call before anything is judged: params that fit their schema, and a resource that is what they
// say. One function, so that no door can hold a call to the one and forget the other.
import type { ProblemPlace } from '../../problems.ts';
import { faultsOfParams } from './faults.ts';
import type { ParameterSchema } from './model.ts';
import { type Call, faultsOfTie } from './tie.ts';

/** Where a call does not fit; null: the policy asks nothing of it. Pointers begin with `/params` or are `/resource`. */
export function faultsOfCall(schema: ParameterSchema | null, call: Call): ProblemPlace[] {
  const faults = faultsOfParams(schema, call.params);
  return faults.length > 0 ? faults : faultsOfTie(schema, call);
}
