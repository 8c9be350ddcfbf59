// Message authentication under secrets that rotate. The first secret signs, every listed one verifies, so that two are
// active during a rotation; each purpose has a key of its own, so that no text made for one is good for another.

import { hmacSha256 } from '#sha256';
import { base64url, concatBytes, equalBytes, fromBase64Url, utf8 } from './encoding.ts';

export type MacPurpose = 'api-key' | 'intent' | 'link' | 'session' | 'delivery';

/** As configured: `kid` from 1 to 255, `secret` base64url of 32 bytes. */
export interface MacSecret {
  kid: number;
  secret: string;
}

/** Keys of one purpose; the first signs. */
export type MacKeys = readonly { kid: number; key: Uint8Array }[];

/** What the text `kid ‖ mac` holds: one byte of key id, then the MAC. */
const KID_BYTES = 1;
const MAC_BYTES = 32;

/**
 * Derives a purpose's keys: HMAC(secret, "assentry/mac/v1/" ‖ purpose).
 *
 * @throws when a secret is not 32 bytes, or the kids are not different numbers from 1 to 255: a broken deployment
 */
export function macKeys(secrets: readonly MacSecret[], purpose: MacPurpose): MacKeys {
  const kids = new Set(secrets.map(({ kid }) => kid));
  if (secrets.length === 0 || kids.size !== secrets.length) throw new Error('MAC secrets need different kids');
  return secrets.map(({ kid, secret }) => {
    const bytes = fromBase64Url(secret);
    if (bytes?.length !== 32 || !Number.isInteger(kid) || kid < 1 || kid > 255) throw new Error('not a MAC secret');
    return { kid, key: hmacSha256(bytes, utf8(`assentry/mac/v1/${purpose}`)) };
  });
}

/** The key that signs. */
export const signingKey = (keys: MacKeys): { kid: number; key: Uint8Array } => keys[0]!;

/** The MAC of `bytes` under the key named `kid`, 32 bytes; null when no such key is active. */
export function macUnder(keys: MacKeys, kid: number, bytes: Uint8Array): Uint8Array | null {
  const found = keys.find((candidate) => candidate.kid === kid);
  return found === undefined ? null : hmacSha256(found.key, bytes);
}

/** base64url(kid ‖ MAC of `bytes`) under the signing key. */
export function macText(keys: MacKeys, bytes: Uint8Array): string {
  const { kid, key } = signingKey(keys);
  return base64url(concatBytes(Uint8Array.of(kid), hmacSha256(key, bytes)));
}

/** Whether `text` is what `macText` writes for `bytes` under any active key. Constant time in the MAC; never throws. */
export function macTextHolds(keys: MacKeys, text: string, bytes: Uint8Array): boolean {
  const given = text.length <= 64 ? fromBase64Url(text) : null;
  if (given?.length !== KID_BYTES + MAC_BYTES) return false;
  const expected = macUnder(keys, given[0]!, bytes);
  return expected !== null && equalBytes(given.subarray(KID_BYTES), expected);
}
