// What an approval releases, and the one door to what follows from it: whether a call fits (exchange.ts) and what its
// token says (claims.ts). It signs nothing and knows no clock; when a capability may be exchanged is the table's to say.
// Invariant: a scope only ever narrows.
import type { Scope } from './intent.ts';
import type { Digest } from './json.ts';
import { MIN_CAPABILITY_TTL_SECONDS } from './limits.ts';
import { type CapabilitySettings, ENFORCEMENTS } from './policy/model.ts';
import { fail, ok, type ProblemPlace, type Result } from './problems.ts';

export * from './claims.ts';
export * from './exchange.ts';

/** The most that an approval of this action releases. */
export function scopeOf(action: string, resource: string, params_digest: Digest, settings: CapabilitySettings): Scope {
  const { audience, enforce, dpop, ttl_seconds } = settings;
  return { action, resource, params_digest, audience: audience ?? resource, enforce, dpop, ttl_seconds };
}

const place = (field: string, detail: string): ProblemPlace => ({ pointer: `/scope/${field}`, detail });

/** What is wrong with one asked field; null when it only narrows. */
function excess(base: Scope, field: string, value: unknown): ProblemPlace | null {
  if (!Object.hasOwn(base, field)) return place(field, 'is not a part of a scope');
  if (field === 'ttl_seconds') return excessTtl(base.ttl_seconds, value);
  if (field === 'enforce') return excessEnforcement(base.enforce, value);
  return value === base[field as keyof Scope] ? null : place(field, 'cannot be changed by a reviewer');
}

function excessTtl(most: number, value: unknown): ProblemPlace | null {
  const least = Math.min(MIN_CAPABILITY_TTL_SECONDS, most);
  const fits = Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  return fits ? null : place('ttl_seconds', `must be a whole number from ${least} to ${most}`);
}

function excessEnforcement(least: Scope['enforce'], value: unknown): ProblemPlace | null {
  const enough = ENFORCEMENTS.slice(ENFORCEMENTS.indexOf(least));
  return enough.includes(value as Scope['enforce']) ? null : place('enforce', `must be ${enough.join(' or ')}`);
}

/**
 * The scope that a reviewer releases: shorter or more strongly enforced, and otherwise what policy computed.
 *
 * @param base what policy computed
 * @param asked any of its fields, from outside; null or {} asks for nothing less
 * @returns `scope-exceeded`, naming each field that would widen or change it
 */
export function narrowScope(base: Scope, asked: Readonly<Record<string, unknown>> | null): Result<Scope> {
  const errors = Object.entries(asked ?? {}).flatMap(([field, value]) => excess(base, field, value) ?? []);
  if (errors.length === 0) return ok({ ...base, ...(asked as Partial<Scope> | null) });
  return fail('scope-exceeded', 'A reviewer may only shorten ttl_seconds and strengthen enforce.', { errors });
}

const others = ({ action, resource, params_digest, audience, dpop }: Scope): string =>
  JSON.stringify([action, resource, params_digest, audience, dpop]);

/**
 * The one scope of several counted votes: the shortest time, the strongest enforcement.
 *
 * @throws when there are none or they differ in anything else: they were not votes for one action
 */
export function strictest(scopes: readonly Scope[]): Scope {
  const [first] = scopes;
  if (first === undefined || scopes.some((scope) => others(scope) !== others(first)))
    throw new Error('scopes of different actions have no strictest one');
  const strength = Math.max(...scopes.map(({ enforce }) => ENFORCEMENTS.indexOf(enforce)));
  return {
    ...first,
    ttl_seconds: Math.min(...scopes.map((scope) => scope.ttl_seconds)),
    enforce: ENFORCEMENTS[strength]!,
  };
}
