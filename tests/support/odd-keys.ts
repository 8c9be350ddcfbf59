// Public keys that nobody may enrol, as COSE bytes made by hand: in a form that readers read differently, or such that what
// they sign proves nothing. Each once, by name; `weak`: in its one form, but its signatures prove nothing at all.
import { concatBytes, fromBase64Url, fromHex, utf8 } from '../../core/encoding.ts';

const bytesOf = (value: bigint, length: number): Uint8Array => fromHex(value.toString(16).padStart(length * 2, '0'))!;
const littleEndian = (value: bigint): Uint8Array => bytesOf(value, 32).reverse();

/** CBOR by hand, so that it can be wrong. */
const bytes = (content: Uint8Array): Uint8Array =>
  concatBytes(
    content.length < 24
      ? Uint8Array.of(0x40 + content.length)
      : content.length < 256
        ? Uint8Array.of(0x58, content.length)
        : Uint8Array.of(0x59, content.length >> 8, content.length & 255),
    content,
  );
const text = (word: string): Uint8Array => concatBytes(Uint8Array.of(0x60 + word.length), utf8(word));
const map = (...items: Uint8Array[]): Uint8Array => concatBytes(Uint8Array.of(0xa0 + items.length / 2), ...items);
const hex = (digits: string): Uint8Array => fromHex(digits)!;

/** 1: 2, 3: -7, -1: 1 */
const ES256 = ['01', '02', '03', '26', '20', '01'].map(hex);
const EDDSA = ['01', '01', '03', '27', '20', '06'].map(hex);
const RS256 = ['01', '03', '03', '390100'].map(hex);
const [N1, N2, N3] = ['20', '21', '22'].map(hex) as [Uint8Array, Uint8Array, Uint8Array];

/** The base point of P-256. */
const X = hex('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296');
const Y = hex('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5');
const P256_P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const off = (coordinate: Uint8Array): Uint8Array => coordinate.map((byte, at) => (at === 31 ? byte ^ 1 : byte));
const es256 = (x: Uint8Array, y: Uint8Array) => map(...ES256, N2, bytes(x), N3, bytes(y));

const P = 2n ** 255n - 19n;
const Y8 = 0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SIGN = 2n ** 255n;
const eddsa = (x: Uint8Array) => map(...EDDSA, N2, bytes(x));
/** Of RFC 8032 section 7.1, test 1. */
const ED25519 = fromBase64Url('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo')!;

const SOUND_E = Uint8Array.of(1, 0, 1);
/** Odd, with its first bit set. */
const modulus = (bits: number): Uint8Array => {
  const all = new Uint8Array(bits / 8).fill(0xa5);
  return all;
};
const rs256 = (n: Uint8Array, e: Uint8Array) => map(...RS256, N1, bytes(n), N2, bytes(e));

/** Honest ones, to begin from. */
export const SOUND = { ES256: es256(X, Y), EdDSA: eddsa(ED25519), RS256: rs256(modulus(2048), SOUND_E) };

type Odd = readonly [name: string, key: Uint8Array];

/** Ed25519 points of order 1, 2, 4 and 8, in both signs that they are written with. */
export const SMALL_ORDER: readonly Odd[] = [0n, 1n, P - 1n, Y8, P - Y8].flatMap((y): Odd[] => [
  [`an Ed25519 point of small order, y ${y.toString(16).slice(0, 8)}`, eddsa(littleEndian(y))],
  [`an Ed25519 point of small order, y ${y.toString(16).slice(0, 8)} and a sign`, eddsa(littleEndian(y + SIGN))],
]);

/** In one form, and still proving nothing. */
export const WEAK: readonly Odd[] = [
  ...SMALL_ORDER,
  ['an Ed25519 point in another form, y = p', eddsa(littleEndian(P))],
  ['an Ed25519 point in another form, y = p + 1', eddsa(littleEndian(P + 1n))],
  ['an Ed25519 point in another form, all ones', eddsa(new Uint8Array(32).fill(255))],
  ['an Ed25519 point that is not on the curve', eddsa(littleEndian(2n))],
  ['a P-256 point that is not on the curve', es256(X, off(Y))],
  ['a P-256 point of the twist', es256(off(X), Y)],
  ['the P-256 point (0, 0)', es256(new Uint8Array(32), new Uint8Array(32))],
  ['a P-256 coordinate beyond the field', es256(bytesOf(P256_P + 5n, 32), Y)],
  ['RSA with an exponent of 1', rs256(modulus(2048), Uint8Array.of(1))],
  ['RSA with an even exponent', rs256(modulus(2048), Uint8Array.of(1, 0, 0))],
  ['RSA with an even modulus', rs256(concatBytes(modulus(2048).subarray(0, 255), Uint8Array.of(2)), SOUND_E)],
  ['RSA of 512 bits', rs256(modulus(512), SOUND_E)],
];

/** Sound in another coat, or not as strong as evidence that lasts needs. */
export const ODD: readonly Odd[] = [
  ['RSA with an exponent of 3', rs256(modulus(2048), Uint8Array.of(3))],
  ['RSA with a huge exponent', rs256(modulus(2048), new Uint8Array(16).fill(0xa5))],
  ['RSA of 1024 bits', rs256(modulus(1024), SOUND_E)],
  ['RSA of 2040 bits', rs256(modulus(2040), SOUND_E)],
  ['RSA of 8192 bits', rs256(modulus(8192), SOUND_E)],
  ['RSA whose modulus begins with a zero', rs256(concatBytes(Uint8Array.of(0), modulus(2048)), SOUND_E)],
  ['a member with a text for a name', map(...ES256, N2, bytes(X), N3, bytes(Y), text('x'), hex('01'))],
  ['a member with a text in it', map(...ES256, N2, bytes(X), N3, bytes(Y), hex('23'), text('x'))],
  ['key_ops', map(...ES256, N2, bytes(X), N3, bytes(Y), hex('04'), hex('8102'))],
  ['a key id', map(...ES256, N2, bytes(X), N3, bytes(Y), hex('02'), bytes(X))],
  ['a private part', map(...ES256, N2, bytes(X), N3, bytes(Y), hex('23'), bytes(X))],
  ['a label twice', map(...ES256, N2, bytes(off(X)), N2, bytes(X), N3, bytes(Y))],
  ['the algorithm twice', map(...ES256, hex('03'), hex('27'), N2, bytes(X), N3, bytes(Y))],
  ['a label longer than it must be', map(hex('1801'), ...ES256.slice(1), N2, bytes(X), N3, bytes(Y))],
  ['a length longer than it must be', map(...ES256, N2, concatBytes(hex('590020'), X), N3, bytes(Y))],
  ['a map without an end', concatBytes(hex('bf'), ...ES256, N2, bytes(X), N3, bytes(Y), hex('ff'))],
  ['a tag around it', concatBytes(hex('c1'), es256(X, Y))],
  ['a coordinate of 31 bytes', es256(X.subarray(1), Y)],
  ['a coordinate of 33 bytes', es256(concatBytes(Uint8Array.of(0), X), Y)],
  ['a y that is only a sign', map(...ES256, N2, bytes(X), N3, hex('f5'))],
  ['a y that is missing', map(...ES256, N2, bytes(X))],
  [
    'ES256 on P-384',
    map(
      hex('01'),
      hex('02'),
      hex('03'),
      hex('26'),
      hex('20'),
      hex('02'),
      N2,
      bytes(new Uint8Array(48).fill(1)),
      N3,
      bytes(new Uint8Array(48).fill(1)),
    ),
  ],
  [
    'ES384 on P-384',
    map(
      hex('01'),
      hex('02'),
      hex('03'),
      hex('3822'),
      hex('20'),
      hex('02'),
      N2,
      bytes(new Uint8Array(48).fill(1)),
      N3,
      bytes(new Uint8Array(48).fill(1)),
    ),
  ],
  [
    'ES512 on P-521',
    map(
      hex('01'),
      hex('02'),
      hex('03'),
      hex('3823'),
      hex('20'),
      hex('03'),
      N2,
      bytes(new Uint8Array(66).fill(1)),
      N3,
      bytes(new Uint8Array(66).fill(1)),
    ),
  ],
  ['ES256K', map(hex('01'), hex('02'), hex('03'), hex('382e'), hex('20'), hex('08'), N2, bytes(X), N3, bytes(Y))],
  ['PS256', map(hex('01'), hex('03'), hex('03'), hex('3824'), N1, bytes(modulus(2048)), N2, bytes(SOUND_E))],
  ['RS1', map(hex('01'), hex('03'), hex('03'), hex('39fffe'), N1, bytes(modulus(2048)), N2, bytes(SOUND_E))],
  [
    'an algorithm of another kind of key',
    map(hex('01'), hex('02'), hex('03'), hex('27'), hex('20'), hex('01'), N2, bytes(X), N3, bytes(Y)),
  ],
  [
    'a curve of another kind of key',
    map(hex('01'), hex('02'), hex('03'), hex('26'), hex('20'), hex('06'), N2, bytes(X), N3, bytes(Y)),
  ],
  ['no algorithm', map(hex('01'), hex('02'), hex('20'), hex('01'), N2, bytes(X), N3, bytes(Y))],
  ['an Ed25519 key of 31 bytes', eddsa(ED25519.subarray(1))],
  ['an Ed25519 key of 33 bytes', eddsa(concatBytes(ED25519, Uint8Array.of(0)))],
  ['the words that Firefox 117 wrote', concatBytes(hex('a301634f4b500327206745643235353139'), N2, bytes(ED25519))],
  ['X25519', map(hex('01'), hex('01'), hex('03'), hex('27'), hex('20'), hex('04'), N2, bytes(ED25519))],
];

export const UNFIT: readonly Odd[] = [...WEAK, ...ODD];
