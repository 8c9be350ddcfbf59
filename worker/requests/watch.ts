// Waiting that costs nothing: the Worker holds a socket to the request's object, which sleeps meanwhile. Each message is
// the whole visible request; the first one comes at once.
import { readMessage, type Visible } from '../../core/request/message.ts';
import type { Env } from '../../durable-objects/env.ts';
import { requestOf } from './request-object.ts';

export interface Watch {
  /** The next visible state; null when the socket has closed or `timeout_ms` passed. */
  next(timeout_ms: number): Promise<Visible | null>;
  /** The object let go of the socket: nothing will come any more. */
  ended(): boolean;
  close(): void;
}

/** Opens a socket to the object. @throws when the object refuses: the caller has just seen that it is there */
export async function watch(env: Env, organization: string, id: string): Promise<Watch> {
  const response = await requestOf(env, organization, id).fetch('https://request/', {
    headers: { upgrade: 'websocket', 'x-assentry-organization': organization },
  });
  const socket = response.webSocket;
  if (!socket) throw new Error(`no socket from the request's object: ${response.status}`);
  const inbox = new Inbox();
  socket.accept();
  socket.addEventListener('message', (event) => inbox.put(readMessage(event.data as string)));
  socket.addEventListener('close', () => inbox.end());
  socket.addEventListener('error', () => inbox.end());
  return {
    next: (timeout_ms) => inbox.take(timeout_ms),
    ended: () => inbox.ended,
    close: () => socket.close(),
  };
}

/** Messages that came, or the one waiter for the next. */
class Inbox {
  readonly #messages: Visible[] = [];
  #ended = false;
  #wake: (() => void) | null = null;

  put(message: Visible): void {
    this.#messages.push(message);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  get ended(): boolean {
    return this.#ended && this.#messages.length === 0;
  }

  async take(timeout_ms: number): Promise<Visible | null> {
    if (this.#messages.length === 0 && !this.#ended) await this.#signal(timeout_ms);
    return this.#messages.shift() ?? null;
  }

  #signal(timeout_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeout_ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Under a stop nothing comes: whoever waits hears that. */
const waits = ({ status, stopped }: Visible): boolean => status === 'pending' && !stopped;

/** The first state that is no longer pending or is under a stop, or the last one seen when time is up. */
export async function waitWhilePending(
  env: Env,
  { organization, id }: { organization: string; id: string },
  seen: Visible,
  wait_ms: number,
): Promise<Visible> {
  if (wait_ms === 0 || !waits(seen)) return seen;
  const until = Date.now() + wait_ms;
  const held = await watch(env, organization, id);
  let latest = seen;
  for (let left = wait_ms; left > 0 && waits(latest); left = until - Date.now()) {
    const next = await held.next(left);
    if (next === null) break;
    latest = next;
  }
  held.close();
  return latest;
}
