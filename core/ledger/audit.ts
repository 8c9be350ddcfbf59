// An organisation's completeness audit over all leaves of the log: it finds its own leaves by the link that only K_org
// makes, and compares them with its own events. It proves that nothing sealed up to the last link was taken out; it does
// not prove the leaves themselves: whoever calls has checked the entry bundles against a signed root.
import { equalBytes, fromHex, hex } from '../encoding.ts';
import { linkOf, NOTHING_BEFORE, parseEventLeaf } from './leaf.ts';
import { acrossShards } from './shard.ts';
import { leafHash } from './tree.ts';

/** One of the organisation's own events, as its receipt says where it stands. */
export interface OwnSealed {
  event: string;
  /** 32 bytes, hex. */
  commit: string;
  index: number;
  /** Place among the organisation's events, from 1. */
  org_seq: number;
}

export type AuditFaultKind = 'gap' | 'fork' | 'unlinked' | 'unknown';

/** What does not hold. `index` is of the leaf where there is one, else where the receipt says that it should be. */
export interface AuditFault {
  kind: AuditFaultKind;
  org_seq: number;
  index: number | null;
  event: string | null;
  detail: string;
}

export interface AuditInput {
  /** K_org, 32 bytes. */
  link_key: Uint8Array;
  /** Every leaf of the tree from index 0, in order: of the first shard, where there are several. */
  leaves: Iterable<Uint8Array>;
  /** Every leaf of the second shard, of the third, and so on: an organisation's chain goes on through them. */
  later_shards?: readonly Iterable<Uint8Array>[];
  /** Every event of the organisation that was sealed in these trees, in any order; indices across shards. */
  own: Iterable<OwnSealed>;
  /** Where the ledger says that the chain ends. */
  last?: { org_seq: number; leaf_hash: string };
  /** Each foreign leaf is tried as a fork of so many latest places; Infinity tries all (leaves × places). Default 16. */
  fork_window?: number;
}

export interface AuditReport {
  ok: boolean;
  /** Leaves read, of all shards. */
  size: number;
  /** Links found, and the last one's leaf hash in hex. */
  org_seq: number;
  leaf_hash: string;
  /** By place in the organisation's chain: the first gap, fork, unlinked receipt or unknown event comes first. */
  faults: AuditFault[];
}

/** One leaf of the organisation. */
interface Link {
  index: number;
  commit: string;
  hash: Uint8Array;
}

/** The chain so far: `links[n]` is place n + 1. */
interface Chain {
  key: Uint8Array;
  window: number;
  links: Link[];
  seen: Set<string>;
  faults: AuditFault[];
}

/** Audits; see the header for what it proves. Never throws for leaves or receipts, whatever they hold. */
export function auditOrganization(input: AuditInput): AuditReport {
  const { link_key, leaves, later_shards = [], own, last, fork_window = 16 } = input;
  const chain: Chain = { key: link_key, window: fork_window, links: [], seen: new Set(), faults: [] };
  let size = 0;
  for (const [shard, all] of [leaves, ...later_shards].entries()) {
    let place = 0;
    for (const leaf of all) readLeaf(chain, leaf, acrossShards(shard, place++));
    size += place;
  }
  const receipts = [...own].toSorted((a, b) => a.org_seq - b.org_seq);
  chain.faults.push(...faultsOfReceipts(chain, receipts, size), ...faultsOfEnd(chain, last));
  const faults = chain.faults.toSorted((a, b) => a.org_seq - b.org_seq);
  return { ok: faults.length === 0, size, org_seq: chain.links.length, leaf_hash: hex(tip(chain)), faults };
}

const before = (chain: Chain, org_seq: number): Uint8Array => chain.links[org_seq - 2]?.hash ?? NOTHING_BEFORE;
const tip = (chain: Chain): Uint8Array => before(chain, chain.links.length + 1);

function links(chain: Chain, org_seq: number, commit: Uint8Array, link: Uint8Array): boolean {
  return equalBytes(linkOf(chain.key, { seq: org_seq, previous: before(chain, org_seq), commit }), link);
}

function readLeaf(chain: Chain, leaf: Uint8Array, index: number): void {
  const parts = parseEventLeaf(leaf);
  if (parts === null) return;
  const next = chain.links.length + 1;
  if (links(chain, next, parts.commit, parts.link)) {
    chain.links.push({ index, commit: hex(parts.commit), hash: leafHash(leaf) });
    chain.seen.add(hex(parts.link));
    return;
  }
  const rival = rivalOf(chain, parts, next);
  if (rival !== null) chain.faults.push(fork(rival, index, chain.links[rival - 1]!.index));
}

/** The place that a leaf claims a second time; null when it is foreign. */
function rivalOf(chain: Chain, { commit, link }: { commit: Uint8Array; link: Uint8Array }, next: number) {
  if (chain.seen.has(hex(link))) return chain.links.findIndex((one) => one.commit === hex(commit)) + 1 || next - 1;
  for (let at = next - 1; at >= Math.max(1, next - chain.window); at--) if (links(chain, at, commit, link)) return at;
  return null;
}

const fork = (org_seq: number, index: number, other: number): AuditFault => ({
  ...{ kind: 'fork', org_seq, index, event: null },
  detail: `two valid leaves for place ${org_seq}: entries ${other} and ${index}`,
});

/** Receipts against the chain; the same event twice, a place twice, a place that no leaf links. */
function faultsOfReceipts(chain: Chain, receipts: readonly OwnSealed[], size: number): AuditFault[] {
  const faults = receipts.flatMap((receipt) => faultOfReceipt(chain, receipt, size) ?? []);
  const known = new Set(receipts.map(({ org_seq }) => org_seq));
  for (const [at, { index }] of chain.links.entries())
    if (!known.has(at + 1))
      faults.push({
        ...{ kind: 'unknown', org_seq: at + 1, index, event: null },
        detail: `entry ${index} is this organisation's place ${at + 1}, and none of its events says so: one is missing here`,
      });
  return faults;
}

function faultOfReceipt(chain: Chain, receipt: OwnSealed, size: number): AuditFault | null {
  const { event, org_seq, index, commit } = receipt;
  const link = chain.links[org_seq - 1];
  const where = { org_seq, index, event };
  if (link === undefined) {
    const first = org_seq === chain.links.length + 1;
    const detail = first
      ? `no leaf links place ${org_seq}: event ${event} should be entry ${index} of ${size}`
      : `event ${event} is at place ${org_seq}, and the links end at ${chain.links.length}`;
    return { kind: first ? 'gap' : 'unlinked', ...where, detail };
  }
  if (link.commit === commit && link.index === index) return null;
  const detail = `event ${event} says place ${org_seq} at entry ${index}; the linked leaf there is entry ${link.index}`;
  return { kind: 'unlinked', ...where, detail: link.commit === commit ? detail : `${detail}, of another event` };
}

/** The ledger's own word about the end: a tail that was cut off in both, leaves and events, shows here. */
function faultsOfEnd(chain: Chain, last: AuditInput['last']): AuditFault[] {
  const found = chain.links.length;
  if (last === undefined || (last.org_seq <= found && wasAt(chain, last))) return [];
  const org_seq = Math.min(last.org_seq, found + 1);
  const detail = `the chain was seen to end at place ${last.org_seq}, and these leaves link ${found} places otherwise`;
  return [{ kind: 'gap', org_seq, index: null, event: null, detail }];
}

function wasAt(chain: Chain, { org_seq, leaf_hash }: { org_seq: number; leaf_hash: string }): boolean {
  const hash = fromHex(leaf_hash);
  return hash !== null && equalBytes(before(chain, org_seq + 1), hash);
}
