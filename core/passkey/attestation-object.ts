// The attestation object of a new passkey (WebAuthn level 3, section 6.5.4): every browser and key manager gives it, unlike
// the functions that read parts of it. We ask for no attestation; what its statement says is the server's to judge.
import { fromUtf8 } from '../encoding.ts';
import { type AttestedCredential, type AuthenticatorData, readAuthenticatorData } from './authenticator-data.ts';
import { contentAt, membersOf } from './cbor.ts';

interface AttestationObject {
  format: string;
  authenticator_data: Uint8Array;
  read: AuthenticatorData & { attested: AttestedCredential };
}

const MEMBERS = ['fmt', 'attStmt', 'authData'];

/** Its parts; a text with the reason where it is not the attestation of exactly one new credential. */
export function readAttestationObject(bytes: Uint8Array): AttestationObject | string {
  const members = membersOf(bytes);
  if (members === null) return 'it is not one map';
  const found = new Map(members.map(([key, value]) => [textAt(bytes, key), value]));
  if (members.length !== MEMBERS.length || !MEMBERS.every((name) => found.has(name)))
    return `it has other members than ${MEMBERS.join(', ')}, each once`;
  const format = textAt(bytes, found.get('fmt')!);
  const data = contentAt(bytes, found.get('authData')!, 2);
  if (format === null || data === null || bytes[found.get('attStmt')!]! >> 5 !== 5)
    return 'a member is of another kind';
  const read = readAuthenticatorData(data);
  if (typeof read === 'string') return `authenticator data: ${read}`;
  const { attested } = read;
  return attested === null
    ? 'it attests no credential'
    : { format, authenticator_data: data, read: { ...read, attested } };
}

function textAt(bytes: Uint8Array, at: number): string | null {
  const content = contentAt(bytes, at, 3);
  return content === null ? null : fromUtf8(content);
}
