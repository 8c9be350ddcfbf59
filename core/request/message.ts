// What a request's object tells a waiter, in one line: `seq status json`. The Worker passes the JSON on as it came, so
// that two hundred waiters cost two hundred writes and not two hundred parsings. Under a stop the status ends in `!`: the
// request stays what it is, and whoever waits for it hears why nothing will come.
import type { Stop } from '../authority.ts';
import { type Status, TERMINAL } from '../lifecycle.ts';
import type { ApprovalRequest } from './present.ts';

export interface Visible {
  seq: number;
  status: Status;
  /** The wire form, JSON in one line. */
  text: string;
  /** It is told because of a stop, not because it changed. */
  stopped?: boolean;
}

/** The message of what may be seen now. */
export const messageOf = ({ seq, request }: { seq: number; request: ApprovalRequest }): string =>
  `${seq} ${request.status}${request.stopped === null ? '' : '!'} ${JSON.stringify(request)}`;

/** Reads a message of `messageOf`. */
export function readMessage(message: string): Visible {
  const [seq = '', word = ''] = message.split(' ', 2);
  const stopped = word.endsWith('!');
  const status = (stopped ? word.slice(0, -1) : word) as Status;
  const text = message.slice(seq.length + word.length + 2);
  return { seq: Number(seq), status, text, ...(stopped ? { stopped } : {}) };
}

/** The first stop that touches a request which can still go on; null if none does. */
export function stopOver(request: ApprovalRequest, stops: readonly Stop[]): Stop | null {
  if (TERMINAL.includes(request.status)) return null;
  const touched = { actor: request.actor, service_account: request.requester.id, organization: request.organization };
  return stops.find((stop) => touched[stop.target_kind] === stop.target) ?? null;
}

/** The wire form under a stop: who set it stays with the organisation's people. */
export function under(request: ApprovalRequest, stop: Stop | null): ApprovalRequest {
  if (stop === null) return request;
  const { id, target_kind, target, reason, set_at } = stop;
  return { ...request, stopped: { id, target_kind, target, reason, set_at } };
}
