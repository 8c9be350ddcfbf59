// Which public keys prove something: one answer for every runtime, checked against arithmetic and signatures of others.
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64url, hex } from '../../core/encoding.ts';
import { faultOfNewKey, keyOfCose } from '../../core/evidence/cose.ts';
import type { EvidenceKey } from '../../core/evidence/forms.ts';
import { standingOfKey } from '../../core/passkey/enrolled-key.ts';
import { faultOfKey } from '../../core/passkey/key.ts';
import { inRange, plainSignature } from '../../core/passkey/signature-form.ts';
import { canVerify } from '../../sdk/src/verify/evidence-crypto.ts';
import { ODD, SMALL_ORDER, SOUND, UNFIT, WEAK } from '../support/odd-keys.ts';

const text = (key: Uint8Array): string => base64url(key);

/** Extended arithmetic on Ed25519, written here once more: the addition law, nothing clever. */
const P = 2n ** 255n - 19n;
const mod = (value: bigint) => ((value % P) + P) % P;
const power = (base: bigint, exponent: bigint): bigint => {
  let [result, square] = [1n, mod(base)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
};
const inverse = (value: bigint) => power(value, P - 2n);
const D = mod(-121665n * inverse(121666n));
type Point = readonly [x: bigint, y: bigint];
const add = ([x1, y1]: Point, [x2, y2]: Point): Point => {
  const dxy = mod(D * x1 * x2 * y1 * y2);
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + dxy)), mod((y1 * y2 + x1 * x2) * inverse(1n - dxy))];
};
const rootOf = (value: bigint): bigint | null => {
  const root = power(value, (P + 3n) / 8n);
  const turned = mod(root * power(2n, (P - 1n) / 4n));
  return [root, turned].find((one) => mod(one * one) === mod(value)) ?? null;
};
/** Both points with this y; none where there is none. */
const pointsOf = (y: bigint): Point[] => {
  const x = rootOf((y * y - 1n) * inverse(D * y * y + 1n));
  return x === null
    ? []
    : [
        [x, y],
        [mod(-x), y],
      ];
};
const yOf = (key: Uint8Array): bigint => BigInt(`0x${hex(key.slice(-32).reverse())}`) & (2n ** 255n - 1n);

describe('a point of small order', () => {
  it.each(SMALL_ORDER)('%s: eight times it is nothing', (_, key) => {
    for (const point of pointsOf(yOf(key))) {
      const [twice, four] = [add(point, point), add(add(point, point), add(point, point))];
      expect(add(four, four)).toEqual([0n, 1n]);
      expect(add(twice, four)).not.toEqual([1n, 1n]);
    }
    expect(() => keyOfCose(text(key))).toThrow(/small order|one form/);
  });

  it('is every one that there is: whoever is eight times nothing has one of these', () => {
    const generator: Point = [
      15112221349535400772501151409588531511454012693041857206046113283949847762202n,
      46316835694926478169428394003475163141307993866256225615783033603165251855960n,
    ];
    // Points of the subgroup of eight: each is some point times the large order.
    const found = new Set<bigint>();
    for (let y = 2n; found.size < 5 && y < 200n; y++)
      for (const point of pointsOf(y)) {
        let result: Point = [0n, 1n];
        let doubled = point;
        for (let left = 2n ** 252n + 27742317777372353535851937790883648493n; left > 0n; left >>= 1n) {
          if (left & 1n) result = add(result, doubled);
          doubled = add(doubled, doubled);
        }
        found.add(result[1]);
      }
    expect(pointsOf(generator[1])).toContainEqual(generator);
    expect([...found].sort()).toEqual([...new Set(SMALL_ORDER.map(([, key]) => yOf(key)))].sort());
  });
});

describe('a key', () => {
  it.each(Object.entries(SOUND))('of %s in its honest form is taken', (_, key) => {
    expect(faultOfNewKey(text(key))).toBeNull();
    expect(standingOfKey(text(key))).toEqual({ fault: null, vouches: true });
  });

  it.each(UNFIT)('that is %s is never enrolled', (_, key) => {
    expect(faultOfNewKey(text(key))).not.toBeNull();
  });

  it.each(WEAK)('that is %s and was enrolled before signs nothing, not even its successor', (_, key) => {
    const { fault, vouches } = standingOfKey(text(key));
    expect([fault !== null, vouches]).toEqual([true, false]);
  });

  it.each([
    ['RSA of 1024 bits', true],
    ['RSA with an exponent of 3', true],
    ['a member with a text for a name', true],
    ['a length longer than it must be', true],
    ['a label twice', false],
    ['ES384 on P-384', false],
    ['a coordinate of 31 bytes', false],
  ])('that is %s and was enrolled before may vouch for its successor: %s', (name, vouches) => {
    const [, key] = ODD.find(([odd]) => odd === name)!;
    expect(standingOfKey(text(key)).vouches).toBe(vouches);
    expect(standingOfKey(text(key)).fault).not.toBeNull();
  });

  it('of any honest maker is sound, and off by one coordinate it is not', () => {
    for (let round = 0; round < 20; round++) {
      const made = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ed25519')];
      for (const { publicKey } of made)
        expect(faultOfKey(publicKey.export({ format: 'jwk' }) as EvidenceKey)).toBeNull();
    }
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = publicKey.export({ format: 'jwk' }) as EvidenceKey & { x: string; y: string };
    expect(faultOfKey({ ...jwk, x: jwk.y, y: jwk.x } as EvidenceKey)).toMatch(/not on the curve/);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    expect(faultOfKey(rsa as EvidenceKey)).toBeNull();
  });

  it('of any bytes is judged, never a crash, and never read as two', () => {
    const bytes = fc.uint8Array({ maxLength: 120 });
    const mutated = fc.tuple(fc.constantFrom(...Object.values(SOUND)), fc.nat(), fc.nat(255)).map(([key, at, byte]) => {
      const copy = key.slice();
      copy[at % copy.length] = byte;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(bytes, mutated), (key) => {
        const { fault } = standingOfKey(text(key));
        // What may be enrolled is sound; what is sound by luck may have more beside it.
        if (faultOfNewKey(text(key)) === null) expect(fault).toBeNull();
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('the form of a signature', () => {
  const raw = (r: bigint, s: bigint) => fromHex64(r, s);
  const fromHex64 = (r: bigint, s: bigint) =>
    Uint8Array.from(Buffer.from(r.toString(16).padStart(64, '0') + s.toString(16).padStart(64, '0'), 'hex'));
  const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

  it.each<[string, bigint, bigint, boolean]>([
    ['1 and 1', 1n, 1n, true],
    ['n - 1 and n - 1', N - 1n, N - 1n, true],
    ['0 and 1', 0n, 1n, false],
    ['1 and 0', 1n, 0n, false],
    ['n and 1', N, 1n, false],
    ['1 and n', 1n, N, false],
    ['1 and n + 1', 1n, N + 1n, false],
  ])('of ECDSA with halves of %s', (_, r, s, taken) => {
    expect(inRange(raw(r, s)) !== null).toBe(taken);
  });

  it('of Ed25519 has an S below the order, of RSA the length of its modulus', () => {
    const ed = { kty: 'OKP', crv: 'Ed25519', x: base64url(new Uint8Array(32)) } as const;
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const withS = (s: bigint) => {
      const signature = new Uint8Array(64);
      signature.set(Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(), 32);
      return signature;
    };
    expect(plainSignature(ed, withS(order - 1n))).not.toBeNull();
    expect(plainSignature(ed, withS(order))).toBeNull();
    expect(plainSignature(ed, new Uint8Array(63))).toBeNull();
    const rsa = { kty: 'RSA', n: base64url(new Uint8Array(256).fill(0xa5)), e: 'AQAB' } as const;
    expect(plainSignature(rsa, new Uint8Array(256))).not.toBeNull();
    expect(plainSignature(rsa, new Uint8Array(255))).toBeNull();
    expect(plainSignature(rsa, new Uint8Array(257))).toBeNull();
  });
});

it('a platform says whether it can verify at all', async () => {
  expect(await canVerify()).toBe(true);
});
