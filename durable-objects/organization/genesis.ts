// Genesis: the only widening that nobody signs. Only an empty object takes it, once; the same call again is a repeat, so
// that a set-up that was cut short can go on. Who may call is the Worker's to prove, before it comes here.

import { parseActor } from '../../core/actor.ts';
import type { KeyScope, OrganizationHead, OrganizationSettings } from '../../core/authority.ts';
import { digestOf } from '../../core/digest.ts';
import { hex } from '../../core/encoding.ts';
import { isId } from '../../core/ids.ts';
import { asJson, type Digest, type Json } from '../../core/json.ts';
import { type Policy, parsePolicy, policyDigest } from '../../core/policy.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Effect } from './effects.ts';
import { afterSealing, draft, mintId, nowInstant, organizationOf, type Room, randomBytes, record } from './room.ts';
import { createTables } from './store.ts';

export interface Genesis {
  organization: OrganizationHead;
  policy_source: string;
  service_accounts: {
    name: string;
    actors?: string[];
    keys: { name: string; scopes: KeyScope[]; audience?: string | null; key: string; digest: string }[];
  }[];
}

const SETTINGS: OrganizationSettings = { four_eyes: [], passkey_quarantine_hours: 24 };

/** Founds the organisation. Only inside `transact`. */
export function found(room: Room, body: Genesis): Result<void> {
  const body_digest = digestOf(asJson(body));
  if (room.journal.exists()) {
    const same = organizationOf(room).body_digest === body_digest;
    return same ? ok(undefined) : fail('owner-present', 'This organisation was founded before, with another content.');
  }
  const checked = check(body);
  if (!checked.ok) return checked;
  createTables(room.store);
  writeHead(room, body.organization, body_digest);
  writePolicy(room, body.policy_source, checked.value);
  for (const account of body.service_accounts) writeAccount(room, account);
  const events = record(room, [createdEvent(room, body)]);
  afterSealing(room, events, 'genesis', {});
  return ok(undefined);
}

function check(body: Genesis): Result<Policy> {
  if (!isId('org', body.organization.id))
    return fail('invalid-request', 'An organisation has an id that begins with org_.');
  const actors = body.service_accounts.flatMap(({ name, actors }) => actors ?? [`service-account:${name}`]);
  const wrong = actors.map(parseActor).find((parsed) => !parsed.ok);
  if (wrong && !wrong.ok) return wrong;
  const parsed = parsePolicy(body.policy_source);
  return parsed.ok ? ok(parsed.value.policy) : parsed;
}

function writeHead(room: Room, { id, kind, name, rp_id }: OrganizationHead, body_digest: Digest): void {
  const keys = { id_key: hex(randomBytes(32)), link_key: hex(randomBytes(32)) };
  const versions = { config_version: 1, policy_version: 1 };
  const times = { created_at: nowInstant(), open: false };
  room.store.organizations.put({
    id,
    kind,
    name,
    rp_id,
    settings: SETTINGS,
    ...keys,
    ...versions,
    ...times,
    body_digest,
  });
}

function writePolicy(room: Room, source: string, policy: Policy): void {
  const published = { change: null, published_by: 'setup', published_at: nowInstant() };
  room.store.policies.put({ version: 1, digest: policyDigest(policy), source, policy, ...published });
}

function writeAccount(room: Room, { name, actors, keys }: Genesis['service_accounts'][number]): void {
  const account = { id: mintId('sa'), name, actors: actors ?? [`service-account:${name}`], owners: [] };
  room.store.service_accounts.put({ ...account, status: 'active', created_at: nowInstant() });
  for (const { name, scopes, audience = null, key, digest } of keys) {
    const times = { created_by: null, created_at: nowInstant(), used_at: null, last_used_at: null };
    room.store.api_keys.put({
      id: key,
      digest,
      service_account: account.id,
      name,
      scopes,
      audience,
      status: 'active',
      ...times,
    });
  }
}

function createdEvent(room: Room, body: Genesis) {
  const { kind, rp_id, name } = organizationOf(room);
  const { version, digest, policy } = room.store.policies.get(1)!;
  const accounts = room.store.service_accounts.list();
  const keys = room.store.api_keys
    .list()
    .map(({ id, service_account, scopes, audience }) => ({ id, service_account, scopes, audience }));
  const skeleton = {
    ...{ kind, rp_id, policy_version: version, policy_digest: digest },
    service_accounts: accounts.map(({ id, actors }) => ({ id, actors })),
    api_keys: keys,
  };
  const names: Json = Object.fromEntries(accounts.map((account) => [account.id, account.name]));
  const personal = { name, policy: asJson(policy), policy_source: body.policy_source, service_account_names: names };
  return draft('organization.created', 'setup', skeleton, personal);
}

/** Sealed: from now on it answers. */
export const genesisEffect: Effect = (room) => {
  room.store.organizations.put({ ...organizationOf(room), open: true });
};
