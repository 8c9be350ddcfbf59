// Judging, in the order of policy.md: denies anywhere; the first rule that matches or errors; the risk; trusted
// patterns. Pure and total: whatever a request holds, there is an answer, and an error never makes it milder.
import type { JsonObject } from '../json.ts';
import { type Failed, type Finding, search, stepOf } from './finding.ts';
import { type Read, ruleFits } from './match.ts';
import type { JudgeFacts, Judgement, Policy, PolicyInput, RiskLevel, Rule, Trusted, Verdict } from './model.ts';
import { parametersFor } from './parameters.ts';
import { stagesFor } from './routing.ts';
import { type Manner, manner } from './semantics.ts';
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
  const errors = failed.map((one): Raised => {
    const { verdict, risk } = one.rule;
    const level = verdict === 'deny' ? 'critical' : highestRisk(['high', risk]);
    return { level, reason: reasonOf(one, level) };
  });
  const claim: Raised[] = claimed ? [{ level: claimed, reason: `The agent claims ${claimed}.` }] : [];
  return [base, ...errors, ...claim];
}

/** Names the rule's name that the request's almost is: reviewers must see which one. */
function reasonOf({ rule, doubts: [doubt] }: Failed, level: RiskLevel): string {
  if (!doubt) return `Rule "${rule.id}" could not be evaluated; that is ${level}.`;
  if (doubt.name === 'condition') return `Rule "${rule.id}" cannot tell: ${doubt.detail}; that is ${level}.`;
  return `${capital(doubt.detail)}, which rule "${rule.id}" ${WHAT_RULES_DO[rule.verdict]}; that is ${level}.`;
}

const WHAT_RULES_DO: Record<Verdict, string> = { allow: 'allows', require_approval: 'asks about', deny: 'denies' };
/** A sentence begins with a capital, a name of the policy's language (`metadata.environment`) as it is written. */
const capital = (text: string): string =>
  /^metadata\b/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);

function riskOf(policy: Policy, finding: Finding, claimed: RiskLevel | null): Judgement['risk'] {
  const raises = raisesOf(policy, finding, claimed);
  return { level: highestRisk(raises.map(({ level }) => level)), claimed, reasons: raises.map(({ reason }) => reason) };
}

function judgementOf(policy: Policy, input: PolicyInput, finding: Finding, now: string, how: Manner): Judgement {
  const { matched, failed, trace } = finding;
  const asking = [...failed.map(({ rule }) => rule), ...(matched ? [matched] : [])];
  const risk = riskOf(policy, finding, input.claimed_risk);
  const { stages, errors } = stagesFor(policy, input, { failed: failed.map(({ rule }) => rule), matched }, how);
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
    ...(how.semantics === 1 ? {} : { semantics: how.semantics }),
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

/** What was read so far, and what judging may still cost. */
interface Searched {
  reads: Read[];
  how: Manner;
}

/** The first trusted pattern that matches lets through what policy would send to a person. */
function trust(policy: Policy, input: PolicyInput, facts: JudgeFacts, asked: Judgement, by: Searched): Judgement {
  const trace = [...asked.trace];
  const errors = [...asked.errors];
  const read = [...by.reads];
  for (const pattern of policy.trusted.filter((one) => isLive(one, facts))) {
    const fitting = ruleFits(pattern, input, facts.now, by.how);
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
  const how = manner(facts.semantics, policy.resources, facts.work);
  const finding = search(policy, input, facts.now, how);
  const judgement = judgementOf(policy, input, finding, facts.now, how);
  const mayTrust =
    judgement.verdict === 'require_approval' && judgement.errors.length === 0 && judgement.risk.level !== 'critical';
  return mayTrust ? trust(policy, input, facts, judgement, { reads: finding.reads, how }) : judgement;
}
