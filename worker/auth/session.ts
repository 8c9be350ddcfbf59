// The cookie of a signed-in person. Its random part is derived from the signed ceremony, so that the same call repeated
// (an answer lost, the ledger slow) gives the same session and not a second one.
import { setCookie } from 'hono/cookie';
import { hmacSha256 } from '#sha256';
import { canonicalBytes } from '../../core/canonical.ts';
import { credentialDigest, formatSession } from '../../core/credential.ts';
import { instantAt, instantMs } from '../../core/duration.ts';
import { concatBytes, utf8 } from '../../core/encoding.ts';
import type { Intent } from '../../core/intent.ts';
import type { Json } from '../../core/json.ts';
import { signingKey } from '../../core/mac.ts';
import type { Ctx } from '../context.ts';
import { macKeysOf } from '../secrets.ts';
import { SESSION_COOKIE } from './caller.ts';

/** A working day: a session only reads and narrows, each decision has its own ceremony. */
const SESSION_SECONDS = 12 * 3_600;

export interface NewSession {
  text: string;
  digest: string;
  expires_at: string;
}

/** The session that a ceremony opens. `response` is what the passkey answered. */
export function sessionFrom(c: Ctx, organization: string, intent: Intent, response: unknown): NewSession {
  const keys = macKeysOf(c.env, 'session');
  const ceremony = canonicalBytes({ intent, response } as unknown as Json);
  const random = hmacSha256(signingKey(keys).key, concatBytes(utf8('assentry/session/v1\u0000'), ceremony));
  const text = formatSession(keys, organization, random);
  const expires_at = instantAt(instantMs(intent.issued_at) + SESSION_SECONDS * 1_000);
  return { text, digest: credentialDigest(text), expires_at };
}

const ATTRIBUTES = { path: '/', httpOnly: true, secure: true, sameSite: 'Strict' } as const;

/** Sets the cookie. `Secure` also on http://localhost, where Chrome and Firefox take it. */
export const setSession = (c: Ctx, session: NewSession): void =>
  setCookie(c, SESSION_COOKIE, session.text, { ...ATTRIBUTES, maxAge: SESSION_SECONDS });

/** Takes the cookie away. */
export const clearSession = (c: Ctx): void => setCookie(c, SESSION_COOKIE, '', { ...ATTRIBUTES, maxAge: 0 });
