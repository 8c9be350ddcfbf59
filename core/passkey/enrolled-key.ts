// What a key that is enrolled already may still do. Keys are judged when they are enrolled; one that was enrolled before
// that may be refused by the evidence verifier. It then signs nothing but the enrollment of its successor, and not even that
// where its signature does not show who holds it.
import { base64url, fromBase64Url } from '../encoding.ts';
import { keyOfCose } from '../evidence/cose.ts';
import { contentAt, integerAt, membersOf } from './cbor.ts';
import { faultOfKey, numberOf } from './key.ts';

export interface KeyStanding {
  /** Why the evidence verifier refuses its signatures; null for a sound key. */
  fault: string | null;
  /** Whether it may vouch for its successor. */
  vouches: boolean;
}

/** @param public_key COSE, base64url */
export function standingOfKey(public_key: string): KeyStanding {
  try {
    keyOfCose(public_key);
    return { fault: null, vouches: true };
  } catch (error) {
    const fault = error instanceof Error ? error.message : 'the key is not readable';
    return { fault, vouches: showsItsHolder(fromBase64Url(public_key) ?? new Uint8Array()) };
  }
}

type Parts = ReadonlyMap<number, number | Uint8Array>;

/** The parts of a key whatever stands beside them; null where one stands twice, for then it is two keys. */
function partsOf(bytes: Uint8Array): Parts | null {
  const members = membersOf(bytes) ?? [];
  const parts = new Map<number, number | Uint8Array>();
  for (const [at, value] of members) {
    const label = integerAt(bytes, at);
    const part = integerAt(bytes, value) ?? contentAt(bytes, value, 2);
    if (label === null || part === null) continue;
    if (parts.has(label)) return null;
    parts.set(label, part);
  }
  return parts.size === 0 ? null : parts;
}

/** Whether its signature shows who holds it: a sound key in an odd encoding, or RSA that is only too short for evidence. */
function showsItsHolder(bytes: Uint8Array): boolean {
  const parts = partsOf(bytes);
  if (parts === null) return false;
  const part = (label: number): Uint8Array => {
    const value = parts.get(label);
    return value instanceof Uint8Array ? value : new Uint8Array();
  };
  const is = (kty: number, alg: number, crv?: number) =>
    parts.get(1) === kty && parts.get(3) === alg && (crv === undefined || parts.get(-1) === crv);
  const [second, third] = [base64url(part(-2)), base64url(part(-3))];
  if (is(2, -7, 1)) return faultOfKey({ kty: 'EC', crv: 'P-256', x: second, y: third }) === null;
  if (is(1, -8, 6)) return faultOfKey({ kty: 'OKP', crv: 'Ed25519', x: second }) === null;
  return is(3, -257) && isBoundToItsHolder(part(-1), part(-2));
}

/** RSA of 1024 bits is not factored within the two minutes of a ceremony; with an exponent of 1 anybody could sign. */
function isBoundToItsHolder(modulus: Uint8Array, exponent: Uint8Array): boolean {
  const [n, e] = [numberOf(modulus), numberOf(exponent)];
  return n >> 1023n > 0n && (n & 1n) === 1n && (e & 1n) === 1n && e >= 3n;
}
