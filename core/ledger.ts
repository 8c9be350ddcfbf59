// The ledger's formats in one place: an RFC 6962 tree whose leaves reveal nothing, in C2SP's checkpoint, tile and proof
// forms. Pure: who keeps the tree is durable-objects/ledger.ts, who signs is passed in.
export * from './ledger/audit.ts';
export * from './ledger/checkpoint.ts';
export * from './ledger/cosignature.ts';
export * from './ledger/deployment.ts';
export * from './ledger/leaf.ts';
export * from './ledger/note.ts';
export * from './ledger/proof.ts';
export * from './ledger/shard.ts';
export * from './ledger/tile.ts';
export * from './ledger/tlog-proof.ts';
export * from './ledger/tree.ts';
export * from './ledger/witness.ts';
