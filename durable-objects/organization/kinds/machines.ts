// Service accounts, API keys and webhook endpoints: changes of what programs may do and hear.

import { hmacSha256 } from '#sha256';
import type { KeyScope } from '../../../core/authority.ts';
import { credentialDigest, formatApiKey } from '../../../core/credential.ts';
import { base64, utf8 } from '../../../core/encoding.ts';
import { asJson } from '../../../core/json.ts';
import { macKeys } from '../../../core/mac.ts';
import type { ProblemPlace, Result } from '../../../core/problems.ts';
import { fail, ok } from '../../../core/problems.ts';
import { webhookUrlFault } from '../../../core/webhook/url.ts';
import type { ChangeRecord, EndpointRecord, ServiceAccountRecord } from '../records.ts';
import { draft, idKey, nowInstant, organizationOf, type Room, randomBytes } from '../room.ts';
import { afterOf, creatorOf, type Kind, keepingStatus, type Plan, plain, type Wish, wrong } from './kind.ts';

type Account = Omit<ServiceAccountRecord, 'created_at'>;
const accountDocument = ({ id, name, actors, owners, status }: Account): Account => ({
  id,
  name,
  actors,
  owners,
  status,
});

function planAccount(room: Room, { target, value, mint }: Wish): Result<Plan> {
  const before = target === null ? null : room.store.service_accounts.get(target);
  if (target !== null && !before) return fail('not-found', 'There is no such service account.');
  const name = String(value.name ?? before?.name);
  const fresh: Account = { id: mint('sa'), name, actors: [`service-account:${name}`], owners: [], status: 'active' };
  const after = { ...(before ? accountDocument(before) : fresh), ...(value as Partial<Account>) };
  const taken = room.store.service_accounts.list(['name', '=', name]).some((other) => other.id !== after.id);
  if (taken) return wrong('/value/name', `a service account is called ${name} already`);
  const stranger = after.owners.find((user) => room.store.members.get(user)?.status !== 'active');
  if (stranger) return wrong('/value/owners', `${stranger} is not an active member`);
  return ok(plain(after.id, before && asJson(accountDocument(before)), asJson(after), sharedActors(room, after)));
}

/** Two accounts that may act under one name cannot be told apart by policy. */
function sharedActors(room: Room, account: Account): ProblemPlace[] {
  const others = room.store.service_accounts.list().filter((other) => other.id !== account.id);
  return account.actors.flatMap((actor) =>
    others
      .filter((other) => other.actors.includes(actor))
      .map((other) => ({
        pointer: '/value/actors',
        detail: `${other.name} acts as ${actor} too: policy cannot tell them apart`,
      })),
  );
}

export const service_account: Kind = {
  plan: planAccount,
  event: (change, _shared, by) => {
    const { id, name, actors, owners, status } = afterOf<Account>(change);
    const skeleton = { service_account: id, actors, owners, status, change: change.id };
    return draft('service_account.updated', by, skeleton, { name });
  },
  apply: (room, change) => {
    const created_at = room.store.service_accounts.get(change.target)?.created_at ?? nowInstant();
    room.store.service_accounts.put({ ...afterOf<Account>(change), created_at });
  },
};

interface Key {
  id: string;
  service_account: string;
  name: string;
  scopes: KeyScope[];
  audience: string | null;
}

function planKey(room: Room, { target, value, mint }: Wish): Result<Plan> {
  if (target !== null) return wrong('/target', 'a key is not changed: create another one and revoke this one');
  const { service_account, name, scopes, audience = null } = value as unknown as Omit<Key, 'id'>;
  if (room.store.service_accounts.get(service_account)?.status !== 'active')
    return wrong('/value/service_account', 'there is no such active service account');
  if (scopes.includes('capabilities:verify') !== (audience !== null))
    return wrong('/value/audience', 'the scope capabilities:verify and an audience go together');
  const after: Key = { id: mint('key'), service_account, name, scopes, audience };
  return ok(plain(after.id, null, asJson(after)));
}

/** The key's text, the same each time: its random part is a MAC over the change that created it. */
function keyText(room: Room, change: ChangeRecord): string {
  const { id: organization, kind } = organizationOf(room);
  const random = hmacSha256(idKey(room), utf8(`assentry/api-key/v1\u0000${change.id}`)).subarray(0, 16);
  const keys = macKeys(JSON.parse(room.env.MAC_SECRETS), 'api-key');
  return formatApiKey(keys, { kind, organization, key: change.target }, random);
}

export const api_key: Kind = {
  plan: planKey,
  event: (change, _shared, by) => {
    const { id: key, name, service_account, scopes, audience } = afterOf<Key>(change);
    const skeleton = { key, service_account, scopes, audience, change: change.id, created_by: creatorOf(change) };
    return draft('api_key.created', by, skeleton, { name });
  },
  apply: (room, change) => {
    const times = { created_at: nowInstant(), used_at: null, last_used_at: null };
    const digest = credentialDigest(keyText(room, change));
    const created_by = creatorOf(change);
    room.store.api_keys.put({ ...afterOf<Key>(change), ...times, digest, created_by, status: 'active' });
  },
  secret: (room, change) => {
    const key = room.store.api_keys.get(change.target);
    const text = keyText(room, change);
    // Another MAC secret signs by now: the text would not be the one that the digest is of.
    const shown = !key || key.used_at !== null || key.digest !== credentialDigest(text);
    return shown ? null : { kind: 'api_key', key: change.target, text };
  },
};

type Endpoint = Pick<EndpointRecord, 'id' | 'url' | 'events' | 'status'>;
const endpointDocument = ({ id, url, events, status }: Endpoint): Endpoint => ({ id, url, events, status });

function planEndpoint(room: Room, { target, value, mint }: Wish): Result<Plan> {
  const before = target === null ? null : room.store.endpoints.get(target);
  if (target !== null && (!before || before.status === 'removed'))
    return fail('not-found', 'There is no such endpoint.');
  const { removed, ...fields } = value as { removed?: boolean } & Partial<Endpoint>;
  const old = before && endpointDocument(before);
  if (removed) return ok(plain(before?.id ?? mint('whk'), asJson(old), null));
  const after = { ...(old ?? { id: mint('whk'), url: '', events: [], status: 'active' as const }), ...fields };
  const fault = webhookUrlFault(after.url, room.env.BASE_URL);
  return fault ? wrong('/value/url', fault) : ok(plain(after.id, asJson(old), asJson(after)));
}

export const webhook_endpoint: Kind = {
  plan: planEndpoint,
  event: (change, _shared, by) => {
    const { id, url, events } = (change.after ?? change.before) as unknown as Endpoint;
    return draft(
      'webhook_endpoint.updated',
      by,
      { endpoint: id, events, change: change.id, removed: change.after === null },
      { url },
    );
  },
  apply: (room, change) => {
    const now = room.store.endpoints.get(change.target) ?? newEndpoint();
    if (change.after === null) return void room.store.endpoints.put({ ...(now as EndpointRecord), status: 'removed' });
    const after = keepingStatus<Endpoint>(change, now.status);
    room.store.endpoints.put({ ...now, ...after, failures: 0, failing_since: null });
  },
  secret: (room, change) =>
    change.before !== null
      ? null
      : { kind: 'webhook_secret', endpoint: change.target, text: room.store.endpoints.get(change.target)!.secret },
};

/** Standard Webhooks: `whsec_` and base64 of 24 to 64 random bytes. */
const newEndpoint = () => ({
  status: 'active' as const,
  secret: `whsec_${base64(randomBytes(32))}`,
  created_at: nowInstant(),
  failures: 0,
  failing_since: null,
});
