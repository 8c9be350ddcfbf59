// @sigstore/verify as anybody has it, over a receipt of ours.
import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { fromBase64 } from '../../../core/encoding.ts';
import { keyId, parseVerifierKey } from '../../../core/ledger.ts';
import { receiptKeyId } from '../../../core/receipt.ts';
import { ANCHORS, type Loose } from './samples.ts';

/** The unmodified verifier, trusting our log key and receipt key alone. @throws when it does not accept */
export function sigstoreAccepts(
  bundle: Loose,
  anchors: Pick<typeof ANCHORS, 'log_key' | 'receipt_key'> = ANCHORS,
): void {
  const log = parseVerifierKey(anchors.log_key as string)!;
  const id = Buffer.from(keyId(log));
  const spki = Buffer.from(fromBase64(anchors.receipt_key as string)!);
  const x = Buffer.from(log.public_key).toString('base64url');
  const rawBytes = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }).export({
    format: 'der',
    type: 'spki',
  });
  const material = toTrustMaterial(
    {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      ...{ certificateAuthorities: [], timestampAuthorities: [], ctlogs: [] },
      tlogs: [
        {
          ...{ baseUrl: `https://${log.name}`, hashAlgorithm: 1, operator: '' },
          publicKey: { rawBytes, keyDetails: 7, validFor: { start: new Date(0), end: undefined } },
          ...{ logId: { keyId: id }, checkpointKeyId: { keyId: id } },
        },
      ],
    } as never,
    { [receiptKeyId(spki)]: { rawBytes: spki, keyDetails: 5 } as never },
  );
  new Verifier(material, { timestampThreshold: 0 }).verify(toSignedEntity(bundleFromJSON(bundle)));
}
