// What the ledger writes for an event, and the two chains over it: `link` lets an organisation find its own leaves and
// show that none is missing; the hash chain is a cheap local check and is never signed. A leaf reveals nothing.

import { hmacSha256, sha256 } from '#sha256';
import { concatBytes, utf8 } from '../encoding.ts';

/** `0xA5 0x01 ‖ commit ‖ link`; not 65 bytes with a leading 1, so it never has the shape of an interior node. */
export const EVENT_LEAF_BYTES = 66;
const EVENT_LEAF_PREFIX = Uint8Array.of(0xa5, 0x01);
const LINK_PREFIX = utf8('assentry/link/v1');
const CHAIN_PREFIX = utf8('assentry/chain/v1');

/** What the first link and the first chain hash refer back to. */
export const NOTHING_BEFORE: Uint8Array = new Uint8Array(32);

/** The 66 bytes of an event's leaf. @param commit 32 bytes @param link 32 bytes */
export function eventLeaf(commit: Uint8Array, link: Uint8Array): Uint8Array {
  if (commit.length !== 32 || link.length !== 32) throw new Error('commit and link are 32 bytes each');
  return concatBytes(EVENT_LEAF_PREFIX, commit, link);
}

/** 0x00 (a leaf of RFC 6962) and the leaf's own two bytes stay; synchronous, and read before it is written again. */
const HASHED = concatBytes(Uint8Array.of(0), EVENT_LEAF_PREFIX, new Uint8Array(64));

/** `leafHash(eventLeaf(commit, link))`, without either's copies: an export has many. */
export function eventLeafHash(commit: Uint8Array, link: Uint8Array): Uint8Array {
  if (commit.length !== 32 || link.length !== 32) throw new Error('commit and link are 32 bytes each');
  HASHED.set(commit, 3);
  HASHED.set(link, 35);
  return sha256(HASHED);
}

/** Commit and link of an event's leaf; null for any other leaf (a receipt's, or a foreign one). */
export function parseEventLeaf(leaf: Uint8Array): { commit: Uint8Array; link: Uint8Array } | null {
  if (leaf.length !== EVENT_LEAF_BYTES || leaf[0] !== 0xa5 || leaf[1] !== 0x01) return null;
  return { commit: leaf.slice(2, 34), link: leaf.slice(34) };
}

/** A number below 2^53 as 8 bytes, big-endian. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  putU64(new DataView(bytes.buffer), 0, value);
  return bytes;
}

function putU64(view: DataView, at: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} does not fit in 53 bits`);
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value % 2 ** 32);
}

/** Synchronous, and read before it is written again: one for all links. */
const LINKED = concatBytes(LINK_PREFIX, new Uint8Array(8 + 32 + 32));
const LINKED_VIEW = new DataView(LINKED.buffer);

/**
 * HMAC(K_org, "assentry/link/v1" ‖ seq as u64 ‖ previous leaf hash of this organisation ‖ commit).
 *
 * @param key K_org, 32 bytes
 * @param place `seq` of the organisation from 1; `previous` is the leaf hash of its previous event, or NOTHING_BEFORE
 */
export function linkOf(key: Uint8Array, place: { seq: number; previous: Uint8Array; commit: Uint8Array }): Uint8Array {
  const { seq, previous, commit } = place;
  if (previous.length !== 32 || commit.length !== 32) throw new RangeError('a link has two hashes');
  putU64(LINKED_VIEW, LINK_PREFIX.length, seq);
  LINKED.set(previous, LINK_PREFIX.length + 8);
  LINKED.set(commit, LINK_PREFIX.length + 40);
  return hmacSha256(key, LINKED);
}

/** chain_n = SHA-256("assentry/chain/v1" ‖ chain_{n-1} ‖ leaf_hash_n), over every leaf, from NOTHING_BEFORE. */
export const chainOf = (previous: Uint8Array, hash: Uint8Array): Uint8Array =>
  sha256(concatBytes(CHAIN_PREFIX, previous, hash));
