import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as browser from '../../core/hash/sha256.browser.ts';
import * as node from '../../core/hash/sha256.node.ts';

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 151 + length) % 256);
const LENGTHS = [0, 1, 31, 32, 55, 56, 63, 64, 65, 127, 128, 1000];

describe.each([
  ['the server', node],
  ['the browser', browser],
])('SHA-256 of %s', (_, { sha256, hmacSha256 }) => {
  it('is that of node:crypto around every block border, plain and keyed', () => {
    for (const length of LENGTHS) {
      expect(sha256(bytes(length))).toEqual(new Uint8Array(createHash('sha256').update(bytes(length)).digest()));
      for (const key of LENGTHS.map(bytes))
        expect(hmacSha256(key, bytes(length))).toEqual(
          new Uint8Array(createHmac('sha256', key).update(bytes(length)).digest()),
        );
    }
  });

  it('reads views of a larger buffer as what they show', () => {
    expect(sha256(bytes(100).subarray(10, 60))).toEqual(sha256(bytes(100).slice(10, 60)));
    expect(hmacSha256(bytes(100).subarray(3, 35), bytes(9))).toEqual(hmacSha256(bytes(100).slice(3, 35), bytes(9)));
  });
});
