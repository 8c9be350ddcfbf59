// The whole public ledger, fetched as any verifier would and checked without trusting who served it: the note's
// signature under a key that the caller pins, and the root recomputed from every leaf.

import { base64, equalBytes } from '../core/encoding.ts';
import {
  decodeEntries,
  growFrontier,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  rootOfFrontier,
  TILE_WIDTH,
  tilePath,
  widthOf,
} from '../core/ledger.ts';

export interface LedgerCopy {
  /** C2SP checkpoint, as served. */
  note: string;
  /** Leaf bodies, by index. */
  leaves: Uint8Array[];
}

/** What is pinned: `name+hint+base64`, as Go's note package reads it. */
export async function ledgerKey(base_url: string): Promise<string> {
  const { verifier_key } = (await (await fetch(`${base_url}/v1/ledger/key`)).json()) as { verifier_key: string };
  return verifier_key;
}

async function bytesOf(base_url: string, path: string, api_key: string): Promise<Uint8Array> {
  const response = await fetch(`${base_url}/ledger/${path}`, { headers: { authorization: `Bearer ${api_key}` } });
  if (!response.ok) throw new Error(`/ledger/${path} answered ${response.status}: ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Size that an unverified note claims. */
const sizeOf = (note: string): number => Number(note.split('\n')[1]);

/** Fetches checkpoint and entries; any organisation's key may. */
export async function fetchLedger(base_url: string, api_key: string): Promise<LedgerCopy> {
  const note = new TextDecoder().decode(await bytesOf(base_url, 'checkpoint', api_key));
  const size = sizeOf(note);
  const bundles = Array.from({ length: Math.ceil(size / TILE_WIDTH) }, async (_, number) => {
    const path = tilePath({ level: 'entries', number, width: widthOf(0, number, size) });
    const entries = decodeEntries(await bytesOf(base_url, path, api_key));
    if (entries === null) throw new Error(`${path} is no bundle of entries`);
    return entries;
  });
  return { note, leaves: (await Promise.all(bundles)).flat() };
}

async function verifierOf(key_text: string) {
  const key = parseVerifierKey(key_text);
  if (key === null) throw new Error('not a verifier key');
  const imported = await crypto.subtle.importKey('raw', key.public_key as BufferSource, 'Ed25519', false, ['verify']);
  const verify = (message: Uint8Array, signature: Uint8Array) =>
    crypto.subtle.verify('Ed25519', imported, signature as BufferSource, message as BufferSource);
  return { ...key, verify };
}

/** The root of the tree over these leaves, RFC 6962. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const frontier = leaves.reduce<Uint8Array[]>((grown, leaf, size) => growFrontier(grown, size, leafHash(leaf)), []);
  return rootOfFrontier(frontier);
}

/**
 * Checks a copy against a pinned key.
 *
 * @returns what does not hold, in words; null if all of it does
 */
export async function ledgerFault({ note, leaves }: LedgerCopy, key: string): Promise<string | null> {
  const checkpoint = await openCheckpoint(note, await verifierOf(key));
  if (checkpoint === null) return "the checkpoint's signature does not hold";
  if (checkpoint.size !== leaves.length)
    return `the checkpoint counts ${checkpoint.size} entries, there are ${leaves.length}`;
  const root = rootOf(leaves);
  return equalBytes(root, checkpoint.root)
    ? null
    : `the root is ${base64(root)}, the checkpoint says ${base64(checkpoint.root)}`;
}

/** The same copy with one bit of one leaf turned: what a checker must notice. */
export function withFlippedBit({ note, leaves }: LedgerCopy, index: number): LedgerCopy {
  const altered = leaves.map((leaf, at) =>
    at === index ? leaf.map((byte, bit) => (bit === 2 ? byte ^ 1 : byte)) : leaf,
  );
  return { note, leaves: altered };
}
