// The first content of a local stack (contract.md "Local stack"): a live and a test organisation, `release-bot` in each,
// a policy with every kind of rule. Keys are minted here and only their digests are sent. Run once per state: dev.json
// is the record that it was done, because nobody can read a key twice.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KeyScope, UnsoundPasskey } from '../core/authority.ts';
import { credentialDigest, formatApiKey, type OrganizationKind } from '../core/credential.ts';
import { newId } from '../core/ids.ts';
import { macKeys } from '../core/mac.ts';
import { internalCall } from './internal-call.ts';
import { macSecrets } from './local-secrets.ts';
import { ROOT } from './paths.ts';
import type { Place } from './place.ts';

export const ACCOUNT = 'release-bot';
export const ACTOR = `service-account:${ACCOUNT}`;
/** What the seeded verifier keys may ask about: the resource of the first example. */
export const AUDIENCE = 'service:billing-api';

interface Seeded {
  organization: string;
  api_key: string;
  actor: string;
  verifier_key: string;
}

/** `.assentry/dev.json`. */
export interface DevJson {
  base_url: string;
  setup_url: string;
  live: Seeded;
  test: Seeded & { admin_api_key: string };
  webhook_secret: string;
}

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
const mint = (prefix: 'org' | 'key'): string => newId(prefix, Date.now(), random(10));

interface KeyPlan {
  scopes: KeyScope[];
  audience?: string;
}

const WRITER: KeyPlan = { scopes: ['requests:write', 'requests:read'] };
const VERIFIER: KeyPlan = { scopes: ['capabilities:verify'], audience: AUDIENCE };
const ADMIN: KeyPlan = { scopes: ['requests:write', 'requests:read_all', 'admin:read', 'changes:propose'] };

/** Which keys each organisation gets; the names are those of dev.json. */
const PLANS = {
  live: { api_key: WRITER, verifier_key: VERIFIER },
  test: { api_key: WRITER, verifier_key: VERIFIER, admin_api_key: ADMIN },
} satisfies Record<OrganizationKind, Record<string, KeyPlan>>;

interface MintedKey extends KeyPlan {
  name: string;
  key: string;
  digest: string;
  text: string;
}

function mintKeys(place: Place, kind: OrganizationKind, organization: string): MintedKey[] {
  const keys = macKeys(macSecrets(place), 'api-key');
  return Object.entries(PLANS[kind]).map(([name, plan]) => {
    const key = mint('key');
    const text = formatApiKey(keys, { kind, organization, key }, random(16));
    return { ...plan, name, key, digest: credentialDigest(text), text };
  });
}

/** Genesis of one organisation; answers with what dev.json says of it. */
export async function found(
  place: Place,
  kind: OrganizationKind,
  called = kind === 'live' ? 'Local' : 'Local (test)',
): Promise<Seeded> {
  const id = mint('org');
  const minted = mintKeys(place, kind, id);
  await internalCall(place.base_url, macSecrets(place), '/v1/internal/genesis', {
    organization: { id, kind, name: called, rp_id: 'localhost' },
    policy_source: readFileSync(join(ROOT, 'docs/examples/policy.yaml'), 'utf8'),
    service_accounts: [{ name: ACCOUNT, keys: minted.map(({ text: _text, ...rest }) => rest) }],
  });
  const texts = Object.fromEntries(minted.map(({ name, text }) => [name, text]));
  return { organization: id, actor: ACTOR, ...(texts as Pick<Seeded, 'api_key' | 'verifier_key'>) };
}

/** A set-up link, good until it is used, or a recovery link where the organisation has an owner. */
export async function mintSetupLink(place: Place, organization: string): Promise<{ url: string; purpose: string }> {
  return internalCall(place.base_url, macSecrets(place), '/v1/internal/setup-link', {
    organization,
    lifetime_seconds: null,
  });
}

/** Passkeys from before keys were judged that would not pass, in a line each, for the operator to tell their owners. */
export async function unsoundPasskeys(place: Place, { live, test }: DevJson): Promise<string[]> {
  const path = '/v1/internal/unsound-passkeys';
  const lists = [live, test].map(({ organization }) =>
    internalCall<{ passkeys: UnsoundPasskey[] }>(place.base_url, macSecrets(place), path, { organization }),
  );
  return (await Promise.all(lists)).flatMap(({ passkeys }) =>
    passkeys.map(
      ({ person, passkey, name, fault }) =>
        `Nobody else can verify what the passkey “${name}” (${passkey}) of ${person} signs: ${fault}. It signs nothing but the enrolment of another one; without one: a recovery link.`,
    ),
  );
}

/** An endpoint in the test organisation on the next port, where `npm run demo` listens; answers with its secret. */
export async function addEndpoint(place: Place, admin_api_key: string): Promise<string> {
  const response = await fetch(`${place.base_url}/v1/changes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin_api_key}` },
    body: JSON.stringify({
      kind: 'webhook_endpoint',
      value: { url: `http://localhost:${place.port + 1}/webhooks`, events: ['approval.decided'] },
    }),
  });
  const answer = (await response.json()) as { secret?: string };
  if (!answer.secret) throw new Error(`The webhook endpoint was not added: ${JSON.stringify(answer)}`);
  return answer.secret;
}

export function readDevJson(path: string): DevJson | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as DevJson) : null;
}

function writeDevJson(place: Place, dev: DevJson): DevJson {
  mkdirSync(dirname(place.dev_json), { recursive: true });
  writeFileSync(place.dev_json, `${JSON.stringify(dev, null, 2)}\n`, { mode: 0o600 });
  return dev;
}

/** Seeds an empty state, or takes what was seeded before; the origin may have moved to another port since. */
export async function seed(place: Place): Promise<DevJson> {
  const before = readDevJson(place.dev_json);
  if (before !== null) return writeDevJson(place, moved(before, place.base_url));
  const live = await found(place, 'live');
  const test = (await found(place, 'test')) as DevJson['test'];
  const { url } = await mintSetupLink(place, live.organization);
  const webhook_secret = await addEndpoint(place, test.admin_api_key);
  return writeDevJson(place, { base_url: place.base_url, setup_url: url, live, test, webhook_secret });
}

const moved = (dev: DevJson, base_url: string): DevJson => ({
  ...dev,
  base_url,
  setup_url: dev.setup_url.replace(dev.base_url, base_url),
});
