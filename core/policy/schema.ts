// The sections of a policy document, read one by one into the normal form of model.ts: what is allowed where, which
// defaults fill what is absent. It judges shapes and bounds only; what a policy means is judge.ts.

import { isObject, type Json } from '../json.ts';
import { DEFAULT_PENDING_PER_ACTOR, MAX_NAME_CHARS } from '../limits.ts';
import {
  MAX_ALTERNATIVES,
  MAX_BUDGET_COUNT,
  MAX_CALENDARS,
  MAX_PENDING_PER_ACTOR,
  MAX_POLICY_ENTRIES,
  MAX_STAGES,
  MAX_TIMEOUT_SECONDS,
} from './bounds.ts';
import { calendar, timeout } from './calendar/parts.ts';
import {
  DECISIONS,
  EDITS,
  REJECTIONS,
  type RepositoryRight,
  type RequiredEvidence,
  RISK_LEVELS,
  type RiskLevel,
  SEPARATIONS,
  type Trusted,
  VERDICTS,
  VERIFICATIONS,
  type Verdict,
  type Verify,
} from './model.ts';
import { parameterRule } from './parameters/tie-form.ts';
import {
  capability,
  condition,
  escalation,
  exactly,
  id,
  match,
  message,
  moment,
  NOTHING,
  name,
  orNull,
  principals,
  required,
  stage,
} from './parts.ts';
import {
  type At,
  dictionary,
  duration,
  list,
  oneOrMore,
  type Read,
  record,
  refuse,
  text,
  whole,
  word,
} from './reader.ts';
import type { ResourceKinds } from './semantics.ts';

export const rule = record({
  id: [id],
  match: [match, NOTHING],
  when: [orNull(condition), null],
  verdict: [word(VERDICTS)],
  risk: [orNull(word(RISK_LEVELS)), null],
  message: [orNull(message), null],
  approvals: [list(stage, MAX_STAGES, 1), []],
  verify: [orNull(word(VERIFICATIONS)), null],
  require: [required, { approve: [], reject: [] } as RequiredEvidence],
  timeout: [timeout, null],
  on_rejection: [word(REJECTIONS), 'stop' as const],
  edits: [word(EDITS), 'none' as const],
  capability: [orNull(capability), null],
  separation: [orNull(word(SEPARATIONS)), null],
  escalate: [list(escalation, MAX_STAGES), []],
  remind: [orNull(duration(60, MAX_TIMEOUT_SECONDS)), null],
  notify: [oneOrMore(text(MAX_NAME_CHARS, /^[a-z]+:\S+$/, ' Write channel:finance-slack.'), MAX_ALTERNATIVES), []],
});

interface WrittenLimit {
  count: number;
  per: number;
}
const budget = record<WrittenLimit>({ count: [whole(1, MAX_BUDGET_COUNT)], per: [duration(1, MAX_TIMEOUT_SECONDS)] });

const trusted: Read<Trusted> = (value, at) => {
  const { limit, ...pattern } = writtenTrusted(value, at);
  const { action, resource, actor } = pattern.match ?? NOTHING;
  if (!action && !resource && !actor)
    at.report(at.path, 'A trusted pattern names at least an action, a resource or an actor.');
  return { ...pattern, limit: limit && { count: limit.count, per_seconds: limit.per } };
};
const writtenTrusted = record({
  id: [id],
  match: [match],
  when: [orNull(condition), null],
  limit: [orNull(budget), null],
  expires: [orNull(moment), null],
});

const riskLevel = record({
  timeout: [timeout, null],
  verify: [orNull(word(VERIFICATIONS)), null],
  separation: [orNull(word(SEPARATIONS)), null],
});
export type WrittenRisk = ReturnType<typeof riskLevel>;
const UNSET: WrittenRisk = { timeout: null, verify: null, separation: null };

/** A tool of the compact form: its name, or `name: condition`. */
export interface Tool {
  action: string;
  when: string | null;
}
const tool: Read<Tool> = (value, at: At) => {
  if (!isObject(value)) return { action: name(value, at), when: null };
  const [entry, ...more] = Object.entries(value);
  if (!entry || more.length > 0)
    return refuse(at, 'A tool is its name, or `name: condition`.', { action: '', when: null });
  return { action: name(entry[0], at), when: condition(entry[1] as Json, { ...at, path: [...at.path, entry[0]] }) };
};

const compact = record({
  tools: [list(tool, MAX_POLICY_ENTRIES, 1)],
  timeout: [timeout, null],
  message: [orNull(message), null],
  on_rejection: [word(REJECTIONS), 'stop' as const],
  unlisted: [orNull(word(VERDICTS)), null],
});
export type Compact = ReturnType<typeof compact>;

const ENTRIES = MAX_POLICY_ENTRIES;
const group = text(MAX_NAME_CHARS, /^group:\S+$/, ' Write group:payments-owners.');

const writtenRepository = record({
  repository: [name],
  groups: [oneOrMore(group, MAX_ALTERNATIVES)],
  actions: [list(word(DECISIONS), DECISIONS.length, 1), [...DECISIONS]],
  match: [orNull(match), null],
});
const repository: Read<RepositoryRight> = (value, at) => {
  const { match: only, ...right } = writtenRepository(value, at);
  return only === null ? right : { ...right, match: only };
};

/** `resources: { file: { case: sensitive } }`: a kind as resources begin with. */
const resources: Read<ResourceKinds> = (value, at) => {
  const kinds = dictionary(record({ case: [word(['sensitive'] as const)] }), MAX_ALTERNATIVES)(value, at);
  for (const kind of Object.keys(kinds))
    if (!/^[a-z][a-z0-9_.+-]*$/.test(kind))
      at.report(
        [...at.path, kind],
        `"${kind}" is no kind of resource: write what stands before the colon, such as file.`,
      );
  return kinds;
};

/** The document as written. */
export const document = record({
  version: [exactly(1), 1 as const],
  defaults: [
    record({
      verdict: [orNull(word(VERDICTS)), null as Verdict | null],
      risk: [word(RISK_LEVELS), 'medium' as RiskLevel],
      verify: [word(VERIFICATIONS), 'passkey' as Verify],
    }),
    { verdict: null, risk: 'medium' as const, verify: 'passkey' as const },
  ],
  risk: [
    record({
      low: [riskLevel, UNSET],
      medium: [riskLevel, UNSET],
      high: [riskLevel, UNSET],
      critical: [riskLevel, UNSET],
    }),
    { low: UNSET, medium: UNSET, high: UNSET, critical: UNSET },
  ],
  rules: [list(rule, ENTRIES), []],
  trusted: [list(trusted, ENTRIES), []],
  repositories: [list(repository, ENTRIES), []],
  routing: [list(record({ match: [match], to: [principals] }), ENTRIES), []],
  resources: [resources, {}],
  calendars: [dictionary(calendar, MAX_CALENDARS), {}],
  parameters: [list(parameterRule, ENTRIES), []],
  approval: [orNull(compact), null],
  unlisted: [orNull(word(VERDICTS)), null],
  limits: [
    record({ pending_per_actor: [whole(1, MAX_PENDING_PER_ACTOR), DEFAULT_PENDING_PER_ACTOR] }),
    { pending_per_actor: DEFAULT_PENDING_PER_ACTOR },
  ],
});
export type Document = ReturnType<typeof document>;
export type WrittenRule = ReturnType<typeof rule>;
