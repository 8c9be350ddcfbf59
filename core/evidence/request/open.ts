// What the events let a verifier expect of the request's document: JSON with holes. A hole says why nothing is expected
// there: the operator's word alone, or contents that are erased or withheld.
import type { Json } from '../../json.ts';
import { type Case, lineOf } from '../case.ts';
import type { EvidenceLine } from '../forms.ts';

/** A place that no event of this file determines. */
export class Open {
  readonly why: 'asserted' | 'withheld';

  constructor(why: Open['why']) {
    this.why = why;
  }
}

/** No event says it. */
export const ASSERTED = new Open('asserted');
/** An event says it, in a part that is not here. */
export const WITHHELD = new Open('withheld');

export type Expected = Json | Open | Expected[] | { [member: string]: Expected };

/** Whether the request's own chain says that what is personal was erased: from then on the document shows nothing of it. */
export const isErased = (of: Pick<Case, 'bundle'>): boolean => erasureOf(of) !== undefined;

export const erasureOf = ({ bundle }: Pick<Case, 'bundle'>): EvidenceLine | undefined =>
  bundle.events.find(({ event }) => event.type === 'erasure.performed');

/**
 * A field of an event's erasable part, as the document shows it.
 *
 * @param erased what stands there once the request is erased
 */
export function personal(of: Case, line: EvidenceLine | undefined, field: string, erased: Expected = null): Expected {
  if (line === undefined) return null;
  if (isErased(of)) return erased;
  const { event } = line;
  if (event.personal === null && event.skeleton.personal !== null) return WITHHELD;
  return event.personal?.[field] ?? null;
}

/** A field of the first event of a type, from the part that stays; null where there is no such event. */
export const stays = (of: Case, type: string, field: string): Json => lineOf(of, type)?.event.skeleton[field] ?? null;

/** What was asked, by field of the proposal's erasable part. */
export const asked = (of: Case, field: string, erased: Expected = null): Expected =>
  personal(of, of.birth.line, field, erased);
