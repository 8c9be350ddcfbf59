// What the ledger shows: one checkpoint under a pinned key, every leaf of the bundle below it, every head that somebody
// signed over the beginning of it, and which witnesses saw it. The Merkle tree is the only signed truth.
import { base64url, equalBytes, fromBase64, fromBase64Url, fromHex, hex, utf8 } from '../encoding.ts';
import {
  eventLeaf,
  faultOfOrigins,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  placeInShard,
  verifyConsistency,
  verifyInclusion,
} from '../ledger.ts';
import type { Pinned } from './anchors.ts';
import { type Case, type Tree, treeOf } from './case.ts';
import type { EvidenceBundle, EvidenceCrypto, EvidenceLine } from './forms.ts';
import { atLine, type Tally } from './tally.ts';

const bytesOf = (hashes: readonly string[]): Uint8Array[] => hashes.map((hash) => fromHex(hash)!);

/** Opens the checkpoint of each shard under one of the pinned log keys; those that none signed are missing, and said. */
export async function openTrees(
  bundle: EvidenceBundle,
  { log_keys }: Pinned,
  crypto: EvidenceCrypto,
  tally: Tally,
): Promise<ReadonlyMap<number, Tree>> {
  const trees = new Map<number, Tree>();
  for (const { shard, note, field } of notesOf(bundle)) {
    const tree = await openUnder(note, log_keys, crypto);
    const once = tally.holds(!trees.has(shard), 'checkpoint', `Shard ${shard} is there twice.`, { field });
    const signed = tally.holds(tree !== null, 'checkpoint', 'No pinned log key signed this checkpoint.', { field });
    if (!once || !signed) continue;
    const { origin, size } = tree!.checkpoint;
    tally.say('checkpoint', 'proved', `${origin} signed its tree of ${size} entries.`);
    trees.set(shard, tree!);
  }
  const strange = faultOfOrigins([...trees.values()].map(({ checkpoint }) => checkpoint.origin));
  tally.holds(strange === null, 'checkpoint', `Not one log: ${strange}.`, { field: '/shards' });
  checkShards(bundle, tally);
  return trees;
}

const notesOf = ({ checkpoint, shards }: EvidenceBundle) =>
  shards === undefined
    ? [{ shard: 0, note: checkpoint, field: '/checkpoint' }]
    : shards.map((one, at) => ({ shard: one.shard, note: one.checkpoint, field: `/shards/${at}/checkpoint` }));

/** Which tree goes on in which is written in the trees' first entries, not in this bundle. */
function checkShards({ checkpoint, shards }: EvidenceBundle, tally: Tally): void {
  if (shards === undefined) return;
  const newest = shards.toSorted((a, b) => a.shard - b.shard).at(-1)!;
  const same = newest.checkpoint === checkpoint;
  tally.holds(same, 'checkpoint', 'The checkpoint is not that of the newest shard.', { field: '/checkpoint' });
  const said = 'That a shard of the log continues the one before is its first entry’s word, which is not in this file.';
  tally.say('checkpoint', 'asserted', said, { field: '/shards' });
}

async function openUnder(note: string, log_keys: readonly string[], crypto: EvidenceCrypto): Promise<Tree | null> {
  for (const text of log_keys) {
    const key = parseVerifierKey(text);
    if (key === null) continue;
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(key.public_key) } as const;
    const verify = (message: Uint8Array, signature: Uint8Array) => crypto.verify(jwk, message, signature);
    const opened = await openCheckpoint(note, { ...key, verify });
    if (opened !== null) return { checkpoint: opened, log_key: key, note };
  }
  return null;
}

/** Each event's leaf, rebuilt from its commitment, stands where its receipt says. */
export function checkLeaves(of: Case): void {
  const { bundle, tally } = of;
  const lines = [...bundle.events, ...bundle.organization_events];
  const taken = new Set<number>();
  const bad = lines.filter((line) => {
    const fault =
      faultOfLeaf(of, line) ?? (taken.has(line.receipt.index) ? 'another leaf of this bundle is there' : null);
    taken.add(line.receipt.index);
    return !tally.holds(fault === null, 'inclusion', `Entry ${line.receipt.index}: ${fault}.`, atLine(line));
  });
  const sizes = [...of.trees.values()].map(({ checkpoint }) => checkpoint.size);
  if (bad.length === 0)
    tally.say(
      'inclusion',
      'as-of-checkpoint',
      `All ${lines.length} events are in the ledger as of checkpoint ${sizes.join(' and ')}.`,
    );
  const late = bundle.events.find((line, at) => at > 0 && line.receipt.index <= bundle.events[at - 1]!.receipt.index);
  if (late) tally.say('order', 'failed', 'It is sealed before the event that it follows.', atLine(late));
}

function faultOfLeaf(of: Case, { event, receipt, proof }: EvidenceLine): string | null {
  const leaf_hash = leafHash(eventLeaf(fromHex(event.commit)!, fromHex(receipt.link)!));
  if (hex(leaf_hash) !== receipt.leaf_hash) return 'commitment and link do not give the leaf that the receipt names';
  return isIncluded(of, receipt.index, leaf_hash, proof) ? null : 'the proof does not lead to the checkpoint';
}

/** @param index across shards */
function isIncluded(of: Case, index: number, leaf_hash: Uint8Array, proof: string[]): boolean {
  const { size, root } = treeOf(of, index)?.checkpoint ?? NO_TREE;
  return size > 0 && verifyInclusion({ size, root, index: placeInShard(index), leaf_hash, hashes: bytesOf(proof) });
}

const NO_TREE = { size: 0, root: new Uint8Array() };

/** Whether a receipt's leaf is in the tree of the checkpoint. */
export const hasLeaf = (of: Case, index: number, leaf: string, proof: string[]): boolean =>
  isIncluded(of, index, leafHash(utf8(leaf)), proof);

/** Heads that signers named: each the beginning of the checkpoint's tree, none besides. */
export function checkHeads(of: Case): void {
  const { bundle, tally } = of;
  const named = new Set(
    bundle.events.flatMap(({ event }) => {
      const intent = event.personal?.intent as { checkpoint?: { size: number; root: string } } | undefined;
      return intent?.checkpoint ? [`${intent.checkpoint.size} ${intent.checkpoint.root}`] : [];
    }),
  );
  bundle.heads.forEach(({ size, root, proof }, at) => {
    const field = `/heads/${at}`;
    tally.holds(named.has(`${size} ${root}`), 'head', `Nobody signed over the head of ${size} entries.`, { field });
    const from_root = fromBase64(root);
    const checkpoint = treeOf(of, size)?.checkpoint ?? null;
    const holds =
      checkpoint !== null &&
      from_root !== null &&
      verifyConsistency({
        from: placeInShard(size),
        from_root,
        to: checkpoint.size,
        to_root: checkpoint.root,
        hashes: bytesOf(proof),
      });
    tally.holds(holds, 'head', `The head of ${size} entries is not the beginning of the checkpoint's tree.`, { field });
  });
}

/** SubjectPublicKeyInfo of P-256 ends in x ‖ y. */
export function keyOfSpki(spki: Uint8Array): { kty: 'EC'; crv: 'P-256'; x: string; y: string } | null {
  if (spki.length !== 91) return null;
  return { kty: 'EC', crv: 'P-256', x: base64url(spki.slice(27, 59)), y: base64url(spki.slice(59)) };
}

/** Whether these base64url texts are the same bytes. */
export const sameBytes = (one: string, other: string): boolean =>
  equalBytes(fromBase64Url(one) ?? new Uint8Array(), fromBase64Url(other) ?? new Uint8Array(1));
