// Signatures for the evidence verifier over a platform's WebCrypto, which is passed in. The SDK verifies with it, and the
// server asks it before it accepts a signature (worker/auth/webauthn.ts).
import { fromBase64Url } from '../encoding.ts';
import type { EvidenceCrypto, EvidenceKey } from './forms.ts';

const ALGORITHMS = {
  EC: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  OKP: { name: 'Ed25519' },
  RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const satisfies Record<EvidenceKey['kty'], object>;

const PSS = { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 } as const;

/** What of WebCrypto verifying needs; asked for anew each time, because it is missing outside a secure context. */
type Subtle = () => Pick<SubtleCrypto, 'importKey' | 'verify'>;

/** WebCrypto behind the verifier's one question. A key that is none verifies nothing. */
export const evidenceCrypto = (subtle: Subtle): EvidenceCrypto => ({
  async verify(key, message, signature) {
    const algorithm = key.kty === 'RSA' && key.alg === 'PS256' ? PSS : ALGORITHMS[key.kty];
    try {
      const imported = await subtle().importKey('jwk', key, algorithm, false, ['verify']);
      return await subtle().verify(algorithm, imported, signature as BufferSource, message as BufferSource);
    } catch {
      return false;
    }
  },
});

/** RFC 8032 section 7.1, test 1: a signature over nothing that every Ed25519 verifies. */
const KNOWN = {
  key: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  signature: '5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc-bRr0lv18FlbviRlUUFDjnoQCw',
} as const;

/**
 * Whether this platform verifies at all. Without Ed25519 (browsers before 2025), or outside a secure context, no signature
 * would ever hold, and genuine evidence would look forged: ask this first.
 */
export const canVerifyBy = (crypto: EvidenceCrypto): Promise<boolean> =>
  crypto.verify(KNOWN.key, new Uint8Array(), fromBase64Url(KNOWN.signature) ?? new Uint8Array());
