// Authenticator data (WebAuthn level 3, section 6.1), read to its last byte: what its flags say follows must follow, and
// nothing else. The server, the page and the evidence verifier share this one reader.
import { sha256 } from '#sha256';
import { equalBytes, utf8 } from '../encoding.ts';
import { endOfItem } from './cbor.ts';

/** What a new passkey's authenticator says of it (section 6.5.1). */
export interface AttestedCredential {
  aaguid: Uint8Array;
  credential_id: Uint8Array;
  /** COSE key, as its bytes stand. */
  public_key: Uint8Array;
}

export interface AuthenticatorData {
  rp_id_hash: Uint8Array;
  flags: number;
  counter: number;
  attested: AttestedCredential | null;
}

export const FLAGS = { present: 0x01, verified: 0x04, eligible: 0x08, backed_up: 0x10, attested: 0x40, extended: 0x80 };

/** rpIdHash, flags and counter. */
const HEAD_BYTES = 37;
const AAGUID_BYTES = 16;
/** Section 6.5.1. */
const MAX_CREDENTIAL_ID_BYTES = 1_023;

/** The parts; a text with the reason where the bytes are not whole authenticator data. */
export function readAuthenticatorData(data: Uint8Array): AuthenticatorData | string {
  if (data.length < HEAD_BYTES) return 'it is too short';
  const flags = data[32]!;
  const found = flags & FLAGS.attested ? attestedIn(data) : { attested: null, end: HEAD_BYTES };
  if (found === null) return 'its attested credential is cut off';
  const end = flags & FLAGS.extended ? endOfMap(data, found.end) : found.end;
  if (end === null) return 'its extensions are no map';
  if (end !== data.length) return 'bytes follow its end';
  if (flags & FLAGS.backed_up && !(flags & FLAGS.eligible)) return 'it is backed up and may not be';
  const counter = new DataView(data.buffer, data.byteOffset).getUint32(33);
  return { rp_id_hash: data.subarray(0, 32), flags, counter, attested: found.attested };
}

function attestedIn(data: Uint8Array): { attested: AttestedCredential; end: number } | null {
  const at = HEAD_BYTES + AAGUID_BYTES;
  if (data.length < at + 2) return null;
  const length = data[at]! * 256 + data[at + 1]!;
  const start = at + 2 + length;
  const end = endOfItem(data, start);
  if (length === 0 || length > MAX_CREDENTIAL_ID_BYTES || end === null) return null;
  const credential_id = data.slice(at + 2, start);
  const attested = { aaguid: data.slice(HEAD_BYTES, at), credential_id, public_key: data.slice(start, end) };
  return { attested, end };
}

/** Extensions are a map (section 6.1, `extensions`). */
const endOfMap = (data: Uint8Array, at: number): number | null =>
  (data[at] ?? 0) >> 5 === 5 ? endOfItem(data, at) : null;

/** What is wrong with it for this relying party, of a person who was there and was verified; null when nothing is. */
export function faultOfAuthenticatorData(data: Uint8Array, rp_id: string): string | null {
  const read = readAuthenticatorData(data);
  if (typeof read === 'string') return read;
  if (!equalBytes(read.rp_id_hash, sha256(utf8(rp_id)))) return `it is not for ${rp_id}`;
  if ((read.flags & FLAGS.present) === 0) return 'nobody was present (UP)';
  return (read.flags & FLAGS.verified) === 0 ? 'the person was not verified (UV)' : null;
}
