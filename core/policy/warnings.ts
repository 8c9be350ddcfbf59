// What a policy may say and probably does not mean. Warnings never stop a publication; the page and the CLI show them.
// Who is asked and not there is core/policy/check/people.ts: only the organisation knows.

import { unguarded } from '../condition/guards.ts';
import { neverTrue } from '../condition/never.ts';
import { conditionOf } from '../condition.ts';
import { globCovers } from '../glob/cover.ts';
import { aboutAgentsWord } from './check/agents-word.ts';
import { aboutSentences } from './check/sentences.ts';
import { shadowedEntries, shadowedRules } from './check/shadow.ts';
import { type Policy, RISK_LEVELS } from './model.ts';
import type { Document } from './schema.ts';
import type { Path } from './source.ts';

export interface Warning {
  path: Path;
  detail: string;
}

/** All warnings: defaults, rules, what is never reached, conditions. */
export function warningsAbout(written: Document, policy: Policy): Warning[] {
  return [
    ...aboutDefaults(written, policy),
    ...aboutRules(written),
    ...shadowedRules(policy.rules, (index) => pathOfRule(written, policy, index)),
    ...shadowedEntries(policy.trusted, policy.routing),
    ...aboutTimeouts(policy),
    ...aboutConditions(written),
    ...aboutAgentsWord(written),
    ...aboutSentences(written),
  ];
}

/** Compact tools become one rule or two, behind the written ones; each is told at its tool. */
function pathOfRule(written: Document, policy: Policy, index: number): Path {
  if (index < written.rules.length) return ['rules', index];
  const own = policy.rules.slice(written.rules.length, index).filter(({ id }) => !id.endsWith(':otherwise')).length;
  return ['approval', 'tools', own];
}

function aboutDefaults(written: Document, policy: Policy): Warning[] {
  if (policy.defaults.verdict !== 'allow') return [];
  const path = written.unlisted
    ? ['unlisted']
    : written.approval?.unlisted
      ? ['approval', 'unlisted']
      : ['defaults', 'verdict'];
  return [{ path, detail: 'Everything that no rule names is allowed without a person.' }];
}

type WrittenRule = Document['rules'][number];

/** One sentence about a rule, and the key of it that is meant. */
type Advice = (rule: WrittenRule, written: Document) => { key: string | null; detail: string } | null;

const isEmpty = ({ action, resource, actor, metadata }: WrittenRule['match']) =>
  !action && !resource && !actor && Object.keys(metadata).length === 0;

const ADVICE: Advice[] = [
  ({ verdict, match, when }) =>
    verdict === 'allow' && !when && isEmpty(match) ? { key: null, detail: 'This rule allows everything.' } : null,
  ({ verify, risk }, written) =>
    verify === 'oidc' && (risk === 'high' || risk === 'critical') && written.risk[risk].verify !== 'oidc'
      ? {
          key: 'verify',
          detail: `At ${risk} risk a passkey is asked for all the same, unless \`risk.${risk}.verify: oidc\` says otherwise.`,
        }
      : null,
  ({ edits, match }, { parameters }) =>
    edits === 'narrow' && !parameters.some((one) => one.action.some((glob) => meets(glob, match.action)))
      ? { key: 'edits', detail: 'Nothing can be reduced: `parameters` has no schema for the actions of this rule.' }
      : null,
  (rule, written) => late(rule, written),
];

/** What would follow after the deadline of the rule never does. */
const late: Advice = ({ timeout, escalate, remind }) => {
  const end = timeout?.seconds ?? null;
  if (end === null) return null;
  if (escalate.some(({ after }) => after >= end))
    return { key: 'escalate', detail: 'The timeout of this rule ends before it escalates.' };
  return remind !== null && remind >= end
    ? { key: 'remind', detail: 'The timeout of this rule ends before anybody is reminded.' }
    : null;
};

/** Whether a glob is about some of these actions, as far as one covers the other. */
const meets = (glob: string, actions: readonly string[] | null): boolean =>
  actions === null || actions.some((action) => globCovers(glob, action) || globCovers(action, glob));

const aboutRules = (written: Document): Warning[] =>
  written.rules.flatMap((rule, index) =>
    ADVICE.flatMap((advice) => {
      const given = advice(rule, written);
      return given ? [{ path: ['rules', index, ...(given.key ? [given.key] : [])], detail: given.detail }] : [];
    }),
  );

/** The shorter of rule and risk counts, and business time is never shorter than the same time by every clock. */
function aboutTimeouts({ rules, risk }: Policy): Warning[] {
  return rules.flatMap(({ business, risk: level }, index): Warning[] => {
    const least = RISK_LEVELS.slice(RISK_LEVELS.indexOf(level)).map((one) => risk[one].timeout_seconds);
    if (!business || Math.max(...least) > business.seconds) return [];
    const detail = `The timeout of ${level} risk ends sooner than this business time: give it a longer one.`;
    return [{ path: ['rules', index, 'timeout'], detail }];
  });
}

function aboutConditions(written: Document): Warning[] {
  const conditions = [
    ...written.rules.map(({ when }, index) => ({ when, path: ['rules', index, 'when'] })),
    ...written.trusted.map(({ when }, index) => ({ when, path: ['trusted', index, 'when'] })),
    ...(written.approval?.tools ?? []).map(({ when, action }, index) => ({
      when,
      path: ['approval', 'tools', index, action],
    })),
  ];
  return conditions.flatMap(({ when, path }) => {
    const compiled = when === null ? null : conditionOf(when);
    if (!compiled || 'problems' in compiled) return [];
    const never = neverTrue(compiled.condition.parsed);
    return [...unguarded(compiled.condition.parsed), ...(never ? [`This is never true: ${never}.`] : [])].map(
      (detail) => ({ path, detail }),
    );
  });
}
