// What goes into the ledger and what comes out: the shapes of its RPC. Hashes are hex here, roots of checkpoints base64
// as in the note itself.
import type { RecordedEvent } from '../../core/events.ts';
import type { Instant } from '../../core/json.ts';

export type ObjectKind = 'request' | 'organization' | 'deployment';

/** One event as its object hands it over: nothing but the commitment goes into the tree. */
export interface AppendEvent {
  id: string;
  /** Of the object, from 1, without gaps. */
  seq: number;
  type: string;
  /** 32 bytes, hex. */
  commit: string;
}

export interface AppendRequest {
  /** Which shard this is meant for; the first where it is absent. */
  shard?: number;
  organization: string;
  kind: ObjectKind;
  /** `apr_…` or `org_…`. */
  object: string;
  /** K_org, 32 bytes in hex; only with the organisation's first event. */
  link_key?: string;
  /** Consecutive, from last + 1; a repeat may begin earlier. */
  events: AppendEvent[];
  /** In-toto statements (RFC 8785 text) that the ledger signs, each beside one of the events. */
  receipts: { event: string; payload: string }[];
}

/** Where an event's leaf stands. */
export interface LedgerReceipt {
  event: string;
  seq: number;
  /** Across shards (core/ledger/shard.ts). */
  index: number;
  /** Place among the organisation's events, from 1. */
  org_seq: number;
  link: string;
  leaf_hash: string;
  sealed_at: Instant;
}

/** A signed decision receipt and its leaf. */
export interface DecisionSeal {
  event: string;
  /** Across shards. */
  index: number;
  /** The leaf body's text. */
  leaf: string;
  /** Base64 DER, ES256 over the statement's PAE. */
  signature: string;
  /** Id of the receipt key. */
  key: string;
}

export interface AppendAnswer {
  receipts: LedgerReceipt[];
  decisions: DecisionSeal[];
  /** Leaves in the tree after it. */
  size: number;
}

export interface SignedHead {
  /** C2SP checkpoint. */
  note: string;
  size: number;
  /** Base64. */
  root: string;
  /** Of which shard; absent: of the first. */
  shard?: number;
  /** The log goes on in the next shard: this is the last checkpoint of this one. */
  moved?: boolean;
}

export interface InclusionAnswer {
  index: number;
  size: number;
  leaf_hash: string;
  /** Hex, from the leaf's sibling up. */
  hashes: string[];
  /** Hex. */
  root: string;
  /** The note of this size; null when another size than the public one was asked for. */
  checkpoint: string | null;
}

export interface ConsistencyAnswer {
  from: number;
  to: number;
  hashes: string[];
  from_root: string;
  to_root: string;
}

export interface DirectoryRow {
  organization: string;
  kind: ObjectKind;
  object: string;
  last_seq: number;
  /** Index of its first event's leaf. */
  first_index: number;
}

export interface LedgerKeys {
  origin: string;
  /** `name+hint+base64`, as Go's note package reads it. */
  verifier_key: string;
  /** All that are active, the one that signs first: two during a rotation. */
  verifier_keys: string[];
  /** All 32 bytes of the log's key id, base64: Sigstore's log id. */
  log_id: string;
  /** SubjectPublicKeyInfo, base64 DER. */
  receipt_keys: { key: string; public_key: string }[];
}

/** A shard of the log, as everybody may see it. */
export interface ShardView {
  shard: number;
  origin: string;
  verifier_key: string;
  verifier_keys: string[];
  /** The last checkpoint, once the shard takes no entries any more. */
  retired: SignedHead | null;
  /** Origin of the shard in which the log goes on, once it does. */
  successor: string | null;
}

/** An entry of the deployment's own chain: the event with its salt, and where its leaf stands. */
export interface DeploymentEntry {
  event: RecordedEvent;
  receipt: LedgerReceipt;
}
