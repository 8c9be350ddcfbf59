// ECDSA P-256 in the two forms that the world uses: WebCrypto's 64 raw bytes and X.509's DER; and the public key as
// SubjectPublicKeyInfo. Pure rewriting, no cryptography: Sigstore and OpenSSL read DER, WebCrypto writes raw.

import { sha256 } from '#sha256';
import { concatBytes, fromBase64Url, hex } from '../encoding.ts';

/** SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING 04 ‖ x ‖ y }, up to the 04 (RFC 5480). */
const SPKI_PREFIX = Uint8Array.of(
  ...[0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08],
  ...[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04],
);

/** The public half of a P-256 JWK. */
export interface P256Key {
  x: string;
  y: string;
}

/** A P-256 public key as SubjectPublicKeyInfo DER, 91 bytes. Throws when a coordinate is not 32 bytes of base64url. */
export function spkiOf({ x, y }: P256Key): Uint8Array {
  const [left, right] = [fromBase64Url(x), fromBase64Url(y)];
  if (left?.length !== 32 || right?.length !== 32) throw new Error('a P-256 coordinate has 32 bytes');
  return concatBytes(SPKI_PREFIX, left, right);
}

/** A receipt key's id: SHA-256 of its SubjectPublicKeyInfo, hex; so that a leaf, which holds the key, names it too. */
export const receiptKeyId = (spki: Uint8Array): string => hex(sha256(spki));

/** A positive INTEGER: no needless leading zero, one where the first bit would read as a sign (X.690 8.3). */
function derInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  const body = digits[0]! >= 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits;
  return concatBytes(Uint8Array.of(0x02, body.length), body);
}

/** r ‖ s, 64 bytes, → SEQUENCE { INTEGER r, INTEGER s } (RFC 3279 section 2.2.3). */
export function derSignature(raw: Uint8Array): Uint8Array {
  if (raw.length !== 64) throw new Error('a raw P-256 signature has 64 bytes');
  const body = concatBytes(derInteger(raw.subarray(0, 32)), derInteger(raw.subarray(32)));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}

/** DER → r ‖ s for WebCrypto's verify; null unless it is exactly what `derSignature` writes. */
export function rawSignature(der: Uint8Array): Uint8Array | null {
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const digits = der.subarray(at + 2, at + 2 + length);
    const value = digits[0] === 0 ? digits.subarray(1) : digits;
    if (value.length > 32) return null;
    raw.set(value, end - value.length);
    at += 2 + length;
  }
  const again = derSignature(raw);
  return again.length === der.length && again.every((byte, i) => byte === der[i]) ? raw : null;
}
