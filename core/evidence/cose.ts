// A COSE public key as passkeys have it (RFC 9053, WebAuthn level 3 section 6.5.1.1): ES256, EdDSA or RS256, read from
// the few forms of CBOR that it may have. Anything else is no key, nor is what can prove nothing (passkey/key.ts).
import { base64url, fromBase64Url } from '../encoding.ts';
import { faultOfKey } from '../passkey/key.ts';
import type { EvidenceKey } from './forms.ts';

type Value = number | Uint8Array;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Length or value of a CBOR head of at most 32 bits; throws where it is cut off or longer than it must be. */
function head(cursor: Cursor): { major: number; value: number } {
  const first = cursor.bytes[cursor.at++];
  if (first === undefined) throw new Error('the key ends early');
  const [major, low] = [first >> 5, first & 31];
  if (low < 24) return { major, value: low };
  if (low > 26) throw new Error('the key has a number of a strange width');
  let value = 0;
  for (let left = 2 ** (low - 24); left > 0; left--) value = value * 256 + (cursor.bytes[cursor.at++] ?? Number.NaN);
  if (!(value >= [24, 256, 65_536][low - 24]!)) throw new Error('the key is not in its shortest form');
  return { major, value };
}

function item(cursor: Cursor): Value {
  const { major, value } = head(cursor);
  if (major === 0) return value;
  if (major === 1) return -1 - value;
  if (major !== 2) throw new Error('the key holds what no key holds');
  const bytes = cursor.bytes.subarray(cursor.at, cursor.at + value);
  cursor.at += value;
  if (bytes.length !== value) throw new Error('the key ends early');
  return bytes;
}

function fieldsOf(bytes: Uint8Array): Map<Value, Value> {
  const cursor = { bytes, at: 0 };
  const { major, value: count } = head(cursor);
  if (major !== 5 || count > 8) throw new Error('the key is not a map');
  const fields = new Map<Value, Value>();
  for (let left = count; left > 0; left--) fields.set(item(cursor), item(cursor));
  if (cursor.at !== bytes.length || fields.size !== count) throw new Error('the key has more than its fields');
  return fields;
}

/** kty, alg, curve → what its coordinates are called. */
const FORMS = [
  { is: { 1: 2, 3: -7, '-1': 1 }, key: (x: string, y: string) => ({ kty: 'EC', crv: 'P-256', x, y }) },
  { is: { 1: 1, 3: -8, '-1': 6 }, key: (x: string) => ({ kty: 'OKP', crv: 'Ed25519', x }) },
] as const;

/**
 * A passkey's public key.
 *
 * @param text base64url, as `passkey.registered` holds it
 * @throws with the reason when it is no key of the three kinds, or none whose signatures everybody can check
 */
export function keyOfCose(text: string): EvidenceKey {
  const key = keyIn(fieldsIn(text));
  const fault = faultOfKey(key);
  if (fault !== null) throw new Error(fault);
  return key;
}

/** Why a key that is to be enrolled is refused; null when it is one of ours. Here nothing may stand beside its parts. */
export function faultOfNewKey(text: string): string | null {
  try {
    const { kty } = keyOfCose(text);
    return fieldsIn(text).size === PARTS[kty] ? null : 'the key has more than its own parts';
  } catch (error) {
    return error instanceof Error ? error.message : 'the key is not readable';
  }
}

/** kty and alg, then: curve, x, y; curve, x; n, e. */
const PARTS: Record<EvidenceKey['kty'], number> = { EC: 5, OKP: 4, RSA: 4 };

function fieldsIn(text: string): Map<Value, Value> {
  const bytes = fromBase64Url(text);
  if (bytes === null) throw new Error('the key is not base64url');
  return fieldsOf(bytes);
}

function keyIn(fields: Map<Value, Value>): EvidenceKey {
  const part = (label: number): string => {
    const value = fields.get(label);
    if (!(value instanceof Uint8Array)) throw new Error(`the key lacks its part ${label}`);
    return base64url(value);
  };
  if (fields.get(1) === 3 && fields.get(3) === -257) return { kty: 'RSA', n: part(-1), e: part(-2) };
  const form = FORMS.find(({ is }) =>
    Object.entries(is).every(([label, value]) => fields.get(Number(label)) === value),
  );
  if (form === undefined) throw new Error('the key is neither ES256, EdDSA nor RS256');
  return form.key(part(-2), form === FORMS[0] ? part(-3) : '') as EvidenceKey;
}
