// What a change may say of an OpenID provider, field by field: shapes only. Whether an address may be called and an
// account exists is its organisation's to judge.
import { parseActor } from '../actor.ts';
import { isId } from '../ids.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import {
  MAX_CLAIM_CHARS,
  MAX_GROUP_MAPPINGS,
  MAX_NAME_CHARS,
  MAX_TOKEN_LEEWAY_SECONDS,
  MAX_WORKLOAD_RULES,
  MAX_WORKLOAD_TTL_SECONDS,
} from '../limits.ts';
import { ISSUER_PURPOSES, TOKEN_ALGORITHMS, WORKLOAD_SCOPES } from './issuer.ts';

type Check = (value: Json) => string | null;

const isText = (value: Json, max: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= max && !/\p{C}/u.test(value);
const text =
  (max: number): Check =>
  (value) =>
    isText(value, max) ? null : `must be text of 1 to ${max} visible characters`;
const someOf =
  (words: readonly string[]): Check =>
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((word) => words.includes(word as string))
      ? null
      : `must be one or more of ${words.join(', ')}, each once`;
const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? null
      : `must be a whole number of ${least} to ${most}`;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);

const GROUP = /^group:[a-z0-9][a-z0-9._-]{0,62}$/;

const groupMappings: Check = (value) => {
  if (!isObject(value)) return 'must be an object: value of the claim → group:NAME';
  if (Object.keys(value).length > MAX_GROUP_MAPPINGS) return `has more than ${MAX_GROUP_MAPPINGS} mappings`;
  const wrong = Object.entries(value).find(
    ([claim, group]) => !isText(claim, MAX_CLAIM_CHARS) || typeof group !== 'string' || !GROUP.test(group),
  );
  return wrong ? `${JSON.stringify(wrong[0])} must be mapped to group:NAME` : null;
};

/** Claims that say whose token it is, at the providers in use. `sub` is in every token. */
const IDENTIFYING = [
  ...['sub', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'project_path', 'project_id'],
  ...['namespace_path', 'namespace_id', 'organization_id', 'azp', 'client_id', 'appid'],
];
/** `spiffe://*`: how it is written, and nothing of whose it is. */
const BARE_SCHEME = /^[^*:/|@]*:\/+\*/;
/** Exact, or whole before its first star: `acme/*`; in a subject beyond its kind, `repo:acme/*` and not `repo:*`. */
const pins = (claim: string, pattern: string): boolean =>
  !pattern.includes('*') ||
  (!BARE_SCHEME.test(pattern) && (claim === 'sub' ? /^[^*]*[:/|@][^*]+[:/|@]/ : /^[^*]+[:/|@]/).test(pattern));

/** A rule that pins only a branch or an environment lets in whoever the provider knows: every project of a public one. */
const claims: Check = (value) => {
  if (!isObject(value) || Object.keys(value).length === 0) return 'must be an object with at least one claim';
  const patterns = Object.entries(value).map(([claim, wanted]) => [claim, [wanted].flat()] as const);
  const wrong = patterns.find(
    ([claim, wanted]) =>
      !/^[\w:./-]{1,64}$/.test(claim) || wanted.length === 0 || !wanted.every((one) => isText(one, MAX_CLAIM_CHARS)),
  );
  if (wrong) return `${wrong[0]} must be one text or a list of texts`;
  const pinned = patterns.some(
    ([claim, wanted]) => IDENTIFYING.includes(claim) && wanted.every((one) => pins(claim, one as string)),
  );
  return pinned
    ? null
    : 'must say whose token it is: pin sub or repository, a branch or a pattern alone fits strangers too';
};

const actors: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => parseActor(one).ok)
    ? null
    : 'must be a list of actors';

const RULE: Record<string, { check: Check; optional?: true }> = {
  id: { check: (value) => (/^[a-z0-9][a-z0-9-]{0,62}$/.test(String(value)) ? null : 'must be a name in lower case') },
  claims: { check: claims },
  service_account: { check: (value) => (isId('sa', value) ? null : 'must be the id of a service account') },
  scopes: { check: someOf(WORKLOAD_SCOPES) },
  actors: { check: actors, optional: true },
  ttl_seconds: { check: whole(60, MAX_WORKLOAD_TTL_SECONDS) },
};

function faultOfRule(rule: Json): string | null {
  if (!isObject(rule)) return 'must be an object';
  const strange = Object.keys(rule).find((key) => !Object.hasOwn(RULE, key));
  if (strange !== undefined) return `has an unknown field ${strange}`;
  for (const [key, { check, optional }] of Object.entries(RULE)) {
    const fault = rule[key] === undefined ? (optional ? null : 'is missing') : check(rule[key]);
    if (fault !== null) return `${key} ${fault}`;
  }
  return null;
}

const rules: Check = (value) => {
  if (!Array.isArray(value) || value.length > MAX_WORKLOAD_RULES)
    return `must be a list of ${MAX_WORKLOAD_RULES} at most`;
  const at = value.findIndex((rule) => faultOfRule(rule) !== null);
  if (at >= 0) return `item ${at}: ${faultOfRule(value[at]!)}`;
  const ids = value.map((rule) => (rule as JsonObject).id);
  return new Set(ids).size < ids.length ? 'has two rules of one id' : null;
};

/** Field → what it may be; `required` for something new. */
export const ISSUER_FIELDS: Record<string, { check: Check; required?: boolean }> = {
  name: { check: text(MAX_NAME_CHARS), required: true },
  issuer: { check: text(512), required: true },
  purpose: {
    check: (value) => (ISSUER_PURPOSES.includes(value as never) ? null : 'must be people or workload'),
    required: true,
  },
  audience: { check: text(512) },
  algorithms: { check: someOf(TOKEN_ALGORITHMS) },
  leeway_seconds: { check: whole(0, MAX_TOKEN_LEEWAY_SECONDS) },
  jwks_uri: { check: orNull(text(512)) },
  group_claim: { check: orNull(text(64)) },
  group_mappings: { check: groupMappings },
  rules: { check: rules },
  removed: { check: (value) => (typeof value === 'boolean' ? null : 'must be true or false') },
};

/** A list of a person's identities, in a change of that member. */
export const identities: Check = (value) => {
  if (!Array.isArray(value) || value.length > 10) return 'must be a list of 10 identities at most';
  const wrong = value.find(
    (one) =>
      !isObject(one) ||
      Object.keys(one).sort().join() !== 'issuer,subject' ||
      !isId('iss', one.issuer) ||
      !isText(one.subject!, 255),
  );
  if (wrong !== undefined) return 'must hold {issuer: iss_…, subject} each: issuer and subject are the identity';
  const names = value.map((one) => JSON.stringify([(one as JsonObject).issuer, (one as JsonObject).subject]));
  return new Set(names).size < names.length ? 'says something twice' : null;
};
