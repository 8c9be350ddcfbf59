import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { base64, fromBase64Url, hex, utf8 } from '../../core/encoding.ts';
import type { JsonObject } from '../../core/json.ts';
import {
  type HashReader,
  inclusionProof,
  keyId,
  leafHash,
  type NoteSigner,
  rootAt,
  rootOfHashes,
  signCheckpoint,
  u64,
} from '../../core/ledger.ts';
import {
  decisionStatement,
  derSignature,
  PREDICATE_TYPES,
  parseReceiptLeaf,
  predicateTypeOf,
  type ReceiptParts,
  rawSignature,
  receiptDigest,
  receiptLeaf,
  receiptPae,
  receiptStatement,
  sigstoreBundle,
  spkiOf,
} from '../../core/receipt.ts';

const ORIGIN = 'localhost/assentry/2026h2';
const receiptKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = receiptKey.publicKey.export({ format: 'jwk' }) as { x: string; y: string };
const log = generateKeyPairSync('ed25519');
const logKey: NoteSigner = {
  name: ORIGIN,
  public_key: fromBase64Url(log.publicKey.export({ format: 'jwk' }).x!)!,
  sign: async (message) => new Uint8Array(sign(null, message, log.privateKey)),
};

const digest = (text: string) => `sha256:${hex(sha256(utf8(text)))}`;
const parts: ReceiptParts = {
  decision: 'approve',
  organization: { id: 'org_1', kind: 'live' },
  request: 'apr_1',
  action_digest: digest('action'),
  request_digest: digest('request'),
  policy: { version: 1, digest: digest('policy'), rule: 'deployments' },
  requirement: { verify: 'passkey', stages: [{ from: ['role:reviewer'], count: 1 }] },
  votes: [
    {
      reviewer: 'usr_1',
      decision: 'approve',
      stage: 0,
      passkey: 'pk_1',
      passkey_entry: 'evt_1',
      eligibility_digest: digest('eligibility'),
      decided_at: '2026-11-20T10:00:00.000Z',
      intent: { kind: 'decision', name: 'Zoë' },
      assertion: { id: 'credential' },
    },
  ],
  decided_at: '2026-11-20T10:00:00.000Z',
};

const INDEX = 5;
const SIZE = 11;

/** A receipt in a tree of eleven leaves, under a checkpoint of our log key. */
async function makeBundle(payload: string, key: KeyObject = receiptKey.privateKey): Promise<JsonObject> {
  const raw = sign('sha256', receiptPae(payload), { key, dsaEncoding: 'ieee-p1363' });
  const signature = derSignature(new Uint8Array(raw));
  const leaf = receiptLeaf(payload, signature, jwk);
  const hashes = Array.from({ length: SIZE }, (_, at) => leafHash(at === INDEX ? utf8(leaf) : u64(at)));
  const read: HashReader = (level, index) => rootOfHashes(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level));
  const root = rootAt(read, SIZE);
  return sigstoreBundle({
    payload,
    signature: base64(signature),
    key: 'receipt-1',
    leaf,
    index: INDEX,
    log_id: keyId(logKey),
    proof: {
      size: SIZE,
      root,
      hashes: inclusionProof(read, INDEX, SIZE),
      checkpoint: await signCheckpoint({ size: SIZE, root }, logKey),
    },
  });
}

/** The unmodified verifier: our log key and our receipt key are its only trust. */
function verifyWithSigstore(bundle: JsonObject): void {
  const der = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }) as Buffer;
  const material = toTrustMaterial(
    {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [],
      timestampAuthorities: [],
      ctlogs: [],
      tlogs: [
        {
          baseUrl: `https://${ORIGIN}`,
          hashAlgorithm: 1,
          publicKey: { rawBytes: der(log.publicKey), keyDetails: 7, validFor: { start: new Date(0), end: undefined } },
          logId: { keyId: Buffer.from(keyId(logKey)) },
          checkpointKeyId: { keyId: Buffer.from(keyId(logKey)) },
          operator: '',
        },
      ],
    } as never,
    { 'receipt-1': { rawBytes: der(receiptKey.publicKey), keyDetails: 5 } as never },
  );
  new Verifier(material, { timestampThreshold: 0 }).verify(toSignedEntity(bundleFromJSON(bundle)));
}

// biome-ignore lint/suspicious/noExplicitAny: tampering is not typed
type Loose = any;
type Change = (bundle: Loose) => void;
const at = (bundle: Loose) => bundle.verificationMaterial.tlogEntries[0];
const changedBase64 = (text: string, change: (plain: string) => string) =>
  Buffer.from(change(Buffer.from(text, 'base64').toString())).toString('base64');

describe('a receipt under the unmodified @sigstore/verify', () => {
  const payload = receiptStatement(parts);
  let good: JsonObject;
  beforeAll(async () => {
    good = await makeBundle(payload);
  });

  it('is accepted with nothing but our log key and our receipt key as trust', () => {
    expect(() => verifyWithSigstore(good)).not.toThrow();
  });

  const tampering: [string, Change][] = [
    [
      'another decision in the statement',
      (b) => {
        b.dsseEnvelope.payload = changedBase64(b.dsseEnvelope.payload, (text) => text.replace('approve', 'reject_'));
      },
    ],
    [
      'another signature',
      (b) => {
        const other = sign('sha256', receiptPae(payload), receiptKey.privateKey);
        b.dsseEnvelope.signatures[0].sig = base64(new Uint8Array(other));
      },
    ],
    [
      'another payload type',
      (b) => {
        b.dsseEnvelope.payloadType = 'application/json';
      },
    ],
    [
      'another digest in the leaf',
      (b) => {
        at(b).canonicalizedBody = changedBase64(at(b).canonicalizedBody, (text) =>
          text.replace(/"digest":"[^"]+"/, `"digest":"${base64(sha256(utf8('other')))}"`),
        );
      },
    ],
    [
      'another hash in the inclusion proof',
      (b) => {
        at(b).inclusionProof.hashes[0] = base64(sha256(utf8('other')));
      },
    ],
    [
      'another index',
      (b) => {
        at(b).inclusionProof.logIndex = '6';
      },
    ],
    [
      'another root in the checkpoint',
      (b) => {
        const { envelope } = at(b).inclusionProof.checkpoint;
        at(b).inclusionProof.checkpoint.envelope = envelope.replace(`\n${SIZE}\n`, `\n${SIZE + 1}\n`);
      },
    ],
    [
      'another log',
      (b) => {
        at(b).logId.keyId = base64(sha256(utf8('other')));
      },
    ],
    [
      'a key that nobody trusts',
      (b) => {
        b.verificationMaterial.publicKey.hint = 'receipt-2';
      },
    ],
    [
      'no log entry',
      (b) => {
        b.verificationMaterial.tlogEntries = [];
      },
    ],
  ];
  it.each(tampering)('is refused with %s', (_, change) => {
    const bundle = structuredClone(good);
    change(bundle);
    expect(bundle).not.toEqual(good);
    expect(() => verifyWithSigstore(bundle)).toThrow();
  });

  it('is refused when another key signed it', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const bundle = await makeBundle(payload, other.privateKey);
    expect(() => verifyWithSigstore(bundle)).toThrow(/signature verification failed/);
  });
});

describe('the predicate', () => {
  const vote = parts.votes[0]!;
  const rehearsal = { organization: { id: 'org_1', kind: 'test' as const } };
  const two = { requirement: { verify: 'passkey', stages: [{ from: ['any'], count: 2 }] } };

  it('is a human approval only for a met requirement in a live organisation', () => {
    const table: [Partial<ReceiptParts>, string][] = [
      [{}, PREDICATE_TYPES['human-approval']],
      [{ ...two, votes: [vote, { ...vote, reviewer: 'usr_2' }] }, PREDICATE_TYPES['human-approval']],
      [{ decision: 'reject' }, PREDICATE_TYPES['human-rejection']],
      [{ ...two, decision: 'reject' }, PREDICATE_TYPES['human-rejection']],
      [rehearsal, PREDICATE_TYPES['test-approval']],
      [{ ...rehearsal, decision: 'reject' }, PREDICATE_TYPES['human-rejection']],
    ];
    for (const [changes, expected] of table) expect(predicateTypeOf({ ...parts, ...changes })).toBe(expected);
  });

  it('does not exist for a part of a quorum, one person counted twice, or a decision that nobody signed', () => {
    const table: Partial<ReceiptParts>[] = [
      two,
      { ...two, votes: [vote, vote] },
      { votes: [{ ...vote, stage: 1 }] },
      { votes: [{ ...vote, decision: 'reject' }] },
      { votes: [] },
      { decision: 'reject', votes: [] },
    ];
    for (const changes of table) expect(() => decisionStatement({ ...parts, ...changes })).toThrow(/receipt/);
  });

  it('has the effective action digest as its subject, and only what the table of its fields names', () => {
    const statement = decisionStatement({ ...parts, secret: 1 } as ReceiptParts);
    expect(statement._type).toBe('https://in-toto.io/Statement/v1');
    expect(statement.predicateType).toBe('https://assentry.dev/predicates/human-approval/v1');
    expect(statement.subject).toEqual([{ name: 'apr_1', digest: { sha256: parts.action_digest.slice(7) } }]);
    const stages = [{ from: ['role:reviewer'], count: 1, approved: 1 }];
    expect(statement.predicate).toEqual({ ...parts, v: 1, requirement: { verify: 'passkey', stages } });
  });
});

describe('what is signed', () => {
  it('is the PAE of the DSSE specification, lengths in bytes', () => {
    const pae = new TextDecoder().decode(receiptPae('{"é":1}'));
    expect(pae).toBe('DSSEv1 28 application/vnd.in-toto+json 8 {"é":1}');
    expect(receiptDigest('{}')).toBe(`sha256:${hex(sha256(utf8('DSSEv1 28 application/vnd.in-toto+json 2 {}')))}`);
  });

  it('has a leaf that is read back only in its one form', () => {
    const leaf = receiptLeaf('{}', derSignature(new Uint8Array(64).fill(1)), jwk);
    expect(parseReceiptLeaf(leaf)!.digest).toBe(receiptDigest('{}'));
    expect(Buffer.from(parseReceiptLeaf(leaf)!.public_key)).toEqual(
      receiptKey.publicKey.export({ format: 'der', type: 'spki' }),
    );
    for (const bad of [`${leaf} `, leaf.replace('0.0.2', '0.0.1'), leaf.replace('hashedrekord', 'dsse'), '{}', '']) {
      expect(parseReceiptLeaf(bad)).toBeNull();
    }
  });

  it('has a signature that OpenSSL reads as DER and WebCrypto as raw, whatever the leading zeros', () => {
    for (let round = 0; round < 300; round++) {
      const message = utf8(String(round));
      const raw = new Uint8Array(sign('sha256', message, { key: receiptKey.privateKey, dsaEncoding: 'ieee-p1363' }));
      const der = derSignature(raw);
      if (!verify('sha256', message, receiptKey.publicKey, der)) expect.fail(`round ${round}: ${hex(raw)}`);
      expect(rawSignature(der)).toEqual(raw);
      expect(rawSignature(der.subarray(0, -1))).toBeNull();
      expect(rawSignature(Uint8Array.of(...der, 0))).toBeNull();
    }
    const zeros = new Uint8Array(64);
    zeros[31] = 1;
    zeros[63] = 0x80;
    expect(hex(derSignature(zeros))).toBe('3007020101020200 80'.replace(' ', ''));
    expect(rawSignature(derSignature(zeros))).toEqual(zeros);
    expect(rawSignature(new Uint8Array())).toBeNull();
  });

  it('has a key whose SubjectPublicKeyInfo is what OpenSSL exports', () => {
    const spki = Buffer.from(spkiOf(jwk));
    expect(spki).toEqual(receiptKey.publicKey.export({ format: 'der', type: 'spki' }));
    expect(createPublicKey({ key: spki, format: 'der', type: 'spki' }).asymmetricKeyType).toBe('ec');
    expect(() => spkiOf({ x: jwk.x, y: 'AA' })).toThrow();
  });
});
