// A name without its spellings: percent forms decoded, slashes and dots that say nothing taken away. It resolves no name;
// what comes out is for comparing alone, never for using.

const PERCENT = /(?:%[0-9a-fA-F]{2})+/g;
/** `%2570` is `%70` is `p`: deeper than that nobody decodes. */
const MAX_LAYERS = 5;

/** A run of percent forms; what is no UTF-8 keeps its form, but for ASCII. */
function decodedRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run.replace(/%([0-7][0-9a-fA-F])/g, (_form, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
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

/** `a/./b`, `a//b` and `a/x/../b` are `a/b`; what stands before the first colon is no part of the path. */
function resolved(text: string): string {
  const start = text.indexOf(':') + 1;
  const parts = text.slice(start).split('/');
  const kept: string[] = [];
  for (const [at, part] of parts.entries()) {
    const isEnd = at === 0 || at === parts.length - 1;
    if (part === '..') {
      if (kept.length > 1 || (kept.length === 1 && kept[0] !== '')) kept.pop();
      if (at === parts.length - 1) kept.push('');
    } else if (part !== '.' && (part !== '' || isEnd)) kept.push(part);
  }
  return text.slice(0, start) + kept.join('/');
}

/** A folded name with one slash, dot or colon where it has several, and no blanks around them. Its ends stay. */
export function collapsed(folded: string): string {
  const even = folded
    .replaceAll('\\', '/')
    .replace(/ {2,}/g, ' ')
    .replace(/ ?([.:/]) ?/g, '$1')
    .replace(/:{2,}/g, ':');
  return resolved(even)
    .replace(/\.+(?=[/:])/g, '')
    .replace(/\.{2,}/g, '.');
}

/** Without blanks in front, slashes after its kind (`db://prod`), and blanks, dots, slashes and colons at its end. */
export const trimmed = (text: string): string =>
  text
    .replace(/^ +/, '')
    .replace(/^([^:/*]*:)\/+/, '$1')
    .replace(/[ .:/]+$/, '');
