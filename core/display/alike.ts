// Names in one document that could be taken for each other: `To` and `to`, `to_account` beside `to.account` or a nested
// `account`, a Cyrillic letter in one of them. Each is shown with its exact path; these are pointed out as well.
import { isObject, type Json } from '../json.ts';
import { skeletonOf } from '../look-alike.ts';
import { pathText } from './path.ts';

type Path = readonly (string | number)[];

/** Signs between words, which one writer sets and another leaves out; levels of nesting are such signs, too. */
const BETWEEN = /[\s\p{P}\p{S}]+/gu;

/** A path as it sounds. A list's places count: `lines[1].to` is nobody's `lines[0].to`. */
const soundOf = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `\u0000${part}\u0000` : skeletonOf(part).replace(BETWEEN, '')))
    .join('');

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

/** Text of each path that could be taken for others → texts of those others, at most three. */
export function alikeIn(root: string, value: Json): Map<string, string[]> {
  const bySound = new Map<string, Path[]>();
  for (const path of pathsIn(value, [root])) {
    if (typeof path.at(-1) === 'number') continue;
    const sound = soundOf(path);
    const paths = bySound.get(sound);
    if (paths) paths.push(path);
    else bySound.set(sound, [path]);
  }
  const groups = [...bySound.values()].filter((paths) => paths.length > 1);
  const found = groups.flatMap((paths) => paths.map((path) => [pathText(path), othersOf(path, paths)] as const));
  return new Map(found.filter(([, others]) => others.length > 0));
}
