// The one synchronous hash on the server: WebCrypto's is asynchronous, and an object must not await between reading
// and deciding (four concurrent appends that awaited it all took sequence number 1).
import * as nodeCrypto from 'node:crypto';

/** Node's one-shot function costs a third of a hash object; workerd need not have it. */
const oneShot: typeof nodeCrypto.hash | undefined = nodeCrypto.hash;
const BLOCK = 64;
const DIGEST = 32;
const encoder = new TextEncoder();

/** Where what is hashed is put together: everything here is synchronous, so that nobody meets another's bytes. */
let scratch = new Uint8Array(16_384);
/** The same from where text begins: after a block, after a digest. A view costs as much as a small hash. */
let after = viewsOf(scratch);
const outer = new Uint8Array(BLOCK + DIGEST);

function viewsOf(bytes: Uint8Array): Record<number, Uint8Array> {
  return { [BLOCK]: bytes.subarray(BLOCK), [DIGEST]: bytes.subarray(DIGEST) };
}

/** SHA-256 (FIPS 180-4) of bytes; 32 bytes out. */
export function sha256(bytes: Uint8Array): Uint8Array {
  if (oneShot === undefined) return new Uint8Array(nodeCrypto.createHash('sha256').update(bytes).digest());
  // As text, whose characters are the bytes: a buffer of its own for each digest costs more than the digest.
  const text = oneShot('sha256', bytes, 'binary');
  const digest = new Uint8Array(DIGEST);
  for (let at = 0; at < DIGEST; at++) digest[at] = text.charCodeAt(at);
  return digest;
}

/** SHA-256(prefix ‖ text as UTF-8), the prefix of 32 bytes; 32 bytes out. */
export function sha256After(prefix: Uint8Array, text: string): Uint8Array {
  if (prefix.length !== DIGEST) throw new RangeError('the prefix is a digest');
  reserve(text);
  scratch.set(prefix);
  return sha256(scratch.subarray(0, placed(text, DIGEST)));
}

/** HMAC-SHA-256 (RFC 2104), of text as UTF-8; 32 bytes out. Node makes a key object for each key: twice both hashes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array | string): Uint8Array {
  const short = key.length > BLOCK ? sha256(key) : key;
  reserve(message);
  pad(scratch, short, 0x36);
  const inner = sha256(scratch.subarray(0, placed(message, BLOCK)));
  pad(outer, short, 0x5c);
  outer.set(inner, BLOCK);
  return sha256(outer);
}

/** UTF-8 takes three bytes at most for one UTF-16 unit. */
function reserve({ length }: Uint8Array | string): void {
  const bytes = BLOCK + length * 3;
  if (scratch.length >= bytes) return;
  scratch = new Uint8Array(bytes * 2);
  after = viewsOf(scratch);
}

/** Puts it there. @returns where it ends */
function placed(part: Uint8Array | string, at: number): number {
  if (typeof part === 'string') return at + encoder.encodeInto(part, after[at]!).written;
  scratch.set(part, at);
  return at + part.length;
}

/** The key, filled to a block with zeros, each byte xored with the pad. */
function pad(into: Uint8Array, key: Uint8Array, value: number): void {
  into.fill(value, 0, BLOCK);
  for (let at = 0; at < key.length; at++) into[at] = key[at]! ^ value;
}
