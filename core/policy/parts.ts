// The parts that rules are written with: who, what, how long, which evidence. Each reader says in its complaint how the
// thing is written.
import { conditionOf } from '../condition.ts';
import { instantAt } from '../duration.ts';
import { isObject } from '../json.ts';
import { DEFAULT_CAPABILITY_TTL_SECONDS, MAX_NAME_CHARS, MIN_DEADLINE_SECONDS } from '../limits.ts';
import {
  MAX_ALTERNATIVES,
  MAX_CAPABILITY_TTL_SECONDS,
  MAX_MESSAGE_CHARS,
  MAX_STAGE_COUNT,
  MAX_TIMEOUT_SECONDS,
} from './bounds.ts';
import { conditionHint, principalHint } from './hints/values.ts';
import {
  type CapabilitySettings,
  ENFORCEMENTS,
  EVIDENCE,
  type Match,
  type RequiredEvidence,
  type Stage,
} from './model.ts';
import { dictionary, duration, flag, list, oneOrMore, type Read, record, refuse, text, whole, word } from './reader.ts';

export const id = text(64, /^[a-z0-9][a-z0-9_-]*$/i, ' An id is letters, digits, "-" and "_".');
export const name = text(MAX_NAME_CHARS);
export const message = text(MAX_MESSAGE_CHARS);
export const deadline = duration(MIN_DEADLINE_SECONDS, MAX_TIMEOUT_SECONDS);
export const orNull = <T>(read: Read<T>): Read<T | null> => read;

const DECIDING_ROLES = ['owner', 'admin', 'reviewer'];

/** `role:admin`, `group:finance`, `user:dana@example.com`. */
const principal: Read<string> = (value, at) => {
  const [, kind, who] =
    /^(role|group|user):(\S+)$/.exec(typeof value === 'string' ? value.slice(0, MAX_NAME_CHARS) : '') ?? [];
  if (!kind) {
    const detail = 'Who approves is written role:admin, group:finance or user:dana@example.com.';
    return refuse(at, `${detail}${principalHint(value)}`, '');
  }
  if (kind === 'role' && !DECIDING_ROLES.includes(who!)) {
    return refuse(at, `The role "${who}" cannot approve; owner, admin and reviewer can.`, '');
  }
  return value as string;
};
export const principals = oneOrMore(principal, MAX_ALTERNATIVES);

export const stage = record<Stage>({ from: [principals], count: [whole(1, MAX_STAGE_COUNT), 1] });
export const names = oneOrMore(name, MAX_ALTERNATIVES);

const fact: Read<string | number | boolean> = (value, at) =>
  ['string', 'number', 'boolean'].includes(typeof value)
    ? (value as string | number | boolean)
    : refuse(at, 'A metadata value is matched by text, a number, true or false.', '');

export const NOTHING: Match = { action: null, resource: null, actor: null, metadata: {} };
export const match = record<Match>({
  action: [orNull(names), null],
  resource: [orNull(names), null],
  actor: [orNull(names), null],
  metadata: [dictionary(oneOrMore(fact, MAX_ALTERNATIVES), MAX_ALTERNATIVES), {}],
});

/** A condition, compiled and checked here so that a wrong one is never stored. */
export const condition: Read<string> = (value, at) => {
  if (typeof value !== 'string' || value.trim() === '') {
    return refuse(at, `A condition is a CEL expression, written as text.${conditionHint(value)}`, 'true');
  }
  const compiled = conditionOf(value);
  if ('problems' in compiled) for (const { detail, offset } of compiled.problems) at.report(at.path, detail, offset);
  return value;
};

const evidence = list(word(EVIDENCE), EVIDENCE.length);
const perDecision = record<RequiredEvidence>({ approve: [evidence, []], reject: [evidence, []] });

/** `[comment]` asks for it on approve and on reject; `{ reject: [comment] }` on one of them. */
export const required: Read<RequiredEvidence> = (value, at) => {
  if (isObject(value)) return perDecision(value, at);
  const both = evidence(value, at);
  return { approve: both, reject: both };
};

interface WrittenCapability {
  ttl: number;
  enforce: CapabilitySettings['enforce'];
  dpop: boolean;
  audience: string | null;
}
const writtenCapability = record<WrittenCapability>({
  ttl: [duration(MIN_DEADLINE_SECONDS, MAX_CAPABILITY_TTL_SECONDS), DEFAULT_CAPABILITY_TTL_SECONDS],
  enforce: [word(ENFORCEMENTS), 'offline'],
  dpop: [flag, false],
  audience: [orNull(name), null],
});
export const capability: Read<CapabilitySettings> = (value, at) => {
  const { ttl, ...settings } = writtenCapability(value, at);
  return { ttl_seconds: ttl, ...settings };
};

export const escalation = record({ after: [duration(1, MAX_TIMEOUT_SECONDS)], to: [principals] });

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/;

/** `2027-01-01` (its first moment, UTC) or an RFC 3339 UTC instant → an instant. */
export const moment: Read<string> = (value, at) => {
  const ms = typeof value === 'string' && DATE.test(value) ? Date.parse(value) : Number.NaN;
  // Date.parse rolls February 30th over into March.
  if (Number.isNaN(ms) || !instantAt(ms).startsWith((value as string).slice(0, 10))) {
    return refuse(at, 'This must be a date such as 2027-01-01, or an instant such as 2027-01-01T09:00:00Z.', '');
  }
  return instantAt(ms);
};

/** A number that can only be one. */
export function exactly<T extends number>(only: T): Read<T> {
  return (value, at) =>
    value === only
      ? only
      : refuse(at, `This must be ${only}, a number without quotes: the version of the language.`, only);
}
