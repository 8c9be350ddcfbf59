// A delegation: somebody lends what they may decide to a colleague, for a time, signed with their own passkey. Here is
// what one says and which requests it covers; whether a vote under it counts is core/requirement/delegated.ts.
// Invariant: it lends only what its maker holds directly, and nothing of it can be lent on (policy.md "never chained").
import { instantAt, instantMs } from './duration.ts';
import { globMatches } from './glob.ts';
import type { Instant } from './json.ts';
import { MAX_LENT_PATTERNS, MAX_NAME_CHARS } from './limits.ts';
import { RISK_LEVELS, type RiskLevel } from './policy/model.ts';

/** What is lent; null: no bound of this kind. */
export interface DelegationScope {
  /** Globs, as in a policy's `match`. */
  actions: string[] | null;
  resources: string[] | null;
  /** `group:…`, `role:…`: only as these. */
  sources: string[] | null;
  max_risk: RiskLevel | null;
}

/** A delegation as facts carry it to the person who holds it, while it is in force. */
export interface Lent {
  /** `del_…`. */
  id: string;
  /** Who lent it: `usr_…`. */
  from: string;
  scope: DelegationScope;
  /** In force since then: for no request that was made before. */
  since: Instant;
  until: Instant;
}

/** Under which delegation somebody voted: recorded with the vote. */
export interface OnBehalf {
  id: string;
  from: string;
}

/** What of a request a delegation can be bound to, and the moment at which it is asked. */
export interface About {
  action: string;
  resource: string;
  risk: RiskLevel;
  now: Instant;
}

const isName = (text: string): boolean => text.length <= MAX_NAME_CHARS;

/** Nothing longer than a name comes through a door: in a file it would only keep a verifier busy, and fits nothing. */
const anyFits = (patterns: string[] | null, text: string): boolean =>
  patterns === null ||
  (isName(text) &&
    patterns.length <= MAX_LENT_PATTERNS &&
    patterns.some((one) => isName(one) && globMatches(one, text)));

/** Whether a delegation is in force at that moment and about such a request. */
export function covers(
  { scope, since, until }: Pick<Lent, 'scope' | 'since' | 'until'>,
  { action, resource, risk, now }: About,
): boolean {
  const low_enough = scope.max_risk === null || RISK_LEVELS.indexOf(risk) <= RISK_LEVELS.indexOf(scope.max_risk);
  return (
    since <= now && now < until && low_enough && anyFits(scope.actions, action) && anyFits(scope.resources, resource)
  );
}

/** When it begins to be in force: never before it was signed and sealed, whatever it says. */
export const inForceSince = (starts_at: Instant | null, created_at: Instant): Instant =>
  starts_at === null ? created_at : instantAt(Math.max(instantMs(starts_at), instantMs(created_at)));
