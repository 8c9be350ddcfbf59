import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { concatBytes, fromBase64Url, hex, utf8 } from '../../core/encoding.ts';
import {
  consistencyProof,
  encodeEntries,
  type HashReader,
  inclusionProof,
  leafHash,
  type NoteSigner,
  parseTilePath,
  rootAt,
  rootOfHashes,
  signCheckpoint,
  u64,
  verifierKey,
} from '../../core/ledger.ts';
import { verifyWithGo, whyNoGo } from '../support/go.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key: NoteSigner = {
  name: 'localhost/assentry/2026h2',
  public_key: fromBase64Url(publicKey.export({ format: 'jwk' }).x!)!,
  sign: async (message) => new Uint8Array(sign(null, message, privateKey)),
};

/** What a lying server would change on the way out. */
type Bend = (path: string, body: Uint8Array) => Uint8Array;

/** The routes of contract.md "The ledger" over a tree of `size` leaves, from the core alone. */
class Tree {
  readonly size: number;
  readonly levels: Uint8Array[][];

  constructor(size: number) {
    this.size = size;
    this.levels = [Array.from({ length: size }, (_, at) => leafHash(this.leaf(at)))];
    for (let below = this.levels[0]!; below.length > 1; ) {
      const pairs = Math.floor(below.length / 2);
      const from = below;
      below = Array.from({ length: pairs }, (_, at) => rootOfHashes(from.slice(2 * at, 2 * at + 2)));
      this.levels.push(below);
    }
  }

  leaf(index: number): Uint8Array {
    return concatBytes(utf8('leaf '), u64(index).subarray(0, (index % 8) + 1), u64(index));
  }

  readonly read: HashReader = (level, index) => this.levels[level]![index]!;

  tile(path: string): Uint8Array | null {
    const tile = parseTilePath(path);
    if (tile === null) return null;
    const from = tile.number * 256;
    if (tile.level === 'entries') {
      return encodeEntries(Array.from({ length: tile.width }, (_, at) => this.leaf(from + at)));
    }
    const hashes = this.levels[8 * tile.level]?.slice(from, from + tile.width) ?? [];
    return hashes.length === tile.width ? concatBytes(...hashes) : null;
  }

  proof(query: URLSearchParams): object {
    const size = Number(query.get('size'));
    if (query.has('index')) {
      const index = Number(query.get('index'));
      return { leaf_hash: hex(this.read(0, index)), hashes: inclusionProof(this.read, index, size).map(hex) };
    }
    const from = Number(query.get('from'));
    const hashes = consistencyProof(this.read, from, size).map(hex);
    return { from_root: hex(rootAt(this.read, from)), hashes };
  }

  async answer(path: string, query: URLSearchParams): Promise<Uint8Array | null> {
    if (path === '/ledger/checkpoint') {
      return utf8(await signCheckpoint({ size: this.size, root: rootAt(this.read, this.size) }, key));
    }
    if (path === '/v1/ledger/proofs') return utf8(JSON.stringify(this.proof(query)));
    return path.startsWith('/ledger/') ? this.tile(path.slice('/ledger/'.length)) : null;
  }
}

let server: Server | null = null;
afterEach(() => {
  server?.close();
  server = null;
});

async function serve(tree: Tree, bend: Bend = (_, body) => body): Promise<string> {
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    const body = await tree.answer(pathname, searchParams);
    response.writeHead(body === null ? 404 : 200).end(body === null ? '' : bend(pathname, body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const flipLast = (body: Uint8Array): Uint8Array => body.map((byte, at) => (at === body.length - 1 ? byte ^ 1 : byte));

describe("Go's own sumdb packages", () => {
  it('verify checkpoint, inclusion, tiles, entries and consistency of trees of one, two and three levels', async (ctx) => {
    const missing = whyNoGo();
    if (missing) ctx.skip(missing);
    for (const [size, index] of [
      [1, 0],
      [256, 255],
      [777, 600],
      [66_000, 65_999],
    ] as const) {
      const base_url = await serve(new Tree(size));
      const { status, output } = await verifyWithGo({ base_url, verifier_key: verifierKey(key), index });
      expect(output).toContain(`checkpoint ${size}\ninclusion ${index}\ntiles ${size}\n`);
      expect(output).toContain(`consistency ${size}\n`);
      expect(status, output).toBe(0);
      server!.close();
    }
  });

  it('refuse a server that changes a tile, an entry, a proof, the head or the key', async (ctx) => {
    const missing = whyNoGo();
    if (missing) ctx.skip(missing);
    const tree = new Tree(777);
    const on =
      (part: string, change: (body: Uint8Array) => Uint8Array): Bend =>
      (path, body) =>
        path.includes(part) ? change(body) : body;
    const replaced = (from: RegExp, to: string) => (body: Uint8Array) =>
      utf8(new TextDecoder().decode(body).replace(from, to));
    const lies: [string, Bend, RegExp][] = [
      ['a tile', on('/tile/0/', flipLast), /TileHashReader/],
      ['an entry', on('/tile/entries/', (body) => body.map((byte) => byte ^ (byte === 0x6c ? 1 : 0))), /FAILED entry/],
      ['a proof', on('/proofs', replaced(/"hashes":\["../, '"hashes":["00')), /CheckRecord/],
      ['the head', on('/checkpoint', replaced(/\n777\n/, '\n778\n')), /FAILED checkpoint: .*signature/],
    ];
    for (const [name, bend, expected] of lies) {
      const base_url = await serve(tree, bend);
      const { status, output } = await verifyWithGo({ base_url, verifier_key: verifierKey(key), index: 776 });
      expect(output, name).toMatch(expected);
      expect(status, name).not.toBe(0);
      server!.close();
    }
    const stranger = verifierKey({ name: key.name, public_key: leafHash(utf8('another')) });
    const { output } = await verifyWithGo({ base_url: await serve(tree), verifier_key: stranger, index: 0 });
    expect(output).toMatch(/FAILED checkpoint/);
  });
});
