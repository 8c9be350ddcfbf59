// What the value of a change may say: one table, kind → fields. Shapes only, each wrong place named by its pointer;
// whether the organisation's state allows it (a name that is taken, a person who left) is its object's to judge.
import { parseActor } from '../actor.ts';
import { CHANGE_KINDS, type ChangeKind, KEY_SCOPES, ROLES } from '../authority.ts';
import { reveal } from '../display.ts';
import { parseInstant } from '../duration.ts';
import { EVENT_TYPES } from '../event-fields.ts';
import { isId } from '../ids.ts';
import { pointerOf } from '../json/place.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { MAX_COMMENT_CHARS, MAX_LENT_PATTERNS, MAX_NAME_CHARS } from '../limits.ts';
import { ISSUER_FIELDS, identities } from '../oidc/issuer-value.ts';
import { RISK_LEVELS } from '../policy/model.ts';
import { fail, ok, type ProblemPlace, type Result } from '../problems.ts';

/** What is wrong with a value, for people; null if nothing is. */
type Check = (value: Json) => string | null;
interface Field {
  check: Check;
  /** Needed for something new; a change of something that is there may leave it out. */
  required?: boolean;
}

/** Blanks show themselves; joiners where a script needs them are text (core/display.ts). */
const hides = (line: string): boolean =>
  reveal(line).some((piece) => 'hidden' in piece && /[^ ]/.test(piece.source ?? piece.hidden));

const text =
  (max: number): Check =>
  (value) => {
    if (typeof value !== 'string' || value.trim() === '') return 'must be text that is not empty';
    if (value.length > max) return `is longer than ${max} characters`;
    return value.split('\n').some(hides) ? 'holds a hidden character' : null;
  };

const title = text(MAX_NAME_CHARS);
const slug: Check = (value) =>
  typeof value === 'string' && /^[a-z0-9][a-z0-9._-]{0,62}$/.test(value)
    ? null
    : 'must be lower-case letters, digits, dots, dashes and underscores, 63 at most';
const email: Check = (value) =>
  typeof value === 'string' &&
  value.length <= 254 &&
  value === value.toLowerCase() &&
  /^[^\s@:<>"(),;\\]+@[a-z0-9.-]+\.(?:[a-z]{2,}|xn--[a-z0-9-]+)$/.test(value)
    ? null
    : 'must be a mail address in lower case';
const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value) ? null : `must be one of ${words.join(', ')}`;
const idOf =
  (...prefixes: Parameters<typeof isId>[0][]): Check =>
  (value) =>
    prefixes.some((prefix) => isId(prefix, value)) ? null : `must be an id that begins with ${prefixes.join('_ or ')}_`;
const list =
  (check: Check, least: number, most: number): Check =>
  (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      return `must be a list of ${least} to ${most}`;
    if (new Set(value.map((item) => JSON.stringify(item))).size < value.length) return 'says something twice';
    const wrong = value.findIndex((item) => check(item) !== null);
    return wrong < 0 ? null : `item ${wrong} ${check(value[wrong]!)}`;
  };
const boolean: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false');
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);

const actor: Check = (value) => {
  const parsed = parseActor(value);
  if (!parsed.ok) return parsed.problem.errors?.[0]?.detail ?? parsed.problem.detail;
  return parsed.value === value && !value.startsWith('user:') ? null : 'must be service-account:NAME or agent:NAME';
};
const eventPattern: Check = (value) =>
  value === '*' || EVENT_TYPES.some((type) => type === value || `${type.split('.')[0]}.*` === value)
    ? null
    : 'must be an event type such as approval.decided, or approval.*, or *';

/** An object of words, each out of its own list. */
function choices(words: Record<string, readonly string[]>): Check {
  return (value) => {
    if (!isObject(value)) return 'must be an object';
    const wrong = Object.entries(value).find(([key, item]) => !words[key]?.includes(item as string));
    if (!wrong) return null;
    return `${wrong[0]} must be one of ${Object.entries(words)
      .map(([key, all]) => `${key}: ${all.join(', ')}`)
      .join('; ')}`;
  };
}

const SETTINGS: Record<string, Check> = {
  four_eyes: list(oneOf(CHANGE_KINDS), 0, CHANGE_KINDS.length),
  passkey_quarantine_hours: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 168
      ? null
      : 'must be 0 to 168 hours',
  break_glass: choices({ external_ref: ['required', 'optional'], debt: ['same_person', 'anyone'] }),
};
/** An object of these fields, each optional; `what` is what an unknown one is not. */
const fieldsOf =
  (fields: Record<string, Check>, what: string): Check =>
  (value) => {
    if (!isObject(value)) return 'must be an object';
    const unknown: Check = () => `is no ${what}`;
    const checkOf = (key: string): Check => (Object.hasOwn(fields, key) ? fields[key]! : unknown);
    const wrong = Object.entries(value).find(([key, item]) => checkOf(key)(item) !== null);
    return wrong ? `${wrong[0]} ${checkOf(wrong[0])(wrong[1])}` : null;
  };
const settings: Check = fieldsOf(SETTINGS, 'setting');

const instant: Check = (value) =>
  parseInstant(value).ok ? null : 'must be an instant, YYYY-MM-DDTHH:mm:ss.sssZ in UTC';
const lent = (check: Check): Check => orNull(list(check, 1, MAX_LENT_PATTERNS));
const SCOPE: Record<string, Check> = {
  actions: lent(title),
  resources: lent(title),
  sources: lent((value) =>
    typeof value === 'string' && /^(group|role):[a-z0-9][a-z0-9._-]{0,62}$/.test(value)
      ? null
      : 'must be group:NAME or role:NAME',
  ),
  max_risk: orNull(oneOf(RISK_LEVELS)),
};
const delegationScope: Check = fieldsOf(SCOPE, 'part of a scope');

const PERSON: Record<string, Field> = {
  name: { check: title, required: true },
  email: { check: email, required: true },
  roles: { check: list(oneOf(ROLES), 0, ROLES.length), required: true },
};

/** Kind → field → what it may be. Unknown fields are refused. */
const VALUES: Record<ChangeKind, Record<string, Field>> = {
  policy: { source: { check: (v) => (typeof v === 'string' ? null : 'must be the policy as text'), required: true } },
  invitation: { ...PERSON, groups: { check: list(idOf('grp'), 0, 50) } },
  member: {
    ...PERSON,
    groups: { check: list(idOf('grp'), 0, 50) },
    locked: { check: boolean },
    identities: { check: identities },
  },
  recovery: { reason: { check: text(MAX_COMMENT_CHARS) } },
  group: {
    name: { check: slug, required: true },
    members: { check: list(idOf('usr'), 0, 500), required: true },
    removed: { check: boolean },
  },
  service_account: {
    name: { check: slug, required: true },
    actors: { check: list(actor, 1, 100) },
    owners: { check: list(idOf('usr'), 0, 50) },
    status: { check: oneOf(['active', 'disabled']) },
  },
  api_key: {
    service_account: { check: idOf('sa'), required: true },
    name: { check: title, required: true },
    scopes: { check: list(oneOf(KEY_SCOPES), 1, KEY_SCOPES.length), required: true },
    audience: { check: orNull(title) },
  },
  webhook_endpoint: {
    url: { check: text(2_048), required: true },
    events: { check: list(eventPattern, 1, EVENT_TYPES.length), required: true },
    status: { check: oneOf(['active', 'disabled']) },
    removed: { check: boolean },
  },
  organization: { name: { check: title }, settings: { check: settings } },
  delegation: {
    to: { check: idOf('usr'), required: true },
    from: { check: idOf('usr') },
    scope: { check: delegationScope },
    starts_at: { check: orNull(instant) },
    expires_at: { check: instant, required: true },
  },
  stop_lift: { reason: { check: text(MAX_COMMENT_CHARS) } },
  erasure: { reason: { check: text(MAX_COMMENT_CHARS), required: true } },
  oidc_issuer: ISSUER_FIELDS,
};

/** What people type, in Unicode normal form C: the same name is the same text, whichever keyboard wrote it. */
export const normalValue = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value).map(([key, said]) => [
      key,
      TYPED.has(key) && typeof said === 'string' ? said.normalize('NFC') : said,
    ]),
  );

const TYPED: ReadonlySet<string> = new Set(['name', 'email', 'reason']);

/**
 * Checks the value of a proposed change.
 *
 * @param fresh whether it makes something new: then what is required must be there
 * @returns 'invalid-request' with a pointer per wrong field, below `/value`
 */
export function checkValue(kind: ChangeKind, value: JsonObject, fresh: boolean): Result<void> {
  const fields = VALUES[kind];
  const errors: ProblemPlace[] = [
    ...Object.keys(value).flatMap((key) => faultOf(key, value[key]!, fields)),
    ...Object.entries(fields)
      .filter(([key, field]) => fresh && field.required && !Object.hasOwn(value, key))
      .map(([key]) => ({ pointer: pointerOf(['value', key]), detail: `${key} is missing` })),
  ];
  if (errors.length === 0) return ok(undefined);
  const [first] = errors;
  return fail('invalid-request', `The change says something that it cannot: ${first!.detail}.`, { errors });
}

function faultOf(key: string, value: Json, fields: Record<string, Field>): ProblemPlace[] {
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  const pointer = pointerOf(['value', key]);
  const fault = field ? field.check(value) : `is not known here. Known: ${Object.keys(fields).join(', ')}`;
  return fault === null ? [] : [{ pointer, detail: `${key} ${fault}` }];
}
