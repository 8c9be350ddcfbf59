// The front door of policy: reading a document, judging what an agent asks, and judging the denies again later. The
// language and the order of judging are policy.md's; the rooms are in core/policy, conditions in core/condition.ts.
import { digestOf } from './digest.ts';
import type { Digest } from './json.ts';
import type { Policy } from './policy/model.ts';

export { type Cases, type Outcome, readCases, runCases } from './policy/cases.ts';
export { type Denial, judgeDenies } from './policy/denies.ts';
export { type Effect, type PolicyDifference, policyDifferences, policyWords } from './policy/diff.ts';
export { judge } from './policy/judge.ts';
export type {
  CapabilitySettings,
  DecidedBy,
  Edits,
  Enforcement,
  Escalation,
  Evidence,
  JudgeFacts,
  Judgement,
  Match,
  OnRejection,
  Policy,
  PolicyInput,
  RequiredEvidence,
  Requirement,
  RiskLevel,
  Rule,
  Separation,
  Stage,
  TraceStep,
  Trusted,
  Verdict,
  Verify,
} from './policy/model.ts';
export { RISK_LEVELS, VERDICTS } from './policy/model.ts';
export { DEFAULT_POLICY, type ParsedPolicy, parsePolicy } from './policy/parse.ts';
export { routeOf } from './policy/routing.ts';

/** The digest that a request pins: over the normal form, so that comments and layout of the document do not matter. */
export const policyDigest = (policy: Policy): Digest => digestOf(policy);
