// The form of a signature, before anybody asks whether it holds: the one encoding that every verifier reads in one way.

import { fromBase64Url } from '../encoding.ts';
import type { EvidenceKey } from '../evidence/forms.ts';
import { rawSignature } from '../receipt/ecdsa-der.ts';
import { ED25519_ORDER, numberOf, P256_ORDER } from './key.ts';

/** Both halves of an ECDSA signature are 1 to n - 1. */
const isInRange = (half: Uint8Array): boolean => {
  const value = numberOf(half);
  return value > 0n && value < P256_ORDER;
};

/** r ‖ s of P-256; null where a half is out of range. */
export const inRange = (raw: Uint8Array | null): Uint8Array | null =>
  raw?.length === 64 && isInRange(raw.subarray(0, 32)) && isInRange(raw.subarray(32)) ? raw : null;

const PLAIN: Record<EvidenceKey['kty'], (signature: Uint8Array, key: EvidenceKey) => Uint8Array | null> = {
  /** DER (WebAuthn level 3, section 6.5.5): shortest form, nothing after it. */
  EC: (signature) => inRange(rawSignature(signature)),
  /** R ‖ S; S below the order (RFC 8032, section 5.1.7), or it could be written in two ways. */
  OKP: (signature) =>
    signature.length === 64 && numberOf(signature.slice(32).toReversed()) < ED25519_ORDER ? signature : null,
  /** As long as the modulus (RFC 8017, section 8.2.2). */
  RSA: (signature, key) => (signature.length === fromBase64Url((key as { n: string }).n)?.length ? signature : null),
};

/** An authenticator's signature as WebCrypto takes it; null where it is in no form that all read alike. */
export const plainSignature = (key: EvidenceKey, signature: Uint8Array): Uint8Array | null =>
  PLAIN[key.kty](signature, key);
