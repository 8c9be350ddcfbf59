// The text of a file, of standard input or of what was dropped on a page: UTF-8 and nothing else. Another encoding is
// refused by name where it shows, never read with U+FFFD in the place of what was there. One byte order mark at the
// beginning says that it is UTF-8, and is left out, wherever the text came from.
import { fromUtf8 } from './encoding.ts';
import { fail, ok, type Result } from './problems.ts';

const UTF8_MARK = [0xef, 0xbb, 0xbf];
/** The longest first: UTF-32's mark begins with that of UTF-16. */
const OTHER_MARKS: readonly [name: string, mark: readonly number[]][] = [
  ['UTF-32', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-32', [0x00, 0x00, 0xfe, 0xff]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
];

const beginsWith = (bytes: Uint8Array, mark: readonly number[]): boolean =>
  mark.every((byte, at) => bytes[at] === byte);

/** Bytes → text without its mark. @returns `invalid-request`, in words, with the first byte that is no UTF-8 */
export function readText(bytes: Uint8Array): Result<string> {
  const other = OTHER_MARKS.find(([, mark]) => beginsWith(bytes, mark));
  if (other) return fail('invalid-request', `This is ${other[0]}. Save it as UTF-8.`);
  const text = fromUtf8(beginsWith(bytes, UTF8_MARK) ? bytes.subarray(UTF8_MARK.length) : bytes);
  if (text !== null) return ok(text);
  const at = firstFault(bytes);
  const byte = bytes[at]!.toString(16).padStart(2, '0');
  return fail('invalid-request', `The byte at offset ${at} (0x${byte}) is not UTF-8. Save it as UTF-8.`);
}

/** How many bytes a character has by its first one; 0 for one that begins none. */
function sizeOf(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** Where the first character that is no UTF-8 begins; the bytes as a whole are known to be none. */
export function firstFault(bytes: Uint8Array): number {
  let at = 0;
  for (let size = 0; at < bytes.length; at += size) {
    size = sizeOf(bytes[at]!);
    const character = bytes.subarray(at, at + size);
    if (size === 0 || character.length < size || (size > 1 && fromUtf8(character) === null)) break;
  }
  return Math.min(at, bytes.length - 1);
}
