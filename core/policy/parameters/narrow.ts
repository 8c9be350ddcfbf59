// `edits: narrow`: policy.md "under `narrow` only reductions against the action's parameter schema pass". Pure.
import type { JsonObject } from '../../json.ts';
import type { ProblemPlace } from '../../problems.ts';
import { faultsOfParams } from './faults.ts';
import type { ParameterSchema } from './model.ts';
import { widenings } from './reductions.ts';

/**
 * Where an edit is more than a reduction, or does not fit the schema any more.
 *
 * @param schema null: none is written for this action, and then every difference is a fault
 * @param masked whether both are as readers see them (hidden.ts)
 * @returns places with pointers that begin with `/params`; none: `after` is `before`, or less of it as the schema allows
 */
export function narrows(
  schema: ParameterSchema | null,
  before: JsonObject,
  after: JsonObject,
  masked = false,
): ProblemPlace[] {
  const wider = widenings(schema, before, after);
  return wider.length > 0 ? wider : faultsOfParams(schema, after, masked);
}
