// The public key of a passkey that was just made, read out of its authenticator data (WebAuthn level 3, section 6.1), so
// that the page itself knows which key an existing one is asked to vouch for.

const HEAD_BYTES = 32 + 1 + 4;
const AAGUID_BYTES = 16;
const HAS_ATTESTED_DATA = 0x40;

/** Authenticator data → the COSE key's bytes, without extensions that may follow; null when there is no key in it. */
export function coseKeyOf(data: Uint8Array): Uint8Array | null {
  if (data.length < HEAD_BYTES + AAGUID_BYTES + 2 || (data[32]! & HAS_ATTESTED_DATA) === 0) return null;
  const at = HEAD_BYTES + AAGUID_BYTES;
  const start = at + 2 + ((data[at]! << 8) | data[at + 1]!);
  const end = endOfItem(data, start);
  return end === null ? null : data.slice(start, end);
}

/** Where a CBOR item (RFC 8949) ends; null if it does not, or is of a kind that no COSE key holds. */
function endOfItem(data: Uint8Array, at: number): number | null {
  const head = data[at];
  if (head === undefined) return null;
  const length = argumentOf(data, at);
  if (length === null) return null;
  const { value, next } = length;
  const major = head >> 5;
  if (major === 0 || major === 1) return next;
  if (major === 2 || major === 3) return next + value <= data.length ? next + value : null;
  if (major !== 4 && major !== 5) return null;
  return endOfItems(data, next, major === 5 ? value * 2 : value);
}

function endOfItems(data: Uint8Array, start: number, count: number): number | null {
  let at: number | null = start;
  for (let item = 0; item < count && at !== null; item++) at = endOfItem(data, at);
  return at;
}

/** The number in an item's head: inside it, or in the 1, 2 or 4 bytes after it. */
function argumentOf(data: Uint8Array, at: number): { value: number; next: number } | null {
  const short = data[at]! & 0x1f;
  if (short < 24) return { value: short, next: at + 1 };
  const width = [1, 2, 4][short - 24];
  if (width === undefined || at + 1 + width > data.length) return null;
  const bytes = data.slice(at + 1, at + 1 + width);
  return { value: bytes.reduce((sum, byte) => sum * 256 + byte, 0), next: at + 1 + width };
}
