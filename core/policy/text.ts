// The text of a policy, changed where it must be and nowhere else: comments, order and layout of the rest stay. What
// comes out is a draft like any other: it is checked, shown and signed.
import { stringify } from 'yaml';
import type { Json } from '../json.ts';
import { fail, ok, type Result } from '../problems.ts';
import type { Match, Policy, Trusted, Verdict } from './model.ts';
import { parsePolicy } from './parse.ts';
import { withEntry, withoutEntry } from './splice.ts';
import { switchId } from './switch-id.ts';

/** Alternatives as people write them: one alone needs no list. */
const alone = <T>(list: T[]): T | T[] => (list.length === 1 ? list[0]! : list);

function matchText({ action, resource, actor, metadata }: Match): { [key: string]: Json } {
  const names = Object.entries({ action, resource, actor }).filter((entry) => entry[1] !== null);
  const facts = Object.entries(metadata).map(([key, list]) => [key, alone(list)]);
  return {
    ...Object.fromEntries(names.map(([name, list]) => [name, alone(list!)])),
    ...(facts.length === 0 ? {} : { metadata: Object.fromEntries(facts) }),
  };
}

/** 3600 → `1h`. */
function durationText(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'm'],
  ] as const;
  const [size, unit] = units.find(([size]) => seconds % size === 0) ?? [1, 's'];
  return `${seconds / size}${unit}`;
}

const writtenTrusted = ({ id, match, when, limit, expires }: Trusted): { [key: string]: Json } => ({
  id,
  match: matchText(match),
  ...(when === null ? {} : { when }),
  ...(limit === null ? {} : { limit: { count: limit.count, per: durationText(limit.per_seconds) } }),
  ...(expires === null ? {} : { expires: expires.slice(0, 10) }),
});

/** A trusted pattern as an entry for `trusted:`. */
export const trustedText = (pattern: Trusted): string => stringify([writtenTrusted(pattern)], { lineWidth: 0 });

export interface Switch {
  action: string;
  /** null: whoever acts. */
  actor: string | null;
  verdict: Exclude<Verdict, 'deny'>;
}
export interface Drafted {
  source: string;
  /** Of the rule that says it. */
  rule: string;
}

/**
 * The policy with a rule on top of `rules` that says whether a person must approve `action` (of `actor`). An earlier rule
 * of the same switch gives way. Denies hold all the same, wherever they stand.
 *
 * @returns `invalid-policy` when the text is none, or when the names do not fit a policy
 */
export function withSwitch(source: string, asked: Switch): Result<Drafted> {
  const before = parsePolicy(source);
  if (!before.ok) return before;
  const rule = switchId(asked);
  const earlier = before.value.policy.rules.findIndex(({ id }) => id === rule);
  const cleared = earlier < 0 ? source : withoutEntry(source, 'rules', earlier);
  return checked(withEntry(cleared, 'rules', 'first', writtenSwitch(rule, asked)), rule);
}

function writtenSwitch(id: string, { action, actor, verdict }: Switch): Json {
  const match = { action, ...(actor === null ? {} : { actor }) };
  return { id, match, verdict, ...(verdict === 'allow' ? { risk: 'low' } : {}) };
}

/** A draft that does not read is never handed out. */
function checked(source: string, rule: string): Result<Drafted> {
  const parsed = parsePolicy(source);
  return parsed.ok ? ok({ source, rule }) : fail('invalid-policy', parsed.problem.detail, parsed.problem);
}

/**
 * The policy with a pattern at the end of `trusted`.
 *
 * @returns `invalid-policy` when the text is none, or when the pattern's id is taken
 */
export function withTrusted(source: string, pattern: Trusted): Result<Drafted> {
  const before = parsePolicy(source);
  if (!before.ok) return before;
  return checked(withEntry(source, 'trusted', 'last', writtenTrusted(pattern)), pattern.id);
}

/** What a policy says of an action of an actor by its switch alone; null: no switch was set. */
export const switchOf = (policy: Policy, of: Pick<Switch, 'action' | 'actor'>): Verdict | null =>
  policy.rules.find(({ id }) => id === switchId(of))?.verdict ?? null;
