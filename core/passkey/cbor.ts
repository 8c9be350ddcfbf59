// CBOR (RFC 8949) as far as WebAuthn has it: where an item ends, and the members of a map. Definite lengths only, which is
// all that CTAP2 writes. What cannot be read in full is null, never a guess.

interface Head {
  major: number;
  /** Length, count or value. */
  value: number;
  /** Where what follows the head begins. */
  next: number;
}

/** Deeper than anything that an authenticator nests. */
const MAX_DEPTH = 16;

/** The head of the item at `at`; null where it is cut off, endless, or larger than a safe integer. */
function headAt(bytes: Uint8Array, at: number): Head | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const [major, low] = [first >> 5, first & 31];
  if (low < 24) return { major, value: low, next: at + 1 };
  const width = [1, 2, 4, 8][low - 24];
  const next = at + 1 + (width ?? 0);
  if (width === undefined || next > bytes.length) return null;
  const value = bytes.subarray(at + 1, next).reduce((sum, byte) => sum * 256 + byte, 0);
  // The 8 bytes of a float are no length: nothing is counted by them.
  return Number.isSafeInteger(value) || major === 7 ? { major, value, next } : null;
}

/** How many items stand inside an item, by its kind; null for what holds none. */
const HOLDS: Readonly<Record<number, (count: number) => number>> = {
  4: (count) => count,
  5: (count) => count * 2,
  6: () => 1,
};

/** Where the item at `at` ends; null when it does not. */
export function endOfItem(bytes: Uint8Array, at: number, depth = 0): number | null {
  const head = depth > MAX_DEPTH ? null : headAt(bytes, at);
  if (head === null) return null;
  const { major, value, next } = head;
  const ends = major === 2 || major === 3 ? next + value : next;
  if (ends > bytes.length) return null;
  let end: number | null = ends;
  // Every item takes a byte at least, so that a made-up count ends with the bytes.
  for (let left = HOLDS[major]?.(value) ?? 0; left > 0 && end !== null; left--) end = endOfItem(bytes, end, depth + 1);
  return end;
}

/** The whole number at `at`; null for anything else. */
export function integerAt(bytes: Uint8Array, at: number): number | null {
  const head = headAt(bytes, at);
  if (head === null || head.major > 1) return null;
  return head.major === 0 ? head.value : -1 - head.value;
}

/** The bytes or text inside the item at `at`, if it is of this kind (2: bytes, 3: text) and ends. */
export function contentAt(bytes: Uint8Array, at: number, major: 2 | 3): Uint8Array | null {
  const head = headAt(bytes, at);
  const end = endOfItem(bytes, at);
  return head?.major === major && end !== null ? bytes.subarray(head.next, end) : null;
}

/** Where the members of the one map that `bytes` are stand: pairs of key and value; null for anything else. */
export function membersOf(bytes: Uint8Array): [key: number, value: number][] | null {
  const head = headAt(bytes, 0);
  if (head?.major !== 5 || endOfItem(bytes, 0) !== bytes.length) return null;
  const members: [number, number][] = [];
  for (let at = head.next; at < bytes.length; ) {
    const value = endOfItem(bytes, at)!;
    members.push([at, value]);
    at = endOfItem(bytes, value)!;
  }
  return members;
}
