// Calls of our own scripts (genesis, set-up links): authenticated by a MAC over method, path, time and body under the
// 'link' key, which whoever holds the deployment's secrets can make, and nobody else.
//   X-Assentry-Internal: t=<seconds since the epoch>,mac=<macText>
//   MAC over "METHOD path\n<t>\n" ‖ body
import { concatBytes, utf8 } from '../../core/encoding.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../core/limits.ts';
import { type MacKeys, macText, macTextHolds } from '../../core/mac.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Ctx } from '../context.ts';
import { macKeysOf } from '../secrets.ts';

export const INTERNAL_HEADER = 'X-Assentry-Internal';

const signed = (call: { method: string; path: string }, seconds: string, body: Uint8Array): Uint8Array =>
  concatBytes(utf8(`${call.method} ${call.path}\n${seconds}\n`), body);

/** The header's value. `keys` of purpose `link`; `now_seconds` since the epoch. */
export function internalHeader(
  keys: MacKeys,
  call: { method: string; path: string },
  now_seconds: number,
  body: Uint8Array,
): string {
  return `t=${now_seconds},mac=${macText(keys, signed(call, String(now_seconds), body))}`;
}

/** Whether this call is our own script's, made within five minutes. Gives the proof, for the event. */
export function internalCall(c: Ctx): Result<string> {
  const header = c.req.header(INTERNAL_HEADER) ?? '';
  const [, seconds = '', mac = ''] = /^t=(\d{1,12}),mac=([A-Za-z0-9_-]{44})$/.exec(header) ?? [];
  const call = { method: c.req.method, path: c.req.path };
  const holds = macTextHolds(macKeysOf(c.env, 'link'), mac, signed(call, seconds, c.get('raw_body')));
  const age_seconds = Math.abs(Date.now() / 1_000 - Number(seconds));
  if (holds && age_seconds <= CLOCK_TOLERANCE_SECONDS) return ok(header);
  return fail(
    'unauthenticated',
    `This call needs a current ${INTERNAL_HEADER} header of the deployment's own scripts.`,
  );
}
