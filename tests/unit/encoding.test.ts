import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base32,
  base64,
  base64url,
  concatBytes,
  equalBytes,
  fromBase32,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  hex,
  utf8,
} from '../../core/encoding.ts';

const PAIRS = [
  ['hex', hex, fromHex],
  ['base64url', base64url, fromBase64Url],
  ['base64', base64, fromBase64],
  ['base32', base32, fromBase32],
] as const;

describe.each(PAIRS)('%s', (name, encode, decode) => {
  it('gives back the bytes that went in, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(decode(encode(bytes))).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  it('reads only the one text that it writes', () => {
    const chars = fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzABCXYZ+/-_= \n');
    fc.assert(
      fc.property(fc.string({ unit: chars, maxLength: 12 }), (text) => {
        const bytes = decode(text);
        if (bytes !== null) expect(encode(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  if (name !== 'base64url') return;
  it('refuses padding, spaces, the other alphabet and non-zero trailing bits', () => {
    for (const text of ['AA==', 'AA ', ' AA', 'A', '+/AA', 'AB', 'AAF', 'AA\n']) expect(decode(text), text).toBeNull();
  });
});

describe('known answers', () => {
  it('agrees with the platform on base64, base64url and hex', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect([hex(bytes), base64(bytes), base64url(bytes)]).toEqual([
          buffer.toString('hex'),
          buffer.toString('base64'),
          buffer.toString('base64url'),
        ]);
      }),
    );
  });

  it('writes 128 bits as 26 base32 characters whose order is the order of the bytes', () => {
    expect(base32(new Uint8Array(16))).toBe('0'.repeat(26));
    expect(base32(new Uint8Array(16).fill(255))).toBe(`7${'z'.repeat(25)}`);
    expect(fromBase32(`8${'0'.repeat(25)}`)).toBeNull();
    const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(sixteen, sixteen, (a, b) => {
        expect(Math.sign(Buffer.compare(a, b))).toBe(base32(a) < base32(b) ? -1 : base32(a) > base32(b) ? 1 : 0);
      }),
    );
  });

  it('refuses base32 look-alikes and upper case', () => {
    for (const char of 'ilouIAZ') expect(fromBase32(`0${char}`.padEnd(26, '0')), char).toBeNull();
  });
});

describe('bytes', () => {
  it('compares arrays of any lengths without throwing', () => {
    expect(equalBytes(utf8('abc'), utf8('abc'))).toBe(true);
    expect(equalBytes(utf8('abc'), utf8('ab'))).toBe(false);
    expect(equalBytes(utf8('abc'), utf8('abc\0'))).toBe(false);
    expect(equalBytes(new Uint8Array(0), new Uint8Array(0))).toBe(true);
    expect(equalBytes(new Uint8Array(0), new Uint8Array(1))).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      }),
    );
  });

  it('keeps a byte order mark and refuses what is not UTF-8', () => {
    expect(fromUtf8(utf8('\ufeffä'))).toBe('\ufeffä');
    expect(fromUtf8(new Uint8Array([0xff]))).toBeNull();
    expect(fromUtf8(new Uint8Array([0xed, 0xa0, 0x80]))).toBeNull();
  });

  it('puts arrays one after the other', () => {
    expect(concatBytes(utf8('a'), new Uint8Array(0), utf8('bc'))).toEqual(utf8('abc'));
  });
});
