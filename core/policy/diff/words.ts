// What a policy's parts are called in a sentence: who, when, how long, how many. Words only; whether a change of them
// widens anything is effects.ts.
import { canonicalize } from '../../canonical.ts';
import type { Json } from '../../json.ts';
import type {
  BusinessTime,
  CapabilitySettings,
  Match,
  RequiredEvidence,
  Rule,
  Stage,
  Trusted,
  Verdict,
} from '../model.ts';

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** 5400 → `90 min`: the largest unit that holds it exactly. */
export function span(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, 's'];
  return `${seconds / size} ${unit}`;
}

/** `a, b or c`. */
export const either = (items: readonly unknown[]): string => joined(items, 'or');
/** `a, b and c`. */
export const both = (items: readonly unknown[]): string => joined(items, 'and');

const joined = (items: readonly unknown[], word: string): string => {
  const texts = items.map(String);
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`;
};

export const VERDICT_WORDS: Record<Verdict, string> = {
  allow: 'let through without a person',
  require_approval: 'ask a person',
  deny: 'deny',
};

/** `the action is iam.** and metadata environment is production`; `everything` when nothing is asked. */
export function matchWords({ action, resource, actor, metadata }: Match): string {
  const parts = [
    ...Object.entries({ action, resource, actor }).flatMap(([name, list]) =>
      list ? [`the ${name} is ${either(list)}`] : [],
    ),
    ...Object.entries(metadata).map(([key, list]) => `metadata ${key} is ${either(list)}`),
  ];
  return parts.length === 0 ? 'everything' : both(parts);
}

/** One stage: `2 of group:finance or role:admin`. */
export const stageWords = ({ from, count }: Stage): string => `${count} of ${either(from)}`;

export const stagesWords = (stages: readonly Stage[]): string =>
  stages.length === 0 ? 'whom routing names, else the default approvers' : stages.map(stageWords).join(', then ');

export function evidenceWords({ approve, reject }: RequiredEvidence): string {
  const parts = [
    ...(approve.length > 0 ? [`${both(approve)} to approve`] : []),
    ...(reject.length > 0 ? [`${both(reject)} to reject`] : []),
  ];
  return parts.length === 0 ? 'nothing' : both(parts);
}

export const capabilityWords = (settings: CapabilitySettings | null): string =>
  settings === null
    ? 'as by default'
    : `for ${span(settings.ttl_seconds)}, checked ${settings.enforce}${settings.dpop ? ', bound to a key' : ''}, for ${
        settings.audience ?? 'the resource itself'
      }`;

export const businessWords = (time: BusinessTime | undefined): string =>
  time === undefined ? 'not by a calendar' : `${span(time.seconds)} of the calendar ${time.calendar}`;

export const limitWords = (limit: Trusted['limit']): string =>
  limit === null ? 'as often as asked' : `${limit.count} times per ${span(limit.per_seconds)}`;

export const escalationWords = (steps: Rule['escalate']): string =>
  steps.length === 0
    ? 'to nobody'
    : steps.map(({ after_seconds, to }) => `after ${span(after_seconds)} to ${either(to)}`).join(', then ');

/** A value that has no words of its own: as it stands. */
export const asWritten = (value: unknown): string =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0)
    ? 'nothing'
    : typeof value === 'string'
      ? value
      : canonicalize(value as Json);

/** When a rule or pattern holds, in one clause. */
export const whenWords = ({ match, when }: { match: Match; when: string | null }): string =>
  `when ${matchWords(match) === 'everything' ? 'anything is asked' : matchWords(match)}${
    when === null ? '' : ` and \`${when}\``
  }`;
