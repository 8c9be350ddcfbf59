// What the browser's verifier says of witnesses: who cosigned, among those that the reader named, or nobody.
import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, it } from 'vitest';
import { fromBase64Url } from '../../../core/encoding.ts';
import { cosign, type NoteSigner, parseNote, withSignatures, witnessKey } from '../../../core/ledger.ts';
import { witnessesIn } from '../../../dashboard/src/pages/verify/check.ts';
import { witnessedBy } from '../../../dashboard/src/pages/verify/verdict.ts';
import { ANCHORS, forged, type Loose, textOf, verify } from '../evidence/samples.ts';

function witness(name: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const public_key = fromBase64Url(publicKey.export({ format: 'jwk' }).x!)!;
  return { name, public_key, sign: async (message) => new Uint8Array(sign(null, message, privateKey)) };
}

const [seen, other] = [witness('witness.example/one'), witness('witness.example/two')];

async function cosigned(): Promise<string> {
  const { checkpoint } = JSON.parse(textOf('approval')) as Loose;
  const note = withSignatures(checkpoint, [await cosign(parseNote(checkpoint)!.text, seen, 1_800_000_000)]);
  return forged('approval', (bundle) => {
    bundle.checkpoint = note;
    for (const receipt of bundle.receipts)
      receipt.bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope = note;
  });
}

const said = async (text: string, keys: string) =>
  witnessedBy(await verify(text, { ...ANCHORS, witnesses: witnessesIn(keys) }));

it('names each witness that cosigned, of those that were put in, one to a line', async () => {
  const keys = `\n ${witnessKey(other)}\n${witnessKey(seen)} \n`;
  expect(witnessesIn(keys)).toHaveLength(2);
  expect(await said(await cosigned(), keys)).toBe('Witnessed by witness.example/one.');
});

it('says that the operator is trusted where none was put in, or none of them cosigned', async () => {
  for (const keys of ['', witnessKey(other)])
    expect(await said(await cosigned(), keys)).toMatch(/^Operator-trusted: no witness that you named/);
  expect(await said(textOf('approval'), witnessKey(seen))).toMatch(/^Operator-trusted/);
});

it('says nothing beside a failure, as for a key that is none', async () => {
  expect(await said(await cosigned(), 'nonsense')).toBeNull();
});
