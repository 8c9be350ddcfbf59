// What a form changes of something that is there. Not a diff: whole fields, as a change's value names them.
import { canonicalize } from '../../../../core/canonical.ts';
import type { JsonObject } from '../../api/types.ts';

/** The fields of `said` that differ from `now`; null if none does. */
export function changedOnly(now: object, said: JsonObject): JsonObject | null {
  const before = now as JsonObject;
  const differs = (key: string): boolean =>
    before[key] === undefined || canonicalize(said[key]!) !== canonicalize(before[key]);
  const fields = Object.entries(said).filter(([key]) => differs(key));
  return fields.length === 0 ? null : Object.fromEntries(fields);
}
