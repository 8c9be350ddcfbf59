// The log's head: the public checkpoint, opened with the log's key. A pinned key makes this a proof; the server's own
// word about its key is only a check that nothing is broken, and is said to be that.
import { createPublicKey, verify } from 'node:crypto';
import { base64, base64url } from '../../../core/encoding.ts';
import { type NoteKey, openCheckpoint, parseVerifierKey } from '../../../core/ledger.ts';
import type { Context } from '../context.ts';
import { CliError, EXIT } from '../exit-codes.ts';

export interface VerifiedHead {
  origin: string;
  size: number;
  root: Uint8Array;
  root_text: string;
  pinned: boolean;
}

/** Fetches and verifies. Throws with exit code 9 when the note does not open. */
export async function headOf(context: Context, pinned: string | null): Promise<VerifiedHead> {
  if (pinned === null) context.out.say("The log's key is the server's own word: pin it with --key.");
  const key = parseVerifierKey(pinned ?? (await serverKey(context)));
  if (key === null) throw new CliError(pinned === null ? EXIT.verification : EXIT.usage, 'This is not a verifier key.');
  const note = await noteOf(context);
  const checkpoint = await openCheckpoint(note, { ...key, verify: verifierOf(key) });
  if (checkpoint === null) {
    throw new CliError(
      EXIT.verification,
      `The checkpoint is not signed by ${key.name}. Do not trust this log; tell its operator.`,
    );
  }
  return { ...checkpoint, root_text: base64(checkpoint.root), pinned: pinned !== null };
}

async function serverKey({ client, signal }: Context): Promise<string> {
  const { verifier_key } = await client().call<{ verifier_key: string }>('GET', '/v1/ledger/key', undefined, {
    signal,
  });
  return verifier_key;
}

/** A note is text, not JSON, and public: no key goes along. */
async function noteOf({ settings, signal }: Context): Promise<string> {
  const address = `${settings().url}/ledger/checkpoint`;
  try {
    const response = await fetch(address, { signal, redirect: 'error' });
    if (response.ok) return await response.text();
  } catch {
    signal.throwIfAborted();
  }
  throw new CliError(EXIT.unavailable, `Cannot fetch ${address}.`);
}

/** Ed25519 (RFC 8032) with the 32-byte public key of a note. */
function verifierOf({ public_key }: NoteKey): (message: Uint8Array, signature: Uint8Array) => boolean {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(public_key) };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return (message, signature) => verify(null, message, key, signature);
}
