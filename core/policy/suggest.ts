// Trusted patterns that people's own answers suggest: what several of them approved every single time. A pattern lets
// nothing through that was not seen (suggest/bounds.ts), has a budget and an end, and never applies itself. What cannot be
// bounded so is not suggested, and said why. A rejection, an error, a failure, an expiry or critical risk anywhere in a
// group ends its suggestion.
import { instantAt, instantMs } from '../duration.ts';
import type { Instant } from '../json.ts';
import { ruleFits } from './match.ts';
import type { Policy, Trusted } from './model.ts';
import { hides } from './parameters/hidden.ts';
import { parametersFor } from './parameters.ts';
import { manner, NEWEST } from './semantics.ts';
import type { Fate, StoredRequest } from './simulate/stored.ts';
import { noFates } from './simulate.ts';
import { type Behavior, newBehavior, observe, patternOf } from './suggest/pattern.ts';
import { trustedText } from './text.ts';

/** Below this, "always" is chance. */
export const MIN_APPROVALS = 20;
/** One person's habit is no judgement of the house. */
export const MIN_PEOPLE = 2;
/** Groups remembered at once: more actions than that have no habit. */
const MAX_GROUPS = 2_000;
const MAX_SUGGESTIONS = 20;
/** It is looked at again every quarter. */
const LIFETIME_MS = 90 * 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

export interface Suggestion {
  /** What was asked, and by which rule. */
  rule: string | null;
  action: string;
  actor: string;
  /** Those that it names: the ones that were seen. */
  resources: string[];
  approved: number;
  people: number;
  from: Instant;
  to: Instant;
  pattern: Trusted;
  /** What it lets through, place by place and in any combination: `param.amount: a whole number from 5 to 40`. */
  bounds: string[];
  /** An entry for `trusted:`. */
  yaml: string;
  /** Of the same requests, by the pattern alone and without its budget. */
  simulation: { would_let_through: number; fates: { [Key in Fate]: number } };
}

/** What was always approved, and why no pattern lets the like of it through and nothing else. */
export interface NotSuggested {
  rule: string | null;
  action: string;
  actor: string;
  /** Of resource: `mailbox`. */
  kind: string;
  approved: number;
  people: number;
  /** One sentence. */
  reason: string;
}

interface Group {
  rule: string | null;
  action: string;
  actor: string;
  kind: string;
  approved: number;
  people: Set<string>;
  seen: Behavior;
  /** Where a request held a hidden value, which no condition may read; null: nowhere. */
  hidden: string | null;
  from: Instant;
  to: Instant;
  /** Day → approvals, for the budget. */
  days: Map<number, number>;
  isOut: boolean;
}

/** What became of a request that speaks against a habit of approving it as it is. */
const AGAINST: readonly Fate[] = ['rejected', 'edited', 'expired', 'failed'];

const speaksAgainst = ({ fate, risk, trace }: StoredRequest): boolean =>
  AGAINST.includes(fate) || risk === 'critical' || trace.some(({ result }) => result === 'error');

/** First every request through `learn`, then every one again through `try`, then `suggestions`. */
export class Suggesting {
  private readonly policy: Policy;
  private readonly groups = new Map<string, Group>();
  private tried: { suggestion: Suggestion; isOut: boolean }[] = [];
  private unbounded: NotSuggested[] = [];

  constructor(policy: Policy) {
    this.policy = policy;
  }

  /** Takes one request that a person was asked about; others say nothing. */
  learn(stored: StoredRequest): void {
    const { input, verdict, rule } = stored;
    if (input === null || verdict !== 'require_approval') return;
    const kind = input.resource.slice(0, input.resource.indexOf(':'));
    const key = JSON.stringify([rule, input.action, input.actor, kind]);
    const known = this.groups.get(key);
    if (!known && this.groups.size >= MAX_GROUPS) return;
    const group = known ?? newGroup(stored, kind);
    this.groups.set(key, group);
    group.hidden ??= stored.hidden?.[0] ?? null;
    if (speaksAgainst(stored)) group.isOut = true;
    else if (stored.fate === 'approved') approve(group, stored);
  }

  /** The patterns that come of it. @param now their end is counted from here */
  propose(now: Instant): void {
    const habits = [...this.groups.values()].filter(
      ({ approved, people, isOut }) => !isOut && approved >= MIN_APPROVALS && people.size >= MIN_PEOPLE,
    );
    const newest = habits.sort((one, other) => other.approved - one.approved).slice(0, MAX_SUGGESTIONS);
    const taken = [...this.policy.rules, ...this.policy.trusted].map(({ id }) => id);
    for (const group of newest) {
      const id = freeId(group.action, taken);
      const found = this.hidesFrom(group) ?? suggestionOf(group, id, now);
      if ('reason' in found) this.unbounded.push(found);
      else {
        taken.push(id);
        this.tried.push({ suggestion: found, isOut: false });
      }
    }
  }

  /** Why there is none where policy hides a value: what was seen is not all that there was. */
  private hidesFrom(group: Group): NotSuggested | null {
    const isHidden = group.hidden !== null || hides(parametersFor(this.policy, group.action) ?? undefined);
    if (!isHidden) return null;
    const { rule, action, actor, kind, approved, people, hidden } = group;
    const reason = `${hidden === null ? 'A parameter of this action' : `\`params${hidden}\``} is hidden (writeOnly): no condition reads it, so that no pattern bounds it.`;
    return { rule, action, actor, kind, approved, people: people.size, reason };
  }

  /** Tries each pattern on a request: what it would let through that somebody rejected takes it out. */
  try(stored: StoredRequest): void {
    if (stored.input === null || stored.verdict !== 'require_approval') return;
    const how = manner(NEWEST, this.policy.resources);
    for (const one of this.tried) {
      const { pattern, simulation } = one.suggestion;
      const { fit } = ruleFits(pattern, stored.input, stored.created_at, how);
      // What could not be tried on each of them is not suggested.
      if (how.work.left < 0) one.isOut = true;
      if (fit !== 'matched') continue;
      simulation.would_let_through++;
      simulation.fates[stored.fate]++;
      if (speaksAgainst(stored)) one.isOut = true;
    }
  }

  /** What is left, most often approved first. */
  suggestions(): Suggestion[] {
    return this.tried
      .filter(({ isOut, suggestion }) => !isOut && suggestion.simulation.fates.approved >= suggestion.approved)
      .map(({ suggestion }) => suggestion);
  }

  /** What was always approved and cannot be bounded. */
  notSuggested(): NotSuggested[] {
    return this.unbounded;
  }
}

const newGroup = ({ input, rule, created_at }: StoredRequest, kind: string): Group => ({
  rule,
  action: input!.action,
  actor: input!.actor,
  kind,
  approved: 0,
  people: new Set(),
  days: new Map(),
  seen: newBehavior(),
  hidden: null,
  from: created_at,
  to: created_at,
  isOut: false,
});

function approve(group: Group, { input, people, created_at }: StoredRequest): void {
  group.approved++;
  for (const person of people) group.people.add(person);
  observe(group.seen, input!);
  group.to = created_at;
  const day = Math.floor(instantMs(created_at) / DAY_MS);
  group.days.set(day, (group.days.get(day) ?? 0) + 1);
}

function suggestionOf(group: Group, id: string, now: Instant): Suggestion | NotSuggested {
  const { rule, action, actor, kind, approved, people, from, to } = group;
  const found = patternOf(group.seen, { action, actor });
  if ('trouble' in found) return { rule, action, actor, kind, approved, people: people.size, reason: found.trouble };
  const pattern: Trusted = {
    id,
    match: found.match,
    when: found.when,
    limit: { count: Math.max(...group.days.values()), per_seconds: DAY_MS / 1000 },
    expires: `${instantAt(instantMs(now) + LIFETIME_MS).slice(0, 10)}T00:00:00.000Z`,
  };
  return {
    rule,
    action,
    actor,
    resources: found.match.resource!,
    approved,
    people: people.size,
    from,
    to,
    pattern,
    yaml: trustedText(pattern),
    bounds: found.bounds,
    simulation: { would_let_through: 0, fates: noFates() },
  };
}

/** `trusted-data-export`, and a number behind it where that is taken. */
export function freeId(action: string, taken: readonly string[], prefix = 'trusted'): string {
  const base = `${prefix}-${action.replaceAll(/[^a-z0-9]+/gi, '-')}`.slice(0, 58).replace(/-+$/, '');
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.includes(id)) return id;
  }
}
