// The exact path of a value as people read it: `params.to.account` is nested, `params["to.account"]` is one key. Two
// different paths never have the same text.

/** What needs no quotes: letters of any language, digits, `_`, `$` and `-`, not beginning with a digit. */
const PLAIN = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;

type Path = readonly (string | number)[];

const stepOf = (part: string | number, first: boolean): string => {
  if (typeof part === 'number') return `[${part}]`;
  if (!PLAIN.test(part)) return `[${JSON.stringify(part)}]`;
  return first ? part : `.${part}`;
};

/** `['params', 'to.account', 0]` → `params["to.account"][0]`. */
export const pathText = (path: Path): string => path.map((part, at) => stepOf(part, at === 0)).join('');

/** What the value at a path, or anything that it stands in, could be taken for. */
export const alikeAt = (found: ReadonlyMap<string, string[]>, path: Path): string[] =>
  path.flatMap((_, at) => found.get(pathText(path.slice(0, at + 1))) ?? []);
