// The samples whose passkeys sign with Ed25519 and RSA, and a rehearsal: under our verifier and under others that we did
// not write.
import { spawnSync } from 'node:child_process';
import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { base64, concatBytes, fromBase64, fromBase64Url, fromUtf8, hex, utf8 } from '../../../core/encoding.ts';
import { keyOfCose } from '../../../core/evidence/cose.ts';
import { faultOfForm } from '../../../core/evidence/schema.ts';
import { statementSchema } from '../../../core/receipt/schema.ts';
import { ANCHORS, anchorsOf, failuresOf, LATER, type Loose, textOf, verify } from './samples.ts';
import { sigstoreAccepts } from './sigstore.ts';

/** SHA-256 of the files: a changed sample is a promise broken, not a test to mend. */
const PINNED: Record<(typeof LATER)[number], string> = {
  eddsa: '04b1a67003f058d79ba32be0dfe934150b895ce1b5a259329f45acd3d422d646',
  rs256: '7e45c779d7f79e1bcf8015c5dfdcb96eeb3759cc50b73d7f82b43fdf317fb839',
  'test-approval': 'e53e8f00915f3742bf6968c31f7907e80d28f3304d75f5323f5ae7cd585c12e1',
};
/** What the key is, what `fido2-assert` calls it, what `node:crypto` hashes with. */
const KEYS = {
  eddsa: ['OKP', 'eddsa', null],
  rs256: ['RSA', 'rs256', 'sha256'],
  'test-approval': ['EC', 'es256', 'sha256'],
} as const;

const folder = mkdtempSync(join(tmpdir(), 'assentry-algorithms-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hasFido2 = spawnSync('fido2-assert', []).error === undefined;

/** The one decision: what was signed, with which key. */
function voteIn(sample: (typeof LATER)[number]) {
  const votes = JSON.parse(textOf(sample)).events.filter(({ event }: Loose) => event.personal?.assertion);
  expect(votes).toHaveLength(1);
  const { assertion, public_key }: Loose = votes[0].event.personal;
  const [client, data, signature] = ['clientDataJSON', 'authenticatorData', 'signature'].map(
    (field) => fromBase64Url(assertion.response[field])!,
  ) as [Uint8Array, Uint8Array, Uint8Array];
  const jwk = keyOfCose(public_key);
  return { client, data, signature, jwk, key: createPublicKey({ key: jwk as never, format: 'jwk' }) };
}

describe.each(LATER)('the golden sample %s', (sample) => {
  const anchors = anchorsOf(sample);
  const { receipts } = JSON.parse(textOf(sample));
  const flipped = (bytes: Uint8Array, at = 40) => bytes.map((byte, place) => (place === at ? byte ^ 1 : byte));

  it('is the file that it always was, and verifies under its own anchors alone', async () => {
    expect(hex(sha256(utf8(textOf(sample))))).toBe(PINNED[sample]);
    const report = await verify(textOf(sample), anchors);
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.valid).toBe(true);
    for (const claim of ['signature', 'intent', 'enrolment', 'quorum', 'receipt'])
      expect(report.claims, claim).toContainEqual(expect.objectContaining({ claim, status: 'proved' }));
    expect((await failuresOf(textOf(sample), ANCHORS)).length).toBeGreaterThan(0);
  });

  it('fails for one bit of its signature', async () => {
    const bundle: Loose = JSON.parse(textOf(sample));
    const line = bundle.events.findIndex(({ event }: Loose) => event.personal?.assertion);
    const { response } = bundle.events[line].event.personal.assertion;
    response.signature = Buffer.from(flipped(fromBase64Url(response.signature)!)).toString('base64url');
    expect(await failuresOf(JSON.stringify(bundle), anchors)).toContainEqual(
      expect.objectContaining({ claim: 'signature', field: expect.stringContaining('/assertion/response/signature') }),
    );
  });

  it('has an assertion that plain node:crypto verifies, with a key of its kind', () => {
    const { client, data, signature, jwk, key } = voteIn(sample);
    const [kind, , hash] = KEYS[sample];
    expect(jwk.kty).toBe(kind);
    expect(verifySignature(hash, concatBytes(data, sha256(client)), key, signature)).toBe(true);
    expect(verifySignature(hash, concatBytes(data, sha256(data)), key, signature)).toBe(false);
  });

  it('has an assertion that fido2-assert accepts, and not over another challenge', (ctx) => {
    if (!hasFido2) ctx.skip('skipped: no fido2-assert');
    const { client, data, signature, key } = voteIn(sample);
    const judge = (over: Uint8Array) => {
      const data_item = concatBytes(Uint8Array.of(0x58, data.length), data);
      const lines = [base64(sha256(over)), anchors.rp_id, base64(data_item), base64(signature)];
      writeFileSync(join(folder, 'key.pem'), key.export({ format: 'pem', type: 'spki' }));
      writeFileSync(join(folder, 'assertion'), `${lines.join('\n')}\n`);
      const args = ['-V', '-p', '-v', '-i', join(folder, 'assertion'), join(folder, 'key.pem'), KEYS[sample][1]];
      return spawnSync('fido2-assert', args).status;
    };
    expect(judge(client)).toBe(0);
    expect(judge(flipped(client))).not.toBe(0);
  });

  it('has a receipt that @sigstore/verify accepts under its keys and under no others, and no bit of it changed', () => {
    const [{ bundle }] = receipts;
    sigstoreAccepts(bundle, anchors);
    expect(() => sigstoreAccepts(bundle, ANCHORS)).toThrow();
    const changed = structuredClone(bundle);
    const payload = fromBase64(changed.dsseEnvelope.payload)!;
    changed.dsseEnvelope.payload = base64(flipped(payload));
    expect(() => sigstoreAccepts(changed, anchors)).toThrow();
  });

  it('has a statement of the one predicate that it may have', () => {
    const statement = JSON.parse(fromUtf8(fromBase64(receipts[0].bundle.dsseEnvelope.payload)!)!);
    const names = ['human-approval', 'human-rejection', 'test-approval'] as const;
    const fits = names.filter((name) => faultOfForm(statementSchema(name), statement) === null);
    expect(fits).toEqual([sample === 'test-approval' ? 'test-approval' : 'human-approval']);
  });
});
