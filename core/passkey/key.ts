// Whether a public key can prove anything: one answer for every runtime, because theirs differ (workerd takes an Ed25519
// key of small order, under which one signature "signs" every message; Node takes RSA of any size). Arithmetic on public
// numbers only: nothing here is secret, so nothing need be constant in time.

import { fromBase64Url } from '../encoding.ts';
import type { EvidenceKey } from '../evidence/forms.ts';

/** A field's arithmetic: x mod p. */
const modulo = (value: bigint, p: bigint): bigint => ((value % p) + p) % p;

function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let [result, square] = [1n, modulo(base, p)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

/** Big-endian. */
export const numberOf = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** P-256 (SEC 2, section 2.4.2): y² = x³ - 3x + b over p. */
const P256 = {
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
};
/** The order of its base point: both halves of a signature are below it. */
export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Ed25519 (RFC 8032, section 5.1): -x² + y² = 1 + d x² y² over p. */
const ED25519 = {
  p: 2n ** 255n - 19n,
  d: 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n,
};
/** The order of its base point. */
export const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The y of a point whose order is eight; the other one is p - y. */
const Y_OF_ORDER_8 = 0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
/** Every y whose points have an order of 1, 2, 4 or 8: under such a key one signature fits message after message. */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([0n, 1n, ED25519.p - 1n, Y_OF_ORDER_8, ED25519.p - Y_OF_ORDER_8]);

/** What authenticators make: 2048 bits and more; beyond 4096 platforms differ in what they take. */
const RSA_BITS = { least: 2_048, most: 4_096 };
/** Every authenticator's: a smaller one has been a weakness, a larger one not every platform takes. */
const RSA_EXPONENT = 65_537n;

const FAULTS: { [K in EvidenceKey['kty']]: (key: Extract<EvidenceKey, { kty: K }>) => string | null } = {
  EC: ({ x, y }) => {
    const [left, right] = [fromBase64Url(x), fromBase64Url(y)];
    if (left?.length !== 32 || right?.length !== 32) return 'a coordinate of a P-256 key has 32 bytes';
    return isOnP256(numberOf(left), numberOf(right)) ? null : 'its point is not on the curve P-256';
  },
  OKP: ({ x }) => {
    const bytes = fromBase64Url(x);
    return bytes?.length === 32 ? faultOfEd25519(bytes) : 'an Ed25519 key has 32 bytes';
  },
  RSA: ({ n, e }) => {
    const [modulus, exponent] = [fromBase64Url(n), fromBase64Url(e)];
    if (!modulus?.[0] || !exponent?.[0]) return 'a number of an RSA key begins with its first digit';
    return faultOfRsa(modulus, numberOf(exponent));
  },
};

/** Why signatures of this key prove nothing that everybody can check; null when they can. */
export const faultOfKey = (key: EvidenceKey): string | null => FAULTS[key.kty](key as never);

function isOnP256(x: bigint, y: bigint): boolean {
  const { p, b } = P256;
  return x < p && y < p && modulo(y * y - (x * x * x - 3n * x + b), p) === 0n;
}

function faultOfEd25519(bytes: Uint8Array): string | null {
  const { p, d } = ED25519;
  const all = numberOf(bytes.toReversed());
  const y = all & (2n ** 255n - 1n);
  // Not in its one form (RFC 8032, section 5.1.3): other libraries read another point, or none.
  if (y >= p) return 'its Ed25519 point is not in its one form';
  if (SMALL_ORDER.has(y)) return 'its Ed25519 point is of small order: one signature would fit every message';
  // x² = (y² - 1) / (d y² + 1): a square as often as the product of both.
  const product = modulo((y * y - 1n) * (d * y * y + 1n), p);
  return power(product, (p - 1n) / 2n, p) === 1n ? null : 'its point is not on the curve Ed25519';
}

function faultOfRsa(modulus: Uint8Array, exponent: bigint): string | null {
  const bits = numberOf(modulus).toString(2).length;
  if (bits < RSA_BITS.least) return `its RSA modulus has ${bits} bits: fewer than ${RSA_BITS.least}`;
  if (bits > RSA_BITS.most || bits % 8 !== 0) return `its RSA modulus has ${bits} bits, which not every platform takes`;
  if ((modulus.at(-1)! & 1) === 0) return 'its RSA modulus is even';
  return exponent === RSA_EXPONENT ? null : `its RSA exponent is not ${RSA_EXPONENT}`;
}
