// A signed token (JWS compact, RFC 7515) taken apart, its signature asked of a platform that is passed in, and what its
// claims must say (OpenID Connect Core 3.1.3.7). Strict JSON and one form for keys and signatures, so that
// every reader reads the same; the server takes no token that does not hold here.
import { instantAt } from '../duration.ts';
import { fromBase64Url, fromUtf8, utf8 } from '../encoding.ts';
import type { EvidenceCrypto, EvidenceKey } from '../evidence/forms.ts';
import { type Instant, isObject, type JsonObject } from '../json.ts';
import { MAX_ID_TOKEN_CHARS } from '../limits.ts';
import { faultOfKey } from '../passkey/key.ts';
import { inRange, plainSignature } from '../passkey/signature-form.ts';
import { parseStrictJson } from '../strict-json.ts';
import { type OidcIssuer, TOKEN_ALGORITHMS, type TokenAlgorithm } from './issuer.ts';

export interface ReadToken {
  alg: TokenAlgorithm;
  /** Null where the header names no key. */
  kid: string | null;
  claims: JsonObject;
  /** What the signature is over. */
  signed: Uint8Array;
  signature: Uint8Array;
}

/** A public key that a token was verified with, as it is sealed: nothing but what verifies. */
export type TokenKey = { alg: TokenAlgorithm; kid?: string } & (
  | { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  | { kty: 'OKP'; crv: 'Ed25519'; x: string }
  | { kty: 'RSA'; n: string; e: string }
);

const KINDS: Record<TokenAlgorithm, { kty: TokenKey['kty']; crv?: string; fields: readonly string[] }> = {
  RS256: { kty: 'RSA', fields: ['n', 'e'] },
  PS256: { kty: 'RSA', fields: ['n', 'e'] },
  ES256: { kty: 'EC', crv: 'P-256', fields: ['crv', 'x', 'y'] },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', fields: ['crv', 'x'] },
};

/** The key for this algorithm, bare; null where it is of another kind, proves nothing, or says that it is for something else. */
export function tokenKey(jwk: JsonObject, alg: TokenAlgorithm): TokenKey | null {
  const { kty, crv, fields } = KINDS[alg];
  const fits =
    jwk.kty === kty &&
    (crv === undefined || jwk.crv === crv) &&
    (jwk.alg === undefined || jwk.alg === alg) &&
    (jwk.use === undefined || jwk.use === 'sig') &&
    fields.every((field) => typeof jwk[field] === 'string');
  if (!fits) return null;
  const parts = Object.fromEntries(fields.map((field) => [field, jwk[field]!]));
  const key = { alg, ...(typeof jwk.kid === 'string' ? { kid: jwk.kid } : {}), kty, ...parts } as TokenKey;
  return faultOfKey(evidenceKey(key)) === null ? key : null;
}

/** A key says more than verifiers take: only RSA has two ways to sign. */
function evidenceKey(key: TokenKey): EvidenceKey {
  if (key.kty === 'EC') return { kty: 'EC', crv: 'P-256', x: key.x, y: key.y };
  if (key.kty === 'OKP') return { kty: 'OKP', crv: 'Ed25519', x: key.x };
  return { kty: 'RSA', n: key.n, e: key.e, ...(key.alg === 'PS256' ? { alg: 'PS256' as const } : {}) };
}

/** Whether this key signed the token, in the one form that a signature has (RFC 7518, section 3). */
export async function isSignedBy(
  { signed, signature }: Pick<ReadToken, 'signed' | 'signature'>,
  key: TokenKey,
  crypto: EvidenceCrypto,
): Promise<boolean> {
  const plain = key.kty === 'EC' ? inRange(signature) : plainSignature(evidenceKey(key), signature);
  return plain !== null && (await crypto.verify(evidenceKey(key), signed, plain));
}

/** Header types that are none of an identity: `at+jwt` says what somebody may do, not who signs. */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'jwt'];

/** A token in its parts; a string with the reason where it is none that could ever be taken. */
export function readToken(text: string): ReadToken | string {
  if (text.length > MAX_ID_TOKEN_CHARS) return 'longer than any token';
  const parts = text.split('.');
  if (parts.length !== 3) return 'not three parts';
  const [header, claims] = parts.slice(0, 2).map(objectIn);
  const signature = fromBase64Url(parts[2]!);
  if (!header || !claims || !signature || signature.length === 0) return 'not readable';
  const { alg, kid = null, typ, crit, b64 } = header;
  if (!TOKEN_ALGORITHMS.includes(alg as TokenAlgorithm)) return `algorithm ${String(alg).slice(0, 20)}`;
  if (crit !== undefined || b64 !== undefined) return 'critical extensions';
  if (!TYPES.includes(typ)) return `type ${String(typ).slice(0, 20)}`;
  if (kid !== null && typeof kid !== 'string') return 'key id is no text';
  return { alg: alg as TokenAlgorithm, kid, claims, signed: utf8(`${parts[0]}.${parts[1]}`), signature };
}

function objectIn(part: string): JsonObject | null {
  const text = fromUtf8(fromBase64Url(part) ?? new Uint8Array());
  const parsed = text === null ? null : parseStrictJson(text);
  const value = parsed?.ok ? parsed.value : null;
  return isObject(value) ? value : null;
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;

/** No date of RFC 7519 is later: beyond it there is no instant. In seconds, as `instantAt` takes them. */
const LAST_S = 253_402_300_799;

/** When a token ends, to the millisecond before; null where it says none that there is. */
export const tokenEnd = ({ exp }: JsonObject): Instant | null =>
  isTime(exp) && exp <= LAST_S ? instantAt(Math.floor(exp * 1_000)) : null;

/** What every token must say, pinned by the issuer's signed settings; null when it does. `now_s` since the epoch. */
export function faultOfClaims(claims: JsonObject, issuer: OidcIssuer, now_s: number): string | null {
  const { iss, sub, aud, azp, exp, nbf, iat } = claims;
  const leeway = issuer.leeway_seconds;
  if (iss !== issuer.issuer) return 'another issuer';
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) return 'no subject';
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(issuer.audience)) return 'another audience';
  // Core 3.1.3.7, step 4: several audiences are told apart by the authorised party.
  if (audiences.length > 1 && azp !== issuer.audience) return 'several audiences, and another party';
  if (!isTime(exp) || exp > LAST_S || now_s >= exp + leeway) return 'expired, or never to';
  if (nbf !== undefined && (!isTime(nbf) || now_s < nbf - leeway)) return 'not valid yet';
  return isTime(iat) && iat <= now_s + leeway ? null : 'issued in the future, or never';
}
