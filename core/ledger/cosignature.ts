// C2SP tlog-cosignature, its Ed25519 form "cosignature/v1": a witness says that, as of a second, a checkpoint is the
// largest consistent head that it has seen of a log. It says nothing about what is in the log.
import { concatBytes, equalBytes, utf8 } from '../encoding.ts';
import { u64 } from './leaf.ts';
import {
  hintOf,
  type KeyKind,
  type NoteKey,
  type NoteSigner,
  type NoteVerifier,
  parseKeyOf,
  parseNote,
  signatureLine,
  verifierKey,
} from './note.ts';

/** "The key ID for Ed25519 cosignatures": with 0x04, so that no log's signature is read as a witness's. */
const COSIGNATURE: KeyKind = 4;
const TIMESTAMP_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** `name+hint+base64(0x04 ‖ public key)`: what whoever trusts a witness pins. */
export const witnessKey = (key: NoteKey): string => verifierKey(key, COSIGNATURE);

/** Reads one; null when it is none. */
export const parseWitnessKey = (text: string): NoteKey | null => parseKeyOf(COSIGNATURE, text);

/** "two newline terminated lines (one header line and one timestamp line) followed by the whole note body" */
const cosigned = (text: string, seconds: number): Uint8Array => utf8(`cosignature/v1\ntime ${seconds}\n${text}`);

/**
 * Cosigns a checkpoint.
 *
 * @param text the note's text, with its last newline
 * @param seconds since the epoch
 * @returns the signature line
 */
export async function cosign(text: string, witness: NoteSigner, seconds: number): Promise<string> {
  const signature = await witness.sign(cosigned(text, seconds));
  return signatureLine(witness, concatBytes(u64(seconds), signature), COSIGNATURE);
}

/**
 * When a witness cosigned a note.
 *
 * @returns seconds since the epoch; null when it did not, or when any line under its name and key id is wrong
 */
export async function cosignedAt(note: string, witness: NoteVerifier): Promise<number | null> {
  const parsed = parseNote(note);
  if (parsed === null) return null;
  const hint = hintOf(witness, COSIGNATURE);
  const own = parsed.signatures.filter((one) => one.name === witness.name && equalBytes(one.hint, hint));
  let at: number | null = null;
  for (const { signature } of own) {
    const seconds = secondsOf(signature);
    if (seconds === null) return null;
    if (!(await witness.verify(cosigned(parsed.text, seconds), signature.slice(TIMESTAMP_BYTES)))) return null;
    at = Math.min(at ?? seconds, seconds);
  }
  return at;
}

function secondsOf(signature: Uint8Array): number | null {
  if (signature.length !== TIMESTAMP_BYTES + SIGNATURE_BYTES) return null;
  const seconds = Number(new DataView(signature.slice(0, TIMESTAMP_BYTES).buffer).getBigUint64(0));
  return Number.isSafeInteger(seconds) ? seconds : null;
}

/** The note with further signature lines, each once. */
export function withSignatures(note: string, lines: readonly string[]): string {
  const fresh = lines.filter((line, at) => !note.includes(`\n${line}`) && lines.indexOf(line) === at);
  return note + fresh.join('');
}
