// The organisation's own events as the server lists them, sealed below the sizes of the log's trees. A list lags behind the log: whoever
// needs it without a gap waits a moment. It believes the server.
import type { RecordedEvent } from '../../../core/events.ts';
import type { ExportReceipt } from '../../../core/ledger/export.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';

export type Sealed = RecordedEvent & { receipt: ExportReceipt };
interface EventPage {
  data: (RecordedEvent & { receipt: ExportReceipt | null })[];
  next_cursor: string | null;
}

const PAGE = 100;
/** Lists lag behind the log by seconds at most. */
const TRIES = 10;
const PAUSE_MS = 500;

/** Asks again until `answer` is no null; null after all tries. */
export async function patiently<T>({ signal }: Context, answer: () => Promise<T | null>): Promise<T | null> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const found = await answer();
    if (found !== null) return found;
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return null;
}

/** Whether an index, counted across shards, is in the trees that are looked at. */
export type IsIn = (index: number) => boolean;

/** Every event in the trees in order, once the list has no gap. */
export async function gapless(context: Context, isIn: IsIn): Promise<Sealed[]> {
  const events = await patiently(context, async () => {
    const sealed = await sealedBelow(context, isIn);
    return sealed.length > 0 && sealed.every(({ receipt }, at) => receipt.org_seq === at + 1) ? sealed : null;
  });
  if (events !== null) return events;
  throw new CliError(EXIT.unavailable, 'The list of events has gaps: it lags behind the log. Try again in a moment.');
}

/** Every listed event in the trees, in order of place; there may be gaps. */
export async function sealedBelow({ client, signal }: Context, isIn: IsIn): Promise<Sealed[]> {
  const events = new Map<string, Sealed>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/v1/events?limit=${PAGE}${query}`;
    const page: EventPage = await client().call<EventPage>('GET', path, undefined, { signal });
    for (const event of page.data)
      if (event.receipt !== null && isIn(event.receipt.index)) events.set(event.id, event as Sealed);
    cursor = page.next_cursor;
  }
  return [...events.values()].toSorted((a, b) => a.receipt.org_seq - b.receipt.org_seq);
}
