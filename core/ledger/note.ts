// C2SP signed notes (c2sp.org/signed-note) with Ed25519 keys: text, an empty line, signature lines. Signing itself is
// asynchronous on every platform of ours and is passed in. What Go's note.Open accepts is what this writes.

import { sha256 } from '#sha256';
import { base64, concatBytes, equalBytes, fromBase64, fromHex, hex, utf8 } from '../encoding.ts';

/** The kind of a key is part of its id: 1, "Ed25519 signatures as specified by this document"; 4, tlog-cosignature's. */
export type KeyKind = 1 | 4;
const ED25519: KeyKind = 1;
const NEWLINE = Uint8Array.of(0x0a);
/** "MUST accept at least up to 16 signatures"; a bound keeps a hostile note from costing more. */
const MAX_SIGNATURES = 64;

/** Who signs: key name (for a log its origin) and the 32-byte Ed25519 public key. */
export interface NoteKey {
  name: string;
  public_key: Uint8Array;
}
export interface NoteSigner extends NoteKey {
  /** Ed25519 over these bytes: 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
export interface NoteVerifier extends NoteKey {
  verify(message: Uint8Array, signature: Uint8Array): Promise<boolean> | boolean;
}
export interface NoteSignature {
  name: string;
  /** First four bytes of the key id. */
  hint: Uint8Array;
  signature: Uint8Array;
}

/** "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus"; nor control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the point is to refuse them
const NAME = /^[^\s\u0000-\u001f\u0085+]+$/u;

/** The whole SHA-256(name ‖ 0x0A ‖ kind ‖ public key); notes carry its first four bytes, Sigstore log ids all 32. */
export function keyId({ name, public_key }: NoteKey, kind: KeyKind = ED25519): Uint8Array {
  if (!NAME.test(name)) throw new Error(`not a key name: ${JSON.stringify(name)}`);
  if (public_key.length !== 32) throw new Error('an Ed25519 public key has 32 bytes');
  return sha256(concatBytes(utf8(name), NEWLINE, Uint8Array.of(kind), public_key));
}

/** What a note carries of a key's id. */
export const hintOf = (key: NoteKey, kind: KeyKind = ED25519): Uint8Array => keyId(key, kind).slice(0, 4);

/** Go's verifier key text: `name+hint+base64(kind ‖ public key)`. */
export const verifierKey = (key: NoteKey, kind: KeyKind = ED25519): string =>
  `${key.name}+${hex(hintOf(key, kind))}+${base64(concatBytes(Uint8Array.of(kind), key.public_key))}`;

/** Reads a verifier key; null unless it is an Ed25519 one whose hint fits. */
export const parseVerifierKey = (text: string): NoteKey | null => parseKeyOf(ED25519, text);

/** The same for a key of another kind. */
export function parseKeyOf(kind: KeyKind, text: string): NoteKey | null {
  const [name = '', hint = '', ...rest] = text.split('+');
  const bytes = fromBase64(rest.join('+'));
  if (bytes === null || bytes.length !== 33 || bytes[0] !== kind || !NAME.test(name)) return null;
  const key = { name, public_key: bytes.slice(1) };
  const given = fromHex(hint);
  return given !== null && equalBytes(given, hintOf(key, kind)) ? key : null;
}

/** Signs a text, which ends in a newline. */
export async function signNote(text: string, signer: NoteSigner): Promise<string> {
  if (!text.endsWith('\n')) throw new Error("a note's text ends in a newline");
  const signature = await signer.sign(utf8(text));
  return `${text}\n${signatureLine(signer, signature)}`;
}

/** `— name base64(hint ‖ signature)` and a newline. */
export const signatureLine = (key: NoteKey, signature: Uint8Array, kind: KeyKind = ED25519): string =>
  `— ${key.name} ${base64(concatBytes(hintOf(key, kind), signature))}\n`;

/** Text and signatures of a note, nothing verified; null when it is not one. */
export function parseNote(note: string): { text: string; signatures: NoteSignature[] } | null {
  // "the text is separated from the signatures by the last empty line in the note"
  const at = note.lastIndexOf('\n\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: "MUST NOT contain any ASCII control characters other than newline"
  if (at < 0 || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(note)) return null;
  const lines = note.slice(at + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return null;
  const signatures = lines.map(parseSignature);
  return signatures.every((one) => one !== null) ? { text: note.slice(0, at + 1), signatures } : null;
}

function parseSignature(line: string): NoteSignature | null {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (!NAME.test(name) || bytes === null || bytes.length < 5) return null;
  return { name, hint: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/**
 * Verifies a note under one trusted key.
 *
 * @returns the text, or null when it is no note, the key did not sign it, or one of its signatures is wrong ("If a
 *   signature from a known key fails to verify, clients SHOULD reject the whole note")
 */
export async function openNote(note: string, verifier: NoteVerifier): Promise<string | null> {
  const parsed = parseNote(note);
  if (parsed === null) return null;
  const hint = hintOf(verifier);
  const own = parsed.signatures.filter((one) => one.name === verifier.name && equalBytes(one.hint, hint));
  for (const one of own) if (!(await verifier.verify(utf8(parsed.text), one.signature))) return null;
  return own.length > 0 ? parsed.text : null;
}
