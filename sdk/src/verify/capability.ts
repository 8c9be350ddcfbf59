// A capability at the door of the resource: is this token from my issuer, for me, now, and for exactly this call?
// Verified offline against the issuer's keys. "Single use" is only true with `once` (a cache of `jti`) or with consume.
// Identity is the `jti`, never the token's text: an ECDSA signature can be written in two ways.
import { AUTHORIZATION_TYPE, type AuthorizationDetail, type DatedClaims } from '../../../core/claims.ts';
import { paramsDigest } from '../../../core/digest.ts';
import { isObject, type JsonObject } from '../../../core/json.ts';
import { MAX_TOKEN_TTL_SECONDS } from '../../../core/limits.ts';
import { assertBindings, type StatedBindings } from './bindings.ts';
import { findKey, type JwkSet, keyOf } from './jwks.ts';
import { assertSigned, type Jws, readJws, refuse } from './jws.ts';
import { isText, numberOption, textOption } from './options.ts';

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
  /** Remembers a `jti` until `exp` (seconds). Answers `true` the first time; anything else is a replay. */
  once?: (jti: string, exp: number) => boolean | Promise<boolean>;
  /** How far the clocks may differ; a number, 0 or more. Default: 5. */
  tolerance_seconds?: number;
  now_ms?: number;
}

/** The call that came with the token, whole: what is not stated here cannot be compared, and is refused. */
export interface CapabilityCall extends StatedBindings {
  /** What will be executed, as policy names it. */
  action: string;
  /** What it will be executed on. */
  resource: string;
  /** With what: exactly these params were approved. */
  params: JsonObject;
  /** Who calls, where you know it otherwise than from the token. */
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

/**
 * Verifies a token for exactly this call: issuer, audience, time, action, resource, params, and whatever else the approval
 * rested on. A token with `constraints` is refused unless the call states its `metadata` and `context` (null: it has
 * none); one with a precondition, unless the call states the state as it is now; one that is bound to a key, always.
 *
 * @throws `VerificationError`, whose `reason` is for your logs only; TypeError for a call or an option that is none
 */
export async function verifyCapability(
  token: string,
  call: CapabilityCall,
  options: CapabilityOptions,
): Promise<VerifiedCapability> {
  const pinned = pinnedBy(options);
  assertCall(call);
  const jws = readJws(token, 'at+jwt');
  await assertSigned(jws, await keyFor(jws, options));
  const claims = jws.claims as unknown as DatedClaims;
  assertMine(claims, pinned);
  assertNow(claims, pinned);
  const authorization = assertFits(claims, call, pinned);
  // Only a clear yes: a store that answers with anything else has not said that it is the first time.
  if (options.once !== undefined && (await options.once(claims.jti, claims.exp)) !== true) refuse('replayed');
  const { jti, txn: request, sub: actor } = claims;
  return { jti, request, actor, expires_at_ms: claims.exp * 1000, authorization, claims };
}

interface PinnedOptions {
  issuer: string;
  audience: string;
  enforce: (typeof ENFORCEMENTS)[number];
  tolerance: number;
  now: number;
}

/** The options, each of its kind; before anything is fetched or believed. */
function pinnedBy(options: CapabilityOptions): PinnedOptions {
  const enforce = options.enforce ?? 'offline';
  if (!ENFORCEMENTS.includes(enforce)) throw new TypeError(`enforce must be one of ${ENFORCEMENTS.join(', ')}.`);
  if (options.once !== undefined && typeof options.once !== 'function')
    throw new TypeError('once must be a function that answers true the first time.');
  return {
    issuer: textOption('issuer', options.issuer),
    audience: textOption('audience', options.audience),
    enforce,
    tolerance: numberOption('tolerance_seconds', options.tolerance_seconds, DEFAULT_TOLERANCE_SECONDS),
    now: numberOption('now_ms', options.now_ms, Date.now()) / 1000,
  };
}

/** A part of the call that is there but says nothing would switch its comparison off. */
function assertCall(call: CapabilityCall): void {
  for (const name of ['action', 'resource'] as const) textOption(`The call's ${name}`, call[name]);
  if (Object.hasOwn(call, 'actor')) textOption("The call's actor", call.actor);
  if (!isObject(call.params)) throw new TypeError("The call's params must be an object: what will be executed.");
  for (const name of ['metadata', 'context', 'precondition'] as const)
    if (call[name] !== undefined && call[name] !== null && !isObject(call[name]))
      throw new TypeError(`The call's ${name} must be an object, or null where it has none.`);
}

async function keyFor({ header }: Jws, { issuer, jwks, fetch }: CapabilityOptions) {
  if (jwks !== undefined) return findKey(jwks.keys, header.kid) ?? refuse('unknown-key');
  return keyOf(issuer, header.kid, fetch ?? ((input, init) => globalThis.fetch(input, init)));
}

function assertMine(claims: DatedClaims, { issuer, audience }: PinnedOptions): void {
  if (claims.iss !== issuer) refuse('wrong-issuer');
  if (claims.aud !== audience) refuse('wrong-audience');
  if (!isText(claims.jti) || !isText(claims.sub) || !isText(claims.txn)) refuse('claims-missing');
  // A token that is bound to a key is worth nothing without a proof of that key, which is not checked here.
  if (claims.cnf !== undefined) refuse('proof-of-possession-required');
}

function assertNow({ iat, nbf, exp }: DatedClaims, { now, tolerance }: PinnedOptions): void {
  if (![iat, nbf, exp].every(Number.isSafeInteger)) refuse('times-missing');
  if (exp <= iat) refuse('times-contradict');
  if (exp - iat > MAX_TOKEN_TTL_SECONDS) refuse('lives-too-long');
  if (now >= exp + tolerance) refuse('expired');
  if (now < nbf - tolerance || now < iat - tolerance) refuse('not-yet-valid');
}

/** RFC 9396 lets a token carry several; ours carries exactly one, so that "what was approved" has one answer. */
function assertFits(claims: DatedClaims, call: CapabilityCall, { enforce }: PinnedOptions): AuthorizationDetail {
  const details: unknown = claims.authorization_details;
  if (!Array.isArray(details) || details.length !== 1) refuse('not-one-action');
  const detail = details[0] as AuthorizationDetail | null;
  if (!isObject(detail) || detail.type !== AUTHORIZATION_TYPE || !isText(detail.salt)) refuse('not-an-action');
  if (detail.action !== call.action) refuse('wrong-action');
  if (detail.resource !== call.resource) refuse('wrong-resource');
  if (call.actor !== undefined && claims.sub !== call.actor) refuse('wrong-actor');
  if (paramsDigest(detail.salt, call.params) !== detail.params_digest) refuse('wrong-params');
  assertBindings(detail, call);
  if (!isEnforced(detail.enforce, enforce)) refuse('enforcement-too-weak');
  return detail;
}

/** An enforcement that nobody knows cannot be met. */
function isEnforced(asked: string, done: (typeof ENFORCEMENTS)[number]): boolean {
  const rank = ENFORCEMENTS.indexOf(asked as (typeof ENFORCEMENTS)[number]);
  return rank >= 0 && rank <= ENFORCEMENTS.indexOf(done);
}
