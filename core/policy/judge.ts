// Judging, in the order of policy.md: denies anywhere; the first rule that matches or errors; the risk; trusted
// patterns. Pure and total: whatever a request holds, there is an answer, and an error never makes it milder.
import type { JsonObject } from '../json.ts';
import { type Fitting, type Read, ruleFits } from './match.ts';
import type {
  JudgeFacts,
  Judgement,
  Policy,
  PolicyInput,
  RiskLevel,
  Rule,
  TraceStep,
  Trusted,
  Verdict,
} from './model.ts';
import { parametersFor } from './parameters.ts';
import { stagesFor } from './routing.ts';
import {
  capabilityOf,
  editsOf,
  escalationsOf,
  highestRisk,
  notifyOf,
  rejectionOf,
  reminderOf,
  requirementOf,
  timeoutOf,
} from './strictest.ts';

/** What the rules say, before trusted patterns. */
interface Finding {
  /** Rules that could not be evaluated: they count as matched and ask. */
  failed: { rule: Rule; detail: string }[];
  /** The first rule that really matches; null: the default. */
  matched: Rule | null;
  trace: TraceStep[];
  reads: Read[];
}

function stepOf(rule: string, kind: TraceStep['kind'], fitting: Fitting): TraceStep {
  const { fit, expression, decided_by, error } = fitting;
  return {
    rule,
    kind,
    result: fit,
    ...(expression === null ? {} : { expression }),
    ...(decided_by === null ? {} : { decided_by }),
    ...(error === null ? {} : { error }),
  };
}

/** Considers one rule: notes it, and says whether the search is over. */
function consider(finding: Finding, rule: Rule, input: PolicyInput, now: string): boolean {
  const fitting = ruleFits(rule, input, now);
  finding.trace.push(stepOf(rule.id, 'rule', fitting));
  finding.reads.push(...fitting.reads);
  if (fitting.fit === 'error') finding.failed.push({ rule, detail: fitting.error ?? 'could not be evaluated' });
  if (fitting.fit === 'matched') finding.matched = rule;
  return fitting.fit === 'matched';
}

/** All denies first: a matching one ends it wherever it stands; then the others from the top. */
function search(policy: Policy, input: PolicyInput, now: string): Finding {
  const finding: Finding = { failed: [], matched: null, trace: [], reads: [] };
  const denies = policy.rules.filter((rule) => rule.verdict === 'deny');
  const others = policy.rules.filter((rule) => rule.verdict !== 'deny');
  for (const rule of [...denies, ...others]) if (consider(finding, rule, input, now)) return finding;
  finding.trace.push({ rule: 'default', kind: 'default', result: 'matched' });
  return finding;
}

/** Errors ask, unless what would hold without them is a deny: they must not make that milder either. */
function verdictOf(policy: Policy, { matched, failed }: Finding, claimed: RiskLevel | null): Verdict {
  const verdict = matched?.verdict ?? policy.defaults.verdict;
  if (verdict === 'deny') return 'deny';
  return failed.length > 0 || claimed === 'critical' ? 'require_approval' : verdict;
}

interface Raised {
  level: RiskLevel;
  reason: string;
}

function raisesOf(policy: Policy, { matched, failed }: Finding, claimed: RiskLevel | null): Raised[] {
  const base = matched
    ? { level: matched.risk, reason: `Rule "${matched.id}" says ${matched.risk}.` }
    : { level: policy.defaults.risk, reason: `No rule matched; the default is ${policy.defaults.risk}.` };
  const errors = failed.flatMap(({ rule }): Raised[] => {
    const level = rule.verdict === 'deny' ? 'critical' : highestRisk(['high', rule.risk]);
    return [{ level, reason: `Rule "${rule.id}" could not be evaluated; that is ${level}.` }];
  });
  const claim: Raised[] = claimed ? [{ level: claimed, reason: `The agent claims ${claimed}.` }] : [];
  return [base, ...errors, ...claim];
}

function riskOf(policy: Policy, finding: Finding, claimed: RiskLevel | null): Judgement['risk'] {
  const raises = raisesOf(policy, finding, claimed);
  return { level: highestRisk(raises.map(({ level }) => level)), claimed, reasons: raises.map(({ reason }) => reason) };
}

function judgementOf(policy: Policy, input: PolicyInput, finding: Finding, now: string): Judgement {
  const { matched, failed, trace } = finding;
  const asking = [...failed.map(({ rule }) => rule), ...(matched ? [matched] : [])];
  const risk = riskOf(policy, finding, input.claimed_risk);
  const { stages, errors } = stagesFor(
    policy,
    input,
    failed.map(({ rule }) => rule),
    matched,
  );
  const verdict = verdictOf(policy, finding, input.claimed_risk);
  const deciding = verdict === 'deny' ? matched : (asking[0] ?? null);
  return {
    verdict,
    rule: deciding?.id ?? null,
    message: deciding?.message ?? asking.find((rule) => rule.message !== null)?.message ?? null,
    on_rejection: rejectionOf(asking),
    risk,
    requirement: requirementOf(policy, asking, stages, risk.level),
    capability: capabilityOf(asking),
    edits: editsOf(asking),
    timeout_seconds: timeoutOf(policy, asking, risk.level, now),
    constraints: verdict === 'allow' ? constraintsOf(finding.reads) : {},
    trace,
    errors: [...failed.map(({ rule, detail }) => ({ rule: rule.id, detail })), ...errors],
    draws_on: null,
    ...follow(verdict, asking),
    parameters: parametersFor(policy, input.action),
  };
}

/** Only who waits is escalated and reminded. */
const follow = (verdict: Verdict, asking: Rule[]): Pick<Judgement, 'escalate' | 'remind_seconds' | 'notify'> => ({
  escalate: verdict === 'require_approval' ? escalationsOf(asking) : [],
  remind_seconds: verdict === 'require_approval' ? reminderOf(asking) : null,
  notify: notifyOf(asking),
});

/** Metadata and context that were read, by name. What the agent says is so must be so when it runs. */
const constraintsOf = (reads: Read[]): JsonObject =>
  Object.fromEntries(
    reads.filter(({ name }) => /^(metadata|context)\b/.test(name)).map(({ name, value }) => [name, value]),
  );

function isLive(pattern: Trusted, { now, exhausted_patterns }: JudgeFacts): boolean {
  return (pattern.expires === null || now < pattern.expires) && !exhausted_patterns.includes(pattern.id);
}

/** The first trusted pattern that matches lets through what policy would send to a person. */
function trust(policy: Policy, input: PolicyInput, facts: JudgeFacts, asked: Judgement, reads: Read[]): Judgement {
  const trace = [...asked.trace];
  const errors = [...asked.errors];
  const read = [...reads];
  for (const pattern of policy.trusted.filter((one) => isLive(one, facts))) {
    const fitting = ruleFits(pattern, input, facts.now);
    trace.push(stepOf(pattern.id, 'trusted', fitting));
    read.push(...fitting.reads);
    if (fitting.fit === 'error') errors.push({ rule: pattern.id, detail: fitting.error ?? 'could not be evaluated' });
    if (fitting.fit !== 'matched') continue;
    const draws_on = pattern.limit && { pattern: pattern.id, ...pattern.limit };
    return {
      ...asked,
      verdict: 'allow',
      rule: pattern.id,
      message: null,
      constraints: constraintsOf(read),
      trace,
      errors,
      draws_on,
      // The rule wanted them told of a request that waits; this one does not.
      ...follow('allow', []),
    };
  }
  return { ...asked, trace, errors };
}

/**
 * Policy, what is asked, the moment and the spent budgets → the whole answer: verdict, risk, who must approve, what the
 * capability is like, the trace. Deterministic: the same four give the same answer, in whatever order keys stand.
 */
export function judge(policy: Policy, input: PolicyInput, facts: JudgeFacts): Judgement {
  const finding = search(policy, input, facts.now);
  const judgement = judgementOf(policy, input, finding, facts.now);
  const mayTrust =
    judgement.verdict === 'require_approval' && judgement.errors.length === 0 && judgement.risk.level !== 'critical';
  return mayTrust ? trust(policy, input, facts, judgement, finding.reads) : judgement;
}

/**
 * The denies of the current policy, judged again when a decision, an exchange, an introspection or a consumption comes
 * in. The first one that hits or errors refuses that call (403 `policy-denies`); null: none does.
 */
export function judgeDenies(policy: Policy, input: PolicyInput, now: string): { rule: string; detail: string } | null {
  for (const rule of policy.rules) {
    if (rule.verdict !== 'deny') continue;
    const { fit, error } = ruleFits(rule, input, now);
    if (fit === 'error') return { rule: rule.id, detail: error ?? 'could not be evaluated' };
    if (fit === 'matched') return { rule: rule.id, detail: rule.message ?? `Rule "${rule.id}" denies this.` };
  }
  return null;
}
