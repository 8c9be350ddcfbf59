// Who a policy asks, and whether they are there: groups and people that no organisation knows decide nothing. The names
// that are known come from the organisation; the places from the document.
import type { Json } from '../../json.ts';
import type { ProblemPlace } from '../../problems.ts';
import { document } from '../schema.ts';
import { type Path, readSource } from '../source.ts';

interface Named {
  name: string;
  path: Path;
}

const all = (names: readonly string[], path: Path): Named[] =>
  names.map((name, index) => ({ name, path: [...path, index] }));

function namedIn(written: ReturnType<typeof document>): Named[] {
  return [
    ...written.rules.flatMap(({ approvals, escalate }, r) => [
      ...approvals.flatMap(({ from }, s) => all(from, ['rules', r, 'approvals', s, 'from'])),
      ...escalate.flatMap(({ to }, e) => all(to, ['rules', r, 'escalate', e, 'to'])),
    ]),
    ...written.routing.flatMap(({ to }, r) => all(to, ['routing', r, 'to'])),
    ...written.repositories.flatMap(({ groups }, r) => all(groups, ['repositories', r, 'groups'])),
  ];
}

/** One name need not stand in a list: then its place is the key itself. */
function asWritten(value: Json, path: Path): Path {
  let list: Json | undefined = value;
  for (const part of path.slice(0, -1)) list = (list as { [key: string]: Json } | undefined)?.[part];
  return Array.isArray(list) ? path : path.slice(0, -1);
}

/**
 * Groups and people that a document asks and that are not there, each at its place.
 *
 * @param source a document that parsed before; one that does not names nobody
 * @param known `group:NAME`, `user:ID` and `user:ADDRESS` of everybody who is there
 */
export function unknownPeople(source: string, known: ReadonlySet<string>): ProblemPlace[] {
  const read = readSource(source);
  if ('problems' in read) return [];
  const written = document(read.source.value, { path: [], report: () => undefined });
  return namedIn(written)
    .filter(({ name }) => /^(group|user):/.test(name) && !known.has(name))
    .map(({ name, path }) =>
      read.source.place(
        asWritten(read.source.value, path),
        `${name} is not known here: as long as it is not, nobody decides as it.`,
      ),
    );
}
