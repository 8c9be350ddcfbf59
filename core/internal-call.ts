// How our own scripts prove themselves to the Worker: a MAC over method, path, time and body under the 'link' key, which
// whoever holds the deployment's secrets can make, and nobody else.
//   X-Assentry-Internal: t=<seconds since the epoch>,mac=<macText>
//   MAC over "METHOD path\n<t>\n" ‖ body
import { concatBytes, utf8 } from './encoding.ts';
import { type MacKeys, macText, macTextHolds } from './mac.ts';

export const INTERNAL_HEADER = 'X-Assentry-Internal';

/** What the MAC is over. `body` as it is sent, byte for byte. */
export interface InternalCall {
  method: string;
  path: string;
  body: Uint8Array;
}

const signed = ({ method, path, body }: InternalCall, seconds: string): Uint8Array =>
  concatBytes(utf8(`${method} ${path}\n${seconds}\n`), body);

/** The header's value. `keys` of purpose `link`; `now_seconds` since the epoch. */
export const internalHeader = (keys: MacKeys, call: InternalCall, now_seconds: number): string =>
  `t=${now_seconds},mac=${macText(keys, signed(call, String(now_seconds)))}`;

/** When a header that fits this call was made, in seconds since the epoch; null if it does not fit. */
export function internalCallMadeAt(keys: MacKeys, call: InternalCall, header: string): number | null {
  const [, seconds = '', mac = ''] = /^t=(\d{1,12}),mac=([A-Za-z0-9_-]{44})$/.exec(header) ?? [];
  return macTextHolds(keys, mac, signed(call, seconds)) ? Number(seconds) : null;
}
