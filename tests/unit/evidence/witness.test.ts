import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, it } from 'vitest';
import { fromBase64Url } from '../../../core/encoding.ts';
import { cosign, type NoteSigner, parseNote, withSignatures, witnessKey } from '../../../core/ledger.ts';
import { ANCHORS, forged, type Loose, textOf, verify } from './samples.ts';

const SECONDS = 1_800_000_000;

function witness(name: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const public_key = fromBase64Url(publicKey.export({ format: 'jwk' }).x!)!;
  return { name, public_key, sign: async (message) => new Uint8Array(sign(null, message, privateKey)) };
}

/** The approval under its checkpoint with one more signature line. */
async function cosigned(by: NoteSigner): Promise<string> {
  const { checkpoint } = JSON.parse(textOf('approval')) as Loose;
  const note = withSignatures(checkpoint, [await cosign(parseNote(checkpoint)!.text, by, SECONDS)]);
  return forged('approval', (bundle) => {
    bundle.checkpoint = note;
    for (const receipt of bundle.receipts)
      receipt.bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope = note;
  });
}

const saidOf = async (text: string, witnesses: string[]) => {
  const report = await verify(text, { ...ANCHORS, witnesses });
  expect(report.valid).toBe(true);
  return report.claims.filter(({ claim }) => claim === 'not-after');
};

it('ends the time of everything where a pinned witness cosigned', async () => {
  const seen = witness('witness.example/one');
  const claims = await saidOf(await cosigned(seen), [witnessKey(seen)]);
  expect(claims).toMatchObject([{ status: 'proved', detail: expect.stringContaining('2027-01-15T08:00:00.000Z') }]);
});

it('leaves it to the operator’s word without a cosignature, or with that of somebody else', async () => {
  const [pinned, stranger] = [witness('witness.example/one'), witness('witness.example/one')];
  expect(await saidOf(textOf('approval'), [witnessKey(pinned)])).toMatchObject([{ status: 'asserted' }]);
  expect(await saidOf(await cosigned(stranger), [witnessKey(pinned)])).toMatchObject([{ status: 'asserted' }]);
});

it('takes no other key for a witness’s', async () => {
  const report = await verify(textOf('approval'), { ...ANCHORS, witnesses: [ANCHORS.log_key as string] });
  expect(report.claims.find(({ status }) => status === 'failed')).toMatchObject({ claim: 'not-after' });
});
