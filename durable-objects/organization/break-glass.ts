// Break-glass here, where it is counted: who may use it, for which account's actor, and whether a use is still owed a
// review. A use is a debt from the moment that it is admitted, before anything is released. Invariant: what ends a debt
// is a sealed review by somebody who was not part of the use, or that its request never came to be.
import type {
  Admission,
  AuthorizeQuestion,
  Facts,
  OrganizationSettings,
  Person,
  VerifiedAssertion,
} from '../../core/authority.ts';
import { BREAK_GLASS_ROLE, breakGlassSettings } from '../../core/break-glass.ts';
import { instantMs } from '../../core/duration.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { consumeNonce, endOf, inTime, nonceUsed, usedBefore } from './nonces.ts';
import { isRestricted, usePasskey } from './passkeys.ts';
import { authorize, snapshotOf } from './principals.ts';
import type { BreakGlassRecord, ServiceAccountRecord } from './records.ts';
import { statusOf } from './reservations.ts';
import { nowInstant, organizationOf, type Room } from './room.ts';

export interface BreakGlassQuestion extends AuthorizeQuestion {
  request: string;
  actor: string;
  external_ref: string | null;
  /** Version that the request was judged by: the answer is a new snapshot and nothing admitted if it has moved. */
  judged_by: number;
  /** Null while the use is only being prepared: then nothing is written. */
  verified: VerifiedAssertion | null;
}

export interface BreakGlassAdmission extends Omit<Admission, 'admitted'> {
  admitted: 'yes' | 'stale';
  /** The service account that the named actor is of: only its keys can exchange what is released. */
  account: { id: string; name: string };
}

/** Admits an emergency use, or says why not. The same signed use again is one use. Only inside `transact`. */
export function admitBreakGlass(room: Room, question: BreakGlassQuestion): Result<BreakGlassAdmission> {
  const authority = authorize(room, question);
  if (!authority.ok) return authority;
  const { principal, facts } = authority.value;
  if (principal.kind !== 'person' || !principal.roles.includes(BREAK_GLASS_ROLE))
    return fail('forbidden', `Breaking glass needs the role ${BREAK_GLASS_ROLE}, which a signed change gives.`);
  const account = accountOf(room, question.actor);
  if (!account.ok) return account;
  const stopped = noStop(facts, account.value.id, question.actor);
  if (!stopped.ok) return stopped;
  // The snapshot that the use commits to names them: evidence shows that whoever reviews was none of them.
  const owners = ownersNow(room, account.value.id);
  const answer = { ...authority.value, facts: { ...facts, owners }, account: account.value };
  if (question.judged_by !== facts.config_version)
    return ok({ ...answer, snapshot: snapshotOf(room), admitted: 'stale' });
  const referenced = hasReference(organizationOf(room).settings, question.external_ref);
  if (!referenced.ok) return referenced;
  const taken = take(room, principal, question, account.value.id);
  return taken.ok ? ok({ ...answer, admitted: 'yes' }) : taken;
}

/** Keys of an account exchange for its actors; the account of the actor's own name comes first. */
function accountOf(room: Room, actor: string): Result<Pick<ServiceAccountRecord, 'id' | 'name'>> {
  const acting = room.store.service_accounts
    .list()
    .filter((account) => account.status === 'active' && account.actors.includes(actor));
  const own = acting.filter(({ name }) => actor.split(':')[1] === name);
  const [account, another] = own.length > 0 ? own : acting;
  if (account && !another) return ok({ id: account.id, name: account.name });
  const detail = account ? 'is an actor of several service accounts' : 'is no actor of an active service account';
  return fail('invalid-request', `${actor} ${detail}: nobody could exchange the capability.`, {
    errors: [{ pointer: '/actor', detail }],
  });
}

const ownersNow = (room: Room, account: string): string[] => room.store.service_accounts.get(account)?.owners ?? [];

function noStop({ stops }: Facts, account: string, actor: string): Result<void> {
  const stop = stops.find(
    ({ target_kind, target }) => target_kind === 'organization' || [account, actor].includes(target),
  );
  if (!stop) return ok(undefined);
  return fail('stopped', `Stopped: ${stop.reason || 'no reason was given'}. Glass is never broken over a stop.`);
}

function hasReference(settings: OrganizationSettings, external_ref: string | null): Result<void> {
  if (breakGlassSettings(settings).external_ref === 'optional' || external_ref?.trim()) return ok(undefined);
  return fail('invalid-request', 'This organisation asks for an external reference, such as the incident.', {
    errors: [{ pointer: '/external_ref', detail: 'is required here' }],
  });
}

/** Takes the signature and writes the debt; with nothing signed yet, only looks. */
function take(room: Room, person: Person, question: BreakGlassQuestion, account: string): Result<void> {
  const { verified, request, actor } = question;
  const use = verified && usedBefore(room, verified.intent);
  if (use) return use.used_for === request && room.store.break_glass.get(request) ? ok(undefined) : nonceUsed();
  const free = noDebt(room, person.user);
  if (!free.ok || verified === null) return free;
  const timely = inTime(verified.intent);
  if (!timely.ok) return timely;
  const passkey = usePasskey(room, person.user, verified);
  if (!passkey.ok) return passkey;
  if (isRestricted(passkey.value))
    return fail('passkey-too-new', `This passkey breaks no glass before ${passkey.value.restricted_until}.`);
  const consumed = consumeNonce(room, verified.intent, {
    ...{ until: endOf(verified.intent), used_for: request, by: person.user },
  });
  if (!consumed.ok) return consumed;
  const who = { request, user: person.user, actor, service_account: account, used_at: nowInstant() };
  const owners = ownersNow(room, account);
  room.store.break_glass.put({ ...who, owners, open: 1, confirmed: 0, review: null });
  return ok(undefined);
}

/** A use that nobody has reviewed keeps its own person, or if so configured everybody, from the next one. */
function noDebt(room: Room, user: string): Result<void> {
  const { debt } = breakGlassSettings(organizationOf(room).settings);
  const open = room.store.break_glass.list(['open', '=', 1]);
  const owed = open.find((use) => debt === 'anyone' || use.user === user);
  if (!owed) return ok(undefined);
  const whose = owed.user === user ? 'your own' : 'somebody’s';
  return fail(
    'break-glass-debt',
    `A use must be reviewed before the next one: ${whose}, ${owed.request}, waits for somebody who was not part of it.`,
  );
}

/** News of a request that was born by a use: the debt is real. Only inside a transaction. */
export function confirmUse(room: Room, request: string): void {
  const use = room.store.break_glass.get(request);
  if (use) room.store.break_glass.put({ ...use, confirmed: 1 });
}

/** After a signature's end and the two seconds of its admission: from then on no request can come of it. */
export const USE_CONFIRM_MS = 150_000;

/** When the next use that nobody told about is to be asked about. */
export function nextUseCheck(room: Room): number | null {
  const unsure = room.store.break_glass.list(['open', '=', 1]).filter((use) => use.confirmed === 0);
  return unsure.length === 0 ? null : Math.min(...unsure.map((use) => instantMs(use.used_at))) + USE_CONFIRM_MS;
}

/** Asks the objects of uses that nobody told about: where there is no request, nothing was used and nothing is owed. */
export async function checkUses(room: Room, now_ms: number): Promise<void> {
  const unsure = room.store.break_glass.list(['open', '=', 1]).filter((use) => use.confirmed === 0);
  for (const { request } of unsure.filter((use) => instantMs(use.used_at) + USE_CONFIRM_MS <= now_ms)) {
    const status = await statusOf(room, request);
    if (status === 'absent') room.store.break_glass.drop(['request', '=', request]);
    else if (status !== null) confirmUse(room, request);
  }
}

/** Uses in words for lists, newest last. */
export const usesOf = (room: Room): BreakGlassRecord[] => room.store.break_glass.list();
