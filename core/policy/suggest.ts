// Trusted patterns that people's own answers suggest: what several of them approved every single time. It proposes the
// narrowest pattern that meets what was seen, with a budget and an end; it never applies itself, and a rejection, an
// error, a failure, an expiry or critical risk anywhere in a group ends its suggestion.
import { instantAt, instantMs } from '../duration.ts';
import type { Instant } from '../json.ts';
import { ruleFits } from './match.ts';
import type { Policy, Trusted } from './model.ts';
import type { Fate, StoredRequest } from './simulate/stored.ts';
import { noFates } from './simulate.ts';
import {
  common,
  commonResources,
  conditionFor,
  metadataFor,
  type Resources,
  resourceGlob,
  resourcesOf,
  type Shape,
  shapeOf,
} from './suggest/bounds.ts';
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
  resource: string;
  approved: number;
  people: number;
  from: Instant;
  to: Instant;
  pattern: Trusted;
  /** An entry for `trusted:`. */
  yaml: string;
  /** Of the same requests, by the pattern alone and without its budget. */
  simulation: { would_let_through: number; fates: { [Key in Fate]: number } };
}

interface Group {
  rule: string | null;
  action: string;
  actor: string;
  resources: Resources;
  approved: number;
  people: Set<string>;
  shape: Shape;
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

  constructor(policy: Policy) {
    this.policy = policy;
  }

  /** Takes one request that a person was asked about; others say nothing. */
  learn(stored: StoredRequest): void {
    const { input, verdict, rule } = stored;
    if (input === null || verdict !== 'require_approval') return;
    const resources = resourcesOf(input.resource);
    const key = JSON.stringify([rule, input.action, input.actor, resources.kind]);
    const known = this.groups.get(key);
    if (!known && this.groups.size >= MAX_GROUPS) return;
    const group = known ?? newGroup(stored, resources);
    this.groups.set(key, group);
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
      taken.push(id);
      this.tried.push({ suggestion: suggestionOf(group, id, now), isOut: false });
    }
  }

  /** Tries each pattern on a request: what it would let through that somebody rejected takes it out. */
  try(stored: StoredRequest): void {
    if (stored.input === null || stored.verdict !== 'require_approval') return;
    for (const one of this.tried) {
      const { pattern, simulation } = one.suggestion;
      if (ruleFits(pattern, stored.input, stored.created_at).fit !== 'matched') continue;
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
}

const newGroup = ({ input, rule, created_at }: StoredRequest, resources: Resources): Group => ({
  ...{ rule, action: input!.action, actor: input!.actor, resources, approved: 0, people: new Set(), days: new Map() },
  ...{ shape: shapeOf(input!.params, input!.metadata), from: created_at, to: created_at, isOut: false },
});

function approve(group: Group, { input, people, created_at }: StoredRequest): void {
  group.approved++;
  for (const person of people) group.people.add(person);
  group.shape = common(group.shape, shapeOf(input!.params, input!.metadata));
  group.resources = commonResources(group.resources, resourcesOf(input!.resource));
  group.to = created_at;
  const day = Math.floor(instantMs(created_at) / DAY_MS);
  group.days.set(day, (group.days.get(day) ?? 0) + 1);
}

function suggestionOf(group: Group, id: string, now: Instant): Suggestion {
  const { rule, action, actor, approved, people, from, to } = group;
  const resource = resourceGlob(group.resources);
  const metadata = Object.fromEntries(Object.entries(metadataFor(group.shape)).map(([key, value]) => [key, [value]]));
  const pattern: Trusted = {
    id,
    match: { action: [action], resource: [resource], actor: [actor], metadata },
    when: conditionFor(group.shape),
    limit: { count: Math.max(...group.days.values()), per_seconds: DAY_MS / 1000 },
    expires: `${instantAt(instantMs(now) + LIFETIME_MS).slice(0, 10)}T00:00:00.000Z`,
  };
  return {
    ...{ rule, action, actor, resource, approved, people: people.size, from, to, pattern },
    yaml: trustedText(pattern),
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
