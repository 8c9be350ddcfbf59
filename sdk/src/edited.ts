// A reviewer changed what is to run: which arguments the guarded function gets then. Invariant: it runs with exactly the
// effective params that people signed, or not at all.
import { sameJson } from '../../core/canonical.ts';
import type { JsonObject } from '../../core/json.ts';
import { MismatchError, NotApprovedError } from './errors.ts';
import { asJson } from './sent.ts';
import type { ApprovalRequest, Edit } from './wire.ts';

/** What was asked and what was approved instead. */
export interface EditedCall {
  request: ApprovalRequest;
  /** As this guard asked them. */
  original: JsonObject;
  /** As they may run; `edits` says who changed what. */
  effective: JsonObject;
  edits: readonly Edit[];
}

/** How arguments and params belong together. */
export interface Described<A extends unknown[]> {
  /** Arguments → params. */
  describe: (...args: A) => unknown;
  /** Params → arguments, where they are made of nothing else; null where the caller described richer ones. */
  rebuild: ((params: JsonObject) => A) | null;
  onEdit: ((edit: EditedCall, ...args: A) => A | Promise<A>) | undefined;
}

/**
 * The edit of a request that came back approved for other params than were asked; null without an edit.
 *
 * @param effective as they may run, hidden values included
 */
export function editOf(request: ApprovalRequest, original: JsonObject, effective: JsonObject): EditedCall | null {
  if (sameJson(effective, original)) return null;
  // Only a person edits, and then the answer says who: anything else is another action under our request's name.
  const edits = request.edits ?? [];
  if (edits.length > 0) return { request, original, effective, edits };
  throw new MismatchError('digest-mismatch', 'Other params were approved than were asked, and nobody edited them.');
}

/**
 * The arguments to run an edited call with.
 *
 * @throws `NotApprovedError` where nobody says how the effective params become arguments; `MismatchError` where `onEdit`
 *   gives others than were approved
 */
export async function editedArguments<A extends unknown[]>(
  edit: EditedCall,
  args: A,
  { describe, rebuild, onEdit }: Described<A>,
): Promise<A> {
  const copy = { ...edit, effective: structuredClone(edit.effective) };
  const made = onEdit ? await onEdit(copy, ...args) : (rebuild?.(copy.effective) ?? null);
  if (made === null) {
    const said = `${edit.request.id} was approved with other params: say with onEdit which arguments they are. Nothing was run.`;
    throw new NotApprovedError('edited', said, edit.request);
  }
  if (Array.isArray(made) && sameJson(asJson(describe(...made), 'The arguments'), edit.effective)) return made;
  throw new MismatchError('digest-mismatch', 'These are not the arguments that were approved. Nothing was run.');
}
