// Server-sent events over one request (WHATWG HTML 9.2): each visible change, resumable by Last-Event-ID, until nothing
// can change any more. The id of an event is the request's seq.

import type { Stop } from '../../core/authority.ts';
import { utf8 } from '../../core/encoding.ts';
import { TERMINAL } from '../../core/lifecycle.ts';
import { under, type Visible } from '../../core/request/message.ts';
import type { Env } from '../../durable-objects/env.ts';
import { type Watch, watch } from './watch.ts';

/** Proxies close a silent connection after half a minute or more. */
const HEARTBEAT_MS = 15_000;

const message = ({ seq, text }: Visible): Uint8Array => utf8(`id: ${seq}\nevent: approval_request\ndata: ${text}\n\n`);

/** Where a client stands: what it has seen, and whether it may still hear it (a stream outlives some keys and sessions). */
export interface Cursor {
  /** -1 for nothing yet. */
  seq: number;
  /** In force when the stream opens; later ones are told by the object. */
  stop: Stop | null;
  may: () => Promise<boolean>;
}

export async function streamOf(
  env: Env,
  { organization, id }: { organization: string; id: string },
  cursor: Cursor,
): Promise<Response> {
  const held = await watch(env, organization, id);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(utf8('retry: 1000\n\n')),
    pull: (controller) => pull(controller, held, cursor),
    cancel: () => held.close(),
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  });
}

/** The first message under a stop that was there before: the object itself knows of none. */
function withStop(message: Visible, cursor: Cursor): Visible {
  const { stop } = cursor;
  cursor.stop = null;
  if (stop === null || message.stopped) return message;
  return { ...message, text: JSON.stringify(under(JSON.parse(message.text), stop)), stopped: true };
}

async function pull(controller: ReadableStreamDefaultController<Uint8Array>, held: Watch, cursor: Cursor) {
  for (;;) {
    const told = await held.next(HEARTBEAT_MS);
    // A message can come together with the end: it is told first.
    if (told === null) return held.ended() ? controller.close() : controller.enqueue(utf8(': still there\n\n'));
    const next = withStop(told, cursor);
    const news = next.seq > cursor.seq || next.stopped === true;
    if (news && !(await cursor.may())) {
      held.close();
      return controller.close();
    }
    if (news) controller.enqueue(message(next));
    cursor.seq = Math.max(cursor.seq, next.seq);
    if (TERMINAL.includes(next.status)) {
      held.close();
      return controller.close();
    }
    if (news) return;
  }
}
