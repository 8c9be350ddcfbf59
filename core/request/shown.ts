// A request's params as they are shown: hidden values covered, and no salt beside them, because salt, digest and the other
// values together would let a reader try guesses. The record itself keeps both, for the one exchange.
import type { Json, JsonObject } from '../json.ts';
import { hiddenIn, masked } from '../policy/parameters/hidden.ts';
import type { RequestRecord } from './record.ts';

type Judged = Pick<RequestRecord, 'judgement'>;

/** Params of this request, as it was asked or as an edit would leave it, in the form that is shown and signed. */
export const shownParams = ({ judgement }: Judged, params: JsonObject): JsonObject =>
  masked(judgement.parameters, params);

/** Pointers below params at which a value is hidden. No edit adds one (hidden.ts), so those that were asked are all. */
export const hiddenOf = ({ judgement, proposal }: Judged & Pick<RequestRecord, 'proposal'>): string[] =>
  hiddenIn(judgement.parameters, proposal.params);

/** Null where something is hidden: then the digests confirm no guess. */
export const shownSalt = (record: Parameters<typeof hiddenOf>[0] & Pick<RequestRecord, 'salt'>): string | null =>
  hiddenOf(record).length === 0 ? record.salt : null;

/** The part of an event that says which of its params are covered; nothing where none is. */
export function hiddenPart({ judgement }: Judged, params: JsonObject): { hidden?: Json } {
  const hidden = hiddenIn(judgement.parameters, params);
  return hidden.length === 0 ? {} : { hidden };
}
