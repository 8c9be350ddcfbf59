import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSha256 } from '#sha256';
import { hex, utf8 } from '../../core/encoding.ts';
import { derivedId, type IdPrefix, idBytes, isId, newId, PREFIXES } from '../../core/ids.ts';

const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('ids', () => {
  it('writes the UUIDv7 of RFC 9562 appendix A.6', () => {
    const bytes = Uint8Array.from(Buffer.from('0cc318c4dc0c0c07398f', 'hex'));
    expect(hex(idBytes(newId('apr', 0x017f22e279b0, bytes)))).toBe('017f22e279b07cc398c4dc0c0c07398f');
  });

  it('are a prefix and 26 characters, and order by time', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(2 ** 40), random, random, (first, gap, a, b) => {
        const earlier = newId('evt', first, a);
        expect(earlier).toMatch(/^evt_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
        if (gap > 0) expect(earlier < newId('evt', first + gap, b)).toBe(true);
      }),
    );
  });

  it('derives the same id from the same MAC, of version 8, and another one from another', () => {
    const mac = hmacSha256(utf8('key'), utf8('run_7'));
    const id = derivedId('apr', mac);
    expect(derivedId('apr', mac)).toBe(id);
    expect(derivedId('apr', hmacSha256(utf8('key'), utf8('run_8')))).not.toBe(id);
    expect([idBytes(id)[6]! >> 4, idBytes(id)[8]! >> 6]).toEqual([8, 2]);
    expect(mac).toEqual(hmacSha256(utf8('key'), utf8('run_7')));
  });

  it('reads back what it wrote, for every prefix', () => {
    for (const prefix of Object.values(PREFIXES)) {
      const id = newId(prefix, 1_700_000_000_000, new Uint8Array(10).fill(7));
      expect(isId(prefix, id)).toBe(true);
      expect(idBytes(id)).toHaveLength(16);
    }
  });

  it('refuses a foreign prefix, upper case, other alphabets, other versions and overflow', () => {
    const id = newId('apr', 1_700_000_000_000, new Uint8Array(10));
    const body = id.slice(4);
    const wrong = [
      `cap_${body}`,
      id.toUpperCase(),
      `apr_${body.toUpperCase()}`,
      `apr_${body}0`,
      `apr_${body.slice(1)}`,
      `xyz_${body}`,
    ];
    for (const text of [
      ...wrong,
      `apr_${'0'.repeat(26)}`,
      `apr_8${body.slice(1)}`,
      `apr_l${body.slice(1)}`,
      '',
      'apr_',
      null,
      5,
    ]) {
      expect(isId('apr', text), String(text)).toBe(false);
    }
    expect(() => idBytes('apr_req_abc123')).toThrow();
  });

  it('throws on the wrong amount of randomness, which is a mistake of ours', () => {
    expect(() => newId('apr', 0, new Uint8Array(9))).toThrow();
    expect(() => newId('apr', -1, new Uint8Array(10))).toThrow();
    expect(() => derivedId('apr' as IdPrefix, new Uint8Array(15))).toThrow();
  });
});
