// A compact JWS, strictly (RFC 7515): three parts, canonical base64url, strict JSON, ES256, nothing critical. Encrypted
// tokens (five parts) are refused before anything is decoded. It decides nothing about what the claims mean.
import { fromBase64Url, fromUtf8, utf8 } from '../../../core/encoding.ts';
import { isObject, type JsonObject } from '../../../core/json.ts';
import { parseStrictJson } from '../../../core/strict-json.ts';
import { VerificationError } from '../errors.ts';
import type { Jwk } from './jwks.ts';

export interface Jws {
  header: JsonObject & { kid: string };
  claims: JsonObject;
  signed: Uint8Array;
  signature: Uint8Array;
}

/** Longer than any token of ours by far. */
const MAX_TOKEN_CHARS = 16 * 1024;
/** Constraints stand a few levels deeper in a token than in a proposal. */
const MAX_TOKEN_DEPTH = 40;
const PARTS = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const HEADER_FIELDS: ReadonlySet<string> = new Set(['typ', 'alg', 'kid']);

export function refuse(reason: string): never {
  throw new VerificationError(reason, 'The capability is not valid.');
}

/** Takes a token apart and pins its form; the signature is still to be checked. */
export function readJws(token: string, typ: string): Jws {
  if (typeof token !== 'string' || token.length > MAX_TOKEN_CHARS) refuse('token-malformed');
  const [, head, body, mac] = PARTS.exec(token) ?? refuse('token-malformed');
  const header = readPart(head!);
  if (header.typ !== typ) refuse('wrong-typ');
  if (header.alg !== 'ES256') refuse('wrong-alg');
  if (typeof header.kid !== 'string') refuse('kid-missing');
  // `jwk`, `jku`, `x5u`, `crit`, `b64`, `zip`: none is ours, each has been an attack.
  if (Object.keys(header).some((field) => !HEADER_FIELDS.has(field))) refuse('header-not-ours');
  const signature = fromBase64Url(mac!);
  if (signature?.length !== 64) refuse('signature-malformed');
  return { header: header as Jws['header'], claims: readPart(body!), signed: utf8(`${head}.${body}`), signature };
}

function readPart(part: string): JsonObject {
  const bytes = fromBase64Url(part) ?? refuse('token-malformed');
  const parsed = parseStrictJson(fromUtf8(bytes) ?? refuse('token-malformed'), { max_depth: MAX_TOKEN_DEPTH });
  const value = parsed.ok ? parsed.value : refuse('token-malformed');
  return isObject(value) ? value : refuse('token-malformed');
}

/** Throws unless this key signed the token (ECDSA P-256 with SHA-256; the signature is r ‖ s, RFC 7518 section 3.4). */
export async function assertSigned({ signed, signature }: Jws, jwk: Jwk): Promise<void> {
  const ec = { name: 'ECDSA', namedCurve: 'P-256' };
  const { kty = '', crv = '', x = '', y = '' } = jwk;
  const key = await crypto.subtle
    .importKey('jwk', { kty, crv, x, y }, ec, false, ['verify'])
    .catch(() => refuse('unknown-key'));
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const holds = await crypto.subtle.verify(algorithm, key, signature as BufferSource, signed as BufferSource);
  if (!holds) refuse('signature-mismatch');
}
