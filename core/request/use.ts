// The capability is used: exchanged once. Who may call and what is stopped was gathered before; here it is decided, in one
// place that serialises.
import type { Machine, Stop } from '../authority.ts';
import { authorizationOf, claimsOf, type DatedClaims, datedClaims, exchangeFits } from '../capability.ts';
import { digestOf } from '../digest.ts';
import { instantMs } from '../duration.ts';
import type { Scope } from '../intent.ts';
import type { Instant, JsonObject } from '../json.ts';
import { fail, ok, type Result } from '../problems.ts';
import { type Advance, advance } from './advance.ts';
import type { Exchange, RequestRecord } from './record.ts';
import { lifetimeEnd, lifetimeLeft, type SealedAt, tokenTimes } from './settle.ts';
import { shownSalt } from './shown.ts';

export interface ExchangeRequest {
  actor: string;
  nonce: string;
  params: JsonObject | null;
  precondition: JsonObject | null;
  jkt: string | null;
  machine: Machine;
}

const nonceDigest = (nonce: string) => digestOf({ purpose: 'capability', nonce });

/** First exchange, or the same one again (then `replayed`). */
export function exchange(
  record: RequestRecord,
  call: ExchangeRequest,
  sealedAt: SealedAt,
  now: Instant,
): Result<Advance> {
  const fits = fitsCall(record, call, sealedAt, now);
  if (!fits.ok && (record.life.status === 'approved' || record.life.status === 'executing')) return fits;
  const nonce_digest = nonceDigest(call.nonce);
  // A key that nobody asked for binds nothing (exchange.ts compares it the same way).
  const jkt = record.capability?.scope.dpop ? call.jkt : null;
  const authorized = record.capability && [told(record, record.capability.scope)];
  const stepped = advance(record, {
    command: 'exchange',
    facts: {
      lifetime_left: lifetimeLeft(record, sealedAt, now),
      same_exchange: fits.ok && fits.value === 'same',
      by_requester: fits.ok,
    },
    by: call.machine.service_account,
    now,
    parts: {
      'capability.exchanged': {
        skeleton: {
          ...{ capability: record.capability?.id ?? null, nonce_digest, key: call.machine.key, jkt },
          claims_digest: authorized && digestOf(authorized),
        },
        personal: authorized && { claims: authorized },
      },
    },
  });
  if (!stepped.ok || stepped.value.replayed) return stepped;
  const made: Exchange = { nonce_digest, key: call.machine.key, jkt, seq: stepped.value.record.seq };
  const capability = { ...record.capability!, exchanges: [...record.capability!.exchanges, made] };
  return ok({ ...stepped.value, record: { ...stepped.value.record, capability } });
}

function fitsCall(record: RequestRecord, call: ExchangeRequest, sealedAt: SealedAt, now: Instant) {
  const scope = record.capability?.scope;
  return exchangeFits(
    {
      ...{ actor: record.proposal.actor, requester: record.requester.id, salt: record.salt, jkts: [] },
      params_digest: record.effective.params_digest,
      precondition: record.proposal.precondition,
      ...{ enforce: scope?.enforce ?? 'consume', dpop: scope?.dpop ?? true },
      exchanges: (record.capability?.exchanges ?? []).map((past) => ({
        ...{ key: past.key, nonce_digest: past.nonce_digest, jkt: past.jkt },
        token_ends_at_ms: instantMs(tokenTimes(record, sealedAt, past)?.until ?? now),
      })),
      live: record.life.status === 'executing',
    },
    {
      ...{ actor: call.actor, service_account: call.machine.service_account, key: call.machine.key },
      ...{ nonce_digest: nonceDigest(call.nonce), params: call.params, precondition: call.precondition },
      ...{ jkt: call.jkt, now_ms: instantMs(now) },
    },
  );
}

const authorizedBy = (record: RequestRecord, scope: Scope) => ({
  ...{ scope, action_digest: record.effective.action_digest, salt: record.salt },
  ...{ constraints: record.judgement.constraints, precondition: record.proposal.precondition },
});

/** As its event holds it: without the token's salt where a value is hidden, because it would confirm guesses (shown.ts). */
const told = (record: RequestRecord, scope: Scope): JsonObject => ({
  ...authorizationOf(authorizedBy(record, scope)),
  salt: shownSalt(record),
});

const claimsFor = (record: RequestRecord, receipt: string, issuer: string, jkt: string | null) =>
  claimsOf({
    ...authorizedBy(record, record.capability!.scope),
    ...{ issuer, receipt, jkt, request: record.id, capability: record.capability!.id, actor: record.proposal.actor },
  });

/**
 * The claims of the live exchange, dated by its sealing: the same each time they are asked for.
 *
 * @param eventIdOf id of the event with a seq
 */
export function liveClaims(
  record: RequestRecord,
  issuer: string,
  sealedAt: SealedAt,
  eventIdOf: (seq: number) => string,
): Result<DatedClaims> {
  const live = record.capability?.exchanges.at(-1);
  const [from, end] = [live && sealedAt(live.seq), lifetimeEnd(record, sealedAt)];
  if (!live || !from || !end)
    return fail('not-sealed-yet', 'The exchange is not sealed yet.', { retry_after_seconds: 1 });
  return datedClaims(claimsFor(record, eventIdOf(live.seq), issuer, live.jkt), instantMs(from), instantMs(end));
}

/** The first stop that touches this request; null if none does. */
export function stopFor(record: RequestRecord, stops: readonly Stop[]): Stop | null {
  const touched = {
    actor: record.proposal.actor,
    service_account: record.requester.id,
    organization: record.organization.id,
  };
  return stops.find((stop) => touched[stop.target_kind] === stop.target) ?? null;
}
