// The ledger's two secrets as signing functions: the Ed25519 log key, whose name is the origin, and the P-256 receipt
// key. Private halves stay inside WebCrypto; what is exported is public.

import { base64, fromBase64Url } from '../../core/encoding.ts';
import { keyId, type NoteKey, type NoteSigner, type NoteVerifier, verifierKey } from '../../core/ledger.ts';
import { derSignature, type P256Key, receiptKeyId, spkiOf } from '../../core/receipt.ts';
import type { LedgerKeys } from './forms.ts';

/** The parts of `Env` that name the ledger. */
export interface LedgerEnv {
  LEDGER_ORIGIN: string;
  LEDGER_KEY: string;
  RECEIPT_KEY: string;
  CHECKPOINT_SECONDS: string;
  /** `[{url, verifier_key}]`, JSON: who is asked to cosign our checkpoints. */
  WITNESSES?: string;
  DB: D1Database;
}

export interface ReceiptSigner extends P256Key {
  /** ES256, DER. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

type PrivateJwk = { kty: string; crv: string; x: string; y?: string; d: string };

function jwkOf(text: string, name: string, crv: string): PrivateJwk {
  const jwk: PrivateJwk = JSON.parse(text);
  if (jwk.crv !== crv || !jwk.d) throw new Error(`${name} must be a private ${crv} JWK, as JSON text`);
  return jwk;
}

/** Verifies under a public key that somebody configured. */
export async function ed25519Verifier({ name, public_key }: NoteKey): Promise<NoteVerifier> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(public_key), 'Ed25519', false, ['verify']);
  const verify = (message: Uint8Array, signature: Uint8Array) =>
    crypto.subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(message));
  return { name, public_key, verify };
}

/** Signs and verifies as `name` with the private key in `text`, which `what` names in errors. */
export async function ed25519Signer(text: string, what: string, name: string): Promise<NoteSigner & NoteVerifier> {
  const { kty, crv, x, d } = jwkOf(text, what, 'Ed25519');
  const privateKey = await crypto.subtle.importKey('jwk', { kty, crv, x, d }, 'Ed25519', false, ['sign']);
  return {
    ...(await ed25519Verifier({ name, public_key: fromBase64Url(x)! })),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new Uint8Array(message))),
  };
}

/** Signs and verifies checkpoints of this origin. */
export const logSigner = (env: LedgerEnv): Promise<NoteSigner & NoteVerifier> =>
  ed25519Signer(env.LEDGER_KEY, 'LEDGER_KEY', env.LEDGER_ORIGIN);

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Signs decision receipts. */
export async function receiptSigner(env: LedgerEnv): Promise<ReceiptSigner> {
  const { kty, crv, x, y = '', d } = jwkOf(env.RECEIPT_KEY, 'RECEIPT_KEY', 'P-256');
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y, d }, ES256, false, ['sign']);
  return {
    ...{ x, y },
    sign: async (message) => derSignature(new Uint8Array(await crypto.subtle.sign(ES256, key, message))),
  };
}

/** What verifiers pin: names and public halves of the ledger's keys. Needs no object, only the configuration. */
export function ledgerKeys(env: Pick<LedgerEnv, 'LEDGER_ORIGIN' | 'LEDGER_KEY' | 'RECEIPT_KEY'>): LedgerKeys {
  const log = jwkOf(env.LEDGER_KEY, 'LEDGER_KEY', 'Ed25519');
  const receipt = jwkOf(env.RECEIPT_KEY, 'RECEIPT_KEY', 'P-256');
  const spki = spkiOf({ x: receipt.x, y: receipt.y ?? '' });
  const key = { name: env.LEDGER_ORIGIN, public_key: fromBase64Url(log.x)! };
  return {
    origin: env.LEDGER_ORIGIN,
    verifier_key: verifierKey(key),
    log_id: base64(keyId(key)),
    receipt_keys: [{ key: receiptKeyId(spki), public_key: base64(spki) }],
  };
}
