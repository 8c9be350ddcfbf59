// Names in one document that could be taken for each other: `To` and `to`, `to_account` beside `to.account` or a nested
// `account`, a Cyrillic letter in one of them. Each is shown with its exact path; these are pointed out as well.
import { isObject, type Json } from '../json.ts';
import { skeletonsOf } from '../look-alike.ts';
import { pathText } from './path.ts';

type Path = readonly (string | number)[];

/** Signs between words, which one writer sets and another leaves out; levels of nesting are such signs, too. */
const BETWEEN = /[\s\p{P}\p{S}]+/gu;

/** A path without signs, once for each way to read its letters. Places in a list count: `lines[1].to` is not `lines[0].to`. */
function soundsOf(path: Path): string[] {
  const parts = path.map((part) =>
    typeof part === 'number' ? null : skeletonsOf(part).map((one) => one.replace(BETWEEN, '')),
  );
  return READINGS.map((reading) => parts.map((part, at) => part?.[reading] ?? `\u0000${path[at]}\u0000`).join(''));
}
const READINGS = [0, 1] as const;

/** Every path in a value, those of objects and lists too. */
function pathsIn(value: Json, path: Path): Path[] {
  const inner: [string | number, Json][] = Array.isArray(value)
    ? value.map((item, at) => [at, item])
    : isObject(value)
      ? Object.entries(value)
      : [];
  return inner.flatMap(([part, item]) => {
    const below = [...path, part];
    return [below, ...pathsIn(item, below)];
  });
}

const isInside = (one: Path, other: Path): boolean =>
  one.length < other.length && one.every((part, at) => part === other[at]);

/** So many are named; the first is enough to look twice. */
const MAX_NAMED = 3;

function othersOf(path: Path, paths: readonly Path[]): string[] {
  const others: string[] = [];
  for (const other of paths) {
    if (other === path || isInside(other, path) || isInside(path, other)) continue;
    if (others.push(pathText(other)) === MAX_NAMED) break;
  }
  return others;
}

/** Paths that sound the same in one of the readings. */
function groupsOf(paths: readonly Path[]): Path[][] {
  const bySound = new Map<string, Path[]>();
  for (const path of paths) {
    for (const [reading, sound] of soundsOf(path).entries()) {
      const key = `${reading} ${sound}`;
      const group = bySound.get(key);
      if (group) group.push(path);
      else bySound.set(key, [path]);
    }
  }
  return [...bySound.values()].filter((group) => group.length > 1);
}

/** Text of each path that could be taken for others → texts of those others, at most three. */
export function alikeIn(root: string, value: Json): Map<string, string[]> {
  const named = pathsIn(value, [root]).filter((path) => typeof path.at(-1) !== 'number');
  const found = new Map<string, string[]>();
  for (const group of groupsOf(named)) {
    for (const path of group) {
      const text = pathText(path);
      const others = new Set([...(found.get(text) ?? []), ...othersOf(path, group)]);
      if (others.size > 0) found.set(text, [...others].slice(0, MAX_NAMED));
    }
  }
  return found;
}
