// A draft judged on what really was asked: how many would be asked, let through, denied or refused otherwise than they
// were, with examples. Requests come oldest first, because budgets are counted in order. Advice: nothing is decided.
import { sameJson } from '../canonical.ts';
import type { Instant } from '../json.ts';
import { judge } from './judge.ts';
import type { Judgement, Policy, RiskLevel, Stage, Verdict } from './model.ts';
import { faultsOfCall, parametersFor } from './parameters.ts';
import { Budgets, type KnownPolicies } from './simulate/budget.ts';
import { FATES, type Fate, judgedAt, type StoredRequest } from './simulate/stored.ts';

export type { KnownPolicies } from './simulate/budget.ts';
export type { Fate, StoredRequest } from './simulate/stored.ts';

/** Examples of each difference: the newest. */
const MAX_EXAMPLES = 10;

/** `refused`: params that do not fit the draft's schema never become a request. */
export type SimulatedVerdict = Verdict | 'refused';
interface Said {
  verdict: SimulatedVerdict;
  rule: string | null;
  risk: RiskLevel;
  stages: Stage[] | null;
}
export interface Example {
  id: string;
  created_at: Instant;
  action: string;
  resource: string;
  actor: string;
  fate: Fate;
  recorded: Said;
  draft: Said;
}
export interface Difference {
  count: number;
  /** What became of them: people may have rejected what the draft lets through. */
  fates: { [Key in Fate]: number };
  examples: Example[];
}

const KINDS = {
  newly_allowed: (was, now) => now.verdict === 'allow' && was.verdict !== 'allow',
  newly_asked: (was, now) => now.verdict === 'require_approval' && was.verdict !== 'require_approval',
  newly_denied: (was, now) => now.verdict === 'deny' && was.verdict !== 'deny',
  newly_refused: (_was, now) => now.verdict === 'refused',
  risk_changed: (was, now) => now.verdict !== 'refused' && now.risk !== was.risk,
  people_changed: (was, now) =>
    was.verdict === 'require_approval' && now.verdict === 'require_approval' && !sameStages(was, now),
} satisfies Record<string, (was: Said, now: Said) => boolean>;
export type DifferenceKind = keyof typeof KINDS;
const KIND_NAMES = Object.keys(KINDS) as DifferenceKind[];

const sameStages = (was: Said, now: Said): boolean => sameJson(was.stages, now.stages);

export interface SimulationResult {
  considered: number;
  judged: number;
  /** Erased ones hold nothing to judge. */
  erased: number;
  from: Instant | null;
  to: Instant | null;
  verdicts: { recorded: Counts; draft: Counts };
  /** Rule or trusted pattern of the draft → how many it decided; `default` for none. */
  rules: { [rule: string]: number };
  differences: { [Kind in DifferenceKind]: Difference };
}
type Counts = { [V in SimulatedVerdict]: number };

const none = (): Counts => ({ allow: 0, require_approval: 0, deny: 0, refused: 0 });
export const noFates = (): Difference['fates'] =>
  Object.fromEntries(FATES.map((fate) => [fate, 0])) as Difference['fates'];

/** Takes stored requests, oldest first, and tells at any time what they come to. */
export class Simulation {
  private readonly draft: Policy;
  private readonly budgets: Budgets;
  private readonly told: SimulationResult;

  /** @param known policies under which the requests may have been judged; the draft among them if it was one */
  constructor(draft: Policy, known: KnownPolicies = new Map()) {
    this.draft = draft;
    this.budgets = new Budgets(draft, known);
    this.told = {
      ...{ considered: 0, judged: 0, erased: 0, from: null, to: null, rules: {} },
      verdicts: { recorded: none(), draft: none() },
      differences: Object.fromEntries(
        KIND_NAMES.map((kind) => [kind, { count: 0, fates: noFates(), examples: [] }]),
      ) as unknown as SimulationResult['differences'],
    };
  }

  /** Judges one. @returns what the draft says; null when it is erased */
  take(stored: StoredRequest): Said | null {
    const { told } = this;
    told.considered++;
    told.from ??= stored.created_at;
    told.to = stored.created_at;
    if (stored.input === null) {
      told.erased++;
      return null;
    }
    const recorded: Said = { verdict: stored.verdict, rule: stored.rule, risk: stored.risk, stages: stored.stages };
    const draft = this.judged(stored);
    this.note(stored, recorded, draft);
    return draft;
  }

  private judged(stored: StoredRequest): Said {
    const input = stored.input!;
    // What was hidden is not here to be held to a schema.
    const faults = stored.hidden?.length ? [] : faultsOfCall(parametersFor(this.draft, input.action), input);
    if (faults.length > 0) return { verdict: 'refused', rule: null, risk: stored.risk, stages: null };
    const exhausted_patterns = this.budgets.spentAt(stored);
    const judgement = judge(this.draft, input, { now: judgedAt(stored), exhausted_patterns });
    this.budgets.drawn(judgement, stored.created_at);
    return saidBy(judgement);
  }

  private note(stored: StoredRequest, recorded: Said, draft: Said): void {
    const { verdicts, rules, differences } = this.told;
    this.told.judged++;
    verdicts.recorded[recorded.verdict]++;
    verdicts.draft[draft.verdict]++;
    const rule = draft.verdict === 'refused' ? 'parameters' : (draft.rule ?? 'default');
    rules[rule] = (Object.hasOwn(rules, rule) ? rules[rule]! : 0) + 1;
    for (const kind of KIND_NAMES) {
      if (!KINDS[kind](recorded, draft)) continue;
      const difference = differences[kind];
      difference.count++;
      difference.fates[stored.fate]++;
      difference.examples.push(exampleOf(stored, recorded, draft));
      if (difference.examples.length > MAX_EXAMPLES) difference.examples.shift();
    }
  }

  /** What they come to so far; examples newest first. */
  result(): SimulationResult {
    const differences = Object.fromEntries(
      KIND_NAMES.map((kind) => {
        const { examples, ...difference } = this.told.differences[kind];
        return [kind, { ...difference, examples: [...examples].reverse() }];
      }),
    ) as unknown as SimulationResult['differences'];
    return { ...this.told, differences };
  }
}

const saidBy = ({ verdict, rule, risk, requirement }: Judgement): Said => ({
  verdict,
  rule,
  risk: risk.level,
  stages: verdict === 'require_approval' ? requirement.stages : null,
});

function exampleOf({ id, created_at, input, fate }: StoredRequest, recorded: Said, draft: Said): Example {
  const { action, resource, actor } = input!;
  return { id, created_at, action, resource, actor, fate, recorded, draft };
}
