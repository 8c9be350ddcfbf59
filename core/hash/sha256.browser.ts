// The same functions where node:crypto does not exist (package.json "imports" chooses).
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as noble } from '@noble/hashes/sha2.js';

/** SHA-256 (FIPS 180-4) of bytes; 32 bytes out. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return noble(bytes);
}

/** SHA-256(prefix ‖ text as UTF-8), the prefix of 32 bytes; 32 bytes out. */
export const sha256After = (prefix: Uint8Array, text: string): Uint8Array =>
  noble.create().update(prefix).update(bytesOf(text)).digest();

/** HMAC-SHA-256 (RFC 2104), of text as UTF-8; 32 bytes out. */
export function hmacSha256(key: Uint8Array, message: Uint8Array | string): Uint8Array {
  return hmac(noble, key, bytesOf(message));
}

const encoder = new TextEncoder();
const bytesOf = (part: Uint8Array | string): Uint8Array => (typeof part === 'string' ? encoder.encode(part) : part);
