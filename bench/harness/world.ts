// An organisation for measurements, made the way everybody makes one: genesis with the set-up secret, a set-up link, a
// passkey in software. And the calls of one approval's life, each as its own caller makes it.
import { credentialDigest, formatApiKey } from '../../core/credential.ts';
import { newId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { macKeys } from '../../core/mac.ts';
import { internalCall } from '../../scripts/internal-call.ts';
import { macSecrets } from '../../scripts/local-secrets.ts';
import { Reviewer } from '../../scripts/reviewer.ts';
import type { House } from './house.ts';

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

const POLICY = `version: 1
defaults: { verdict: require_approval, risk: high }
rules:
  - { id: staging, match: { metadata: { environment: staging } }, verdict: allow, risk: low }
  - { id: production, match: { metadata: { environment: production } }, verdict: require_approval, risk: high }
limits: { pending_per_actor: 1000 }
`;

const ASK = {
  ...{ action: 'deployment.execute', resource: 'service:billing-api', actor: 'service-account:release-bot' },
  params: { version: 'v2.1.0', replicas: 3 },
  context: { reason: 'the release of this week', ticket: 'REL-1042' },
};

export interface World {
  house: House;
  organization: string;
  key: string;
  owner: Reviewer;
}

/** Founds an organisation with one key, and enrols its owner. */
export async function found(house: House): Promise<World> {
  const { place, base_url } = house;
  const [organization, key] = [newId('org', Date.now(), random(10)), newId('key', Date.now(), random(10))];
  const text = formatApiKey(macKeys(macSecrets(place), 'api-key'), { kind: 'live', organization, key }, random(16));
  const scopes = ['requests:write', 'requests:read', 'requests:read_all', 'admin:read'];
  await internalCall(base_url, macSecrets(place), '/v1/internal/genesis', {
    organization: { id: organization, kind: 'live', name: 'Bench', rp_id: 'localhost' },
    policy_source: POLICY,
    service_accounts: [{ name: 'release-bot', keys: [{ name: 'bench', key, scopes, digest: credentialDigest(text) }] }],
  });
  const link = await internalCall<{ url: string }>(base_url, macSecrets(place), '/v1/internal/setup-link', {
    organization,
    lifetime_seconds: null,
  });
  return { house, organization, key: text, owner: await Reviewer.enrol(base_url, link.url) };
}

/** A call with the API key. Throws with what was said if it is refused. */
export async function call<T = JsonObject>(world: World, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(world.house.base_url + path, {
    method,
    headers: {
      authorization: `Bearer ${world.key}`,
      ...(body ? { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as T;
}

/** Proposes: `production` waits for a person, `staging` is allowed by policy. Answers the request's id. */
export async function propose(world: World, environment: 'production' | 'staging' = 'production'): Promise<string> {
  const asked = { ...ASK, metadata: { environment } };
  return (await call<{ id: string }>(world, 'POST', '/v1/approval-requests', asked)).id;
}

export const approve = (world: World, id: string): Promise<JsonObject> => world.owner.decide(id, 'approve');

export const exchange = (world: World, id: string): Promise<JsonObject> =>
  call(world, 'POST', '/v1/capabilities/exchange', { request: id, actor: ASK.actor, nonce: 'nonce-1' });

export const report = (world: World, id: string): Promise<JsonObject> =>
  call(world, 'POST', `/v1/approval-requests/${id}/outcome`, { status: 'executed' });
