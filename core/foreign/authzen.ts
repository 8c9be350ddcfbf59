// OpenID AuthZEN Authorization API 1.0 in our words: its four entities become what policy judges, and a judgement becomes
// its Decision. Pure; the endpoints are worker/routes/authzen.ts. Invariant: only the verdict `allow` of a known actor
// under no stop is `decision: true`; a person who must be asked is a no that says how to ask.
import type { Stop } from '../authority.ts';
import type { JsonObject } from '../json.ts';
import type { Work } from '../policy/semantics.ts';
import { type Judgement, judge, type Policy, type PolicyInput } from '../policy.ts';

export interface Subject {
  type: string;
  id: string;
  properties?: JsonObject;
}
export interface Evaluation {
  subject: Subject;
  action: { name: string; properties?: JsonObject };
  resource: { type: string; id: string; properties?: JsonObject };
  context?: JsonObject;
}
/** "An object that contains a REQUIRED `decision` key with a boolean value, and an OPTIONAL `context`". */
export interface Decision {
  decision: boolean;
  context: JsonObject;
}

export const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type Semantic = (typeof SEMANTICS)[number];

/** Semantic → the decision after which nothing more is evaluated; null: every one is. */
const ENDS_AT: Record<Semantic, boolean | null> = {
  execute_all: null,
  deny_on_first_deny: false,
  permit_on_first_permit: true,
};

/** A refusal that is an answer, as the specification wants it: a well-formed question is never an error. */
export const refused = (reason: string, code: string): Decision => ({
  decision: false,
  context: { reason, code },
});

/**
 * AuthZEN's entities as the body of a proposal: the action's properties are its parameters, the resource's its metadata;
 * the subject's properties stand in the context under `subject`, where conditions read them as `context.subject.role`.
 */
export function proposalOf({ subject, action, resource, context }: Evaluation): JsonObject {
  const about: JsonObject = subject.properties === undefined ? {} : { subject: subject.properties };
  return {
    action: action.name,
    resource: `${resource.type}:${resource.id}`,
    actor: `${subject.type}:${subject.id}`,
    params: action.properties ?? {},
    metadata: resource.properties ?? {},
    context: { ...context, ...about },
  };
}

/** Who asks about whom, and what is stopped: by the organisation's facts. */
export interface Halting {
  stops: readonly Stop[];
  /** Actors of service accounts that are stopped. */
  halted?: readonly string[];
  /** Of the key that asks; null: a person asks. */
  account: string | null;
}

export interface Asking {
  now: string;
  work?: Work;
}

/** The stop that halts this actor, the account that asks, or everybody; as every other door knows it. */
function haltedBy({ stops, halted = [], account }: Halting, actor: string): Pick<Stop, 'reason'> | undefined {
  const stop = stops.find(
    ({ target_kind, target }) => target_kind === 'organization' || [actor, account].includes(target),
  );
  return stop ?? (halted.includes(actor) ? { reason: 'of the service account that acts as this.' } : undefined);
}

/**
 * Judges without asking, recording or drawing on a budget. A trusted pattern with a budget therefore permits nothing here:
 * a door that did not count would let through without end what the other doors count.
 *
 * @param asking an instant, and what all evaluations of one call may cost together
 */
export function decisionOn(policy: Policy, halting: Halting, input: PolicyInput, { now, work }: Asking): Decision {
  const stop = haltedBy(halting, input.actor);
  if (stop) return refused(`A stop is in force: ${stop.reason}`, 'stopped');
  const exhausted_patterns = policy.trusted.filter(({ limit }) => limit !== null).map(({ id }) => id);
  return decided(judge(policy, input, { now, exhausted_patterns, ...(work && { work }) }));
}

function decided({ verdict, rule, message, risk, requirement, constraints }: Judgement): Decision {
  const asks = verdict === 'require_approval' ? { requirement, reason: ASK } : {};
  const said = { verdict, rule, message, risk: risk.level, constraints, ...asks };
  return { decision: verdict === 'allow', context: said as unknown as JsonObject };
}

const ASK = 'A person must approve this: propose it with POST /v1/approval-requests and wait for the capability.';

/** The entities of each evaluation: "any of these keys specified within an individual evaluation object overrides". */
export const withDefaults = (
  defaults: Partial<Evaluation>,
  evaluations: readonly Partial<Evaluation>[],
): Partial<Evaluation>[] =>
  evaluations.map((one) => ({
    ...defaultsOf(defaults),
    ...one,
  }));

const defaultsOf = ({ subject, action, resource, context }: Partial<Evaluation>): Partial<Evaluation> => ({
  ...(subject && { subject }),
  ...(action && { action }),
  ...(resource && { resource }),
  ...(context && { context }),
});

/** One after the other, as far as the semantic goes: the answer is as short as what was evaluated. */
export function evaluateAll<T>(items: readonly T[], semantic: Semantic, evaluate: (item: T) => Decision): Decision[] {
  const decisions: Decision[] = [];
  for (const item of items) {
    const decision = evaluate(item);
    decisions.push(decision);
    if (decision.decision === ENDS_AT[semantic]) break;
  }
  return decisions;
}
