// The ledger's two secrets as signing functions: the Ed25519 log key, whose name is the origin, and the P-256 receipt
// key. Private halves stay inside WebCrypto; what is exported is public.

import { sha256 } from '#sha256';
import { base64, fromBase64Url, hex } from '../../core/encoding.ts';
import {
  type Checkpoint,
  type DeploymentKey,
  hintOf,
  keyId,
  type NoteKey,
  type NoteSigner,
  type NoteVerifier,
  openCheckpoint,
  verifierKey,
} from '../../core/ledger.ts';
import { derSignature, type P256Key, receiptKeyId, spkiOf } from '../../core/receipt.ts';
import type { Ledger } from '../ledger.ts';
import type { LedgerKeys } from './forms.ts';

/** The parts of `Env` that name the ledger. */
export interface LedgerEnv {
  LEDGER_ORIGIN: string;
  LEDGER_KEY: string;
  RECEIPT_KEY: string;
  /** Only to record when they change. */
  CAPABILITY_KEYS?: string;
  CHECKPOINT_SECONDS: string;
  /** `[{url, verifier_key}]`, JSON: who is asked to cosign our checkpoints. */
  WITNESSES?: string;
  DB: D1Database;
  /** The other shards. */
  LEDGER?: DurableObjectNamespace<Ledger>;
}

export interface ReceiptSigner extends P256Key {
  /** ES256, DER. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

type Jwk = { kty: string; crv: string; x: string; y?: string; d?: string };

/** One JWK, or an array of them during a rotation: the first signs and is private, all are published. */
function jwksOf(text: string, name: string, crv: string): [Jwk & { d: string }, ...Jwk[]] {
  const given = JSON.parse(text) as Jwk | Jwk[];
  const keys = Array.isArray(given) ? given : [given];
  if (!keys[0]?.d || keys.some((jwk) => jwk.crv !== crv || typeof jwk.x !== 'string'))
    throw new Error(`${name} must be ${crv} JWKs, the first one private, as JSON text`);
  return keys as [Jwk & { d: string }, ...Jwk[]];
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
  const [{ kty, crv, x, d }] = jwksOf(text, what, 'Ed25519');
  const privateKey = await crypto.subtle.importKey('jwk', { kty, crv, x, d }, 'Ed25519', false, ['sign']);
  return {
    ...(await ed25519Verifier({ name, public_key: fromBase64Url(x)! })),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new Uint8Array(message))),
  };
}

/** Signs and verifies checkpoints of this origin. */
export const logSigner = (env: LedgerEnv): Promise<NoteSigner & NoteVerifier> =>
  ed25519Signer(env.LEDGER_KEY, 'LEDGER_KEY', env.LEDGER_ORIGIN);

type LogNames = Pick<LedgerEnv, 'LEDGER_ORIGIN' | 'LEDGER_KEY'>;

const logKeys = (env: LogNames): NoteKey[] =>
  jwksOf(env.LEDGER_KEY, 'LEDGER_KEY', 'Ed25519').map(({ x }) => ({
    name: env.LEDGER_ORIGIN,
    public_key: fromBase64Url(x)!,
  }));

/** The checkpoint if any of this log's keys signed it, also one that signs no more; null otherwise. */
export async function openOwnCheckpoint(env: LogNames, note: string): Promise<Checkpoint | null> {
  for (const key of logKeys(env)) {
    const checkpoint = await openCheckpoint(note, await ed25519Verifier(key));
    if (checkpoint !== null) return checkpoint;
  }
  return null;
}

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Signs decision receipts. */
export async function receiptSigner(env: LedgerEnv): Promise<ReceiptSigner> {
  const [{ kty, crv, x, y = '', d }] = jwksOf(env.RECEIPT_KEY, 'RECEIPT_KEY', 'P-256');
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y, d }, ES256, false, ['sign']);
  return {
    ...{ x, y },
    sign: async (message) => derSignature(new Uint8Array(await crypto.subtle.sign(ES256, key, message))),
  };
}

/** What verifiers pin: names and public halves of the ledger's keys. Needs no object, only the configuration. */
export function ledgerKeys(env: Pick<LedgerEnv, 'LEDGER_ORIGIN' | 'LEDGER_KEY' | 'RECEIPT_KEY'>): LedgerKeys {
  const keys = logKeys(env);
  const receipts = jwksOf(env.RECEIPT_KEY, 'RECEIPT_KEY', 'P-256').map(({ x, y = '' }) => spkiOf({ x, y }));
  return {
    origin: env.LEDGER_ORIGIN,
    verifier_key: verifierKey(keys[0]!),
    verifier_keys: keys.map((key) => verifierKey(key)),
    log_id: base64(keyId(keys[0]!)),
    receipt_keys: receipts.map((spki) => ({ key: receiptKeyId(spki), public_key: base64(spki) })),
  };
}

/** Every public key that this deployment signs with or still publishes, as its own chain records them. */
export function deploymentKeys(env: LedgerEnv): DeploymentKey[] {
  const log = logKeys(env).map((key) => ({ kid: hex(hintOf(key)), bytes: key.public_key }));
  const receipt = jwksOf(env.RECEIPT_KEY, 'RECEIPT_KEY', 'P-256').map(({ x, y = '' }) => spkiOf({ x, y }));
  const capability: (P256Key & { kid: string })[] = JSON.parse(env.CAPABILITY_KEYS ?? '[]');
  return [
    ...stated('log', log),
    ...stated(
      'receipt',
      receipt.map((bytes) => ({ kid: receiptKeyId(bytes), bytes })),
    ),
    ...stated(
      'capability',
      capability.map(({ kid, x, y }) => ({ kid, bytes: spkiOf({ x, y }) })),
    ),
  ];
}

const stated = (purpose: DeploymentKey['purpose'], keys: { kid: string; bytes: Uint8Array }[]): DeploymentKey[] =>
  keys.map(({ kid, bytes }, at) => ({
    ...{ purpose, kid, public_key_digest: `sha256:${hex(sha256(bytes))}` },
    state: at === 0 ? 'signs' : 'verifies',
  }));
