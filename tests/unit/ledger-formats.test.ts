import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { base64, fromBase64Url, hex } from '../../core/encoding.ts';
import {
  decodeEntries,
  encodeEntries,
  type HashReader,
  inclusionProof,
  keyId,
  leafHash,
  type NoteSigner,
  type NoteVerifier,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  parseTilePath,
  parseTlogProof,
  parseVerifierKey,
  rootAt,
  rootOfHashes,
  signatureLine,
  signCheckpoint,
  signNote,
  tileHashReader,
  tilePath,
  tlogProofText,
  u64,
  verifierKey,
  verifyInclusion,
  widthOf,
} from '../../core/ledger.ts';

function makeKey(name: string): NoteSigner & NoteVerifier {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    name,
    public_key: fromBase64Url(publicKey.export({ format: 'jwk' }).x!)!,
    sign: async (message) => new Uint8Array(sign(null, message, privateKey)),
    verify: (message, signature) => verify(null, message, publicKey, signature),
  };
}
const key = makeKey('localhost/assentry/2026h2');

// From the documentation of golang.org/x/mod/sumdb/note.
const GO_VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('signed notes', () => {
  it("verify Go's own example under Go's own verifier key", async () => {
    const parsed = parseVerifierKey(GO_VERIFIER)!;
    expect(parsed.name).toBe('PeterNeumann');
    expect(verifierKey(parsed)).toBe(GO_VERIFIER);
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), parsed.public_key]);
    const check = (message: Uint8Array, signature: Uint8Array) =>
      verify(null, message, { key: spki, format: 'der', type: 'spki' }, signature);
    expect(await openNote(GO_NOTE, { ...parsed, verify: check })).toBe(GO_NOTE.slice(0, GO_NOTE.indexOf('\n\n') + 1));
  });

  it('refuse another key, a changed text, a wrong signature beside a right one, and what is no note', async () => {
    const text = 'hello\n';
    const note = await signNote(text, key);
    expect(await openNote(note, key)).toBe(text);
    expect(await openNote(note, makeKey(key.name))).toBeNull();
    expect(await openNote(note, { ...key, name: 'another' })).toBeNull();
    expect(await openNote(note.replace('hello', 'hallo'), key)).toBeNull();
    expect(await openNote(`${note}${signatureLine(key, new Uint8Array(64))}`, key)).toBeNull();
    for (const bad of ['', 'hello\n', note.slice(0, -1), note.replace('— ', '- '), note.replace('hello', 'hel\tlo')]) {
      expect(parseNote(bad)).toBeNull();
    }
    await expect(signNote('no newline', key)).rejects.toThrow();
    expect(() => keyId({ ...key, name: 'a b' })).toThrow();
    expect(() => keyId({ ...key, name: 'a+b' })).toThrow();
  });

  it('keep the signatures of others, and ignore them', async () => {
    const witness = makeKey('witness.example');
    const text = 'hello\n\nworld\n';
    const note = `${await signNote(text, key)}${signatureLine(witness, await witness.sign(Buffer.from(text)))}`;
    expect(await openNote(note, key)).toBe(text);
    expect(await openNote(note, witness)).toBe(text);
    expect(parseNote(note)!.signatures.map((one) => one.name)).toEqual([key.name, witness.name]);
  });

  it('refuse a verifier key whose hint, type or length is wrong', () => {
    const good = verifierKey(key);
    expect(parseVerifierKey(good)).toEqual({ name: key.name, public_key: key.public_key });
    const hint = good.split('+')[1]!;
    expect(parseVerifierKey(good.replace(hint, '00000000'))).toBeNull();
    const typed = base64(Uint8Array.of(4, ...key.public_key));
    expect(parseVerifierKey(`${key.name}+${hint}+${typed}`)).toBeNull();
    expect(parseVerifierKey(good.slice(0, -4))).toBeNull();
    expect(parseVerifierKey('')).toBeNull();
  });
});

describe('checkpoints', () => {
  const head = { size: 12, root: leafHash(u64(7)) };

  it('are three lines signed by the log', async () => {
    const note = await signCheckpoint(head, key);
    expect(note.startsWith(`${key.name}\n12\n${base64(head.root)}\n\n— ${key.name} `)).toBe(true);
    expect(await openCheckpoint(note, key)).toEqual({ origin: key.name, ...head });
  });

  it("of another origin are refused even under the log's key", async () => {
    const note = await signNote(`elsewhere\n12\n${base64(head.root)}\n`, key);
    expect(await openNote(note, key)).not.toBeNull();
    expect(await openCheckpoint(note, key)).toBeNull();
  });

  it('are read strictly', () => {
    const root = base64(head.root);
    expect(parseCheckpoint(`o\n0\n${root}\n`)).toEqual({ origin: 'o', size: 0, root: head.root });
    expect(parseCheckpoint(`o\n5\n${root}\nextension\n`)!.size).toBe(5);
    for (const bad of [
      `o\n05\n${root}\n`,
      `o\n-5\n${root}\n`,
      `o\n5\n${root}`,
      `o\n5\n${root.slice(0, 40)}\n`,
      `\n5\n${root}\n`,
      `o\n5\n${root}\n\n`,
      `o\n9999999999999999\n${root}\n`,
      'o\n5\n',
    ]) {
      expect(parseCheckpoint(bad), bad).toBeNull();
    }
  });
});

describe('tiles', () => {
  it('have one path each', () => {
    expect(tilePath({ level: 0, number: 1234067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 1, number: 0, width: 17 })).toBe('tile/1/000.p/17');
    expect(tilePath({ level: 'entries', number: 1000, width: 1 })).toBe('tile/entries/x001/000.p/1');
    for (const path of ['tile/0/000', 'tile/63/x999/x999/999.p/255', 'tile/entries/x001/000.p/1']) {
      expect(tilePath(parseTilePath(path)!)).toBe(path);
    }
    for (const bad of [
      'tile/64/000',
      'tile/00/000',
      'tile/0/00',
      'tile/0/x000/001',
      'tile/0/001/000',
      'tile/0/000.p/0',
      'tile/0/000.p/256',
      'tile/0/000.p/01',
      'tile/0/000/',
      '/tile/0/000',
      'tile/0/000.p/1 ',
      'tile/data/000',
    ]) {
      expect(parseTilePath(bad), bad).toBeNull();
    }
  });

  it('have the widths of the example in the specification', () => {
    const size = 70_000;
    expect([widthOf(0, 272, size), widthOf(0, 273, size), widthOf(0, 274, size)]).toEqual([256, 112, 0]);
    expect([widthOf(1, 0, size), widthOf(1, 1, size), widthOf(2, 0, size), widthOf(3, 0, size)]).toEqual([
      256, 17, 1, 0,
    ]);
    expect([widthOf(0, 0, 256), widthOf(1, 0, 256)]).toEqual([256, 1]);
  });

  it('are enough for every proof of a tree of two levels', () => {
    const size = 2 * 65_536 + 300;
    const leaves = Array.from({ length: size }, (_, at) => leafHash(u64(at)));
    const levels: Uint8Array[][] = [leaves];
    for (let level = 1; level <= 2; level++) {
      const below = levels[level - 1]!;
      const full = Math.floor(below.length / 256);
      levels.push(Array.from({ length: full }, (_, at) => rootOfHashes(below.slice(at * 256, at * 256 + 256))));
    }
    const read: HashReader = tileHashReader((level, number, width) => {
      expect(width).toBe(widthOf(level, number, size));
      return Buffer.concat(levels[level]!.slice(number * 256, number * 256 + width));
    }, size);
    const root = rootAt(read, size);
    expect(root).toEqual(rootOfHashes(leaves));
    for (const index of [0, 255, 256, 65_535, 65_536, 131_072, size - 1]) {
      const hashes = inclusionProof(read, index, size);
      expect(verifyInclusion({ index, size, leaf_hash: leaves[index]!, hashes, root })).toBe(true);
    }
    expect(() => read(9, 256)).toThrow(RangeError);
  });

  it('carry entries with a length before each, and a cut bundle is no bundle', () => {
    const leaves = [new Uint8Array(0), new Uint8Array(66).fill(7), new Uint8Array(700).fill(9)];
    const bundle = encodeEntries(leaves);
    expect(decodeEntries(bundle)).toEqual(leaves);
    expect(hex(bundle.slice(0, 4))).toBe('00000042');
    expect(decodeEntries(bundle.slice(0, -1))).toBeNull();
    expect(decodeEntries(bundle.slice(0, 3))).toBeNull();
    expect(() => encodeEntries([new Uint8Array(65_536)])).toThrow(RangeError);
  });
});

describe('tlog-proofs', () => {
  it('carry index, hashes and checkpoint in the form of the specification', async () => {
    const checkpoint = await signCheckpoint({ size: 5, root: leafHash(u64(1)) }, key);
    const hashes = [leafHash(u64(2)), leafHash(u64(3))];
    const text = tlogProofText({ index: 4, hashes, checkpoint });
    expect(text).toBe(`c2sp.org/tlog-proof@v1\nindex 4\n${base64(hashes[0]!)}\n${base64(hashes[1]!)}\n\n${checkpoint}`);
    expect(parseTlogProof(text)).toEqual({ index: 4, hashes, checkpoint });
    const extra = Uint8Array.of(1, 2, 3);
    expect(parseTlogProof(tlogProofText({ index: 0, hashes: [], checkpoint, extra }))).toEqual({
      index: 0,
      hashes: [],
      checkpoint,
      extra,
    });
    for (const bad of [
      text.replace('@v1', '@v2'),
      text.replace('index 4', 'index 04'),
      text.replace('index 4\n', ''),
      text.replace('\n\n', '\n'),
      text.replace(base64(hashes[0]!), 'AAAA'),
      text.slice(0, -1),
    ]) {
      expect(parseTlogProof(bad), bad).toBeNull();
    }
  });
});
