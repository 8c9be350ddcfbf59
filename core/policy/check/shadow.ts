// Entries that never decide, because one above takes everything that they could. Only what is certain: the one above has
// no condition, and its globs cover theirs. Metadata that one matches on, the other must match on as well.
import { globCovers, type Work } from '../../glob/cover.ts';
import type { Match, Rule, Trusted } from '../model.ts';
import type { Path } from '../source.ts';
import type { Warning } from '../warnings.ts';

const NAMES = ['action', 'resource', 'actor'] as const;
type Fact = string | number | boolean;

/** A policy of very many long globs goes without some hints: a fifth of a second is enough. */
const MAX_STEPS = 1_000_000;

/** Every alternative of `narrow` is covered by one of `wide`; null means anything. */
const globsCover = (work: Work, wide: readonly string[] | null, narrow: readonly string[] | null): boolean =>
  wide === null || (narrow ?? ['**']).every((one) => wide.some((other) => globCovers(other, one, work)));

const factCovers = (work: Work, wide: Fact, narrow: Fact): boolean =>
  typeof wide === 'string' && typeof narrow === 'string' ? globCovers(wide, narrow, work) : wide === narrow;

/** Whatever meets `narrow` meets `wide`. */
function matchCovers(work: Work, wide: Match, narrow: Match): boolean {
  if (!NAMES.every((name) => globsCover(work, wide[name], narrow[name]))) return false;
  return Object.entries(wide.metadata).every(
    ([key, allowed]) =>
      Object.hasOwn(narrow.metadata, key) &&
      narrow.metadata[key]!.every((one) => allowed.some((other) => factCovers(work, other, one))),
  );
}

interface Entry {
  name: string;
  match: Match;
  path: Path;
  /** Whether it takes all that it matches: no condition, no budget, no end. */
  takesAll: boolean;
}

const isEmpty = ({ action, resource, actor, metadata }: Match): boolean =>
  !action && !resource && !actor && Object.keys(metadata).length === 0;

const says = (above: Entry, below: Entry): string =>
  isEmpty(above.match)
    ? `${below.name} is never reached: ${above.name} matches everything.`
    : `${below.name} never decides: ${above.name} takes everything that it matches.`;

/** The first entry above that covers each, in the order of the document. */
function shadowed(entries: readonly Entry[], above: (at: number) => readonly Entry[]): Warning[] {
  const work: Work = { left: MAX_STEPS };
  return entries.flatMap((below, at) => {
    const cover = above(at).find((one) => one !== below && one.takesAll && matchCovers(work, one.match, below.match));
    return cover ? [{ path: below.path, detail: says(cover, below) }] : [];
  });
}

/** Denies are judged first, wherever they stand; then the others from the top. */
export function shadowedRules(rules: readonly Rule[], pathOf: (index: number) => Path): Warning[] {
  const entries = rules.map((rule, index) => ({
    ...{ name: `"${rule.id}"`, match: rule.match, path: pathOf(index), takesAll: rule.when === null },
    denies: rule.verdict === 'deny',
  }));
  const denies = entries.filter((entry) => entry.denies);
  const others = entries.filter((entry) => !entry.denies);
  // What a compact tool lets through under its own condition is no entry of its own in the document.
  const written = others.filter(({ name }) => !name.endsWith(':otherwise"'));
  return [
    ...shadowed(denies, (at) => denies.slice(0, at)),
    ...shadowed(written, (at) => [...denies, ...others.slice(0, others.indexOf(written[at]!))]),
  ];
}

const isEndless = ({ when, limit, expires }: Trusted): boolean => when === null && limit === null && expires === null;

/** Trusted patterns, routes: the first that matches counts. */
export function shadowedEntries(trusted: readonly Trusted[], routing: readonly { match: Match }[]): Warning[] {
  const patterns = trusted.map((one, index) => ({
    ...{ name: `"${one.id}"`, match: one.match, path: ['trusted', index], takesAll: isEndless(one) },
  }));
  const routes = routing.map(({ match }, index) => ({
    ...{ name: `Route ${index + 1}`, match, path: ['routing', index], takesAll: true },
  }));
  return [patterns, routes].flatMap((entries) => shadowed(entries, (at) => entries.slice(0, at)));
}
