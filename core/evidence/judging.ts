// What judges for the verifier, given from outside: the SDK has no dependencies, and CEL is one. Shapes, the moment of
// judging, and how much is judged at all; core/policy/evidence-judge.ts is the judge that the CLI and the page give.
import { canonicalize } from '../canonical.ts';
import { instantMs } from '../duration.ts';
import type { Instant, Json, JsonObject } from '../json.ts';
import type { JudgeFacts, Judgement, Policy, PolicyInput, TraceStep } from '../policy/model.ts';
import type { Semantics } from '../policy/semantics.ts';
import { judgedAt } from '../policy/simulate/stored.ts';
import type { Birth, Case } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { atLine } from './tally.ts';

interface Place {
  pointer: string;
  detail: string;
}

/** Policy's own functions, pure; the same that the service judged with. */
export interface PolicyJudge {
  /** The versions of what policy says that it knows: every one that there ever was. */
  semantics: readonly Semantics[];
  judge(policy: Policy, input: PolicyInput, facts: JudgeFacts): Judgement;
  /** The first deny that hits or errors. */
  denies(policy: Policy, input: PolicyInput, now: Instant, semantics: Semantics): { rule: string } | null;
  /** Where params do not fit the schema that the policy has for the action. */
  misfits(policy: Policy, action: string, params: JsonObject): Place[];
  /** Where the resource is not what the params say, if policy ties them. */
  untied(policy: Policy, input: PolicyInput): Place[];
  /** Where an edit touches a param that makes the resource. */
  untying(policy: Policy, action: string, before: JsonObject, after: JsonObject): Place[];
  /** Names of the params that make the resource; none: policy ties nothing. */
  ties(policy: Policy, action: string): string[];
  /** Where an edit is no reduction that this schema names. */
  widens(policy: Policy, action: string, before: JsonObject, after: JsonObject): Place[];
  /** Pointers at which the policy hides values of these params. */
  hidden(policy: Policy, action: string, params: JsonObject): string[];
}

/** Judging happens before the object records it: how far apart two clocks and a retry may bring them. */
export const JUDGED_WITHIN_MS = 300_000;

/** What the proposal let policy read; the personal part must be there. */
export const inputOf = ({ skeleton, personal }: Birth): PolicyInput => {
  const { action, resource, params, metadata, context } = personal as JsonObject;
  const { actor, claimed_risk } = skeleton;
  return { action, resource, actor, params, metadata, context, claimed_risk } as unknown as PolicyInput;
};

/** The version by which an event says that it was judged; absent in events from before versions, and then 1. */
export const semanticsOfEvent = ({ event }: EvidenceLine): Semantics =>
  Object.hasOwn(event.skeleton, 'semantics') ? (event.skeleton.semantics as Semantics) : 1;

/** The moment that the conditions read, else when it was recorded; null: a moment that is too far from the record. */
export function momentOf(trace: TraceStep[], recorded: Instant): Instant | null {
  const now = judgedAt({ trace, created_at: recorded });
  return Math.abs(instantMs(now) - instantMs(recorded)) <= JUDGED_WITHIN_MS ? now : null;
}

/**
 * Trusted patterns that the trace passes over though they were live: only a spent budget does that. That it was spent is
 * the operator's word, which can only have asked for more than policy would.
 */
export function spentBy(policy: Policy, trace: TraceStep[], now: Instant): string[] {
  const seen = trace.filter(({ kind }) => kind === 'trusted');
  const matched = policy.trusted.findIndex(({ id }) =>
    seen.some(({ rule, result }) => rule === id && result === 'matched'),
  );
  const before = matched < 0 ? policy.trusted : policy.trusted.slice(0, matched);
  return before
    .filter(({ id, limit, expires }) => limit !== null && (expires === null || now < expires) && !wasSeen(seen, id))
    .map(({ id }) => id);
}

const wasSeen = (seen: TraceStep[], id: string): boolean => seen.some(({ rule }) => rule === id);

/** The document comes out of the file: larger than any that can be published, it would only keep a verifier busy. */
const MAX_POLICY_BYTES = 512 * 1024;
const MAX_RULES = 1_000;
const MAX_INPUT_BYTES = 128 * 1024;
const MAX_NAME_CHARS = 4_096;

/** Whether judging this ends soon, as it does for everything that the service takes. */
export function isOfSize(policy: Policy, input: PolicyInput): boolean {
  const { action, resource, actor } = input;
  const names = [action, resource, actor].every((name) => typeof name === 'string' && name.length <= MAX_NAME_CHARS);
  return (
    names &&
    policy.rules.length + policy.trusted.length <= MAX_RULES &&
    canonicalize(policy as unknown as Json).length <= MAX_POLICY_BYTES &&
    canonicalize(input as unknown as Json).length <= MAX_INPUT_BYTES
  );
}

/** The event of an emergency use in this request's chain. */
export const useIn = ({ bundle }: Case) => bundle.events.find(({ event }) => event.type === 'break_glass.used');

/** Field of the event → what policy says that it is; undefined: nothing to compare. */
export type Expected = Record<string, unknown>;

/** Names each field in which the event says something else than policy. */
export function compare({ bundle, tally }: Case, line: EvidenceLine, expected: Expected): boolean {
  const wrong = Object.keys(expected).filter((name) => {
    const [part, field] = name.split('/') as ['skeleton' | 'personal', string];
    const given = (line.event[part] as JsonObject | null)?.[field] ?? null;
    return expected[name] !== undefined && text(given) !== text(expected[name]);
  });
  for (const name of wrong) {
    const said = `Policy says otherwise about ${name.split('/')[1]}: ${text(expected[name])}.`;
    const field = `/events/${bundle.events.indexOf(line)}/event/${name}`;
    tally.say('judgement', 'failed', said.slice(0, 500), atLine(line, field));
  }
  return wrong.length === 0;
}

const text = (value: unknown): string => canonicalize(JSON.parse(JSON.stringify(value)) as Json);
