// Credential in, principal and facts out. What is wrong with a credential is never told apart: unknown, revoked, expired,
// another text under the same id, a locked member and a disabled service account are one answer.
import type {
  Authority,
  AuthorizeQuestion,
  Credential,
  Facts,
  KeyScope,
  Machine,
  Person,
  Principal,
  Role,
  Snapshot,
  Standing,
} from '../../core/authority.ts';
import { instantAt } from '../../core/duration.ts';
import { equalBytes, utf8 } from '../../core/encoding.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { groupNames, standingOf } from './people.ts';
import { unmetHere } from './reach.ts';
import type { ApiKeyRecord, ServiceAccountRecord } from './records.ts';
import { nowInstant, organizationOf, type Room } from './room.ts';
import { makersOf, workloadBy } from './workload.ts';

const unknown = (reason: string) =>
  fail('unauthenticated', 'This credential is not valid. Sign in again, or use a live API key.', { reason });

/** Who holds this credential; 'unauthenticated' otherwise, the reason only for our own logs. */
export function authenticate(room: Room, credential: Credential): Result<Principal> {
  return credential.kind === 'api_key'
    ? machineBy(room, credential.key, credential.digest)
    : personBy(room, credential.digest);
}

function machineBy(room: Room, id: string, digest: string): Result<Machine> {
  const key = room.store.api_keys.get(id);
  const workload = key ? null : workloadBy(room, id, digest);
  if (workload) return ok(workload);
  if (!key || !equalBytes(utf8(key.digest), utf8(digest))) return unknown('no such key');
  const account = room.store.service_accounts.get(key.service_account);
  if (key.status !== 'active' || account?.status !== 'active') return unknown('key or account is off');
  noteUse(room, key);
  return ok(machineOf(key, account));
}

const HOUR_MS = 3_600_000;

/** The first use ends the showing of its text; later ones are kept to the hour, so that most uses write nothing. */
function noteUse(room: Room, key: ApiKeyRecord): void {
  const now = nowInstant();
  if (key.last_used_at !== null && Date.now() - Date.parse(key.last_used_at) < HOUR_MS) return;
  room.store.api_keys.put({ ...key, used_at: key.used_at ?? now, last_used_at: now });
}

const machineOf = (key: ApiKeyRecord, account: ServiceAccountRecord): Machine => ({
  kind: 'machine',
  service_account: account.id,
  name: account.name,
  key: key.id,
  scopes: key.scopes,
  actors: account.actors,
  audience: key.audience,
  owners: account.owners,
  key_created_by: key.created_by,
});

function personBy(room: Room, digest: string): Result<Person> {
  const session = room.store.sessions.get(digest);
  if (!session || session.expires_at <= Date.now()) return unknown('no such session');
  const member = room.store.members.get(session.user);
  if (member?.status !== 'active') return unknown('not an active member');
  const { id, name, email, roles } = member;
  const expires_at = instantAt(session.expires_at);
  const groups = groupNames(room, id);
  return ok({ kind: 'person', user: id, name, email, roles, groups, session: session.id, expires_at });
}

/** The id that events name. */
export const idOf = (principal: Principal): string =>
  principal.kind === 'person' ? principal.user : principal.service_account;

/** A signed-in person with one of these roles. */
export function personWith(room: Room, credential: Credential, roles: readonly Role[]): Result<Person> {
  const known = authenticate(room, credential);
  if (!known.ok) return known;
  if (known.value.kind !== 'person') return fail('forbidden', 'An API key cannot do this: a signed-in person must.');
  if (known.value.roles.some((role) => roles.includes(role))) return ok(known.value);
  return fail('forbidden', `This needs the role ${roles.join(' or ')}.`);
}

/** Any member, or a key with one of these scopes: for reading. */
export function readerWith(room: Room, credential: Credential, scopes: readonly KeyScope[]): Result<Principal> {
  const known = authenticate(room, credential);
  if (!known.ok || known.value.kind === 'person') return known;
  if (known.value.scopes.some((scope) => scopes.includes(scope))) return known;
  return fail('forbidden', `This needs an API key with the scope ${scopes.join(' or ')}.`);
}

/** What isolates keep. */
export function snapshotOf(room: Room): Snapshot {
  const { config_version, id, kind, name, rp_id, id_key, policy_version } = organizationOf(room);
  const { version, digest, policy } = room.store.policies.get(policy_version)!;
  return { config_version, organization: { id, kind, name, rp_id }, id_key, policy: { version, digest, policy } };
}

/** Owners of a service account and whoever created one of its keys: revoked keys count, their requests may still live. */
export function ownersOf(room: Room, account: string): string[] {
  const creators = room.store.api_keys.list(['service_account', '=', account]).map((key) => key.created_by);
  const trusting = room.store.issuers
    .list()
    .filter((one) => one.rules.some((rule) => rule.service_account === account));
  creators.push(...trusting.flatMap((issuer) => makersOf(room, issuer, account)));
  const owners = room.store.service_accounts.get(account)?.owners ?? [];
  return [...new Set([...owners, ...creators.filter((creator) => creator !== null)])];
}

const standingsOf = (room: Room, users: readonly string[]): Standing[] =>
  users.map((user) => standingOf(room, user)).filter((standing) => standing !== null);

/** Who lent these people a right is asked about, too: a vote under a delegation is judged by the lender's own standing. */
function withLenders(room: Room, standings: Standing[]): Standing[] {
  const lenders = new Set(standings.flatMap(({ delegations = [] }) => delegations.map((lent) => lent.from)));
  const others = [...lenders].filter((user) => !standings.some((standing) => standing.user === user));
  return [...standings, ...standingsOf(room, others)];
}

/** Doors that know an actor alone must know it under a stop of its account, too. */
function haltedActors(room: Room): Pick<Facts, 'halted'> {
  const stops = room.store.stops.list().filter((stop) => stop.lifted_at === null);
  const accounts = stops.filter(({ target_kind }) => target_kind === 'service_account');
  const halted = accounts.flatMap(({ target }) => room.store.service_accounts.get(target)?.actors ?? []);
  return halted.length === 0 ? {} : { halted };
}

function factsFor(room: Room, users: readonly string[], { owners_of = null, issuers }: AuthorizeQuestion): Facts {
  const standings = withLenders(room, standingsOf(room, users));
  return {
    as_of: Date.now(),
    config_version: organizationOf(room).config_version,
    stops: room.store.stops
      .list()
      .filter((stop) => stop.lifted_at === null)
      .map(({ lifted_at: _, ...stop }) => stop),
    standings: Object.fromEntries(standings.map((standing) => [standing.user, standing])),
    owners: owners_of === null ? [] : ownersOf(room, owners_of),
    ...haltedActors(room),
    ...(issuers ? { issuers: room.store.issuers.list().filter(({ purpose }) => purpose === 'people') } : {}),
  };
}

/** Who asks, where everybody asked about stands, and the snapshot if the caller's is stale. */
export function authorize(room: Room, question: AuthorizeQuestion): Result<Authority> {
  const known = authenticate(room, question.credential);
  if (!known.ok) return known;
  const own = known.value.kind === 'person' ? [known.value.user] : [];
  const facts = factsFor(room, [...new Set([...own, ...(question.users ?? [])])], question);
  const fresh = question.config_version === facts.config_version;
  const reached = question.reach ? { unmet: unmetHere(room, question.reach, facts) } : {};
  return ok({ principal: known.value, facts, snapshot: fresh ? null : snapshotOf(room), ...reached });
}
