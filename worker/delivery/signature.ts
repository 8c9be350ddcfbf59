// Standard Webhooks: three headers and a symmetric signature (v1) over id, time and body. A secret is `whsec_` and the
// base64 of its bytes.
import { hmacSha256 } from '#sha256';
import { base64, fromBase64, utf8 } from '../../core/encoding.ts';

const PREFIX = 'whsec_';

/** Writes a secret as its owner is shown it. */
export const secretText = (bytes: Uint8Array): string => PREFIX + base64(bytes);

/**
 * The headers that authenticate one attempt.
 *
 * @param secret as `secretText` writes it; throws otherwise, for then nothing could be sent that verifies
 * @param id the event's id: the same on every attempt, so that receivers can deduplicate
 * @param at_ms time of this attempt; receivers refuse old ones
 */
export function signatureHeaders(secret: string, id: string, at_ms: number, body: string): Record<string, string> {
  const key = fromBase64(secret.slice(PREFIX.length));
  if (!secret.startsWith(PREFIX) || key === null || key.length === 0) throw new Error('not a webhook secret');
  const timestamp = String(Math.floor(at_ms / 1_000));
  const mac = hmacSha256(key, utf8(`${id}.${timestamp}.${body}`));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${base64(mac)}` };
}
