// Who calls: an API key in `Authorization: Bearer`, or a person's session cookie. The MAC inside is checked here without
// a read; whether the credential lives is the organisation's to say. The organisation comes from the credential alone.
import { getCookie } from 'hono/cookie';
import type { Credential } from '../../core/authority.ts';
import { parseApiKey, parseSession } from '../../core/credential.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Ctx } from '../context.ts';
import { macKeysOf } from '../secrets.ts';

export const SESSION_COOKIE = '__Host-assentry_session';

export interface Caller {
  organization: string;
  credential: Credential;
}

/** The same words for every reason: missing, garbage, unknown, revoked, expired. */
export const UNAUTHENTICATED = fail(
  'unauthenticated',
  'The credential is missing, unknown, revoked or expired: send an API key as "Authorization: Bearer asn_…", or sign in with a passkey.',
);

/** The caller by its credential; `unauthenticated` without one that we made. A bad header is not saved by a cookie. */
export function callerOf(c: Ctx): Result<Caller> {
  const header = c.req.header('authorization');
  const caller = header === undefined ? sessionCaller(c) : keyCaller(c, header);
  return caller === null ? UNAUTHENTICATED : ok(caller);
}

function keyCaller(c: Ctx, header: string): Caller | null {
  const [, text = ''] = /^Bearer +(\S+)$/i.exec(header) ?? [];
  const parsed = parseApiKey(macKeysOf(c.env, 'api-key'), text);
  if (parsed === null) return null;
  const { organization, key, digest } = parsed;
  return { organization, credential: { kind: 'api_key', key, digest } };
}

function sessionCaller(c: Ctx): Caller | null {
  const parsed = parseSession(macKeysOf(c.env, 'session'), getCookie(c, SESSION_COOKIE) ?? '');
  if (parsed === null) return null;
  return { organization: parsed.organization, credential: { kind: 'session', digest: parsed.digest } };
}

/** The caller if it is a session: what people do, no key does. */
export function sessionOf(c: Ctx): Result<Caller> {
  const caller = callerOf(c);
  if (!caller.ok || caller.value.credential.kind === 'session') return caller;
  return fail('forbidden', 'An API key cannot do this: sign in with a passkey.');
}
