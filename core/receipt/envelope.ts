// The signature's side of a decision receipt: what is signed (DSSE's PAE over the statement), and the ledger's leaf for
// it, a `hashedrekord` 0.0.2 entry over the SHA-256 of that PAE, which is what Rekor v2 logs for a DSSE envelope
// (@sigstore/verify, tlog/hashedrekord.js: "compareSignedDigest"). The leaf holds no word of the statement.

import { sha256 } from '#sha256';
import { base64, concatBytes, fromBase64, hex, utf8 } from '../encoding.ts';
import type { Digest } from '../json.ts';
import { type P256Key, spkiOf } from './ecdsa-der.ts';

/** DSSE payload type of in-toto statements. */
export const IN_TOTO = 'application/vnd.in-toto+json';

/** PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body, lengths in bytes (DSSE v1.0.2 protocol). */
export function receiptPae(payload: string): Uint8Array {
  const body = utf8(payload);
  return concatBytes(utf8(`DSSEv1 ${utf8(IN_TOTO).length} ${IN_TOTO} ${body.length} `), body);
}

/** SHA-256 of the PAE: what the decision event names, before anything is signed. */
export const receiptDigest = (payload: string): Digest => `sha256:${hex(sha256(receiptPae(payload)))}`;

/** The one text of a leaf, from its three base64 values: canonical JSON (keys in order, ASCII only). */
const leafText = (digest: string, signature: string, publicKey: string): string =>
  JSON.stringify({
    apiVersion: '0.0.2',
    kind: 'hashedrekord',
    spec: {
      hashedRekordV002: {
        data: { algorithm: 'SHA2_256', digest },
        signature: {
          content: signature,
          verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', publicKey: { rawBytes: publicKey } },
        },
      },
    },
  });

/**
 * The leaf body of a signed receipt.
 *
 * @param payload the statement's text
 * @param signature DER of ES256 over the PAE
 * @param key public receipt key
 */
export const receiptLeaf = (payload: string, signature: Uint8Array, key: P256Key): string =>
  leafText(base64(sha256(receiptPae(payload))), base64(signature), base64(spkiOf(key)));

export interface ReceiptLeaf {
  digest: Digest;
  /** DER. */
  signature: Uint8Array;
  /** SubjectPublicKeyInfo DER. */
  public_key: Uint8Array;
}

/** The base64 values in the order in which `leafText` takes them. */
const VALUES = /"(?:digest|content|rawBytes)":"([^"]*)"/g;

/** Reads a leaf body; null unless it is exactly one that `receiptLeaf` writes. */
export function parseReceiptLeaf(leaf: string): ReceiptLeaf | null {
  const [digest = '', signature = '', publicKey = ''] = [...leaf.matchAll(VALUES)].map((match) => match[1]!);
  if (leafText(digest, signature, publicKey) !== leaf) return null;
  const [hash, sig, spki] = [digest, signature, publicKey].map(fromBase64);
  if (!hash || !sig || !spki || hash.length !== 32) return null;
  return { digest: `sha256:${hex(hash)}`, signature: sig, public_key: spki };
}
