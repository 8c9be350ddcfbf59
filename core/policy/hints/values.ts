// What a value was probably meant to be: words of other tools, yes and no, durations as people say them, one where a list
// belongs. Words only; the value stays refused.
import { isObject, type Json } from '../../json.ts';
import type { Path } from '../source.ts';

/** What others say → what policy says. */
const WORDS: { [word: string]: string } = {
  ...Object.fromEntries(
    ['ask', 'approve', 'approval', 'review', 'confirm', 'prompt', 'hold', 'require', 'require_review', 'human'].map(
      (word) => [word, 'require_approval'],
    ),
  ),
  ...Object.fromEntries(['block', 'forbid', 'reject', 'refuse', 'never', 'stop', 'drop'].map((word) => [word, 'deny'])),
  ...Object.fromEntries(['permit', 'pass', 'accept', 'always', 'ok', 'grant'].map((word) => [word, 'allow'])),
  str: 'string',
  text: 'string',
  int: 'integer',
  float: 'number',
  double: 'number',
  decimal: 'number',
  bool: 'boolean',
  list: 'array',
  dict: 'object',
  map: 'object',
  none: 'low',
  minor: 'low',
  normal: 'medium',
  moderate: 'medium',
  major: 'high',
  severe: 'critical',
  webauthn: 'passkey',
  mfa: 'passkey',
  token: 'oidc',
  sso: 'oidc',
  online: 'introspect',
  once: 'consume',
};

/** For one of some words. */
export function wordHint(value: Json, allowed: readonly string[]): string {
  if (value === null && allowed.includes('null')) return ' YAML reads null without quotes as nothing: write "null".';
  if (value === null) return ' Nothing stands behind the colon.';
  if (typeof value === 'boolean' && allowed.includes('any') && allowed.includes('none'))
    return ` Write ${value ? '`narrow` or `any`' : '`none`'}.`;
  const word = String(value).toLowerCase().replaceAll(/[- ]/g, '_');
  const meant = allowed.includes(word) ? word : Object.hasOwn(WORDS, word) ? WORDS[word]! : null;
  return meant !== null && allowed.includes(meant) ? ` Did you mean "${meant}"?` : '';
}

/** For true or false. */
export function flagHint(value: Json): string {
  const text = String(value).toLowerCase();
  const meant = ['yes', 'on', 'y', 'true', '1'].includes(text)
    ? 'true'
    : ['no', 'off', 'n', 'false', '0'].includes(text)
      ? 'false'
      : null;
  return meant === null ? '' : ` Write ${meant}, without quotes: YAML 1.2 reads yes, no, on and off as text.`;
}

const SECONDS: { [unit: string]: number } = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const UNIT = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)[a-z]*/g;

/** For a duration: the same as one number with one unit. */
export function durationHint(value: Json): string {
  if (typeof value !== 'string') return '';
  const text = value
    .toLowerCase()
    .replace(/^p(?=[\dt])/, '')
    .replaceAll('t', '');
  const parts = [...text.matchAll(UNIT)];
  const rest = text.replaceAll(UNIT, '').replaceAll(/[\s,]|and/g, '');
  if (parts.length === 0 || rest !== '' || parts.some(([, , unit]) => unit === 'ms')) return '';
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit!]!, 0);
  const unit = ['d', 'h', 'm'].find((one) => seconds % SECONDS[one]! === 0) ?? 's';
  return Number.isInteger(seconds) ? ` Write ${seconds / SECONDS[unit]!}${unit}: one number and one unit.` : '';
}

const LISTS: { [key: string]: string } = {
  rules: '`rules: [{ id: a, match: { action: a.b }, verdict: deny }]`',
  trusted: '`trusted: [{ id: a, match: { action: a.b } }]`',
  approvals: '`approvals: [{ from: "group:finance", count: 1 }]`',
  routing: '`routing: [{ match: { resource: "iam:**" }, to: "group:iam" }]`',
  repositories: '`repositories: [{ repository: payments/api, groups: ["group:owners"] }]`',
  parameters: '`parameters: [{ action: a.b, schema: { … } }]`',
  escalate: '`escalate: [{ after: 30m, to: "group:managers" }]`',
  require: '`require: [comment]`',
  tools: '`tools: [order_tools.process_refund]`',
};

/** For a list: how it is written, and what stands there instead. */
export function listHint(value: Json, path: Path): string {
  const key = path.at(-1);
  const example = typeof key === 'string' && Object.hasOwn(LISTS, key) ? ` Write ${LISTS[key]}` : '';
  if (value === null)
    return ` Nothing stands behind the colon: leave the key out, or write [].${example && `${example}.`}`;
  if (typeof value === 'string' && /^-\S/.test(value)) return ' Behind the dash of an entry stands a blank: `- id: a`.';
  return example === '' ? '' : `${example}; each entry of a block begins with a dash and a blank.`;
}

const OBJECTS: { [key: string]: string } = {
  match: '`match: { action: a.b }`',
  metadata: '`metadata: { environment: production }`',
  limit: '`limit: { count: 5, per: 1h }`',
  defaults: '`defaults: { verdict: deny }`',
  risk: '`risk: { high: { timeout: 4h } }`',
  limits: '`limits: { pending_per_actor: 50 }`',
  capability: '`capability: { ttl: 10m }`',
  approvals: '`{ from: "group:finance", count: 1 }`',
  rules: '`{ id: a, match: { action: a.b }, verdict: deny }`',
  trusted: '`{ id: a, match: { action: a.b } }`',
  escalate: '`{ after: 30m, to: "group:managers" }`',
  parameters: '`{ action: a.b, schema: { … } }`',
  routing: '`{ match: { resource: "iam:**" }, to: "group:iam" }`',
  calendars: '`calendars: { office: { zone: Europe/Berlin, from: "09:00", to: "17:00" } }`',
};

/** For an object: how it is written. */
export function objectHint(value: Json, path: Path): string {
  const key = path.filter((part) => typeof part === 'string').at(-1);
  if (path.length === 0) return ' A policy begins with keys such as `version: 1` and `rules:`.';
  const example = key !== undefined && Object.hasOwn(OBJECTS, key) ? ` Write ${OBJECTS[key]}.` : '';
  return value === null && !isObject(value)
    ? ` Nothing stands behind the colon: leave the key out.${example}`
    : example;
}

/** For a text. */
export function textHint(value: Json): string {
  if (value === null) return ' Nothing stands behind the colon: leave the key out.';
  if (typeof value === 'number' || typeof value === 'boolean') return ` Put it in quotes: "${value}".`;
  if (Array.isArray(value)) return ' One text stands here, no list.';
  return isObject(value) ? ' A text that begins with { or holds a colon stands in quotes.' : '';
}

/** For a condition. */
export function conditionHint(value: Json): string {
  if (value === true || value === null) return ' A rule without a condition leaves `when` out.';
  if (value === false) return ' A rule that never holds is taken out.';
  if (Array.isArray(value)) return ' Put several together with && or ||; a text that begins with [ stands in quotes.';
  if (isObject(value))
    return ' Write `when: "param.amount > 5"`: a text that begins with { or holds a colon stands in quotes.';
  return ' Compare it with something: `when: param.amount > 5`.';
}

/** For whoever approves. */
export function principalHint(value: Json): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (['owner', 'owners', 'admin', 'admins', 'reviewer', 'reviewers'].includes(text.toLowerCase()))
    return ` Did you mean "role:${text.toLowerCase().replace(/s$/, '')}"?`;
  if (/^[^\s@:]+@[^\s@:]+$/.test(text)) return ` Did you mean "user:${text}"?`;
  if (/^(team|groups?|teams?)[:/]\S+$/i.test(text)) return ` Did you mean "group:${text.replace(/^\w+[:/]/, '')}"?`;
  return /^[\w.-]+$/.test(text) ? ` Did you mean "group:${text}"?` : '';
}
