// The document as written → the policy in its normal form. Every problem has its line, column and, where a word is
// close to a known one, a suggestion; warnings are for what is valid and probably not meant.
import type { Json } from '../json.ts';
import { fail, ok, type ProblemPlace, type Result } from '../problems.ts';
import { MAX_TIMEOUT_SECONDS } from './bounds.ts';
import { checkHiddenReads } from './check/hidden.ts';
import { checkSentences, hasTemplates } from './check/sentences.ts';
import { compactRules } from './compact.ts';
import { freedWords } from './diff/rules.ts';
import { type Policy, RISK_LEVELS, type RiskLevel, type Rule, type Verdict } from './model.ts';
import type { At } from './reader.ts';
import { type Document, document, type WrittenRule } from './schema.ts';
import { readSource, type Source } from './source.ts';
import { suggestion } from './suggestion.ts';
import { warningsAbout } from './warnings.ts';

/** The time to decide by risk, in seconds (product.md: 24 h, 12 h, 4 h, 1 h). */
const RISK_TIMEOUTS: { [Level in RiskLevel]: number } = { low: 86_400, medium: 43_200, high: 14_400, critical: 3_600 };
const MAX_PROBLEMS = 20;

export interface ParsedPolicy {
  policy: Policy;
  warnings: ProblemPlace[];
  /** What each trusted pattern lets through, for its author to read; nothing is wrong with it. */
  notes: ProblemPlace[];
}

/** YAML or JSON text → the policy, or an `invalid-policy` problem with all places that are wrong. Never throws on text. */
export function parsePolicy(source: string): Result<ParsedPolicy> {
  const read = readSource(source);
  if ('problems' in read) return invalid(read.problems);
  const problems: ProblemPlace[] = [];
  const at: At = { path: [], report: (...place) => problems.push(read.source.place(...place)) };
  const written = document(read.source.value, at);
  if (problems.length > 0) return invalid(problems);
  checkIds(written, at);
  checkUnlisted(written, at);
  checkCalendars(written, at);
  checkHiddenReads(written, at);
  checkSentences(written, at);
  if (problems.length > 0) return invalid(problems);
  const policy = normalised(written);
  const { source: from } = read;
  const notes = policy.trusted.map((pattern, index) => from.place(['trusted', index], freedWords(pattern)));
  return ok({ policy, warnings: warned(written, policy, from), notes });
}

function invalid(problems: ProblemPlace[]): { ok: false; problem: import('../problems.ts').Problem } {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const detail = `Line ${first?.line}, column ${first?.column}: ${first?.detail}${more}`;
  return fail('invalid-policy', detail, { errors: problems.slice(0, MAX_PROBLEMS) });
}

/** Rules and trusted patterns share one space of ids: a trace and a budget name them. */
function checkIds(written: Document, at: At): void {
  const seen = new Set<string>();
  for (const key of ['rules', 'trusted'] as const) {
    for (const [index, { id }] of written[key].entries()) {
      if (seen.has(id)) at.report([key, index, 'id'], `The id "${id}" is used twice.`);
      seen.add(id);
    }
  }
}

/** `unlisted` is another word for `defaults.verdict`; both may be there if they agree. */
const writtenDefaults = ({ defaults, unlisted, approval }: Document): (Verdict | null)[] => [
  defaults.verdict,
  unlisted,
  approval?.unlisted ?? null,
];

function checkUnlisted(written: Document, at: At): void {
  const verdicts = new Set(writtenDefaults(written).filter((verdict) => verdict !== null));
  if (verdicts.size < 2) return;
  const path = written.unlisted === null ? ['approval', 'unlisted'] : ['unlisted'];
  at.report(path, '`unlisted` and `defaults.verdict` say different things about what no rule names.');
}

/** A timeout that counts by a calendar names one that is there. */
function checkCalendars({ calendars, rules, risk, approval }: Document, at: At): void {
  const timeouts = [
    ...rules.map(({ timeout }, index) => ({ timeout, path: ['rules', index, 'timeout', 'calendar'] })),
    ...RISK_LEVELS.map((level) => ({ timeout: risk[level].timeout, path: ['risk', level, 'timeout', 'calendar'] })),
    { timeout: approval?.timeout ?? null, path: ['approval', 'timeout', 'calendar'] },
  ];
  const known = Object.keys(calendars);
  for (const { timeout, path } of timeouts) {
    const name = timeout?.business?.calendar;
    if (name !== undefined && !known.includes(name))
      at.report(path, `There is no calendar "${name}" under \`calendars\`.${suggestion(name, known)}`);
  }
}

function normalised(written: Document): Policy {
  const { risk, verify } = written.defaults;
  const verdict = writtenDefaults(written).find((found) => found !== null) ?? 'require_approval';
  return {
    version: 1,
    defaults: { verdict, risk, verify },
    risk: riskSettings(written),
    rules: [...written.rules.map((rule) => ruleOf(rule, risk)), ...compactRules(written.approval, risk)],
    trusted: written.trusted,
    repositories: written.repositories,
    routing: written.routing,
    limits: written.limits,
    // What is not written leaves no trace, so that a document keeps its digest when the language grows.
    ...(written.parameters.length > 0 ? { parameters: written.parameters } : {}),
    ...(hasTemplates(written) ? { messages: 'templates' as const } : {}),
    ...(Object.keys(written.resources).length > 0 ? { resources: written.resources } : {}),
    ...(Object.keys(written.calendars).length > 0 ? { calendars: written.calendars } : {}),
  };
}

function riskSettings({ risk }: Document): Policy['risk'] {
  const settings = RISK_LEVELS.map((level) => {
    const { timeout, verify, separation } = risk[level];
    const business = timeout?.business ? { business: timeout.business } : {};
    const seconds = timeout?.business ? MAX_TIMEOUT_SECONDS : (timeout?.seconds ?? RISK_TIMEOUTS[level]);
    return [level, { timeout_seconds: seconds, ...business, verify, separation }] as const;
  });
  return Object.fromEntries(settings) as Policy['risk'];
}

function ruleOf({ timeout, remind, escalate, ...rule }: WrittenRule, risk: RiskLevel): Rule {
  return {
    ...rule,
    risk: rule.risk ?? risk,
    timeout_seconds: timeout?.seconds ?? null,
    ...(timeout?.business ? { business: timeout.business } : {}),
    remind_seconds: remind,
    escalate: escalate.map(({ after, to }) => ({ after_seconds: after, to })),
  };
}

function warned(written: Document, policy: Policy, source: Source): ProblemPlace[] {
  const places: ProblemPlace[] = [];
  for (const { path, detail } of warningsAbout(written, policy)) places.push(source.place(path, detail));
  return places;
}

/** What nobody has written: everything asks a person with a passkey, at medium risk. */
export const DEFAULT_POLICY: Policy = normalised(
  document({} as Json, {
    path: [],
    report: (_path, detail) => {
      throw new Error(detail);
    },
  }),
);
