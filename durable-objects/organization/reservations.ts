// A pending request holds a reservation from its admission to its end. The news of its object confirm and release it;
// one that no news came of within a minute is asked about, and dropped if there is no such request.
import { RESERVATION_CONFIRM_SECONDS } from '../../core/limits.ts';
import type { Result } from '../../core/problems.ts';
import { objectName } from './admission.ts';
import type { ReservationRecord } from './records.ts';
import { organizationOf, type Room } from './room.ts';

const CONFIRM_MS = RESERVATION_CONFIRM_SECONDS * 1000;
/** So many are asked about in one alarm. */
const CHECKED_AT_ONCE = 50;

/** News of a request: it exists, and waits for a decision or does not any more. Only inside a transaction. */
export function confirmReservation(room: Room, request: string, waits: boolean): void {
  const reservation = room.store.reservations.get(request);
  if (!reservation) return;
  if (waits) room.store.reservations.put({ ...reservation, confirmed: 1 });
  else room.store.reservations.drop(['request', '=', request]);
}

/** When the next unconfirmed reservation is to be asked about. */
export function nextCheck(room: Room): number | null {
  const open = room.store.reservations.list(['confirmed', '=', 0]);
  return open.length === 0 ? null : Math.min(...open.map((reservation) => reservation.reserved_at)) + CONFIRM_MS;
}

/** Asks the objects of requests that nobody told about. One that cannot be reached is asked again later. */
export async function checkReservations(room: Room, now_ms: number): Promise<void> {
  const overdue = room.store.reservations.list(['confirmed', '=', 0], ['reserved_at', '<=', now_ms - CONFIRM_MS]);
  const found = await Promise.all(overdue.slice(0, CHECKED_AT_ONCE).map((one) => ask(room, one)));
  for (const { request, waits } of found.filter((one) => one !== null)) confirmReservation(room, request, waits);
}

/** All that is asked of a request's object. Named here, because the whole stub's types are too deep for the compiler. */
interface RequestDoor {
  inspect(organization: string): Promise<Result<{ life: { status: string | null } }>>;
}

async function ask(room: Room, { request }: ReservationRecord): Promise<{ request: string; waits: boolean } | null> {
  const status = await statusOf(room, request);
  return status === null ? null : { request, waits: status === 'pending' };
}

/** Where a request stands by its own object; 'absent' if it never came to be, null while nobody can say. */
export async function statusOf(room: Room, request: string): Promise<string | null> {
  try {
    const stub = room.env.APPROVAL_REQUEST.getByName(objectName(room, request)) as unknown as RequestDoor;
    const answer = await stub.inspect(organizationOf(room).id);
    if (!answer.ok) return answer.problem.code === 'not-found' ? 'absent' : null;
    return answer.value.life.status;
  } catch {
    return null;
  }
}
