// A decision receipt as a Sigstore bundle v0.3: the DSSE envelope, the key's hint, and the log entry with its inclusion
// proof and checkpoint. What the unmodified @sigstore/verify takes; nothing in it is trusted because it is in it.
import { base64, utf8 } from '../encoding.ts';
import type { JsonObject } from '../json.ts';
import { receiptKeyId } from './ecdsa-der.ts';
import { IN_TOTO, type ReceiptLeaf } from './envelope.ts';

export interface BundleParts {
  /** The statement's text, as signed. */
  payload: string;
  /** Base64 DER, as the ledger answered it. */
  signature: string;
  /** Id of the receipt key: what a verifier looks its public key up by. */
  key: string;
  /** The leaf body, as the ledger answered it. */
  leaf: string;
  index: number;
  /** The log's key id, all 32 bytes (`keyId` of the ledger). */
  log_id: Uint8Array;
  /** Inclusion of `index` in the tree of the checkpoint. */
  proof: { size: number; root: Uint8Array; hashes: readonly Uint8Array[]; checkpoint: string };
}

/**
 * Assembles the bundle (protobuf JSON of dev.sigstore.bundle.v1.Bundle, media type v0.3).
 *
 * @returns JSON. There is no `integratedTime`: the time of an entry is bounded by checkpoints, not by our word
 */
export function sigstoreBundle(parts: BundleParts): JsonObject {
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: parts.key }, tlogEntries: [tlogEntry(parts)] },
    dsseEnvelope: envelopeOf(parts),
  };
}

/** DSSE v1.0 in JSON. */
const envelopeOf = ({ payload, signature, key }: Pick<BundleParts, 'payload' | 'signature' | 'key'>): JsonObject => ({
  ...{ payload: base64(utf8(payload)), payloadType: IN_TOTO },
  signatures: [{ sig: signature, keyid: key }],
});

/** The envelope alone, from the statement's text and what its leaf holds. */
export const receiptEnvelope = (payload: string, leaf: Pick<ReceiptLeaf, 'signature' | 'public_key'>): JsonObject =>
  envelopeOf({ payload, signature: base64(leaf.signature), key: receiptKeyId(leaf.public_key) });

function tlogEntry({ leaf, index, log_id, proof }: BundleParts): JsonObject {
  return {
    logIndex: String(index),
    logId: { keyId: base64(log_id) },
    kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
    inclusionProof: {
      logIndex: String(index),
      rootHash: base64(proof.root),
      treeSize: String(proof.size),
      hashes: proof.hashes.map(base64),
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: base64(utf8(leaf)),
  };
}
