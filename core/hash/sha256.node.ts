// The one synchronous hash on the server: WebCrypto's is asynchronous, and an object must not await between reading
// and deciding (four concurrent appends that awaited it all took sequence number 1).
import * as nodeCrypto from 'node:crypto';

/** Node's one-shot function costs half of a hash object; workerd need not have it. */
const oneShot: typeof nodeCrypto.hash | undefined = nodeCrypto.hash;
const BLOCK = 64;

/** SHA-256 (FIPS 180-4) of bytes; 32 bytes out. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const digest = oneShot?.('sha256', bytes, 'buffer') ?? nodeCrypto.createHash('sha256').update(bytes).digest();
  return new Uint8Array(digest);
}

/** HMAC-SHA-256 (RFC 2104); 32 bytes out. Node makes a key object for each key, which costs more than both hashes. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (oneShot === undefined) return new Uint8Array(nodeCrypto.createHmac('sha256', key).update(bytes).digest());
  const short = key.length > BLOCK ? sha256(key) : key;
  return sha256(padded(short, 0x5c, sha256(padded(short, 0x36, bytes))));
}

/** The key, filled to a block with zeros, each byte xored with the pad, and what follows. */
function padded(key: Uint8Array, pad: number, bytes: Uint8Array): Uint8Array {
  const joined = new Uint8Array(BLOCK + bytes.length).fill(pad, 0, BLOCK);
  for (let at = 0; at < key.length; at++) joined[at] = key[at]! ^ pad;
  joined.set(bytes, BLOCK);
  return joined;
}
