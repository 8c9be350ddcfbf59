// The shapes of policy: the document in its normal form (plain JSON, durations in seconds, the compact form turned into
// rules, every default filled), what is judged, and the answer. Only shapes and the two scales; no judging here.
import type { Json, JsonObject } from '../json.ts';
import type { ParameterRule, ParameterSchema } from './parameters/model.ts';
import type { ResourceKinds, Semantics, Work } from './semantics.ts';

export const RISK_LEVELS = ['low', 'medium', 'high', 'critical'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];
export const VERDICTS = ['allow', 'require_approval', 'deny'] as const;
export type Verdict = (typeof VERDICTS)[number];
/** Weakest first, as are the lists below: of two settings the later one is the stricter. */
export const VERIFICATIONS = ['oidc', 'passkey'] as const;
export type Verify = (typeof VERIFICATIONS)[number];
export const SEPARATIONS = ['requester', 'owners'] as const;
export type Separation = (typeof SEPARATIONS)[number];
export const ENFORCEMENTS = ['offline', 'introspect', 'consume'] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];
export const EDITS = ['any', 'narrow', 'none'] as const;
export type Edits = (typeof EDITS)[number];
export const EVIDENCE = ['comment', 'external_ref'] as const;
export type Evidence = (typeof EVIDENCE)[number];
export const REJECTIONS = ['continue', 'stop'] as const;
export type OnRejection = (typeof REJECTIONS)[number];

export const DECISIONS = ['approve', 'reject'] as const;
export type Decision = (typeof DECISIONS)[number];

/** One stage of approval: `count` different people out of `from` (`role:…`, `group:…`, `user:…`). */
export interface Stage {
  from: string[];
  count: number;
  /** Sources of `from` that may only do what stands here; who is not listed may do both. */
  actions?: { [source: string]: Decision[] };
}
export interface RequiredEvidence {
  approve: Evidence[];
  reject: Evidence[];
}
export interface Requirement {
  verify: Verify;
  separation: Separation;
  stages: Stage[];
  require: RequiredEvidence;
}
export interface CapabilitySettings {
  ttl_seconds: number;
  enforce: Enforcement;
  dpop: boolean;
  /** null: the resource itself. */
  audience: string | null;
}

/** All keys that are not null must hold; a list is "one of". Metadata values match as globs (text) or exactly. */
export interface Match {
  action: string[] | null;
  resource: string[] | null;
  actor: string[] | null;
  metadata: { [key: string]: (string | number | boolean)[] };
}
/** Whom to ask as well when so long has passed without a decision. */
export interface Escalation {
  after_seconds: number;
  to: string[];
}
/** When people work; instants of `from` and `to` are what the clocks in `zone` show. */
export interface Calendar {
  /** IANA name, e.g. `Europe/Berlin`. */
  zone: string;
  days: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
  /** `09:00`; both on the same date, `24:00` at most. */
  from: string;
  to: string;
  /** Dates off, `2026-12-25`. */
  holidays?: string[];
}
/** So many seconds of the working time of a calendar. */
export interface BusinessTime {
  seconds: number;
  calendar: string;
}
export interface Rule {
  id: string;
  match: Match;
  when: string | null;
  verdict: Verdict;
  risk: RiskLevel;
  message: string | null;
  approvals: Stage[];
  verify: Verify | null;
  require: RequiredEvidence;
  timeout_seconds: number | null;
  /** The time to decide, where it counts by a calendar; then `timeout_seconds` is null. */
  business?: BusinessTime;
  on_rejection: OnRejection;
  edits: Edits;
  capability: CapabilitySettings | null;
  separation: Separation | null;
  escalate: Escalation[];
  remind_seconds: number | null;
  notify: string[];
}
export interface Trusted {
  id: string;
  match: Match;
  when: string | null;
  limit: { count: number; per_seconds: number } | null;
  /** The pattern matches before this instant only. */
  expires: string | null;
}
export interface RiskSettings {
  timeout_seconds: number;
  /** Counts beside `timeout_seconds`, which then is the longest that there is. */
  business?: BusinessTime;
  verify: Verify | null;
  separation: Separation | null;
}
/** Groups that decide about some repositories (a glob over OWNER/NAME), without a right anywhere else. */
export interface RepositoryRight {
  repository: string;
  groups: string[];
  actions: Decision[];
  /** Which requests about them; absent where the document has none. */
  match?: Match;
}
export interface Policy {
  version: 1;
  defaults: { verdict: Verdict; risk: RiskLevel; verify: Verify };
  risk: { [Level in RiskLevel]: RiskSettings };
  rules: Rule[];
  trusted: Trusted[];
  repositories: RepositoryRight[];
  routing: { match: Match; to: string[] }[];
  limits: { pending_per_actor: number };
  /** Absent where the document has none: older versions keep the digest that they were published under. */
  parameters?: ParameterRule[];
  /** Messages of rules are filled with params (core/sentence/template.ts); absent where none has a placeholder. */
  messages?: 'templates';
  /** Kinds of resources in whose names case matters; absent where there are none. */
  resources?: ResourceKinds;
  calendars?: { [name: string]: Calendar };
}

/** What an agent asks. `actor` is already normalised (`agent:NAME`). */
export interface PolicyInput {
  action: string;
  resource: string;
  actor: string;
  params: JsonObject;
  metadata: JsonObject;
  context: JsonObject | null;
  claimed_risk: RiskLevel | null;
}
/** What the Worker knows beside it; `exhausted_patterns` are trusted patterns whose budget is spent. */
export interface JudgeFacts {
  now: string;
  exhausted_patterns: string[];
  /** Absent: the newest. What was judged before is judged again by its own (semantics.ts). */
  semantics?: Semantics;
  /** What several judgements may cost together; absent: each has a budget of its own. */
  work?: Work;
}
/** The sub-expression that decided, what it read, and what came out (null: an error). */
export interface DecidedBy {
  expression: string;
  values: { name: string; value: Json }[];
  result: Json | null;
}
export interface TraceStep {
  rule: string;
  kind: 'rule' | 'trusted' | 'default';
  result: 'matched' | 'not-matched' | 'error';
  expression?: string;
  decided_by?: DecidedBy;
  error?: string;
}
export interface Judgement {
  verdict: Verdict;
  /** The rule or trusted pattern that decided; null: the default. */
  rule: string | null;
  message: string | null;
  on_rejection: OnRejection;
  risk: { level: RiskLevel; claimed: RiskLevel | null; reasons: string[] };
  requirement: Requirement;
  capability: CapabilitySettings;
  edits: Edits;
  timeout_seconds: number;
  /** Metadata and context read on the way to `allow`, by name: `{"context.records": 5}`. Empty for other verdicts. */
  constraints: JsonObject;
  trace: TraceStep[];
  errors: { rule: string; detail: string }[];
  draws_on: { pattern: string; count: number; per_seconds: number } | null;
  // Absent in requests of before they were there.
  /** By which version of what policy says; absent: 1. */
  semantics?: Semantics;
  /** Earliest first; empty where nobody is asked. */
  escalate?: Escalation[];
  /** How often those who are asked are reminded; null: never. */
  remind_seconds?: number | null;
  /** Channels that hear of it besides those who are asked: `channel:finance-slack`. */
  notify?: string[];
  /** What the params of this action must look like, and what an edit may take away; null: nothing is written. */
  parameters?: ParameterSchema | null;
}

/** The stricter of two on one of the scales above. */
export const stricter = <T extends string>(scale: readonly T[], one: T, other: T): T =>
  scale.indexOf(one) >= scale.indexOf(other) ? one : other;

/** Whether a source of a stage may answer so: repository rights may be for one answer only. */
export const mayAnswerAs = ({ actions = {} }: Pick<Stage, 'actions'>, source: string, answer: Decision): boolean =>
  !Object.hasOwn(actions, source) || actions[source]!.includes(answer);
