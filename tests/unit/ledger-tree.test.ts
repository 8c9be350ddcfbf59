import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSha256, sha256 } from '#sha256';
import { fromHex, hex, utf8 } from '../../core/encoding.ts';
import {
  chainOf,
  consistencyProof,
  EMPTY_ROOT,
  eventLeaf,
  growFrontier,
  type HashReader,
  inclusionProof,
  leafHash,
  linkOf,
  NOTHING_BEFORE,
  nodeHash,
  parseEventLeaf,
  rootAt,
  rootOfFrontier,
  rootOfHashes,
  u64,
  verifyConsistency,
  verifyInclusion,
} from '../../core/ledger.ts';

const unhex = (text: string) => fromHex(text)!;

// The leaves and roots that Certificate Transparency implementations share as test vectors.
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** MTH straight from the sentence of RFC 6962 section 2.1, to compare with. */
function naiveRoot(hashes: Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return sha256(new Uint8Array());
  if (hashes.length === 1) return hashes[0]!;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(naiveRoot(hashes.slice(0, split)), naiveRoot(hashes.slice(split)));
}

const MOST = 300;
const hashes = Array.from({ length: MOST }, (_, at) => leafHash(u64(at)));
const nodes = new Map<string, Uint8Array>();
const reader: HashReader = (level, index) => {
  const key = `${level}/${index}`;
  const known = nodes.get(key);
  if (known !== undefined) return known;
  if ((index + 1) * 2 ** level > MOST) throw new RangeError(key);
  const made = level === 0 ? hashes[index]! : nodeHash(reader(level - 1, 2 * index), reader(level - 1, 2 * index + 1));
  nodes.set(key, made);
  return made;
};
const roots = Array.from({ length: MOST + 1 }, (_, size) => naiveRoot(hashes.slice(0, size)));

const flipped = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, at) => (at === Math.floor(bit / 8) ? byte ^ (1 << (bit % 8)) : byte));

describe('the tree', () => {
  it('gives the roots of the shared Certificate Transparency vectors', () => {
    let frontier: Uint8Array[] = [];
    expect(hex(EMPTY_ROOT)).toBe(ROOTS[0]);
    LEAVES.forEach((leaf, size) => {
      frontier = growFrontier(frontier, size, leafHash(unhex(leaf)));
      expect(hex(rootOfFrontier(frontier))).toBe(ROOTS[size + 1]);
    });
  });

  it('gives the shared inclusion and consistency proofs', () => {
    const leaves = LEAVES.map((leaf) => leafHash(unhex(leaf)));
    const read: HashReader = (level, index) => rootOfHashes(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
    expect(inclusionProof(read, 0, 8).map(hex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(consistencyProof(read, 1, 1)).toEqual([]);
    expect(consistencyProof(read, 6, 8).map(hex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('grows to the same root as the recursive definition, at every size up to 300', () => {
    let frontier: Uint8Array[] = [];
    hashes.forEach((hash, size) => {
      frontier = growFrontier(frontier, size, hash);
      expect(rootOfFrontier(frontier)).toEqual(roots[size + 1]);
      expect(rootAt(reader, size + 1)).toEqual(roots[size + 1]);
    });
  });
});

describe('proofs', () => {
  it('verify for every leaf of every size up to 300', () => {
    for (let size = 1; size <= MOST; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(reader, index, size);
        const claim = { index, size, leaf_hash: hashes[index]!, hashes: proof, root: roots[size]! };
        if (!verifyInclusion(claim)) expect.fail(`leaf ${index} of ${size}`);
      }
    }
  });

  it('verify between every two sizes up to 300', () => {
    for (let to = 0; to <= MOST; to++) {
      for (let from = 0; from <= to; from++) {
        const proof = consistencyProof(reader, from, to);
        const claim = { from, from_root: roots[from]!, to, to_root: roots[to]!, hashes: proof };
        if (!verifyConsistency(claim)) expect.fail(`from ${from} to ${to}`);
      }
    }
  });

  it('refuse an inclusion with any bit, index, size or length changed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: MOST }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (size, a, b, bit) => {
          const index = a % size;
          const proof = inclusionProof(reader, index, size);
          const claim = { index, size, leaf_hash: hashes[index]!, hashes: proof, root: roots[size]! };
          const at = b % proof.length;
          const wrong = [
            { ...claim, leaf_hash: flipped(claim.leaf_hash, bit) },
            { ...claim, root: flipped(claim.root, bit) },
            { ...claim, hashes: proof.map((hash, i) => (i === at ? flipped(hash, bit) : hash)) },
            { ...claim, hashes: proof.slice(0, -1) },
            { ...claim, hashes: [...proof, hashes[0]!] },
            { ...claim, index: (index + 1) % size },
            { ...claim, index: -1 },
            { ...claim, index: size },
            { ...claim, index: index + 0.5 },
            { ...claim, size: Number.NaN },
            { ...claim, leaf_hash: claim.leaf_hash.subarray(1) },
          ];
          return wrong.every((one) => !verifyInclusion(one));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuse a consistency with any bit, root or length changed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: MOST }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (to, a, b, bit) => {
          const from = 1 + (a % (to - 1));
          const proof = consistencyProof(reader, from, to);
          const claim = { from, from_root: roots[from]!, to, to_root: roots[to]!, hashes: proof };
          const at = b % proof.length;
          const wrong = [
            { ...claim, from_root: flipped(claim.from_root, bit) },
            { ...claim, to_root: flipped(claim.to_root, bit) },
            { ...claim, hashes: proof.map((hash, i) => (i === at ? flipped(hash, bit) : hash)) },
            { ...claim, hashes: proof.slice(0, -1) },
            { ...claim, hashes: [...proof, hashes[0]!] },
            { ...claim, from: to, to: from },
            { ...claim, from: -1 },
          ];
          return wrong.every((one) => !verifyConsistency(one));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('cannot be asked for a leaf or a size that is not there', () => {
    expect(() => inclusionProof(reader, 3, 3)).toThrow(RangeError);
    expect(() => inclusionProof(reader, -1, 3)).toThrow(RangeError);
    expect(() => consistencyProof(reader, 4, 3)).toThrow(RangeError);
    expect(() => rootAt(reader, MOST + 1)).toThrow(RangeError);
  });
});

describe('the leaf of an event', () => {
  const commit = sha256(utf8('commit'));
  const key = sha256(utf8('K_org'));

  it('is 0xA5 0x01, the commit and the link, 66 bytes, and is read back', () => {
    const link = linkOf(key, { seq: 1, previous: NOTHING_BEFORE, commit });
    const leaf = eventLeaf(commit, link);
    expect(leaf.length).toBe(66);
    expect(hex(leaf)).toBe(`a501${hex(commit)}${hex(link)}`);
    expect(parseEventLeaf(leaf)).toEqual({ commit, link });
    expect(parseEventLeaf(leaf.subarray(1))).toBeNull();
    expect(parseEventLeaf(utf8('{'.repeat(66)))).toBeNull();
    expect(() => eventLeaf(commit.subarray(1), link)).toThrow();
  });

  it('has a link over prefix, seq as u64, previous leaf hash and commit, and a chain over every leaf hash', () => {
    const previous = sha256(utf8('previous'));
    const message = unhex(`${hex(utf8('assentry/link/v1'))}0000000100000002${hex(previous)}${hex(commit)}`);
    expect(linkOf(key, { seq: 2 ** 32 + 2, previous, commit })).toEqual(hmacSha256(key, message));
    const chained = unhex(`${hex(utf8('assentry/chain/v1'))}${hex(previous)}${hex(commit)}`);
    expect(chainOf(previous, commit)).toEqual(sha256(chained));
  });
});
