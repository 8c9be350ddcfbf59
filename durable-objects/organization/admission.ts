// The counters of proposals: budgets of trusted patterns, pending requests per actor, what was rejected a short while
// ago. All of it is judged and reserved in one transaction, so that concurrent proposals are taken one after the other.

import { hmacSha256 } from '#sha256';
import {
  type Admission,
  type AdmitQuestion,
  type Authority,
  onlyReads,
  type Principal,
  type Stop,
} from '../../core/authority.ts';
import { hex, utf8 } from '../../core/encoding.ts';
import { RISK_LEVELS, type RiskLevel } from '../../core/policy.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { authorize, ownersOf, snapshotOf } from './principals.ts';
import { idKey, organizationOf, type Room } from './room.ts';

/** Lets a proposal in, or says why not. A repeat of the same request's id counts once. Only inside `transact`. */
export function admit(room: Room, question: AdmitQuestion): Result<Admission> {
  const known = authorize(room, question);
  if (!known.ok) return known;
  const authority = ok(withOwners(room, known.value));
  const allowed = mayPropose(authority.value.principal, question.actor);
  if (!allowed.ok) return allowed;
  const stop = stopOf(authority.value.facts.stops, authority.value.principal, question.actor);
  if (stop)
    return fail('stopped', `Stopped: ${stop.reason || 'no reason was given'}. A person must lift the stop first.`);
  if (question.judged_by !== authority.value.facts.config_version)
    return ok({ ...authority.value, snapshot: snapshotOf(room), admitted: 'stale' });
  const fresh = notRejected(room, question);
  if (!fresh.ok) return fresh;
  if (question.draw && !draw(room, question.request, question.draw))
    return ok({ ...authority.value, admitted: 'exhausted' });
  const reserved = question.verdict === 'require_approval' ? reserve(room, question) : ok(undefined);
  return reserved.ok ? ok({ ...authority.value, admitted: 'yes' }) : reserved;
}

/** Who owns the account that asks: they stay part of the request, whoever owns it later. */
const withOwners = (room: Room, { principal, facts, snapshot }: Authority): Authority => {
  const owners = principal.kind === 'machine' ? ownersOf(room, principal.service_account) : [];
  return { principal, snapshot, facts: { ...facts, owners } };
};

/** Keys propose as the actors that they list; people as themselves. */
function mayPropose(principal: Principal, actor: string): Result<void> {
  if (principal.kind === 'person' && onlyReads(principal))
    return fail('forbidden', 'An auditor reads and proposes nothing.');
  if (principal.kind === 'person')
    return actor === `user:${principal.user}` ? ok(undefined) : fail('forbidden', 'A person proposes as itself only.');
  if (!principal.scopes.includes('requests:write'))
    return fail('forbidden', 'This needs an API key with the scope requests:write.');
  if (principal.actors.includes(actor)) return ok(undefined);
  return fail('forbidden', `This key does not act as ${actor}. It acts as ${principal.actors.join(', ')}.`, {
    errors: [{ pointer: '/actor', detail: 'is not an actor of this service account' }],
  });
}

/** The stop that meets a proposal: of its actor, its service account, or everything. */
function stopOf(stops: readonly Stop[], principal: Principal, actor: string): Stop | undefined {
  const account = principal.kind === 'machine' ? principal.service_account : principal.user;
  const meets: Record<Stop['target_kind'], (target: string) => boolean> = {
    actor: (target) => target === actor,
    service_account: (target) => target === account,
    organization: () => true,
  };
  return stops.find((stop) => meets[stop.target_kind](stop.target));
}

/** Only this object can tell whether two proposals are the same one: a MAC is kept, never the proposal. */
const fingerprintOf = (room: Room, text: string): string =>
  hex(hmacSha256(idKey(room), utf8(`fingerprint\u0000${text}`)));

function notRejected(room: Room, question: AdmitQuestion): Result<void> {
  const rejected = room.store.rejected.get(fingerprintOf(room, question.fingerprint));
  const left_ms = rejected && rejected.request !== question.request ? rejected.until - Date.now() : 0;
  if (left_ms <= 0) return ok(undefined);
  return fail(
    'recently-rejected',
    'The same request was rejected a short while ago. Asking again does not change the answer.',
    { retry_after_seconds: Math.ceil(left_ms / 1000), request: rejected!.request },
  );
}

/** Remembers a rejection; a repeat of the same news changes nothing. */
export function rememberRejection(room: Room, request: string, text: string, until: number): void {
  room.store.rejected.put({ fingerprint: fingerprintOf(room, text), request, until });
}

/** Draws on a budget; false if it is spent. Draws age out of their window and are never given back. */
function draw(room: Room, request: string, budget: NonNullable<AdmitQuestion['draw']>): boolean {
  const id = `${budget.pattern} ${request}`;
  if (room.store.draws.get(id)) return true;
  const since = Date.now() - budget.per_seconds * 1000;
  if (room.store.draws.count(['pattern', '=', budget.pattern], ['drawn_at', '>', since]) >= budget.count) return false;
  room.store.draws.put({ id, pattern: budget.pattern, drawn_at: Date.now() });
  return true;
}

/**
 * Reserves a pending request. A risk level counts itself and what is above it, so that each level has the whole limit as
 * room, however many requests of lower risk are waiting.
 */
function reserve(room: Room, { request, actor, risk, pending_limit }: AdmitQuestion): Result<void> {
  if (room.store.reservations.get(request)) return ok(undefined);
  if (pendingFrom(room, actor, risk) >= pending_limit)
    return fail(
      'too-many-pending',
      `${actor} has ${pending_limit} requests of this risk or higher waiting for a decision.`,
      {
        retry_after_seconds: 60,
      },
    );
  room.store.reservations.put({ request, actor, risk, reserved_at: Date.now(), confirmed: 0 });
  return ok(undefined);
}

const pendingFrom = (room: Room, actor: string, risk: RiskLevel): number =>
  RISK_LEVELS.slice(RISK_LEVELS.indexOf(risk))
    .map((level) => room.store.reservations.count(['actor', '=', actor], ['risk', '=', level]))
    .reduce((sum, count) => sum + count, 0);

/** A budget's window is a year at most (limits.ts, MAX_DURATION_SECONDS). */
const LONGEST_WINDOW_MS = 366 * 24 * 3600 * 1000;

/** Forgets what no longer counts. */
export function forgetCounters(room: Room, now_ms: number): void {
  room.store.draws.drop(['drawn_at', '<', now_ms - LONGEST_WINDOW_MS]);
  room.store.rejected.drop(['until', '<', now_ms]);
}

/** Name of the request's object. */
export const objectName = (room: Room, request: string): string => `${organizationOf(room).id}/${request}`;
