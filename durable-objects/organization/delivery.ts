// The organisation's own outbox after sealing: sockets, D1, queue. And the sweep: as long as deliveries may be due in D1,
// the queue is woken again, because a lost message must cost a delay and nothing else.
import { instantAt } from '../../core/duration.ts';
import type { JournalRow } from '../journal.ts';
import { project, type SealedEvent } from '../projection.ts';
import { wantedOf } from './endpoints.ts';
import { broadcast } from './feed.ts';
import { organizationOf, type Room } from './room.ts';

/** After something was wanted, the queue gets so long before it is reminded; then twice as long each time. */
const SWEEP_FIRST_MS = 5_000;
const SWEEP_LONGEST_MS = 60_000;

/** So many journal rows go to D1 in one batch. */
const ROWS_AT_ONCE = 50;

/** Tells everybody what is sealed and untold, in order. Throws where D1 or the queue cannot be reached: come again. */
export async function tell(room: Room): Promise<void> {
  for (;;) {
    const rows = room.journal.untold().slice(0, ROWS_AT_ONCE);
    if (rows.length === 0) return;
    broadcast(room, { type: 'config', config_version: organizationOf(room).config_version });
    const sealed = rows.flatMap(sealedEvents);
    const wanted = wantedOf(
      room,
      sealed.map(({ event }) => ({ id: event.id, type: event.type, about: aboutOf(event) })),
    );
    await project(room.env, { sealed, request: null, wanted, now: instantAt(Date.now()) });
    // A second time: a page that read its lists at the first news read them before D1 had this.
    broadcast(room, { type: 'config', config_version: organizationOf(room).config_version });
    room.journal.markTold(rows.at(-1)!.n);
    if (wanted.length > 0) await wake(room);
  }
}

const aboutOf = (event: SealedEvent['event']): string | null =>
  event.type === 'delivery.failed' ? String(event.skeleton.endpoint) : null;

/** Events of a sealed row, each with its receipt. */
export const sealedEvents = (row: JournalRow): SealedEvent[] =>
  row.events.map((event) => ({ event, receipt: row.sealed!.receipts.find((receipt) => receipt.event === event.id)! }));

/** Something is due: tells the queue now and plans the sweep. */
async function wake(room: Room): Promise<void> {
  planSweep(room);
  await room.env.WAKEUPS.send({ kind: 'deliveries', organization: organizationOf(room).id });
}

interface Sweep {
  at: number;
  pause_ms: number;
}

const planned = (room: Room): Sweep | null => (room.store.marks.get('sweep')?.value ?? null) as unknown as Sweep | null;

const plan = (room: Room, sweep: Sweep): void => {
  room.store.marks.put({ name: 'sweep', value: { at: sweep.at, pause_ms: sweep.pause_ms } });
};

/** Deliveries have become due: the sweep begins anew, at the time that is given back. */
export function planSweep(room: Room): number {
  const at = Date.now() + SWEEP_FIRST_MS;
  plan(room, { at, pause_ms: SWEEP_FIRST_MS });
  return at;
}

export const nextSweep = (room: Room): number | null => planned(room)?.at ?? null;

/** If it is time: wakes the queue as long as D1 has deliveries that are due, ever more seldom; then rests. */
export async function sweep(room: Room, now_ms: number): Promise<void> {
  const due = planned(room);
  if (!due || due.at > now_ms) return;
  const outstanding = await hasOutstanding(room);
  if (!outstanding) return room.store.marks.drop(['name', '=', 'sweep']);
  const pause_ms = Math.min(due.pause_ms * 2, SWEEP_LONGEST_MS);
  plan(room, { at: now_ms + pause_ms, pause_ms });
  await room.env.WAKEUPS.send({ kind: 'deliveries', organization: organizationOf(room).id });
}

/** Whether D1 has rows to deliver; if it cannot be asked, it may have. */
async function hasOutstanding(room: Room): Promise<boolean> {
  try {
    const found = await room.env.DB.prepare(
      "SELECT 1 FROM deliveries WHERE organization = ? AND status = 'due' LIMIT 1",
    )
      .bind(organizationOf(room).id)
      .first();
    return found !== null;
  } catch {
    return true;
  }
}
