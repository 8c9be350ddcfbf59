// A name without its spellings: percent forms decoded, slashes and dots that say nothing taken away. It resolves no name;
// what comes out is for comparing alone, never for using.

const PERCENT = /(?:%[0-9a-fA-F]{2})+|%u[0-9a-fA-F]{4}/g;
/** `%2570` is `%70` is `p`: more layers than any server decodes. */
const MAX_LAYERS = 5;

// Not the fatal one: an exception for each wrong form costs more than all the rest.
const UTF8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** A run of percent forms; what is no UTF-8 keeps its form, but for ASCII. */
function decodedRun(run: string): string {
  if (run.startsWith('%u')) return String.fromCharCode(Number.parseInt(run.slice(2), 16));
  const text = UTF8.decode(Uint8Array.from(run.slice(1).split('%'), (hex) => Number.parseInt(hex, 16)));
  if (!text.includes('\ufffd')) return text;
  return run.replace(/%([0-7][0-9a-fA-F])/g, (_form, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Percent forms as what they stand for. */
export function decoded(text: string): string {
  let now = text;
  for (let layer = 0; layer < MAX_LAYERS && now.includes('%'); layer++) {
    const next = now.replace(PERCENT, decodedRun);
    if (next === now) return now;
    now = next;
  }
  return now;
}

/** `a/./b` and `a/x/../b` are `a/b`; what stands before the first colon is no part of the path. */
export function resolved(text: string): string {
  if (!/(?:^|[/:])\.\.?(?:\/|$)/.test(text)) return text;
  const start = text.indexOf(':') + 1;
  const kept: string[] = [];
  const parts = text.slice(start).split('/');
  for (const [at, part] of parts.entries()) {
    if (part !== '.' && part !== '..') kept.push(part);
    else if (part === '..' && (kept.length > 1 || kept.at(0))) kept.pop();
    // What ends in a dot segment ends in a slash.
    if (at === parts.length - 1 && part.startsWith('.') && part.length <= 2) kept.push('');
  }
  return text.slice(0, start) + kept.join('/');
}

/** Segments with one separator between any two, as nearly every name is: nothing to do. */
const EVEN = /^[^\\ .:/]+(?:[.:/][^\\ .:/]+)*$/;

/** A folded name with one slash, dot or colon where it has several, and no blanks around them. Its ends stay. */
export function collapsed(folded: string): string {
  if (EVEN.test(folded)) return folded;
  const even = folded
    .replaceAll('\\', '/')
    .replace(/ {2,}/g, ' ')
    .replace(/ ?([.:/]) ?/g, '$1')
    .replace(/:{2,}/g, ':')
    .replace(/\/{2,}/g, '/');
  return resolved(even)
    .replace(/\/{2,}/g, '/')
    .replace(/(?<!\.)\.+(?=[/:])/g, '')
    .replace(/\.{2,}/g, '.');
}

/** Without blanks in front and slashes after its kind (`db://prod`). */
export const fronted = (text: string): string => text.replace(/^ +/, '').replace(/^([^:/*]*:)\/+/, '$1');

/** What says nothing at the end of a name; in an address, an empty query or fragment as well (`db:prod#`). */
const END = ' .:/';
const END_OF_ADDRESS = ' .:/?#;';

/** Without blanks in front, slashes after its kind, and blanks, dots, slashes and colons at its end. */
export function trimmed(text: string): string {
  const front = fronted(text);
  const ends = /[:/]/.test(front) ? END_OF_ADDRESS : END;
  let end = front.length;
  while (end > 0 && ends.includes(front[end - 1]!)) end -= 1;
  return front.slice(0, end);
}
