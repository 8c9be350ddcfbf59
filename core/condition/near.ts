// Texts that a condition compares, read as they look as well as they are spelt: where the two readings disagree, there is no
// value (semantics 2). `metadata.environment == "production"` of "Production" is neither true nor false, and a key beside
// one that looks like it hides neither. Left to spelling: the order of texts, their size, and case in matches().
import { type CelValue, isCelList, isCelMap } from '@bufbuild/cel';
import { fold } from '../look-alike/fold.ts';
import { collapsed, decoded, fronted, resolved, trimmed } from '../look-alike/plain.ts';
import { isAlike, lettersOf } from '../look-alike.ts';

/** A text as an error shows it: names are short, and the request holds the whole. */
const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);

const almost = (one: string, other: string): string => `${shown(one)} is almost ${shown(other)}`;

/** Case of a text that a policy declares to matter. */
export type Cased = (text: string) => boolean;

/** The texts that are compared when values are: in lists, and among the keys of objects. */
export function textsIn(value: CelValue): string[] {
  if (typeof value === 'string') return [value];
  if (isCelMap(value)) return [...value.keys()].map(String);
  return isCelList(value) ? [...value].flatMap(textsIn) : [];
}

/** What is almost equal in two values that are not; null: nothing. Lists are gone through item by item. */
export function nearlyEqual(left: CelValue, right: CelValue, cased: Cased): string | null {
  if (typeof left === 'string' && typeof right === 'string')
    return isAlike(left, right, cased(left) || cased(right)) ? almost(left, right) : null;
  if (!isCelList(left) || !isCelList(right) || left.size !== right.size) return null;
  const others = [...right];
  const near = [...left].map((item, at) => nearlyEqual(item, others[at]!, cased));
  return near.find((said) => said !== null) ?? null;
}

/** What in a list, or among the keys of an object, is almost the item that is not there. */
export function nearlyIn(item: CelValue, container: CelValue, cased: Cased): string | null {
  const among = isCelMap(container) ? [...container.keys()] : isCelList(container) ? [...container] : [];
  for (const other of among) {
    const said = nearlyEqual(item, other as CelValue, cased);
    if (said !== null) return said;
  }
  return null;
}

/** Whether letters alone say otherwise than spelling does; 2: words among capitals of the text. */
const lettersDiffer = (text: string, part: string, exact: boolean, test: Test): boolean => {
  const [of, wanted] = [lettersOf(text), lettersOf(part)];
  const pairs = [
    [0, 0],
    [1, 1],
    [2, 0],
  ] as const;
  return !exact && pairs.some(([one, other]) => test(of[one]!, wanted[other]!));
};
type Test = (text: string, part: string) => boolean;

/** One letter or digit alone reads as too many others. */
const isTooShort = (part: string): boolean => /^[A-Za-z0-9|]?$/.test(part) || fold(part, 'case') === '';

/** A part that is itself about dots and slashes is meant as it is spelt. */
const isAboutDots = (part: string): boolean => /\.\.|(?:^|[/\\])\.+$|^[./\\: ]+$/.test(part);

const starts: Test = (text, part) => text.startsWith(part);
const ends: Test = (text, part) => text.endsWith(part);

/**
 * `startsWith`: a path that climbs out of its beginning does not begin with it; blanks in front and slashes after a kind say
 * nothing. A blank at the end of the part stands apart from what follows, as in `rm `, and is gone before a slash.
 */
function prefixDiffers(text: string, part: string): boolean {
  const exact = text.startsWith(part);
  if (lettersDiffer(text, part, exact, starts)) return true;
  if (isAboutDots(part)) return false;
  const [of, wanted] = [collapsed(lettersOf(text)[0]!), collapsed(lettersOf(part)[0]!)];
  if (exact) return !of.startsWith(wanted.trimEnd());
  // `file:/` alone asks whether a path begins at the root: there the slash is what is meant.
  const bare = fronted(wanted);
  const isKind = bare.endsWith(':') && bare !== wanted;
  return of.startsWith(wanted) || (!isKind && fronted(of).startsWith(bare));
}

/** A part that has no spelling of its own for slashes, dots and blanks may be looked for in a text without them. */
const isEven = (letters: string): boolean => collapsed(letters) === letters;

/** `endsWith`: dots, slashes and blanks behind the end say nothing. */
function suffixDiffers(text: string, part: string): boolean {
  const exact = text.endsWith(part);
  if (lettersDiffer(text, part, exact, ends)) return true;
  const [of, wanted] = [lettersOf(text)[0]!, lettersOf(part)[0]!];
  if (exact || isAboutDots(part) || trimmed(wanted) !== wanted) return false;
  return trimmed(of).endsWith(wanted) || (isEven(wanted) && trimmed(collapsed(of)).endsWith(wanted));
}

/** `contains`: what stands between the letters of a name may be written in several ways. */
function innerDiffers(text: string, part: string): boolean {
  const exact = text.includes(part);
  if (lettersDiffer(text, part, exact, (of, wanted) => of.includes(wanted))) return true;
  const wanted = lettersOf(part)[0]!;
  return !exact && !isAboutDots(part) && isEven(wanted) && collapsed(lettersOf(text)[0]!).includes(wanted);
}

const DIFFERS: Record<string, (text: string, part: string) => boolean> = {
  startsWith: prefixDiffers,
  endsWith: suffixDiffers,
  contains: innerDiffers,
};

/** Why `startsWith`, `endsWith` or `contains` has no value; null: both readings agree. */
export function partDiffers(name: string, text: string, part: string): string | null {
  if (isTooShort(part) || !DIFFERS[name]?.(text, part)) return null;
  return `${shown(text)} reads otherwise than it is spelt`;
}

/** A text as matches() may read it as well: plain letters for those that imitate them, nothing invisible, no dot segments. */
export function plainly(text: string): string {
  const letters = Array.from(decoded(text).normalize('NFKC'), (char) => {
    if (char.charCodeAt(0) < 128) return char;
    const like = fold(char, 'shape', true);
    return like === '' || /^[\x20-\x7e]+$/.test(like) ? like : char;
  });
  return resolved(letters.join(''));
}

/** The keys of an object that read as a name and are not it. */
export const keysLike = (keys: readonly string[], name: string): string[] => keys.filter((key) => isAlike(key, name));

/** How a look-alike beside a key is said. */
export const besides = (owner: string, name: string, like: string, isThere: boolean): string =>
  isThere
    ? `${owner} has ${shown(like)} beside ${shown(name)}`
    : `${owner} has no field ${shown(name)}, and almost one: ${shown(like)}`;
