// The platform's own signatures for the evidence verifier: WebCrypto, in Node, browsers and workers alike. It verifies
// and nothing else.
import type { EvidenceCrypto, EvidenceKey } from '../../../core/evidence/forms.ts';

const ALGORITHMS = {
  EC: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  OKP: { name: 'Ed25519' },
  RSA: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const satisfies Record<EvidenceKey['kty'], object>;

const PSS = { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 } as const;

/** WebCrypto behind the verifier's one question. A key that is none verifies nothing. */
export const webCrypto: EvidenceCrypto = {
  async verify(key, message, signature) {
    const algorithm = key.kty === 'RSA' && key.alg === 'PS256' ? PSS : ALGORITHMS[key.kty];
    try {
      const imported = await crypto.subtle.importKey('jwk', key, algorithm, false, ['verify']);
      return await crypto.subtle.verify(algorithm, imported, signature as BufferSource, message as BufferSource);
    } catch {
      return false;
    }
  },
};
