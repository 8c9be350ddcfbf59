// The live feed of dashboards: hibernatable sockets that hear that something changed, never what. A socket lives as long
// as its session; it is asked about at every message, so that a locked or removed person hears nothing more.
import type { FeedAnswer, FeedItem } from '../../core/authority.ts';
import type { Json } from '../../core/json.ts';
import { REJECTED_FINGERPRINT_SECONDS } from '../../core/limits.ts';
import { rememberRejection } from './admission.ts';
import { confirmUse } from './break-glass.ts';
import { wantedOf } from './endpoints.ts';
import { authenticate } from './principals.ts';
import { confirmReservation } from './reservations.ts';
import type { Room } from './room.ts';

/** One dashboard with many tabs; beyond that the oldest sockets are let go. */
const MAX_SOCKETS = 500;

/** Takes a socket for a live session, named by the digest that the Worker computed. */
export function openFeed(room: Room, request: Request): Response {
  const digest = request.headers.get('x-assentry-session-digest') ?? '';
  const known = room.journal.exists() ? authenticate(room, { kind: 'session', digest }) : null;
  if (!known?.ok || known.value.kind !== 'person') return new Response(null, { status: 401 });
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return new Response(null, { status: 426 });
  for (const old of room.ctx.getWebSockets().slice(MAX_SOCKETS - 1)) old.close(1013, 'too many sockets');
  const { 0: client, 1: server } = new WebSocketPair();
  room.ctx.acceptWebSocket(server, [known.value.session]);
  server.serializeAttachment({ digest });
  return new Response(null, { status: 101, webSocket: client });
}

/** Says it to every socket whose session still lives. */
export function broadcast(room: Room, message: Json): void {
  for (const socket of room.ctx.getWebSockets()) {
    const { digest } = socket.deserializeAttachment() as { digest: string };
    if (authenticate(room, { kind: 'session', digest }).ok) socket.send(JSON.stringify(message));
    else socket.close(4401, 'signed out');
  }
}

/** News of a request that its object has sealed. Repeatable: nothing here counts twice. Only inside `transact`. */
export function hear(room: Room, item: FeedItem): FeedAnswer {
  confirmReservation(room, item.request, item.status === 'pending');
  if (item.events.some(({ type }) => type === 'break_glass.used')) confirmUse(room, item.request);
  const rejected_at = Date.parse(item.events.at(-1)?.at ?? '');
  const until = rejected_at + REJECTED_FINGERPRINT_SECONDS * 1000;
  if (item.rejected_fingerprint !== null && until > Date.now())
    rememberRejection(room, item.request, item.rejected_fingerprint, until);
  return { wanted: wantedOf(room, item.events) };
}
