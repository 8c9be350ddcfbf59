// What a kind of change is: how its target would look after it, what it records, what it does once sealed. A plan is
// made from the state and the value alone, so that signing makes it again and compares: whatever moved shows.
import type { Change, ChangeSecret } from '../../../core/authority.ts';
import type { EventDraft } from '../../../core/events.ts';
import { type IdPrefix, isId } from '../../../core/ids.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { fail, type ProblemPlace, type Result } from '../../../core/problems.ts';
import type { ChangeRecord } from '../records.ts';
import type { Room } from '../room.ts';

export interface Plan {
  target: string;
  before: Json;
  after: Json;
  warnings: ProblemPlace[];
  /** What changes in words, where fields or lines alone do not tell it. */
  words?: string[];
  /** Somebody may approve after it who may not now, or what two had to sign needs one: two administrators sign. */
  letsApprove: boolean;
  /** It gives or takes the role of owner, or is about one: an owner is among the signers. */
  needsOwner: boolean;
  /** Whose own it is to give: without this person's signature nobody's is enough. Absent: administrators sign. */
  giver?: string;
}

export interface Wish {
  /** Who proposed it. */
  by: string;
  target: string | null;
  value: JsonObject;
  /** The id that something new will have: the same one for the same change. */
  mint: (prefix: IdPrefix) => string;
}

export interface Kind {
  plan: (room: Room, wish: Wish) => Result<Plan>;
  /**
   * The kind's own event, beside `change.applied`; null where another object records it. `shared` is the part that says
   * which change and who signed.
   */
  event: (
    change: ChangeRecord,
    shared: { skeleton: JsonObject; personal: JsonObject },
    by: string,
  ) => EventDraft | null;
  apply: (room: Room, change: ChangeRecord) => void;
  /** What is shown once; null when it was used. Absent: nothing secret comes of it. */
  secret?: (room: Room, change: ChangeRecord) => ChangeSecret | null;
}

/** A plan of a kind that concerns no person's rights. */
export const plain = (target: string, before: Json, after: Json, warnings: ProblemPlace[] = []): Plan => ({
  target,
  before,
  after,
  warnings,
  letsApprove: false,
  needsOwner: false,
});

/** The plan is refused: what of the change cannot be, as a clause of a sentence, and where. */
export const wrong = (pointer: string, detail: string) =>
  fail('invalid-request', `This change is not possible: ${detail}.`, { errors: [{ pointer, detail }] });

/** The document after a change, as the kind's own shape; checked when it was planned. */
export const afterOf = <T>(change: Pick<Change, 'after'>): T => change.after as unknown as T;

/** Who is answerable for a key that comes of a change: the person who proposed it, else who signed first. */
export const creatorOf = ({ proposed_by, signatures }: Pick<ChangeRecord, 'proposed_by' | 'signatures'>) =>
  isId('usr', proposed_by) ? proposed_by : (signatures[0]?.signer ?? null);

/** Whose signature let a change apply; in a test organization the key that proposed it. */
export const signerOf = ({ proposed_by, signatures }: Pick<ChangeRecord, 'proposed_by' | 'signatures'>): string =>
  signatures.at(-1)?.signer ?? proposed_by;

/**
 * The document after a change, but with the status that its target has by now, unless the change is about the status:
 * what was locked or disabled while the change was being sealed stays so.
 */
export function keepingStatus<T extends { status: string }>(
  change: Pick<Change, 'before' | 'after'>,
  status: T['status'],
): T {
  const after = afterOf<T>(change);
  const before = change.before as unknown as T | null;
  return before?.status === after.status ? { ...after, status } : after;
}
