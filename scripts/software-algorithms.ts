// What a passkey in software can sign with: the three algorithms that the server offers, each as WebCrypto and COSE have it.
import { concatBytes, fromBase64Url } from '../core/encoding.ts';

export type PasskeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

interface Algorithm {
  /** For WebCrypto's `generateKey` and `sign`. */
  key: Parameters<typeof crypto.subtle.generateKey>[0];
  signing: Parameters<typeof crypto.subtle.sign>[0];
  /** Its public key in COSE (RFC 9053, RFC 8812), in the order of CTAP2. */
  cose: (jwk: JsonWebKey) => [number, unknown][];
  /** The signature as WebAuthn has it (level 3, section 6.5.5), from WebCrypto's. */
  form: (signature: Uint8Array) => Uint8Array;
}

const bytes = (text: string | undefined): Uint8Array => fromBase64Url(text!)!;
const asItIs = (signature: Uint8Array): Uint8Array => signature;

/** An ECDSA signature in DER from WebCrypto's r ‖ s. */
function derOf(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => {
    const first = bytes.findIndex((byte) => byte !== 0);
    const short = bytes.subarray(first);
    const body = short[0]! & 0x80 ? concatBytes(Uint8Array.of(0), short) : short;
    return concatBytes(Uint8Array.of(2, body.length), body);
  };
  const body = concatBytes(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}

const RSA = 'RSASSA-PKCS1-v1_5';
const EXPONENT = Uint8Array.of(1, 0, 1);

export const PASSKEY_ALGORITHMS: Readonly<Record<PasskeyAlgorithm, Algorithm>> = {
  ES256: {
    key: { name: 'ECDSA', namedCurve: 'P-256' },
    signing: { name: 'ECDSA', hash: 'SHA-256' },
    cose: ({ x, y }) => [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ],
    form: derOf,
  },
  EdDSA: {
    ...{ key: { name: 'Ed25519' }, signing: { name: 'Ed25519' }, form: asItIs },
    cose: ({ x }) => [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(x)],
    ],
  },
  RS256: {
    key: { name: RSA, modulusLength: 2048, publicExponent: EXPONENT, hash: 'SHA-256' },
    ...{ signing: { name: RSA }, form: asItIs },
    cose: ({ n, e }) => [
      [1, 3],
      [3, -257],
      [-1, bytes(n)],
      [-2, bytes(e)],
    ],
  },
};
