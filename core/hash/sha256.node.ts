// The one synchronous hash on the server: WebCrypto's is asynchronous, and an object must not await between reading
// and deciding (four concurrent appends that awaited it all took sequence number 1).
import { createHash, createHmac } from 'node:crypto';

/** SHA-256 (FIPS 180-4) of bytes; 32 bytes out. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

/** HMAC-SHA-256 (RFC 2104); 32 bytes out. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(bytes).digest());
}
