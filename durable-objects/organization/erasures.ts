// Erasures that were signed and sealed, until the request's object has performed them. An order is a mark that stays
// due until its object answers; afterwards another mark remembers that there is nothing left to erase.
import type { Change } from '../../core/authority.ts';
import { instantAt } from '../../core/duration.ts';
import type { RecordedEvent } from '../../core/events.ts';
import { isId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { TERMINAL } from '../../core/lifecycle.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { ErasureOrder } from '../../core/request/erase.ts';
import type { RequestRecord } from '../../core/request/record.ts';
import { project } from '../projection.ts';
import { objectName } from './admission.ts';
import { sealedEvents } from './delivery.ts';
import { organizationOf, type Room } from './room.ts';

const DUE = 'erase ';
/** Performed by a version that left a capability's audience and a review's words: it is performed once more. */
const DONE_BEFORE = 'erased ';
const DONE = 'forgotten ';

/** Named here, because the whole stub's types are too deep for the compiler. */
interface RequestDoor {
  inspect(organization: string): Promise<Result<Pick<RequestRecord, 'life'>>>;
  erase(order: ErasureOrder): Promise<Result<unknown>>;
}

const doorOf = (room: Room, request: string): RequestDoor =>
  room.env.APPROVAL_REQUEST.getByName(objectName(room, request)) as unknown as RequestDoor;

/** Gathered before an erasure is proposed: the request is there and has ended, which is for good. */
export async function erasable(
  room: Room,
  { kind, target }: { kind: Change['kind']; target?: string | null },
): Promise<Result<void>> {
  if (kind !== 'erasure' || !isId('apr', target)) return ok(undefined);
  const organization = organizationOf(room).id;
  const found = await doorOf(room, target)
    .inspect(organization)
    .catch(() =>
      fail('unavailable', 'The request cannot be reached. Repeat the same call.', { retry_after_seconds: 1 }),
    );
  if (!found.ok) return found;
  const { status } = found.value.life;
  if (TERMINAL.includes(status!)) return ok(undefined);
  return fail('illegal-transition', `Only a request that has ended is erased; this one is ${status}.`);
}

/** Whether its erasure was ordered before. */
export const isErased = (room: Room, request: string): boolean =>
  [DUE, DONE_BEFORE, DONE].some((name) => room.store.marks.get(name + request) !== null);

/** Writes an order. Only inside a transaction. */
export function orderErasure(room: Room, request: string, order: Omit<ErasureOrder, 'organization'>): void {
  room.store.marks.put({ name: DUE + request, value: { ...order } satisfies JsonObject });
}

/** Requests whose erasure was ordered and is not performed yet, or not as it is now. */
export const erasuresDue = (room: Room): string[] => [...markedWith(room, DUE), ...markedWith(room, DONE_BEFORE)];

/** A prefix ends in a blank; the next character after it is `!`. */
const markedWith = (room: Room, prefix: string): string[] =>
  room.store.marks
    .list(['name', '>', prefix], ['name', '<', prefix.replace(/ $/, '!')])
    .map(({ name }) => name.slice(prefix.length));

/** Performs what is due, one after the other. @throws when an object does not answer: what is left comes again */
export async function performErasures(room: Room): Promise<void> {
  for (const request of erasuresDue(room)) {
    const order = orderOf(room, request);
    const answer = await doorOf(room, request).erase({ ...order, organization: organizationOf(room).id });
    if (!answer.ok) throw new Error(`erasure of ${request}: ${answer.problem.reason ?? answer.problem.detail}`);
    await forgetReviews(room, request);
    room.ctx.storage.transactionSync(() => {
      room.store.marks.put({ name: DONE + request, value: order.change });
      for (const name of [DUE, DONE_BEFORE]) room.store.marks.drop(['name', '=', name + request]);
    });
  }
}

/** Of one that an earlier version performed, only the change is kept: its event says the rest. */
function orderOf(room: Room, request: string): Omit<ErasureOrder, 'organization'> {
  const due = room.store.marks.get(DUE + request)?.value as unknown as Omit<ErasureOrder, 'organization'> | undefined;
  return due ?? { change: String(room.store.marks.get(DONE_BEFORE + request)!.value), by: '', reason: '' };
}

/** What was said in reviews of its emergency use is about the request as well: here, and in D1's copy of the events. */
async function forgetReviews(room: Room, request: string): Promise<void> {
  const isReview = ({ type, skeleton }: RecordedEvent) =>
    type === 'break_glass.reviewed' && skeleton.request === request;
  const rows = room.ctx.storage.transactionSync(() => {
    const use = room.store.break_glass.get(request);
    if (use?.review) room.store.break_glass.put({ ...use, review: { ...use.review, comment: '' } });
    return room.journal.eraseEvents(isReview);
  });
  const events = rows.flatMap((row) => sealedEvents(row)).filter(({ event }) => isReview(event));
  if (events.length === 0) return;
  const erased = { organization: organizationOf(room).id, object: request };
  await project(room.env, { sealed: events, request: null, wanted: [], now: instantAt(Date.now()), erased });
}
