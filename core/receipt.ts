// Decision receipts: an in-toto statement about the effective action digest, in a DSSE envelope signed with ES256 by a
// receipt key, its own leaf in the ledger, assembled as a Sigstore bundle. Pure: signatures are made at the edges.
export * from './receipt/break-glass.ts';
export * from './receipt/bundle.ts';
export * from './receipt/ecdsa-der.ts';
export * from './receipt/envelope.ts';
export * from './receipt/statement.ts';
