// The pinned samples verify for ever, with our verifier and with others that we did not write.
import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { concatBytes, fromBase64Url, hex, utf8 } from '../../../core/encoding.ts';
import { keyOfCose } from '../../../core/evidence/cose.ts';
import { attestationOf, type EvidenceBundle } from '../../../core/evidence.ts';
import { ANCHORS, failuresOf, type Loose, SAMPLES, textOf, verify } from './samples.ts';
import { sigstoreAccepts } from './sigstore.ts';

/** SHA-256 of the files: a changed sample is a promise broken, not a test to mend. */
const PINNED: Record<string, string> = {
  approval: '23db5684615fd54340d08a0a073055b1a544539ac18712f09cec267e46cd9ea8',
  rejection: 'e8661689280250d7d30bf3a29595a1abc209abb80ff547b7a22ac28eccbb03a1',
  quorum: '94d612df38a96ec7c62327dbcc10f3cbeba49a6c9d6ff141964f22c2b605eb30',
  erased: 'd31f1fecb6f9faac7bfbf5576a453083f4a17fdb1d4b092cb888e2cb28b42483',
};

const bundleOf = (sample: (typeof SAMPLES)[number]): EvidenceBundle => JSON.parse(textOf(sample));

describe('a golden sample', () => {
  it.each(SAMPLES)('%s is the file that it always was, and verifies', async (sample) => {
    expect(hex(sha256(utf8(textOf(sample))))).toBe(PINNED[sample]);
    const report = await verify(textOf(sample));
    expect(report.claims.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report).toMatchObject({ valid: true });
  });

  it('that was erased proves what stays and names what cannot be replayed', async () => {
    const { claims } = await verify(textOf('erased'));
    const of = (wanted: string) => claims.filter(({ status }) => status === wanted).map(({ claim }) => claim);
    expect(of('not-replayable')).toEqual(
      expect.arrayContaining(['erased', 'digests', 'signature', 'eligibility', 'receipt']),
    );
    expect(of('proved')).toEqual(expect.arrayContaining(['lifecycle', 'checkpoint', 'enrolment', 'policy']));
    expect(textOf('erased')).not.toContain('Not on a Friday');
  });

  it('says of each passkey’s status whose word it is, and what proves it instead', async () => {
    const { claims } = await verify(textOf('quorum'));
    const said = claims.filter(({ claim }) => claim === 'key-status').map(({ status, detail }) => [status, detail]);
    const word = expect.stringMatching(/operator’s word.*an export of the whole organisation proves\.$/);
    expect(said).toEqual([
      ['asserted', word],
      ['asserted', word],
    ]);
  });

  it.each([
    ['organization', 'org_00000000000000000000000000'],
    ['origin', 'https://elsewhere.example'],
    ['rp_id', 'elsewhere.example'],
    ['receipt_key', 'AAAA'],
    ['log_key', 'localhost/assentry/2026h2+00000000+AAAA'],
  ])('fails under another %s', async (anchor, value) => {
    const failed = await failuresOf(textOf('approval'), { ...ANCHORS, [anchor]: value });
    expect(failed.length).toBeGreaterThan(0);
  });
});

describe('tools that we did not write', () => {
  const withReceipt = ['approval', 'rejection', 'quorum'] as const;

  it.each(withReceipt)('@sigstore/verify accepts the receipt of %s', (sample) => {
    for (const { bundle } of bundleOf(sample).receipts) sigstoreAccepts(bundle);
  });

  it.each(withReceipt)('@sigstore/verify rejects three tamperings with the receipt of %s', (sample) => {
    const tampered = (change: (bundle: Loose) => void): Loose => {
      const bundle = structuredClone(bundleOf(sample).receipts[0]!.bundle) as Loose;
      change(bundle);
      return bundle;
    };
    const flip = (text: string): string => {
      const bytes = Buffer.from(text, 'base64');
      bytes[40]! ^= 1;
      return bytes.toString('base64');
    };
    const changes: ((bundle: Loose) => void)[] = [
      ({ dsseEnvelope }) => (dsseEnvelope.payload = flip(dsseEnvelope.payload)),
      ({ dsseEnvelope: { signatures } }) => (signatures[0].sig = flip(signatures[0].sig)),
      ({ verificationMaterial: { tlogEntries } }) =>
        (tlogEntries[0].inclusionProof.hashes[0] = Buffer.alloc(32).toString('base64')),
    ];
    for (const change of changes) expect(() => sigstoreAccepts(tampered(change))).toThrow();
  });

  it.each(withReceipt)('plain node:crypto verifies every assertion of %s', (sample) => {
    const votes = bundleOf(sample).events.flatMap(({ event }) =>
      event.personal?.assertion ? [event.personal as Loose] : [],
    );
    expect(votes.length).toBeGreaterThan(0);
    for (const { assertion, public_key } of votes) {
      const [client, data, signature] = ['clientDataJSON', 'authenticatorData', 'signature'].map(
        (field) => fromBase64Url(assertion.response[field])!,
      ) as [Uint8Array, Uint8Array, Uint8Array];
      const key = createPublicKey({ key: keyOfCose(public_key) as never, format: 'jwk' });
      expect(verifySignature('sha256', concatBytes(data, sha256(client)), key, signature)).toBe(true);
      expect(verifySignature('sha256', concatBytes(data, sha256(data)), key, signature)).toBe(false);
    }
  });
});

describe('the summary', () => {
  it('names the bundle, and is none of the receipts’ predicates', () => {
    const bundle = bundleOf('quorum');
    const { statement, markdown } = attestationOf(bundle);
    expect(statement.predicateType).toMatch(/evidence-summary/);
    expect(statement.predicate).toMatchObject({ evidence: bundle.digest, status: 'approved', decisions: [{}, {}] });
    expect(markdown).toContain(bundle.digest);
  });

  it('lets no text of others be Markdown', () => {
    const bundle: Loose = bundleOf('approval');
    bundle.events[0].event.personal.action = 'x|](https://evil.example)<b>\n# Approved\u202e';
    const { markdown } = attestationOf(bundle);
    expect(markdown).not.toContain('](https://evil');
    expect(markdown).not.toContain('<b>');
    expect(markdown).not.toContain('\n# Approved');
    expect(markdown).not.toContain('\u202e');
  });
});
