// A webhook waits in D1 until it is sent, and D1 is not trusted: the object that makes it due puts a MAC in front of the
// body, over whose it is, where it goes and which event it is. Without it, whoever can write a row could have us sign
// an approval that nobody gave. Not the signature that the receiver checks: that is made anew at each attempt.
import { utf8 } from '../encoding.ts';
import { type MacKeys, macText, macTextHolds } from '../mac.ts';

/** What a delivery is, as its row says it. */
export interface DeliveryPlace {
  organization: string;
  endpoint: string;
  event: string;
}

const authentic = ({ organization, endpoint, event }: DeliveryPlace, body: string): Uint8Array =>
  utf8(`assentry/delivery/v1\u0000${organization}\u0000${endpoint}\u0000${event}\u0000${body}`);

/** Body → what is kept: the MAC, a line end, the body. `keys` of purpose `delivery`. */
export const sealBody = (keys: MacKeys, place: DeliveryPlace, body: string): string =>
  `${macText(keys, authentic(place, body))}\n${body}`;

/** What was kept → the body; null when no object of ours made it due in this place. */
export function openBody(keys: MacKeys, place: DeliveryPlace, kept: string): string | null {
  const cut = kept.indexOf('\n');
  const body = kept.slice(cut + 1);
  return cut > 0 && macTextHolds(keys, kept.slice(0, cut), authentic(place, body)) ? body : null;
}
