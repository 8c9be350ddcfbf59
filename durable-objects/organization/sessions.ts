// Sessions read, and do what only narrows. They are opened by a sign-in ceremony or by the link that enrolled a first
// passkey; no session ever widens anything.

import { sha256 } from '#sha256';
import type { Client, VerifiedAssertion } from '../../core/authority.ts';
import { instantAt, instantMs } from '../../core/duration.ts';
import { utf8 } from '../../core/encoding.ts';
import { derivedId } from '../../core/ids.ts';
import type { Instant, JsonObject } from '../../core/json.ts';
import { ok, type Result } from '../../core/problems.ts';
import { endLinks, linksOf } from './links.ts';
import { consumeNonce, endOf, given, inTime, matches, usedBefore } from './nonces.ts';
import { usePasskey } from './passkeys.ts';
import type { SessionRecord } from './records.ts';
import { draft, from, nowInstant, organizationOf, type Room, record } from './room.ts';

export interface SessionView {
  session: string;
  user: { id: string; name: string; email: string };
  expires_at: string;
}

/** A session of ours lasts half a day at most, whatever the caller asks. */
const MAX_SESSION_MS = 12 * 3600 * 1000;

export interface OpenSession {
  verified: VerifiedAssertion;
  user: string;
  /** Hex SHA-256 of the cookie's text. */
  session_digest: string;
  expires_at: Instant;
  client?: Client;
}

/** Signs a person in: the sign-in intent is checked and its nonce consumed; a repeat finds the same session. */
export function openSession(room: Room, question: OpenSession): Result<SessionView> {
  const { intent, passkey } = question.verified;
  const before = room.store.sessions.get(question.session_digest);
  if (before?.user === question.user && usedBefore(room, intent)?.by === question.user) return ok(viewOf(room, before));
  const timely = inTime(intent);
  if (!timely.ok) return timely;
  const { rp_id } = organizationOf(room);
  // The organisation is empty: a discoverable passkey says whose it is only in its answer.
  const expected: JsonObject = { v: 1, kind: 'sign-in', organization: '', rp_id, user: null, ...given(intent) };
  const same = matches(intent, expected);
  if (!same.ok) return same;
  const consumed = consumeNonce(room, intent, { until: endOf(intent), used_for: 'sign-in', by: question.user });
  if (!consumed.ok) return consumed;
  const used = usePasskey(room, question.user, question.verified);
  if (!used.ok) return used;
  const { email } = room.store.members.get(question.user)!;
  endLinks(room, linksOf({ user: question.user, email }), question.user, 'the person signed in with a passkey');
  return ok(startSession(room, { ...question, passkey }));
}

/** Writes the session and its event. */
export function startSession(
  room: Room,
  opening: Pick<OpenSession, 'user' | 'session_digest' | 'expires_at' | 'client'> & { passkey: string },
): SessionView {
  const session: SessionRecord = {
    digest: opening.session_digest,
    id: derivedId('ses', sha256(utf8(`assentry/session-id/v1\u0000${opening.session_digest}`))),
    user: opening.user,
    passkey: opening.passkey,
    opened_at: nowInstant(),
    expires_at: Math.floor(Math.min(instantMs(opening.expires_at), Date.now() + MAX_SESSION_MS)),
  };
  room.store.sessions.put(session);
  const { id, user, passkey } = session;
  const skeleton = { session: id, user, passkey, expires_at: instantAt(session.expires_at) };
  record(room, [draft('session.opened', user, skeleton, from(opening.client))]);
  return viewOf(room, session);
}

export function viewOf(room: Room, session: SessionRecord): SessionView {
  const { id, name, email } = room.store.members.get(session.user)!;
  return { session: session.id, user: { id, name, email }, expires_at: instantAt(session.expires_at) };
}

/** Signs out. A session that is not there is out already. */
export function closeSession(room: Room, digest: string): Result<{ closed: boolean }> {
  const session = room.store.sessions.get(digest);
  if (session) endSessions(room, session.user, (other) => other.digest === digest);
  return ok({ closed: session !== null });
}

/** Ends those sessions of a person that fit; used by whatever takes a person or a passkey away. */
export function endSessions(room: Room, user: string, fits: (session: SessionRecord) => boolean = () => true): void {
  for (const session of room.store.sessions.list(['user', '=', user]).filter(fits)) {
    room.store.sessions.drop(['digest', '=', session.digest]);
    record(room, [draft('session.closed', user, { session: session.id, user })]);
    for (const socket of room.ctx.getWebSockets(session.id)) socket.close(4401, 'signed out');
  }
}

/** Forgets what has ended by itself. */
export function forgetSessions(room: Room, now_ms: number): void {
  room.store.sessions.drop(['expires_at', '<', now_ms]);
}
