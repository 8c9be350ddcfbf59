// Whose logs this deployment witnesses and with which key. Without WITNESS_KEY it witnesses nothing, and every origin is
// unknown.
import { type NoteKey, type NoteSigner, parseVerifierKey, witnessKey } from '../../core/ledger.ts';
import { ed25519Signer } from '../ledger/keys.ts';

export interface WitnessEnv {
  BASE_URL: string;
  /** Ed25519 private key, JWK as JSON text; its own, never the log's. */
  WITNESS_KEY?: string;
  /** `{origin: verifier key, or an array of them while it rotates}`, JSON: whom we witness. */
  WITNESSED_LOGS?: string;
}

/** "The key name SHOULD be a schema-less URL that identifies the cosigner." */
const nameOf = (env: WitnessEnv): string => `${new URL(env.BASE_URL).host}/witness`;

/** The keys of a log that we witness; none for any other origin. @throws when the configuration is broken */
export function logKeysOf(env: WitnessEnv, origin: string): NoteKey[] {
  const logs = JSON.parse(env.WITNESSED_LOGS || '{}') as Record<string, string | string[]>;
  if (!Object.hasOwn(logs, origin)) return [];
  return [logs[origin]!].flat().map((text) => {
    const key = parseVerifierKey(text);
    if (key === null || key.name !== origin) throw new Error(`WITNESSED_LOGS: not the verifier key of ${origin}`);
    return key;
  });
}

/** Signs as the witness; null where this deployment is none. */
export const witnessSigner = async (env: WitnessEnv): Promise<NoteSigner | null> =>
  env.WITNESS_KEY ? ed25519Signer(env.WITNESS_KEY, 'WITNESS_KEY', nameOf(env)) : null;

/** What logs and verifiers pin of this witness; null where this deployment is none. */
export async function ownWitnessKey(env: WitnessEnv): Promise<string | null> {
  const signer = await witnessSigner(env);
  return signer === null ? null : witnessKey(signer);
}
