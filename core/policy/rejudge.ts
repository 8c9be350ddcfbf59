// An edited action judged again (policy.md "Edits"): a stricter requirement replaces the weaker, in every part, and
// nothing becomes milder. It judges no policy: judge.ts has. Invariant: whatever meets the result meets both.
import {
  type CapabilitySettings,
  EDITS,
  ENFORCEMENTS,
  EVIDENCE,
  type Judgement,
  mayAnswerAs,
  type Requirement,
  RISK_LEVELS,
  type RiskLevel,
  SEPARATIONS,
  type Stage,
  stricter,
  VERIFICATIONS,
} from './model.ts';

/** What policy asks for the effective action. */
export type InForce = Pick<Judgement, 'requirement' | 'capability' | 'risk' | 'edits'>;

/**
 * The strictest of what held and what policy says of the edited action. Where it would let that action through, what held
 * still holds: a person was asked, and an edit does not end that.
 *
 * @param found must not be a deny: that refuses the edit
 */
export function rejudged(held: InForce, found: Judgement): InForce {
  const asks = found.verdict === 'require_approval';
  const risk = strictestRisk(held.risk, found.risk);
  const kept = risk.level === held.risk.level ? held.requirement : atRisk(held.requirement, found.requirement);
  return {
    requirement: asks ? strictestRequirement(held.requirement, found.requirement) : kept,
    capability: strictestCapability(held.capability, found.capability),
    risk,
    edits: asks ? stricter(EDITS, held.edits, found.edits) : held.edits,
  };
}

/** What a risk level asks of its own accord: no token decides above medium because the action would have been let through. */
const atRisk = (held: Requirement, { verify, separation }: Requirement): Requirement => ({
  ...held,
  verify: stricter(VERIFICATIONS, held.verify, verify),
  separation: stricter(SEPARATIONS, held.separation, separation),
});

const strictestRequirement = (one: Requirement, other: Requirement): Requirement => ({
  verify: stricter(VERIFICATIONS, one.verify, other.verify),
  separation: stricter(SEPARATIONS, one.separation, other.separation),
  stages: strictestStages(one.stages, other.stages),
  require: {
    approve: EVIDENCE.filter((item) => [one, other].some(({ require }) => require.approve.includes(item))),
    reject: EVIDENCE.filter((item) => [one, other].some(({ require }) => require.reject.includes(item))),
  },
});

const approvers = (stage: Stage): string[] => stage.from.filter((source) => mayAnswerAs(stage, source, 'approve'));

interface Approving {
  count: number;
  by: Set<string>;
}
const approving = (stage: Stage): Approving => ({ count: stage.count, by: new Set(approvers(stage)) });

/** Whoever meets `strong` meets `weak`: as many people, and none from elsewhere. */
function covers(strong: Approving, weak: Approving): boolean {
  if (strong.count < weak.count) return false;
  for (const source of strong.by) if (!weak.by.has(source)) return false;
  return true;
}

/**
 * Which stage of `strong` covers each of `weak`, -1 for none; one covers one, because people count once across all. As many
 * as can be are covered: a stage gives its place up where it finds another (augmenting paths; lists are short).
 */
function coversOf(strong: readonly Stage[], weak: readonly Stage[]): number[] {
  const taken = strong.map(() => -1);
  const [strongs, weaks] = [strong.map(approving), weak.map(approving)];
  const place = (at: number, tried: Set<number>): boolean =>
    strongs.some((one, index) => {
      if (tried.has(index) || !covers(one, weaks[at]!)) return false;
      tried.add(index);
      if (taken[index] !== -1 && !place(taken[index]!, tried)) return false;
      taken[index] = at;
      return true;
    });
  for (const at of weak.keys()) place(at, new Set());
  return weak.map((_, at) => taken.indexOf(at));
}

const uncovered = (strong: readonly Stage[], weak: readonly Stage[]): Stage[] => {
  const by = coversOf(strong, weak);
  return weak.filter((_, index) => by[index] === -1);
};

/** The new stages, then the old ones that none of them covers; a new one that only repeats such an old one is left out. */
function strictestStages(old: readonly Stage[], fresh: readonly Stage[]): Stage[] {
  const by = coversOf(fresh, old);
  const left = old.filter((_, index) => by[index] === -1);
  const spare = fresh.filter((_, index) => !by.includes(index));
  const wanted = uncovered(left, spare);
  return [...fresh.filter((stage, index) => by.includes(index) || wanted.includes(stage)), ...left];
}

/** The first audience stands, as it does among several rules (strictest.ts). */
const strictestCapability = (one: CapabilitySettings, other: CapabilitySettings): CapabilitySettings => ({
  ttl_seconds: Math.min(one.ttl_seconds, other.ttl_seconds),
  enforce: stricter(ENFORCEMENTS, one.enforce, other.enforce),
  dpop: one.dpop || other.dpop,
  audience: one.audience ?? other.audience,
});

const strictestRisk = (one: Judgement['risk'], other: Judgement['risk']): Judgement['risk'] => ({
  level: stricter(RISK_LEVELS, one.level, other.level),
  claimed: one.claimed,
  reasons: [...new Set([...one.reasons, ...other.reasons])],
});

/** What a verifier can compare: the skeleton of an event, without reasons. */
export interface Strictness {
  requirement: Requirement;
  capability: CapabilitySettings;
  risk: RiskLevel;
}

type Milder = (before: Strictness, after: Strictness) => boolean;

const below = <T extends string>(scale: readonly T[], value: T, least: T): boolean =>
  scale.indexOf(value) < scale.indexOf(least);

const MILDER: Record<string, Milder> = {
  stages: (before, after) => uncovered(after.requirement.stages, before.requirement.stages).length > 0,
  verify: (before, after) => below(VERIFICATIONS, after.requirement.verify, before.requirement.verify),
  separation: (before, after) => below(SEPARATIONS, after.requirement.separation, before.requirement.separation),
  require: ({ requirement: { require: asked } }, { requirement: { require } }) =>
    (['approve', 'reject'] as const).some((on) => asked[on].some((item) => !require[on].includes(item))),
  risk: (before, after) => below(RISK_LEVELS, after.risk, before.risk),
  ttl_seconds: (before, after) => after.capability.ttl_seconds > before.capability.ttl_seconds,
  enforce: (before, after) => below(ENFORCEMENTS, after.capability.enforce, before.capability.enforce),
  dpop: (before, after) => before.capability.dpop && !after.capability.dpop,
};

/** Names of what is milder after than before; empty when an edit made nothing milder. */
export const milderIn = (before: Strictness, after: Strictness): string[] =>
  Object.keys(MILDER).filter((name) => MILDER[name]!(before, after));
