// Enrolling passkeys: a first one with a link, a further one with an existing one over the new public key. The Worker
// has verified the ceremony; here the link, the nonce and the person are judged, and the key begins when it is sealed.
import {
  type Client,
  type Credential,
  type Passkey,
  type Registration,
  ROLES,
  type VerifiedAssertion,
} from '../../core/authority.ts';
import type { LinkPurpose } from '../../core/credential.ts';
import { digestOf } from '../../core/digest.ts';
import { publicKeyDigest } from '../../core/enrolment.ts';
import { addedPasskey } from '../../core/intent.ts';
import type { Instant, Json, JsonObject } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { endLinks, findLink, linksOf, openLink } from './links.ts';
import { consumeNonce, endOf, given, inTime, matches, usedBefore } from './nonces.ts';
import { activePasskeys, dropPasskey, isRestricted, usePasskey } from './passkeys.ts';
import { emailIsFree } from './people.ts';
import { personWith } from './principals.ts';
import type { LinkRecord } from './records.ts';
import { afterSealing, draft, from, mintId, organizationOf, type Room, record } from './room.ts';
import { endSessions, type SessionView, startSession, viewOf } from './sessions.ts';

export interface EnrolFirst {
  token: { id: string; purpose: LinkPurpose; exp?: number | null };
  registration: Registration;
  intent: JsonObject;
  /** The browser's RegistrationResponseJSON, kept with the event. */
  response: JsonObject;
  session_digest: string;
  session_expires_at: Instant;
  client?: Client;
}

export interface EnrolFurther {
  verified: VerifiedAssertion;
  registration: Registration;
  client?: Client;
}

/** Person and key that an enrolment is about. */
export interface Enrolled {
  user: string;
  passkey: string;
}

/** Consumes a link for a first key. A repeat of the same enrolment finds what it made. */
export function enrolFirst(room: Room, question: EnrolFirst): Result<Enrolled> {
  const repeated = repeatOf(room, question);
  if (repeated) return ok(repeated);
  const { token, intent, registration } = question;
  const link = openLink(room, { token_id: token.id, purpose: token.purpose, exp: token.exp });
  if (!link.ok) return link;
  if (!emailIsFree(room, link.value.email, link.value.user))
    return fail(
      'forbidden',
      'A member has this mail address already. Sign in, or ask to be invited under another one.',
    );
  // Old keys end with a recovery: what is signed is by the new one, over itself, so that it can sign at all.
  const proof: JsonObject = token.purpose === 'recovery' ? { adds: addedPasskey(registration) } : {};
  const checked = checkIntent(room, intent, { user: null, token: token.id, ...proof }, registration.credential_id);
  if (!checked.ok) return checked;
  const free = unknownCredential(room, registration);
  if (!free.ok) return free;
  room.store.links.put({ ...link.value, status: 'used', credential_id: registration.credential_id });
  endLinks(room, linksOf(link.value), link.value.user, 'another link of this person was used');
  if (token.purpose === 'recovery') dropOld(room, link.value.user);
  return ok(recordFirst(room, question, link.value));
}

/** The same ceremony again, because it could not be sealed or the answer was lost; never a second session. */
function repeatOf(room: Room, { token, intent, registration, session_digest }: EnrolFirst): Enrolled | null {
  const use = usedBefore(room, intent);
  const link = findLink(room, { token_id: token.id, purpose: token.purpose });
  if (use?.used_for !== `enrol ${registration.credential_id}` || link?.status !== 'used') return null;
  if (link.session !== null && link.session !== session_digest) return null;
  const [passkey] = room.store.passkeys.list(['credential_id', '=', registration.credential_id]);
  return passkey ? { user: passkey.user, passkey: passkey.id } : null;
}

function checkIntent(room: Room, intent: JsonObject, about: JsonObject, credential_id: string): Result<void> {
  const timely = inTime(intent);
  if (!timely.ok) return timely;
  const { id: organization, rp_id } = organizationOf(room);
  const same = matches(intent, { v: 1, kind: 'enrol', organization, rp_id, ...about, ...given(intent) });
  if (!same.ok) return same;
  return consumeNonce(room, intent, { until: endOf(intent), used_for: `enrol ${credential_id}`, by: credential_id });
}

const unknownCredential = (room: Room, { credential_id }: Registration): Result<void> =>
  room.store.passkeys.count(['credential_id', '=', credential_id]) === 0
    ? ok(undefined)
    : fail('ceremony-failed', 'This passkey is enrolled already.', { reason: 'credential id known' });

/** Who recovers has lost the old keys: whoever has them has no use of them. */
function dropOld(room: Room, user: string): void {
  for (const passkey of activePasskeys(room, user)) dropPasskey(room, passkey, user, 'recovered with a new passkey');
  endSessions(room, user);
}

function recordFirst(room: Room, question: EnrolFirst, link: LinkRecord): Enrolled {
  const { user, roles, groups, name, email } = link;
  const passkey = mintId('pk');
  const recovered = link.purpose === 'recovery';
  const signed_by = recovered ? passkey : null;
  const registered = registration(question, { user, passkey, token: link.id, signed_by, assertion: null });
  const joined = recovered
    ? []
    : [draft('member.updated', user, { user, roles, groups, change: null }, { name, email })];
  const accepted =
    link.purpose === 'invitation' ? [draft('invitation.accepted', user, { invitation: link.id, user }, { name })] : [];
  const events = record(room, [...accepted, ...joined, registered]);
  const key = keyOf(question.registration, {
    user,
    passkey,
    event: events.at(-1)!,
    restricted_until: null,
    proven: recovered,
  });
  afterSealing(room, events, 'enrol', { link: link.id, key: key as unknown as Json });
  return { user, passkey };
}

export interface EnrolledFirst {
  user: SessionView['user'];
  passkey: Passkey;
  session: string;
}

/** After sealing: opens the session that comes with a first key; the same one for a repeat. */
export function openFirst(room: Room, question: EnrolFirst, { user, passkey }: Enrolled): Result<EnrolledFirst> {
  const { session_digest, session_expires_at: expires_at, client, token } = question;
  const before = room.store.sessions.get(session_digest);
  const session = before
    ? viewOf(room, before)
    : startSession(room, { user, session_digest, expires_at, passkey, client });
  room.store.links.put({ ...room.store.links.get(token.id)!, session: session_digest });
  return ok({ user: session.user, passkey: room.store.passkeys.get(passkey)!, session: session.session });
}

/** Adds a key of a signed-in person, signed by one that the person has. */
export function enrolFurther(room: Room, question: EnrolFurther & { credential: Credential }): Result<Enrolled> {
  const by = personWith(room, question.credential, ROLES);
  if (!by.ok) return by;
  const { user } = by.value;
  const { intent, passkey: signed_by } = question.verified;
  const use = usedBefore(room, intent);
  const [same] = room.store.passkeys.list(['credential_id', '=', question.registration.credential_id]);
  if (same?.user === user && use?.used_for === `enrol ${same.credential_id}`) return ok({ user, passkey: same.id });
  const about = { user, token: null, adds: addedPasskey(question.registration) };
  const checked = checkIntent(room, intent, about, question.registration.credential_id);
  if (!checked.ok) return checked;
  const free = unknownCredential(room, question.registration);
  if (!free.ok) return free;
  const used = usePasskey(room, user, question.verified);
  if (!used.ok) return used;
  if (isRestricted(used.value))
    return fail('passkey-too-new', 'This passkey is too new to add another one. Use an older one, or wait a day.');
  const hours = organizationOf(room).settings.passkey_quarantine_hours;
  const restricted_until = new Date(Date.now() + hours * 3_600_000).toISOString();
  const passkey = mintId('pk');
  const source = { ...question, intent, response: null };
  const parts = { user, passkey, token: null, signed_by, assertion: question.verified.assertion };
  const events = record(room, [registration(source, parts)]);
  const key = keyOf(question.registration, { user, passkey, event: events.at(-1)!, restricted_until, proven: false });
  afterSealing(room, events, 'enrol', { link: null, key: key as unknown as Json });
  return ok({ user, passkey });
}

interface Ceremony {
  registration: Registration;
  intent: JsonObject;
  response: JsonObject | null;
  client?: Client;
}

function registration(
  { registration: made, intent, response, client }: Ceremony,
  parts: {
    user: string;
    passkey: string;
    token: string | null;
    signed_by: string | null;
    assertion: JsonObject | null;
  },
) {
  const { credential_id, public_key, name, transports, aaguid, device_type, backed_up } = made;
  const { user, passkey, token, signed_by, assertion } = parts;
  const digests = { credential_digest: digestOf(credential_id), public_key_digest: publicKeyDigest(public_key) };
  const skeleton = { user, passkey, ...digests, device_type, backed_up, first: token !== null, token, signed_by };
  const personal = { credential_id, public_key, name, intent, assertion: assertion ?? response, transports, aaguid };
  return draft('passkey.registered', user, skeleton, { ...personal, ...from(client) });
}

/** `proven`: it has signed already. */
function keyOf(
  made: Registration,
  of: {
    user: string;
    passkey: string;
    event: { id: string; at: string };
    restricted_until: string | null;
    proven: boolean;
  },
): Passkey {
  const { user, passkey: id, event, restricted_until, proven } = of;
  const times = { created_at: event.at, last_used_at: proven ? event.at : null, restricted_until };
  return { id, user, ...made, status: 'active', ...times, event: event.id, entry: null };
}
