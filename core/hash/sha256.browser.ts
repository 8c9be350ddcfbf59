// The same two functions where node:crypto does not exist (package.json "imports" chooses).
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as noble } from '@noble/hashes/sha2.js';

/** SHA-256 (FIPS 180-4) of bytes; 32 bytes out. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return noble(bytes);
}

/** HMAC-SHA-256 (RFC 2104); 32 bytes out. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return hmac(noble, key, bytes);
}
