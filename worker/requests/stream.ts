// Server-sent events over one request (WHATWG HTML 9.2): each visible change, resumable by Last-Event-ID, until nothing
// can change any more. The id of an event is the request's seq.

import { utf8 } from '../../core/encoding.ts';
import { TERMINAL } from '../../core/lifecycle.ts';
import type { Visible } from '../../core/request/message.ts';
import type { Env } from '../../durable-objects/env.ts';
import { type Watch, watch } from './watch.ts';

/** Proxies close a silent connection after half a minute or more. */
const HEARTBEAT_MS = 15_000;

const message = ({ seq, text }: Visible): Uint8Array => utf8(`id: ${seq}\nevent: approval_request\ndata: ${text}\n\n`);

/**
 * @param after the seq that the client has seen; -1 for none
 * @param may whether the caller may still hear it: a stream lives longer than some keys and sessions
 */
export async function streamOf(
  env: Env,
  { organization, id }: { organization: string; id: string },
  after: number,
  may: () => Promise<boolean>,
): Promise<Response> {
  const held = await watch(env, organization, id);
  const cursor = { seq: after, may };
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(utf8('retry: 1000\n\n')),
    pull: (controller) => pull(controller, held, cursor),
    cancel: () => held.close(),
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  });
}

interface Cursor {
  seq: number;
  may: () => Promise<boolean>;
}

async function pull(controller: ReadableStreamDefaultController<Uint8Array>, held: Watch, cursor: Cursor) {
  for (;;) {
    const next = await held.next(HEARTBEAT_MS);
    // A message can come together with the end: it is told first.
    if (next === null) return held.ended() ? controller.close() : controller.enqueue(utf8(': still there\n\n'));
    const news = next.seq > cursor.seq;
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
