// The sockets of those who wait for a request: hibernatable, so that waiting holds no object awake. They are told what may
// be seen, and nothing else.
import type { Stop } from '../../core/authority.ts';
import type { Result } from '../../core/problems.ts';
import { messageOf, stopOver, under } from '../../core/request/message.ts';
import type { View } from './calls.ts';

/** Tells everybody who waits what may be seen now. */
export function tellWaiters(ctx: DurableObjectState, view: Result<View>): void {
  if (!view.ok) return;
  const text = messageOf(view.value);
  for (const socket of ctx.getWebSockets()) socket.send(text);
}

/** Says to everybody who waits that a stop is in force over it; the request itself stays what it is. */
export function tellStop(ctx: DurableObjectState, view: Result<View>, stop: Stop): void {
  if (!view.ok || !stopOver(view.value.request, [stop])) return;
  const request = under(view.value.request, stop);
  tellWaiters(ctx, { ok: true, value: { ...view.value, request } });
}

/** Takes a waiter in and tells it at once. */
export function takeWaiter(ctx: DurableObjectState, view: Result<View>): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server);
  if (view.ok) server.send(messageOf(view.value));
  return new Response(null, { status: 101, webSocket: client });
}
