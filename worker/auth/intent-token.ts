// The server's MAC over an intent that it offered, so that nothing is stored until it is signed. A token can carry a
// text along (an enrolment link, a registration waiting for its second signature); the MAC covers both.
import { canonicalBytes } from '../../core/canonical.ts';
import { instantAt, instantMs } from '../../core/duration.ts';
import { base64url, concatBytes, utf8 } from '../../core/encoding.ts';
import type { Intent, IntentKind } from '../../core/intent.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { INTENT_LIFETIME_SECONDS } from '../../core/limits.ts';
import { type MacKeys, macText, macTextHolds } from '../../core/mac.ts';
import { fail, ok, type Result } from '../../core/problems.ts';

/** Separates the MAC from what is carried; in neither alphabet. */
const CARRIES = '~';

/** Nonce and times of a new intent: 32 random bytes, 120 seconds at most. */
export function freshCeremony(now_ms: number): { nonce: string; issued_at: string; expires_at: string } {
  return {
    nonce: base64url(crypto.getRandomValues(new Uint8Array(32))),
    issued_at: instantAt(now_ms),
    expires_at: instantAt(now_ms + INTENT_LIFETIME_SECONDS * 1_000),
  };
}

const signed = (intent: Json, carried: string): Uint8Array =>
  concatBytes(canonicalBytes(intent), utf8(`\u0000${carried}`));

/** The token for an intent. `keys` of purpose `intent`; `carried` must not hold `~`. */
export function intentToken(keys: MacKeys, intent: Intent, carried = ''): string {
  const mac = macText(keys, signed(intent as unknown as Json, carried));
  return carried === '' ? mac : `${mac}${CARRIES}${carried}`;
}

/** An intent that we offered, of the kind expected, and what its token carried. */
export interface Offered<I> {
  intent: I;
  carried: string;
}

/**
 * Checks an intent that came back. Whether it has expired is for `inTime`, or for the object that looks the nonce up
 * first (a repeat of a recorded signature is answered even after the intent's end).
 */
export function openIntent<K extends IntentKind>(
  keys: MacKeys,
  kind: K,
  given: { intent: JsonObject; intent_token: string },
): Result<Offered<Extract<Intent, { kind: K }>>> {
  const cut = given.intent_token.indexOf(CARRIES);
  const mac = cut === -1 ? given.intent_token : given.intent_token.slice(0, cut);
  const carried = cut === -1 ? '' : given.intent_token.slice(cut + 1);
  if (given.intent.kind !== kind || !macTextHolds(keys, mac, signed(given.intent, carried))) {
    return fail(
      'intent-mismatch',
      'This is not the intent that the server offered. Start over and sign what is shown.',
    );
  }
  return ok({ intent: given.intent as unknown as Extract<Intent, { kind: K }>, carried });
}

/** Refuses an intent outside its two minutes. */
export function inTime(intent: Pick<Intent, 'issued_at' | 'expires_at'>, now_ms: number): Result<void> {
  const open = now_ms < instantMs(intent.expires_at);
  return open ? ok(undefined) : fail('intent-expired', 'The two minutes for signing have passed. Start over.');
}
