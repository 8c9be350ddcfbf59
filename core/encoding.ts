// Bytes as text and back: hex, base64, base64url, Crockford base32, UTF-8. Every decoder is strict: one text for one
// value (no padding where there is none, no spaces, no stray bits), so that a text can never stand for another's bytes.

const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64URL = `${BASE64.slice(0, 62)}-_`;
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** Left-aligned bits (RFC 4648): the last character is filled with zero bits. */
function encodeBits(bytes: Uint8Array, alphabet: string, width: number): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    for (bits += 8; bits >= width; bits -= width) text += alphabet[(held >> (bits - width)) & ((1 << width) - 1)];
  }
  return bits === 0 ? text : text + alphabet[(held << (width - bits)) & ((1 << width) - 1)];
}

/** Bytes, or null on a foreign character, an impossible length, or stray bits at the end. */
function decodeBits(text: string, values: ReadonlyMap<string, number>, width: number): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * width) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const char of text) {
    const value = values.get(char);
    if (value === undefined) return null;
    held = ((held << width) | value) & 0xffff;
    bits += width;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  return bits < width && (held & ((1 << bits) - 1)) === 0 ? bytes : null;
}

const values = (alphabet: string) => new Map([...alphabet].map((char, index) => [char, index]));
const BASE64URL_VALUES = values(BASE64URL);
const CROCKFORD_VALUES = values(CROCKFORD);

const HEX_OF: readonly string[] = Array.from({ length: 256 }, (_, byte) => encodeBits(Uint8Array.of(byte), HEX, 4));
/** Values by character code; 255 for what is no digit. */
function codes(alphabet: string): Uint8Array {
  const table = new Uint8Array(0x10000).fill(255);
  for (let digit = 0; digit < alphabet.length; digit++) table[alphabet.charCodeAt(digit)] = digit;
  return table;
}
const HEX_VALUES = codes(HEX);

/** Bytes → lower-case hex. */
export function hex(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += HEX_OF[bytes[at]!];
  return text;
}

/** Lower-case hex → bytes; null when it is anything else (upper case included). */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0) return null;
  const bytes = new Uint8Array(text.length / 2);
  let strange = 0;
  for (let at = 0; at < bytes.length; at++) {
    const high = HEX_VALUES[text.charCodeAt(2 * at)]!;
    const low = HEX_VALUES[text.charCodeAt(2 * at + 1)]!;
    strange |= high | low;
    bytes[at] = (high << 4) | low;
  }
  return strange > 15 ? null : bytes;
}

/** Bytes → base64url without padding (RFC 4648 section 5, as JOSE uses it). */
export const base64url = (bytes: Uint8Array): string => encodeBits(bytes, BASE64URL, 6);

/** base64url without padding → bytes; null on padding, spaces, other alphabets, non-zero trailing bits. */
export const fromBase64Url = (text: string): Uint8Array | null => decodeBits(text, BASE64URL_VALUES, 6);

/** Bytes → base64 with padding (RFC 4648 section 4). */
export function base64(bytes: Uint8Array): string {
  const text = encodeBits(bytes, BASE64, 6);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

const BASE64_OF = codes(BASE64);

/** Padded base64 → bytes; null unless it is exactly what `base64` writes. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const pads = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - pads;
  const bytes = new Uint8Array(Math.floor((digits * 6) / 8));
  let [strange, held, bits, end] = [0, 0, 0, 0];
  for (let at = 0; at < digits; at++) {
    const value = BASE64_OF[text.charCodeAt(at)]!;
    strange |= value;
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[end++] = held >> bits;
    }
  }
  const stray = held & ((1 << bits) - 1);
  return strange > 63 || stray !== 0 ? null : bytes;
}

/** Bytes → lower-case Crockford base32, right-aligned like a number, so that text order is byte order. */
export function base32(bytes: Uint8Array): string {
  const pad = (5 - ((bytes.length * 8) % 5)) % 5;
  let text = '';
  let held = 0;
  let bits = pad;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 5; bits -= 5) text += CROCKFORD[(held >> (bits - 5)) & 31];
  }
  return text;
}

/** Lower-case Crockford base32 → bytes; null on other characters (i, l, o, u, upper case) or overflow. */
export function fromBase32(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let held = 0;
  let bits = -((text.length * 5) % 8);
  let at = 0;
  for (const char of text) {
    const value = CROCKFORD_VALUES.get(char);
    if (value === undefined) return null;
    held = ((held << 5) | value) & 0xffff;
    bits += 5;
    // Until the leading pad is consumed (`bits` still negative or just zero), its bits must all be zero.
    if (bits - 5 < 0 && held >> Math.max(bits, 0) !== 0) return null;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  return bits === 0 && base32(bytes) === text ? bytes : null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text → UTF-8 bytes. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** UTF-8 bytes → text, a byte order mark kept as a character; null when they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** One array after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Whether two byte strings are the same, in a time that depends on their lengths only. Never throws: lengths may
 * differ (a timing-safe compare that throws then is a well-known outage).
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  const length = Math.max(a.length, b.length);
  // Where one is shorter it has no byte, which counts as 0 here; that it is shorter counts already.
  for (let at = 0; at < length; at++) difference |= a[at]! ^ b[at]!;
  return difference === 0;
}
