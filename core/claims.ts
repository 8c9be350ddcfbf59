// The claims of a capability's token (RFC 9068 `at+jwt`, RFC 9396). The request's object stores them undated; the Worker
// dates and signs them once the exchange is sealed. Invariant: every token of one capability has the same `jti`, and none
// lives longer than five minutes or than its capability.
import type { Scope } from './intent.ts';
import type { Digest, Json, JsonObject } from './json.ts';
import { MAX_TOKEN_TTL_SECONDS } from './limits.ts';
import { fail, ok, type Result } from './problems.ts';

export const AUTHORIZATION_TYPE = 'urn:assentry:action';

/** What the claims are made of: the request with its *effective* digests, and the scope that was released. */
export interface Claimed {
  /** `https://HOST/o/{org}`: verifiers pin it. */
  issuer: string;
  request: string;
  capability: string;
  actor: string;
  scope: Scope;
  action_digest: Digest;
  salt: string;
  constraints: JsonObject;
  precondition: Json;
  /** Id of the event that the receipt is about. */
  receipt: string;
  /** RFC 7638 thumbprint; null unless policy asks for DPoP. */
  jkt: string | null;
}

/** RFC 9396 section 2: what exactly may be done. A type alias: JSON, and so indexable. */
export type AuthorizationDetail = {
  type: typeof AUTHORIZATION_TYPE;
  action: string;
  resource: string;
  params_digest: Digest;
  action_digest: Digest;
  salt: string;
  constraints: JsonObject;
  precondition: Json;
  enforce: Scope['enforce'];
};

export type CapabilityClaims = {
  iss: string;
  aud: string;
  sub: string;
  /** The capability's id: the identity of every token of it. */
  jti: string;
  /** The request's id. */
  txn: string;
  authorization_details: [AuthorizationDetail];
  receipt: string;
  cnf?: { jkt: string };
};

/** Seconds since the epoch, as JWT has them (RFC 7519 section 2, NumericDate). */
export type DatedClaims = CapabilityClaims & { iat: number; nbf: number; exp: number };

/**
 * @throws when a scope that asks for DPoP has no key, or a key comes where none was asked for
 */
export function claimsOf(claimed: Claimed): CapabilityClaims {
  const { issuer, request, capability, actor, scope, receipt, jkt } = claimed;
  if (scope.dpop !== (jkt !== null)) throw new Error('a capability is bound to a key exactly when its scope says dpop');
  const claims = { iss: issuer, aud: scope.audience, sub: actor, jti: capability, txn: request };
  const bound = jkt === null ? {} : { cnf: { jkt } };
  return { ...claims, authorization_details: [authorizationOf(claimed)], receipt, ...bound };
}

/** What the token lets its bearer do: the part of the claims that is known before anything is sealed. */
export function authorizationOf(
  claimed: Pick<Claimed, 'scope' | 'action_digest' | 'salt' | 'constraints' | 'precondition'>,
): AuthorizationDetail {
  const { scope, action_digest, salt, constraints, precondition } = claimed;
  const { action, resource, params_digest, enforce } = scope;
  const type = AUTHORIZATION_TYPE;
  return { type, action, resource, params_digest, action_digest, salt, constraints, precondition, enforce };
}

/**
 * When a token ends: five minutes after the exchange was sealed at most, and never after its capability.
 *
 * @param sealed_at_ms when the event that permits was sealed
 * @param lifetime_end_ms end of the capability
 * @returns whole seconds since the epoch, rounded down
 */
export const tokenExpiry = (sealed_at_ms: number, lifetime_end_ms: number): number =>
  Math.floor(Math.min(sealed_at_ms + MAX_TOKEN_TTL_SECONDS * 1000, lifetime_end_ms) / 1000);

/**
 * The claims with their times. The same sealing gives the same times: a repeated answer is the same claims.
 *
 * @returns `capability-expired` when no second is left
 */
export function datedClaims(
  claims: CapabilityClaims,
  sealed_at_ms: number,
  lifetime_end_ms: number,
): Result<DatedClaims> {
  const iat = Math.floor(sealed_at_ms / 1000);
  const exp = tokenExpiry(sealed_at_ms, lifetime_end_ms);
  if (exp <= iat) return fail('capability-expired', 'The capability ended before this exchange was sealed.');
  return ok({ ...claims, iat, nbf: iat, exp });
}
