// Ids: prefix + `_` + 26 characters of base32 over 128 bits. UUIDv7 (time-ordered) where the server mints one, UUIDv8
// over a MAC where the call is idempotent, so that the id itself says "this was already done". Nothing here is random.
import { base32, fromBase32 } from './encoding.ts';

/** What an id can name → its prefix (contract.md "Conventions"). */
export const PREFIXES = {
  organization: 'org',
  user: 'usr',
  service_account: 'sa',
  api_key: 'key',
  approval_request: 'apr',
  capability: 'cap',
  event: 'evt',
  change: 'chg',
  policy: 'pol',
  group: 'grp',
  webhook_endpoint: 'whk',
  delivery: 'dlv',
  invitation: 'inv',
  passkey: 'pk',
  session: 'ses',
  stop: 'stp',
  oidc_issuer: 'iss',
  delegation: 'del',
} as const;

export type IdPrefix = (typeof PREFIXES)[keyof typeof PREFIXES];

const KNOWN: ReadonlySet<string> = new Set(Object.values(PREFIXES));
const SHAPE = /^([a-z]{2,3})_([0-9a-hjkmnp-tv-z]{26})$/;

/** Sets version and variant (RFC 9562 section 4) on 16 bytes and writes the id. */
function write(prefix: IdPrefix, uuid: Uint8Array, version: 7 | 8): string {
  uuid[6] = (uuid[6]! & 0x0f) | (version << 4);
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return `${prefix}_${base32(uuid)}`;
}

/** A fresh id, UUIDv7 (RFC 9562 section 5.7). `now_ms` since the epoch, `random` exactly 10 bytes of the caller's. */
export function newId(prefix: IdPrefix, now_ms: number, random: Uint8Array): string {
  if (!Number.isSafeInteger(now_ms) || now_ms < 0 || now_ms >= 2 ** 48)
    throw new RangeError('now_ms is not an instant');
  if (random.length !== 10) throw new RangeError('an id takes 10 random bytes');
  const uuid = new Uint8Array(16);
  new DataView(uuid.buffer).setUint32(0, Math.floor(now_ms / 2 ** 16));
  new DataView(uuid.buffer).setUint16(4, now_ms % 2 ** 16);
  uuid.set(random, 6);
  return write(prefix, uuid, 7);
}

/** The id that a key stands for, UUIDv8 (section 5.8) from the first 16 bytes of a MAC over it. */
export function derivedId(prefix: IdPrefix, mac: Uint8Array): string {
  if (mac.length < 16) throw new RangeError('an id takes 16 bytes of a MAC');
  return write(prefix, mac.slice(0, 16), 8);
}

/** An id taken apart: its prefix and its 16 bytes; null when it is none (unknown prefix, other version, overflow). */
function read(text: string): { prefix: IdPrefix; bytes: Uint8Array } | null {
  const [, prefix = '', body = ''] = SHAPE.exec(text) ?? [];
  const bytes = KNOWN.has(prefix) ? fromBase32(body) : null;
  if (bytes === null || bytes.length !== 16) return null;
  const version = bytes[6]! >> 4;
  return (version === 7 || version === 8) && bytes[8]! >> 6 === 2 ? { prefix: prefix as IdPrefix, bytes } : null;
}

/** Whether `text` is an id of this kind. */
export const isId = (prefix: IdPrefix, text: unknown): text is string =>
  typeof text === 'string' && read(text)?.prefix === prefix;

/** The 16 bytes of an id that is known to be one. Throws otherwise. */
export function idBytes(id: string): Uint8Array {
  const parts = read(id);
  if (parts === null) throw new TypeError('not an id');
  return parts.bytes;
}
