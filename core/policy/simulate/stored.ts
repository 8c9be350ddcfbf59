// A request as it was once judged, as far as judging it again needs it: what lists keep of it. Advice is made from it,
// never a decision.
import type { Digest, Instant } from '../../json.ts';
import type { PolicyInput, RiskLevel, Stage, TraceStep, Verdict } from '../model.ts';

/** What became of it by now. `edited`: approved, but not as it was asked. */
export const FATES = ['approved', 'edited', 'rejected', 'expired', 'failed', 'other'] as const;
export type Fate = (typeof FATES)[number];

export interface StoredRequest {
  id: string;
  created_at: Instant;
  /** Null once it is erased: then nothing can be said of it. */
  input: PolicyInput | null;
  /** Pointers of params whose values policy hid: `input` is without them, and a condition that reads one is an error. */
  hidden?: string[];
  verdict: Verdict;
  risk: RiskLevel;
  rule: string | null;
  /** Null where nobody was asked. */
  stages: Stage[] | null;
  policy_digest: Digest;
  trace: TraceStep[];
  fate: Fate;
  /** Who approved or rejected, as ids. */
  people: string[];
}

/** The moment at which it was judged: as its conditions read it, else when it was made. */
export function judgedAt({ trace, created_at }: Pick<StoredRequest, 'trace' | 'created_at'>): Instant {
  const reads = trace.flatMap(({ decided_by }) => decided_by?.values ?? []);
  const now = reads.find(({ name }) => name === 'now')?.value;
  return typeof now === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(now) ? now : created_at;
}
