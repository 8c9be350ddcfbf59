// Forms of what a passkey signs that two readers could read differently, or that prove nothing: each once, by name. They
// are tried at every ceremony (tests/workerd/odd-forms.test.ts) and in every runtime (tests/story/odd-forms.test.ts).
import { concatBytes, fromHex, fromUtf8, utf8 } from '../../core/encoding.ts';
import type { Knobs } from '../../scripts/software-passkey.ts';

type Form = readonly [name: string, knobs: Knobs];

const text = (bend: (text: string) => string): Knobs => ({ bendClient: (bytes) => utf8(bend(fromUtf8(bytes)!)) });
/** More members at the end of the honest object. */
const more = (members: string): Knobs => text((json) => `${json.slice(0, -1)},${members}}`);
/** More members before the honest ones, which a careless reader lets win. */
const before = (members: string): Knobs => text((json) => `{${members},${json.slice(1)}`);
const after = (...bytes: number[]): Knobs => ({ bendClient: (honest) => concatBytes(honest, Uint8Array.of(...bytes)) });

/** What the browser says that was signed (clientDataJSON). */
export const CLIENT_FORMS: readonly Form[] = [
  ['a key twice', more('"x":1,"x":1')],
  ['type twice, the honest one last', before('"type":"webauthn.create"')],
  ['type twice, the same', before('"type":"webauthn.get"')],
  ['type twice, once escaped', before('"\\u0074ype":"webauthn.create"')],
  ['challenge twice', before('"challenge":"AAAA"')],
  ['origin twice', before('"origin":"https://evil.example"')],
  ['crossOrigin true, then false', before('"crossOrigin":true')],
  ['crossOrigin true, then false, once escaped', before('"cross\\u004frigin":true')],
  ['crossOrigin null', text((json) => json.replace('"crossOrigin":false', '"crossOrigin":null'))],
  ['crossOrigin 0', text((json) => json.replace('"crossOrigin":false', '"crossOrigin":0'))],
  ['a topOrigin that is null', more('"topOrigin":null')],
  ['a key twice in an object inside', more('"x":{"y":1,"y":2}')],
  ['a key twice in a list inside', more('"x":[{"y":1,"\\u0079":2}]')],
  ['__proto__', more('"__proto__":{"type":"webauthn.create"}')],
  ['__proto__ escaped', more('"\\u005f_proto__":{}')],
  ['an integer that loses digits', more('"x":9007199254740993')],
  ['a number beyond every double', more('"x":1e400')],
  ['a number below every double', more('"x":1e-400')],
  ['half a surrogate pair in a value', more('"x":"\\ud800"')],
  ['half a surrogate pair in a key', more('"\\udc00":1')],
  ['a byte order mark', { bendClient: (honest) => concatBytes(Uint8Array.of(0xef, 0xbb, 0xbf), honest) }],
  ['a zero byte after it', after(0)],
  ['a second value after it', after(0x7b, 0x7d)],
  ['a comment after it', text((json) => `${json}/**/`)],
  ['bytes that are no UTF-8', after(0x20, 0xff)],
  ['a form feed between members', text((json) => json.replace(',', ',\f'))],
  ['a raw line end in a string', more('"x":"\n"')],
  ['a comma too many', text((json) => `${json.slice(0, -1)},}`)],
  ['more levels than anybody reads', more(`"x":${'['.repeat(40)}${']'.repeat(40)}`)],
];

const data = (bend: (bytes: Uint8Array) => Uint8Array): Knobs => ({ bendData: bend });
const flagged = (flag: number, ...rest: number[]): Knobs =>
  data((honest) => {
    const bytes = concatBytes(honest, Uint8Array.of(...rest));
    bytes[32] = bytes[32]! | flag;
    return bytes;
  });

/** What the authenticator says (authenticatorData) of an assertion. */
const DATA_FORMS: readonly Form[] = [
  ['bytes after authenticator data', data((honest) => concatBytes(honest, Uint8Array.of(0)))],
  ['authenticator data cut short', data((honest) => honest.subarray(0, 36))],
  ['extensions named and missing', flagged(0x80)],
  ['extensions that are a list', flagged(0x80, 0x80)],
  ['extensions without an end', flagged(0x80, 0xbf, 0xff)],
  ['extensions cut short', flagged(0x80, 0xa1, 0x61)],
  ['bytes after extensions', flagged(0x80, 0xa0, 0x00)],
  ['an attested credential named and missing', flagged(0x40)],
  ['backed up without being eligible', flagged(0x10)],
];

/** SEQUENCE { INTEGER r, INTEGER s } taken apart. */
function halves(der: Uint8Array): [r: Uint8Array, s: Uint8Array] {
  const end = 4 + der[3]!;
  return [der.slice(4, end), der.slice(end + 2)];
}
const tlv = (tag: number, content: Uint8Array, length: readonly number[] = [content.length]) =>
  concatBytes(Uint8Array.of(tag, ...length), content);
const sequence = (r: Uint8Array, s: Uint8Array) => tlv(0x30, concatBytes(tlv(2, r), tlv(2, s)));
const der = (bend: (r: Uint8Array, s: Uint8Array, whole: Uint8Array) => Uint8Array): Knobs => ({
  bendSignature: (whole) => bend(...halves(whole), whole),
});
const unsigned = (half: Uint8Array) => (half[0] === 0 ? half.subarray(1) : half);
const ZERO = Uint8Array.of(0);
const ORDER = fromHex('00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')!;

/** How an ECDSA signature is written. Negative integers show only where a half begins with a high bit: see `isNegative`. */
const SIGNATURE_FORMS: readonly Form[] = [
  ['a byte after the signature', der((_r, _s, whole) => concatBytes(whole, ZERO))],
  ['a byte after s, inside', der((r, s) => tlv(0x30, concatBytes(tlv(2, r), tlv(2, s), ZERO)))],
  [
    'the length of the sequence in two bytes',
    der((r, s) => tlv(0x30, concatBytes(tlv(2, r), tlv(2, s)), [0x81, 4 + r.length + s.length])),
  ],
  ['the length of r in two bytes', der((r, s) => tlv(0x30, concatBytes(tlv(2, r, [0x81, r.length]), tlv(2, s))))],
  ['the length of s in three bytes', der((r, s) => tlv(0x30, concatBytes(tlv(2, r), tlv(2, s, [0x82, 0, s.length]))))],
  ['a needless zero before r', der((r, s) => sequence(concatBytes(ZERO, ZERO, unsigned(r)), s))],
  ['r padded to 40 bytes', der((r, s) => sequence(concatBytes(new Uint8Array(40 - r.length), r), s))],
  ['an endless sequence', der((r, s) => concatBytes(Uint8Array.of(0x30, 0x80), tlv(2, r), tlv(2, s), ZERO, ZERO))],
  [
    'r and s without DER',
    der((r, s) =>
      concatBytes(...[r, s].map((half) => concatBytes(new Uint8Array(32 - unsigned(half).length), unsigned(half)))),
    ),
  ],
  ['r of zero', der((_r, s) => sequence(ZERO, s))],
  ['s of zero', der((r) => sequence(r, ZERO))],
  ['s beyond the order', der((r) => sequence(r, ORDER))],
  ['a third integer', der((r, s) => tlv(0x30, concatBytes(tlv(2, r), tlv(2, s), tlv(2, r))))],
  ['a set in the place of the sequence', der((r, s) => tlv(0x31, concatBytes(tlv(2, r), tlv(2, s))))],
  ['halves that are enumerated', der((r, s) => tlv(0x30, concatBytes(tlv(10, r), tlv(10, s))))],
  ['nothing', der(() => new Uint8Array())],
];

/** Both halves without the zero that says that they are positive: some reader takes their bytes all the same. */
export const NEGATIVE: Knobs = der((r, s) => sequence(unsigned(r), unsigned(s)));
/** Whether `NEGATIVE` differs from the honest form for this signature. */
export const isNegatable = (signature: Uint8Array): boolean => halves(signature).some((half) => half[0] === 0);

/** Everything that can be odd about an assertion. */
export const ASSERTION_FORMS: readonly Form[] = [...CLIENT_FORMS, ...DATA_FORMS, ...SIGNATURE_FORMS];
