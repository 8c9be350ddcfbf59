// A capability at the door of the resource: is this token from my issuer, for me, now, and for exactly this call?
// Verified offline against the issuer's keys. "Single use" is only true with `once` (a cache of `jti`) or with consume.
// Identity is the `jti`, never the token's text: an ECDSA signature can be written in two ways.
import { AUTHORIZATION_TYPE, type AuthorizationDetail, type DatedClaims } from '../../../core/claims.ts';
import { paramsDigest } from '../../../core/digest.ts';
import type { JsonObject } from '../../../core/json.ts';
import { MAX_TOKEN_TTL_SECONDS } from '../../../core/limits.ts';
import { findKey, type JwkSet, keyOf } from './jwks.ts';
import { assertSigned, type Jws, readJws, refuse } from './jws.ts';

/** Weakest first: what the resource does besides verifying. */
const ENFORCEMENTS = ['offline', 'introspect', 'consume'] as const;

export interface CapabilityOptions {
  /** `https://HOST/o/{org}`, from your configuration, never from the token. */
  issuer: string;
  /** Who you are, as policy names you. */
  audience: string;
  /** The issuer's keys, if you keep them yourself. Default: fetched from the issuer and cached. */
  jwks?: JwkSet;
  fetch?: typeof globalThis.fetch;
  /** What you do after this: a capability that asks for more is refused. Default: `offline`. */
  enforce?: (typeof ENFORCEMENTS)[number];
  /** Remembers a `jti` until `exp` (seconds); answers false when it was there already. */
  once?: (jti: string, exp: number) => boolean | Promise<boolean>;
  /** How far the clocks may differ. Default: 5. */
  tolerance_seconds?: number;
  now_ms?: number;
}

/** The call that came with the token. `params` is what will be executed; the rest is compared where it is given. */
export interface CapabilityCall {
  params: JsonObject;
  action?: string;
  resource?: string;
  actor?: string;
}

export interface VerifiedCapability {
  /** The capability's id: one per approval, whatever the token looks like. */
  jti: string;
  request: string;
  actor: string;
  expires_at_ms: number;
  authorization: AuthorizationDetail;
  claims: DatedClaims;
}

const DEFAULT_TOLERANCE_SECONDS = 5;

/** Verifies a token for this call; throws a `VerificationError` whose `reason` is for your logs only. */
export async function verifyCapability(
  token: string,
  call: CapabilityCall,
  options: CapabilityOptions,
): Promise<VerifiedCapability> {
  const jws = readJws(token, 'at+jwt');
  await assertSigned(jws, await keyFor(jws, options));
  const claims = jws.claims as unknown as DatedClaims;
  assertMine(claims, options);
  assertNow(claims, options);
  const authorization = assertFits(claims, call, options);
  if (options.once !== undefined && !(await options.once(claims.jti, claims.exp))) refuse('replayed');
  const { jti, txn: request, sub: actor } = claims;
  return { jti, request, actor, expires_at_ms: claims.exp * 1000, authorization, claims };
}

async function keyFor({ header }: Jws, { issuer, jwks, fetch }: CapabilityOptions) {
  if (jwks !== undefined) return findKey(jwks.keys, header.kid) ?? refuse('unknown-key');
  return keyOf(issuer, header.kid, fetch ?? ((input, init) => globalThis.fetch(input, init)));
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function assertMine(claims: DatedClaims, { issuer, audience }: CapabilityOptions): void {
  if (!isText(issuer) || !isText(audience)) throw new TypeError('Pin an issuer and an audience.');
  if (claims.iss !== issuer) refuse('wrong-issuer');
  if (claims.aud !== audience) refuse('wrong-audience');
  if (!isText(claims.jti) || !isText(claims.sub) || !isText(claims.txn)) refuse('claims-missing');
  // A token that is bound to a key is worth nothing without a proof of that key, which is not checked here.
  if (claims.cnf !== undefined) refuse('proof-of-possession-required');
}

function assertNow({ iat, nbf, exp }: DatedClaims, options: CapabilityOptions): void {
  const now = (options.now_ms ?? Date.now()) / 1000;
  const tolerance = options.tolerance_seconds ?? DEFAULT_TOLERANCE_SECONDS;
  if (![iat, nbf, exp].every(Number.isSafeInteger)) refuse('times-missing');
  if (exp - iat > MAX_TOKEN_TTL_SECONDS) refuse('lives-too-long');
  if (now >= exp + tolerance) refuse('expired');
  if (now < nbf - tolerance || now < iat - tolerance) refuse('not-yet-valid');
}

/** RFC 9396 lets a token carry several; ours carries exactly one, so that "what was approved" has one answer. */
function assertFits(claims: DatedClaims, call: CapabilityCall, options: CapabilityOptions): AuthorizationDetail {
  const details: unknown = claims.authorization_details;
  if (!Array.isArray(details) || details.length !== 1) refuse('not-one-action');
  const detail = details[0] as AuthorizationDetail | null;
  if (detail === null || detail.type !== AUTHORIZATION_TYPE || !isText(detail.salt)) refuse('not-an-action');
  if (call.action !== undefined && detail.action !== call.action) refuse('wrong-action');
  if (call.resource !== undefined && detail.resource !== call.resource) refuse('wrong-resource');
  if (call.actor !== undefined && claims.sub !== call.actor) refuse('wrong-actor');
  if (paramsDigest(detail.salt, call.params) !== detail.params_digest) refuse('wrong-params');
  if (!isEnforced(detail.enforce, options.enforce ?? 'offline')) refuse('enforcement-too-weak');
  return detail;
}

/** An enforcement that nobody knows cannot be met. */
function isEnforced(asked: string, done: (typeof ENFORCEMENTS)[number]): boolean {
  const rank = ENFORCEMENTS.indexOf(asked as (typeof ENFORCEMENTS)[number]);
  return rank >= 0 && rank <= ENFORCEMENTS.indexOf(done);
}
