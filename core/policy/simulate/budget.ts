// Budgets of trusted patterns in a simulation. Where the same pattern was in force when a request was judged, what
// happened then is taken from its trace; otherwise draws are counted again, one after the other. Counting again knows
// nothing of what was before the first request, so that a budget may seem to last longer than it would have.
import { sameJson } from '../../canonical.ts';
import { instantMs } from '../../duration.ts';
import type { Digest, Instant } from '../../json.ts';
import type { Judgement, Policy, Trusted } from '../model.ts';
import type { StoredRequest } from './stored.ts';

/** Policies by digest whose normal forms are at hand. */
export type KnownPolicies = ReadonlyMap<Digest, Policy>;

/** Draws of one draft's patterns, counted in the order of the requests. */
export class Budgets {
  private readonly patterns: Trusted[];
  private readonly known: KnownPolicies;
  private readonly draws = new Map<string, number[]>();

  constructor(draft: Policy, known: KnownPolicies) {
    this.patterns = draft.trusted.filter(({ limit }) => limit !== null);
    this.known = known;
  }

  /** Patterns whose budget is spent when this request is judged. */
  spentAt(stored: StoredRequest): string[] {
    const then = this.known.get(stored.policy_digest);
    return this.patterns
      .filter((pattern) => (then && wasSpent(then, pattern, stored)) ?? this.isSpent(pattern, stored.created_at))
      .map(({ id }) => id);
  }

  /** Notes what was drawn. */
  drawn(judgement: Judgement, at: Instant): void {
    const { draws_on } = judgement;
    if (!draws_on) return;
    const times = this.draws.get(draws_on.pattern) ?? [];
    times.push(instantMs(at));
    this.draws.set(draws_on.pattern, times);
  }

  private isSpent({ id, limit }: Trusted, at: Instant): boolean {
    const since = instantMs(at) - limit!.per_seconds * 1000;
    const times = (this.draws.get(id) ?? []).filter((time) => time > since);
    this.draws.set(id, times);
    return times.length >= limit!.count;
  }
}

/** Whether this very pattern was spent then; undefined when its trace does not tell. */
function wasSpent(then: Policy, pattern: Trusted, stored: StoredRequest): boolean | undefined {
  const place = then.trusted.findIndex((one) => same(one, pattern));
  const steps = stored.trace.filter(({ kind }) => kind === 'trusted');
  if (place < 0 || (steps.length === 0 && !wasTrusting(stored))) return undefined;
  if (steps.some(({ rule }) => rule === pattern.id)) return false;
  const matched = steps.find(({ result }) => result === 'matched');
  const before = matched ? then.trusted.findIndex(({ id }) => id === matched.rule) : then.trusted.length;
  const wasLive = pattern.expires === null || stored.created_at < pattern.expires;
  // It was not considered though nothing before it matched and it was live: only a spent budget does that.
  return before > place && wasLive ? true : undefined;
}

/** Whether trusted patterns were looked at: a person was to be asked, nothing erred, and it was not critical. */
const wasTrusting = ({ verdict, risk, trace }: StoredRequest): boolean =>
  verdict === 'require_approval' && risk !== 'critical' && trace.every(({ result }) => result !== 'error');

const same = (one: Trusted, other: Trusted): boolean => one.id === other.id && sameJson(one, other);
