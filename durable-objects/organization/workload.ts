// Workloads that come with a token of their platform: a rule of a signed change says whose token becomes which service
// account, for an hour at most. Such a key is known here, ends by itself, and with its account, its provider or any change
// of the provider's settings. Invariant: it asks and reads; it never decides, enrols or changes anything.

import { hmacSha256 } from '#sha256';
import type { Machine } from '../../core/authority.ts';
import { credentialDigest, formatApiKey } from '../../core/credential.ts';
import { instantAt } from '../../core/duration.ts';
import { equalBytes, utf8 } from '../../core/encoding.ts';
import type { Digest, JsonObject } from '../../core/json.ts';
import { MAX_TOKEN_LEEWAY_SECONDS } from '../../core/limits.ts';
import { macKeys } from '../../core/mac.ts';
import { ruleFor } from '../../core/oidc/claims.ts';
import type { KnownIssuer, WorkloadRule, WorkloadScope } from '../../core/oidc/issuer.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Effect } from './effects.ts';
import type { ServiceAccountRecord, WorkloadKeyRecord } from './records.ts';
import { afterSealing, draft, idKey, mintId, organizationOf, type Room, record } from './room.ts';

/** A token that the Worker has verified by these settings. */
export interface WorkloadExchange {
  issuer: string;
  issuer_digest: Digest;
  claims: JsonObject;
  token_digest: Digest;
  /** Null: all that the rule gives. */
  scopes: string[] | null;
}

export interface WorkloadToken {
  access_token: string;
  scopes: WorkloadScope[];
  /** Milliseconds since the epoch. */
  expires_at: number;
}

const refused = (reason: string) => fail('token-refused', 'The subject token was not accepted.', { reason });

/** The settings that a workload's token is verified by. */
export function workloadIssuer(room: Room, { issuer }: { issuer: string }): Result<KnownIssuer> {
  const [known] = room.store.issuers.list(['issuer', '=', issuer]);
  return known?.purpose === 'workload' ? ok(known) : refused('no provider of workloads');
}

/** Takes a verified token, once: whoever steals it afterwards gets nothing. Only inside `transact`. */
export function exchangeWorkload(room: Room, question: WorkloadExchange): Result<WorkloadKeyRecord> {
  const issuer = room.store.issuers.get(question.issuer);
  if (issuer?.purpose !== 'workload' || issuer.digest !== question.issuer_digest) return refused('settings have moved');
  const rule = ruleFor(issuer, question.claims);
  const account = rule && room.store.service_accounts.get(rule.service_account);
  if (!rule || account?.status !== 'active') return refused('no rule, or its account is off');
  const used = `workload ${question.token_digest}`;
  if (room.store.nonces.get(used)) return refused('token was used');
  const scopes = question.scopes === null ? rule.scopes : rule.scopes.filter((one) => question.scopes!.includes(one));
  if (scopes.length === 0 || scopes.length < (question.scopes?.length ?? 0))
    return fail('scope-exceeded', 'The rule of this workload does not give this scope.');
  const key = keyFor(room, issuer, rule, account);
  // The most leeway that a change can give: more of it must not bring a token back that was used.
  const until = (Number(question.claims.exp) + MAX_TOKEN_LEEWAY_SECONDS) * 1_000;
  room.store.nonces.put({ nonce: used, until, used_for: key.id, by: account.id });
  const given = { ...key, scopes };
  const events = record(room, [createdEvent(given, question)]);
  afterSealing(room, events, 'workload', { key: given as unknown as JsonObject });
  return ok(given);
}

function keyFor(room: Room, issuer: KnownIssuer, rule: WorkloadRule, account: ServiceAccountRecord): WorkloadKeyRecord {
  const id = mintId('key');
  const actors = (rule.actors ?? account.actors).filter((actor) => account.actors.includes(actor));
  return {
    ...{ id, digest: credentialDigest(textOf(room, id)), service_account: account.id, scopes: rule.scopes, actors },
    ...{
      issuer: issuer.id,
      issuer_digest: issuer.digest,
      rule: rule.id,
      created_by: makersOf(room, issuer, account.id).at(-1) ?? null,
    },
    expires_at: Date.now() + rule.ttl_seconds * 1_000,
  };
}

/** Who is answerable for an account's keys: whoever wrote its rules, the last one last. */
export function makersOf(room: Room, { change, makers = {} }: KnownIssuer, account: string): string[] {
  const signer = room.store.changes.get(change)?.signatures[0]?.signer;
  return makers[account] ?? (signer === undefined ? [] : [signer]);
}

function createdEvent(key: WorkloadKeyRecord, { claims, token_digest }: WorkloadExchange) {
  const { id, service_account, scopes, actors, issuer, rule, created_by, expires_at } = key;
  const about = { key: id, service_account, scopes, actors, audience: null, created_by };
  const by = { issuer, rule, token_digest, expires_at: instantAt(expires_at) };
  return draft('api_key.created', service_account, { ...about, ...by }, { name: rule, subject: String(claims.sub) });
}

/** The key's text, the same each time, from the organisation's own secret and the key's id. */
function textOf(room: Room, key: string): string {
  const { id: organization, kind } = organizationOf(room);
  const random = hmacSha256(idKey(room), utf8(`assentry/workload-key/v1\u0000${key}`)).subarray(0, 16);
  return formatApiKey(macKeys(JSON.parse(room.env.MAC_SECRETS), 'api-key'), { kind, organization, key }, random);
}

/** Sealed: from now on it is known. */
export const workloadEffect: Effect = (room, { body }) => {
  room.store.workload_keys.put(body.key as unknown as WorkloadKeyRecord);
};

export const workloadToken = (room: Room, { id, scopes, expires_at }: WorkloadKeyRecord): WorkloadToken => ({
  access_token: textOf(room, id),
  scopes: scopes as WorkloadScope[],
  expires_at,
});

/** Who holds this key now; null for nobody: ended, or what it stands on has moved. */
export function workloadBy(room: Room, id: string, digest: string): Machine | null {
  const key = room.store.workload_keys.get(id);
  if (!key || !equalBytes(utf8(key.digest), utf8(digest)) || key.expires_at <= Date.now()) return null;
  const account = room.store.service_accounts.get(key.service_account);
  if (room.store.issuers.get(key.issuer)?.digest !== key.issuer_digest || account?.status !== 'active') return null;
  return {
    ...{ kind: 'machine', service_account: account.id, name: account.name, key: id, scopes: key.scopes },
    actors: key.actors.filter((actor) => account.actors.includes(actor)),
    ...{ audience: null, owners: account.owners, key_created_by: key.created_by },
  };
}

/** Forgets what has ended by itself. */
export function forgetWorkloads(room: Room, now_ms: number): void {
  room.store.workload_keys.drop(['expires_at', '<', now_ms]);
}
