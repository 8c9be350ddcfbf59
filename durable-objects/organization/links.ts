// Set-up, invitation and recovery links. The token's text and MAC are the Worker's; here is whether a link is still
// good. Each is used once. A set-up link works only while there is no owner, so it need not be known beforehand.

import { hmacSha256 } from '#sha256';
import type { Role } from '../../core/authority.ts';
import { type LinkClaims, type LinkPurpose, linkIsInTime } from '../../core/credential.ts';
import { utf8 } from '../../core/encoding.ts';
import { derivedId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { hasOwner } from './people.ts';
import type { LinkRecord } from './records.ts';
import { draft, FOREVER, idKey, nowInstant, organizationOf, type Room, record } from './room.ts';

export interface LinkView {
  user: { id: string; name: string; email: string };
  roles: Role[];
  organization: { id: string; kind: 'live' | 'test'; name: string; rp_id: string };
  purpose: LinkPurpose;
}

/** What the link's bearer is: enough to address the link, without its text. */
export interface LinkQuestion {
  token_id: string;
  purpose: LinkPurpose;
  /** Seconds since the epoch, as the claims say. */
  exp?: number | null;
}

/** The first owner's id comes from the link, so that options and enrolment name the same person. */
function setUpLink(room: Room, token_id: string): LinkRecord {
  return {
    id: token_id,
    purpose: 'setup',
    user: derivedId('usr', hmacSha256(idKey(room), utf8(`setup\u0000${token_id}`))),
    name: 'Owner',
    email: '',
    roles: ['owner'],
    groups: [],
    status: 'open',
    created_at: nowInstant(),
    expires_at: FOREVER,
    credential_id: null,
    session: null,
  };
}

/** The link, used or not; null when it was never given out. */
export const findLink = (room: Room, question: LinkQuestion): LinkRecord | null => {
  const link = room.store.links.get(question.token_id);
  if (link) return link.purpose === question.purpose ? link : null;
  return question.purpose === 'setup' ? setUpLink(room, question.token_id) : null;
};

/** The link if it can still be used. */
export function openLink(room: Room, question: LinkQuestion): Result<LinkRecord> {
  const link = findLink(room, question);
  if (!link || link.status === 'revoked') return fail('not-found', 'This link is not valid. Ask for a new one.');
  if (link.status === 'used') return fail('token-used', 'This link was already used. Sign in, or ask for a new one.');
  const claims = { exp: question.exp ?? null } as LinkClaims;
  if (link.expires_at <= Date.now() || !linkIsInTime(claims, Date.now()))
    return fail('not-found', 'This link has expired. Ask for a new one.');
  if (link.purpose === 'recovery' && room.store.members.get(link.user)?.status !== 'active')
    return fail('not-found', 'This link is not valid. Ask for a new one.');
  if (link.purpose === 'setup' && hasOwner(room))
    return fail('owner-present', 'This organisation has an owner: set-up is over. Sign in instead.');
  return ok(link);
}

/** What the enrolment page shows. */
export function viewLink(room: Room, question: LinkQuestion): Result<LinkView> {
  const opened = openLink(room, question);
  if (!opened.ok) return opened;
  const { user: id, name, email, roles, purpose } = opened.value;
  const { id: organization, kind, name: title, rp_id } = organizationOf(room);
  return ok({
    user: { id, name, email },
    roles,
    purpose,
    organization: { id: organization, kind, name: title, rp_id },
  });
}

/** What the Worker makes the token's text from. */
export function claimsOf(room: Room, link: LinkRecord): LinkClaims {
  return {
    jti: link.id,
    purpose: link.purpose,
    organization: organizationOf(room).id,
    ...(link.purpose === 'recovery' ? { user: link.user } : {}),
    exp: Math.floor(link.expires_at / 1000),
    roles: link.roles,
  };
}

/** Gives a link out; earlier open ones of the same person end. Only inside a transaction. */
export const giveLink = (
  room: Room,
  link: Omit<LinkRecord, 'status' | 'created_at' | 'credential_id' | 'session'>,
  by: string,
): LinkRecord => {
  endLinks(room, linksOf(link), by, 'superseded by a newer link');
  const { id, purpose, user, name, email, roles, groups, expires_at, signed_with = [] } = link;
  const fresh = { status: 'open' as const, created_at: nowInstant(), credential_id: null, session: null };
  return room.store.links.put({ id, purpose, user, name, email, roles, groups, expires_at, signed_with, ...fresh });
};

type Fits = (link: LinkRecord) => boolean;

/** Links of this person. Two invitations of one person share only the mail address. */
export const linksOf =
  ({ user, email }: Pick<LinkRecord, 'user' | 'email'>): Fits =>
  (link) =>
    link.user === user || (email !== '' && link.email === email);

/** Links that were signed for with one of these passkeys: as with delegations, a thief may have signed. */
export const linksSignedWith =
  (passkeys: readonly string[]): Fits =>
  ({ signed_with = [] }) =>
    signed_with.some((passkey) => passkeys.includes(passkey));

/**
 * Ends those open links that fit, each with its event. A person's links end when
 * a newer one is given out, when one is used, when the person signs in with a passkey, and when the person is locked or
 * removed. Only inside a transaction.
 */
export function endLinks(room: Room, fits: Fits, by: string, reason: string): void {
  for (const link of room.store.links.list())
    if (link.status === 'open' && fits(link)) endLink(room, link, by, { reason });
}

/** Ends the links of a member who was locked, and those that the member's own passkeys gave out. */
export function endLinksOfLocked(room: Room, { id: user, email }: { id: string; email: string }, by: string): void {
  endLinks(room, linksOf({ user, email }), by, 'the member was locked');
  const passkeys = room.store.passkeys.list(['user', '=', user]).map(({ id }) => id);
  endLinks(room, linksSignedWith(passkeys), by, 'the member who signed for it was locked');
}

/** Ends one open link, with its event. Only inside a transaction. */
export function endLink(room: Room, link: LinkRecord, by: string, personal: JsonObject): void {
  room.store.links.put({ ...link, status: 'revoked' });
  record(room, [draft('invitation.revoked', by, { invitation: link.id }, personal)]);
}
