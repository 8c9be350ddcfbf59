// What a request's object tells a waiter, in one line: `seq status json`. The Worker passes the JSON on as it came, so
// that two hundred waiters cost two hundred writes and not two hundred parsings.
import type { Status } from '../lifecycle.ts';
import type { ApprovalRequest } from './present.ts';

export interface Visible {
  seq: number;
  status: Status;
  /** The wire form, JSON in one line. */
  text: string;
}

/** The message of what may be seen now. */
export const messageOf = ({ seq, request }: { seq: number; request: ApprovalRequest }): string =>
  `${seq} ${request.status} ${JSON.stringify(request)}`;

/** Reads a message of `messageOf`. */
export function readMessage(message: string): Visible {
  const [seq = '', status = ''] = message.split(' ', 2);
  return { seq: Number(seq), status: status as Status, text: message.slice(seq.length + status.length + 2) };
}
