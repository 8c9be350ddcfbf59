// The texts that callers hold: API keys, session cookies, link tokens. Each carries its organisation and a MAC, so that
// garbage is refused without a read. A MAC that holds permits nothing: the organisation's object still has to know the
// digest. Randomness is passed in; no text is ever stored.
import { sha256 } from '#sha256';
import {
  base32,
  base64url,
  concatBytes,
  equalBytes,
  fromBase32,
  fromBase64Url,
  fromUtf8,
  hex,
  utf8,
} from './encoding.ts';
import { type IdPrefix, idBytes, isId } from './ids.ts';
import { type MacKeys, macText, macTextHolds, macUnder, signingKey } from './mac.ts';

/** Bytes in a key and in a cookie: kid 1, organisation 16, (key 16), random 16 or 32, MAC 16. */
const ID = 16;
const TAG = 16;
const KEY_BYTES = 1 + ID + ID + 16 + TAG;
const SESSION_BYTES = 1 + ID + 32 + TAG;
/** 65 bytes as base32, as base64url: texts of another length are refused before they are decoded. */
const KEY_CHARS = 104;
const SESSION_CHARS = 87;
const LINK_CHARS = 2_048;

export type OrganizationKind = 'live' | 'test';

/** Hex SHA-256 of a credential's whole text: what the organisation's object looks it up by. */
export const credentialDigest = (text: string): string => hex(sha256(utf8(text)));

const idOf = (prefix: IdPrefix, bytes: Uint8Array): string => `${prefix}_${base32(bytes)}`;

/** The first 16 bytes of the MAC over a label and the body; null when the body's kid is not active. */
function tagOf(keys: MacKeys, label: string, body: Uint8Array): Uint8Array | null {
  return macUnder(keys, body[0]!, concatBytes(utf8(`${label}\u0000`), body))?.subarray(0, TAG) ?? null;
}

const withTag = (keys: MacKeys, label: string, body: Uint8Array): Uint8Array =>
  concatBytes(body, tagOf(keys, label, body)!);

/** Body and tag taken apart; null unless the tag is the body's. */
function checked(keys: MacKeys, label: string, bytes: Uint8Array): Uint8Array | null {
  const body = bytes.subarray(0, -TAG);
  const expected = tagOf(keys, label, body);
  return expected !== null && equalBytes(expected, bytes.subarray(-TAG)) ? body : null;
}

/**
 * Writes an API key: `asn_live_` or `asn_test_`, then base32 of kid ‖ organisation ‖ key ‖ random ‖ MAC.
 *
 * @param keys of purpose `api-key`
 * @param random 16 bytes
 */
export function formatApiKey(
  keys: MacKeys,
  of: { kind: OrganizationKind; organization: string; key: string },
  random: Uint8Array,
): string {
  if (random.length !== 16) throw new RangeError('an API key takes 16 random bytes');
  const kid = Uint8Array.of(signingKey(keys).kid);
  const body = concatBytes(kid, idBytes(of.organization), idBytes(of.key), random);
  return `asn_${of.kind}_${base32(withTag(keys, `asn_${of.kind}_`, body))}`;
}

/** An API key taken apart; null for anything that we did not write. Keys of purpose `api-key`. */
export function parseApiKey(
  keys: MacKeys,
  text: string,
): { kind: OrganizationKind; organization: string; key: string; digest: string } | null {
  const [, kind, encoded = ''] = /^asn_(live|test)_([0-9a-z]+)$/.exec(text.slice(0, 200)) ?? [];
  const bytes = encoded.length === KEY_CHARS ? fromBase32(encoded) : null;
  const body = bytes?.length === KEY_BYTES ? checked(keys, `asn_${kind}_`, bytes) : null;
  if (body === null) return null;
  const organization = idOf('org', body.slice(1, 1 + ID));
  const key = idOf('key', body.slice(1 + ID, 1 + ID + ID));
  if (!isId('org', organization) || !isId('key', key)) return null;
  return { kind: kind as OrganizationKind, organization, key, digest: credentialDigest(text) };
}

/** Writes a session's cookie value: base64url of kid ‖ organisation ‖ random (32 bytes) ‖ MAC. Keys of `session`. */
export function formatSession(keys: MacKeys, organization: string, random: Uint8Array): string {
  if (random.length !== 32) throw new RangeError('a session takes 32 random bytes');
  const body = concatBytes(Uint8Array.of(signingKey(keys).kid), idBytes(organization), random);
  return base64url(withTag(keys, 'session', body));
}

/** A session cookie's value taken apart; null for anything that we did not write. */
export function parseSession(keys: MacKeys, text: string): { organization: string; digest: string } | null {
  const bytes = text.length === SESSION_CHARS ? fromBase64Url(text) : null;
  const body = bytes?.length === SESSION_BYTES ? checked(keys, 'session', bytes) : null;
  if (body === null) return null;
  const organization = idOf('org', body.slice(1, 1 + ID));
  return isId('org', organization) ? { organization, digest: credentialDigest(text) } : null;
}

export const LINK_PURPOSES = ['setup', 'invitation', 'recovery'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** What a set-up, invitation or recovery link says. The organisation's object knows whether it was used. */
export interface LinkClaims {
  /** The link's id; for an invitation its `inv_…`. */
  jti: string;
  purpose: LinkPurpose;
  organization: string;
  /** Whose recovery it is; absent for a set-up and an invitation. */
  user?: string;
  /** Seconds since the epoch; null: until used (local set-up only). */
  exp: number | null;
  roles?: string[];
}

/** Writes a link token: base64url(JSON claims) ‖ '.' ‖ base64url(kid ‖ MAC over the part before the dot). */
export function formatLinkToken(keys: MacKeys, claims: LinkClaims): string {
  const payload = base64url(utf8(JSON.stringify(claims)));
  return `${payload}.${macText(keys, utf8(payload))}`;
}

/** A link token's claims; null for anything that we did not write. Whether it has expired is the caller's to judge. */
export function parseLinkToken(keys: MacKeys, text: string): LinkClaims | null {
  if (text.length > LINK_CHARS) return null;
  const [payload = '', mac = '', ...more] = text.split('.');
  if (more.length > 0 || !macTextHolds(keys, mac, utf8(payload))) return null;
  const json = fromUtf8(fromBase64Url(payload) ?? new Uint8Array());
  const claims = json === null || json === '' ? null : (JSON.parse(json) as LinkClaims);
  return claims !== null && isId('org', claims.organization) && LINK_PURPOSES.includes(claims.purpose) ? claims : null;
}

/** Whether a link is still in its time at `now_ms`. */
export const linkIsInTime = (claims: LinkClaims, now_ms: number): boolean =>
  claims.exp === null || now_ms < claims.exp * 1_000;

/** WebAuthn's user handle: organisation ‖ user, 32 bytes, base64url. */
export const userHandle = (organization: string, user: string): string =>
  base64url(concatBytes(idBytes(organization), idBytes(user)));

/** A user handle taken apart; null when it is none of ours. */
export function parseUserHandle(text: string): { organization: string; user: string } | null {
  const bytes = text.length <= 64 ? fromBase64Url(text) : null;
  if (bytes?.length !== ID + ID) return null;
  const organization = idOf('org', bytes.slice(0, ID));
  const user = idOf('usr', bytes.slice(ID));
  return isId('org', organization) && isId('usr', user) ? { organization, user } : null;
}
