// A signed token against an issuer's pinned settings: its form, its one key, its signature, its claims, in this order.
// What failed is told to our log alone.
import { compactVerify, importJWK } from 'jose';
import { digestOf } from '../../../core/digest.ts';
import { evidenceCrypto } from '../../../core/evidence/web-crypto.ts';
import type { Digest, JsonObject } from '../../../core/json.ts';
import type { OidcIssuer } from '../../../core/oidc/issuer.ts';
import {
  faultOfClaims,
  isSignedBy,
  type ReadToken,
  readToken,
  type TokenKey,
  tokenKey,
} from '../../../core/oidc/token.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';
import { keysOf } from './provider-keys.ts';

export interface VerifiedToken {
  claims: JsonObject;
  /** What verified it, bare. */
  key: TokenKey;
  /** Names the token, whichever signature it carries: of an ECDSA one anybody makes a second, (r, n - s). */
  digest: Digest;
}

/** The same words for every reason. */
export const tokenRefused = (reason: string) =>
  fail(
    'token-refused',
    'The signed token does not prove what it must here. Nothing was done: get a fresh one from your identity provider and try again.',
    { reason: `token: ${reason}` },
  );

/**
 * Verifies a token of this issuer.
 *
 * @param base_url our own origin, which decides whether http://localhost is allowed
 */
export async function verifyToken(
  text: string,
  issuer: OidcIssuer,
  base_url: string,
  now_ms: number,
): Promise<Result<VerifiedToken>> {
  const token = readToken(text);
  if (typeof token === 'string') return tokenRefused(token);
  if (!issuer.algorithms.includes(token.alg)) return tokenRefused(`algorithm ${token.alg} is not this issuer's`);
  if (token.claims.iss !== issuer.issuer) return tokenRefused('another issuer');
  const key = await keyFor(token, issuer, base_url);
  if (!key.ok) return key;
  if (!(await isSigned(text, token, key.value))) return tokenRefused('the signature does not hold');
  const fault = faultOfClaims(token.claims, issuer, now_ms / 1_000);
  return fault === null
    ? ok({ claims: token.claims, key: key.value, digest: digestOf(signedPart(text)) })
    : tokenRefused(fault);
}

const signedPart = (text: string): string => text.slice(0, text.lastIndexOf('.'));

/** Exactly one key may be meant: two under one id, or several without one, is nobody's signature. */
async function keyFor(token: ReadToken, issuer: OidcIssuer, base_url: string): Promise<Result<TokenKey>> {
  const found = await keysOf(issuer, token.kid, base_url);
  if (!found.ok) return found;
  const fitting = found.value.map((jwk) => tokenKey(jwk, token.alg)).filter((key) => key !== null);
  const sole = token.kid === null ? fitting.length === 1 : found.value.length === 1 && fitting.length === 1;
  return sole ? ok(fitting[0]!) : tokenRefused(`${fitting.length} of ${found.value.length} keys fit`);
}

const verifiersCrypto = evidenceCrypto(() => crypto.subtle);

/** By the verifier's own function first: what is sealed here must hold there. */
async function isSigned(text: string, token: ReadToken, key: TokenKey): Promise<boolean> {
  const { alg } = token;
  if (!(await isSignedBy(token, key, verifiersCrypto))) return false;
  try {
    await compactVerify(text, await importJWK({ ...key }, alg), { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}
