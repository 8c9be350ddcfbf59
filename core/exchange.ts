// Whether a call is one that a capability is for: the right account, actor, params, precondition and key, and a nonce that
// is either fresh or that of the live exchange. It changes nothing and knows neither deadline nor stop. Invariant: two
// different calls never both fit as the live exchange.
import { paramsDigest } from './digest.ts';
import type { Scope } from './intent.ts';
import type { Digest, JsonObject } from './json.ts';
import { ok, type Problem, type Result } from './problems.ts';

/** An exchange that happened. `nonce_digest`: of the caller's nonce, which is not kept. */
export interface PastExchange {
  key: string;
  nonce_digest: string;
  jkt: string | null;
  /** End of its token, milliseconds since the epoch. */
  token_ends_at_ms: number;
}

/** What a request says about who may take its capability. */
export interface Exchangeable {
  actor: string;
  /** The service account that proposed; of a person (`usr_…`) nobody can exchange. */
  requester: string;
  salt: string;
  /** Of the effective params. */
  params_digest: Digest;
  precondition: JsonObject | null;
  enforce: Scope['enforce'];
  dpop: boolean;
  /** Thumbprints registered with the service account or declared at proposal. */
  jkts: readonly string[];
  /** All exchanges so far, oldest first. */
  exchanges: readonly PastExchange[];
  /** The last of them holds the capability now: not returned, consumed, revoked. */
  live: boolean;
}

export interface ExchangeCall {
  actor: string;
  /** Of the authenticated key. */
  service_account: string;
  key: string;
  nonce_digest: string;
  params?: JsonObject | null;
  precondition?: JsonObject | null;
  /** RFC 7638 thumbprint of a proven DPoP key. */
  jkt?: string | null;
  now_ms: number;
}

const mismatch = (pointer: string, detail: string): Problem => ({
  code: 'capability-mismatch',
  detail,
  errors: [{ pointer, detail }],
});

type Check = (record: Exchangeable, call: ExchangeCall) => Problem | null;

const sameAccount: Check = (record, call) =>
  record.requester === call.service_account
    ? null
    : mismatch('', 'This capability belongs to the service account that proposed the request: use one of its keys.');

const sameActor: Check = (record, call) =>
  record.actor === call.actor ? null : mismatch('/actor', 'This capability was issued for another actor.');

const sameParams: Check = (record, call) =>
  call.params == null || paramsDigest(record.salt, call.params) === record.params_digest
    ? null
    : mismatch(
        '/params',
        'These are not the params that were approved: read `effective.params`, or propose these as a new request.',
      );

/** Compared as digests, because a digest sees the canonical form: the order of keys says nothing. */
function samePrecondition(record: Exchangeable, call: ExchangeCall): Problem | null {
  const [wanted, given] = [record.precondition, call.precondition ?? null];
  if (wanted === null) {
    return given === null ? null : mismatch('/precondition', 'The request has no precondition: leave it out.');
  }
  if (given !== null && paramsDigest(record.salt, wanted) === paramsDigest(record.salt, given)) return null;
  const detail =
    given === null
      ? 'This request was approved for one state only: send its precondition as it is now.'
      : 'The state is not the one that was approved: propose the action again on what there is now.';
  return { code: 'precondition-failed', detail, errors: [{ pointer: '/precondition', detail }] };
}

const knownKey: Check = (record, call) =>
  !record.dpop || (call.jkt != null && record.jkts.includes(call.jkt))
    ? null
    : mismatch('', 'This capability is bound to a key of the agent: prove one that was registered or declared (DPoP).');

const freshNonce: Check = (record, call) => {
  const earlier = record.live ? record.exchanges.slice(0, -1) : record.exchanges;
  if (!earlier.some((past) => past.nonce_digest === call.nonce_digest)) return null;
  return {
    code: 'nonce-used',
    detail: 'This nonce belongs to an exchange that was handed back: exchange again with a fresh one.',
  };
};

const spent: Check = (record, call) => {
  const last = record.exchanges.at(-1);
  if (!record.live || last === undefined) return null;
  const same =
    last.nonce_digest === call.nonce_digest && last.key === call.key && last.jkt === (record.dpop ? call.jkt : null);
  return same
    ? null
    : { code: 'capability-spent', detail: 'This capability was exchanged already, with another nonce or key.' };
};

/** A verifier that works offline cannot hear that a token was handed back: the next one waits for its end. */
const earlierTokenEnded: Check = (record, call) => {
  const ends_at_ms = Math.max(0, ...record.exchanges.map((past) => past.token_ends_at_ms));
  if (record.live || record.enforce !== 'offline' || call.now_ms >= ends_at_ms) return null;
  const retry_after_seconds = Math.ceil((ends_at_ms - call.now_ms) / 1000);
  return {
    code: 'capability-spent',
    detail: `The token of the exchange that was handed back is good for ${retry_after_seconds} more seconds: exchange again then.`,
    retry_after_seconds,
  };
};

const CHECKS: readonly Check[] = [
  sameAccount,
  sameActor,
  sameParams,
  samePrecondition,
  knownKey,
  freshNonce,
  spent,
  earlierTokenEnded,
];

/**
 * Whether a call is one that this capability is for. Deadlines, revocation, denies and stops are the table's and the
 * organisation's to judge, beside it.
 *
 * @returns `first` for a new exchange, `same` for the repetition of the live one, or the first thing that does not fit
 */
export function exchangeFits(record: Exchangeable, call: ExchangeCall): Result<'first' | 'same'> {
  for (const check of CHECKS) {
    const problem = check(record, call);
    if (problem !== null) return { ok: false, problem };
  }
  return ok(record.live ? 'same' : 'first');
}
