// Whoever waits under a new stop is told at once: the objects of the requests that wait for a decision are asked to say
// so. What permits nothing may get lost: a stop is judged at every touch, told or not.
import type { Stop } from '../../core/authority.ts';
import { objectName } from './admission.ts';
import { organizationOf, type Room } from './room.ts';

/** So many objects are told at a time. */
const AT_ONCE = 25;

/** All that is asked of a request's object here. */
interface RequestDoor {
  halt(organization: string, stop: Stop): Promise<unknown>;
}

/** Tells every request that waits and that the stop may touch; its object knows whether it does. */
export async function haltWaiting(room: Room, stop: Stop): Promise<void> {
  const all = room.store.reservations.list();
  const touched = stop.target_kind === 'actor' ? all.filter(({ actor }) => actor === stop.target) : all;
  for (let from = 0; from < touched.length; from += AT_ONCE)
    await Promise.all(touched.slice(from, from + AT_ONCE).map(({ request }) => halt(room, request, stop)));
}

async function halt(room: Room, request: string, stop: Stop): Promise<void> {
  try {
    const stub = room.env.APPROVAL_REQUEST.getByName(objectName(room, request)) as unknown as RequestDoor;
    await stub.halt(organizationOf(room).id, stop);
  } catch (error) {
    console.warn(
      JSON.stringify({ message: 'stop: a waiter hears it at its next look', request, reason: String(error) }),
    );
  }
}
