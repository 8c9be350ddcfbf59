// One organisation's object asked directly, as the Worker asks it: with assertions that are verified already. What the
// Worker verifies has tests of its own; here is what the object alone must refuse.
import { env as bindings } from 'cloudflare:workers';
import { sha256 } from '#sha256';
import type { Change, Credential, KeyScope, Registration, Role, VerifiedAssertion } from '../../../core/authority.ts';
import { changeIntent } from '../../../core/change.ts';
import { instantAt } from '../../../core/duration.ts';
import { base64url, hex } from '../../../core/encoding.ts';
import { newId } from '../../../core/ids.ts';
import { addedPasskey } from '../../../core/intent.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Problem, Result } from '../../../core/problems.ts';
import type { Env } from '../../../durable-objects/env.ts';
import type { Organization } from '../../../durable-objects/organization.ts';

export const env = bindings as unknown as Env;
export const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
export const freshDigest = (): string => hex(random(32));

/** The object's own methods, in plain types: the platform's rewritten ones are too deep for the compiler. */
export type Asked = Omit<Organization, 'fetch' | 'alarm' | 'webSocketClose'> & { fetch: typeof fetch };

export const organizationNamed = (id: string): Asked => env.ORGANIZATION.getByName(id) as unknown as Asked;

/** The value of a success; throws with the refusal otherwise. */
export async function value<T>(answer: Promise<Result<T>>): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.detail} ${result.problem.reason ?? ''}`);
  return result.value;
}

/** The problem of a refusal; throws where there is none. */
export async function refusal(answer: Promise<Result<unknown>>): Promise<Problem> {
  const result = await answer;
  if (result.ok) throw new Error(`was not refused: ${JSON.stringify(result.value)}`);
  return result.problem;
}

export const refusalCode = async (answer: Promise<Result<unknown>>): Promise<string> => (await refusal(answer)).code;

export interface Founded {
  id: string;
  object: Asked;
  agent: Credential;
  admin: Credential;
  body: Parameters<Organization['genesis']>[0];
}

const key = (name: string, scopes: KeyScope[]) => ({
  name,
  scopes,
  key: newId('key', Date.now(), random(10)),
  digest: freshDigest(),
});

const credentialOf = ({ key, digest }: { key: string; digest: string }): Credential => ({
  kind: 'api_key',
  key,
  digest,
});

/** Genesis' body of an organisation with one service account, `release-bot`. */
export async function founded(kind: 'live' | 'test' = 'live', policy_source = 'version: 1\n'): Promise<Founded> {
  const id = newId('org', Date.now(), random(10));
  const agent = key('agent', ['requests:write', 'requests:read']);
  const admin = key('admin', ['requests:write', 'requests:read_all', 'admin:read', 'changes:propose']);
  const body = {
    organization: { id, kind, name: 'Test', rp_id: env.RP_ID },
    policy_source,
    service_accounts: [{ name: 'release-bot', keys: [agent, admin] }],
  };
  const object = organizationNamed(id);
  await value(object.genesis(body));
  return { id, object, body, agent: credentialOf(agent), admin: credentialOf(admin) };
}

/** Nonce and times of a ceremony that begins now. */
export const ceremony = (lifetime_ms = 60_000) => ({
  nonce: base64url(random(32)),
  issued_at: instantAt(Date.now() - 1_000),
  expires_at: instantAt(Date.now() - 1_000 + lifetime_ms),
});

/** Some P-256 key: the object takes what the Worker verified. */
const SOUND_KEY =
  'pQECAyYgASFYIPi_0qpoJaDVIJnARBASRd5ZzdEu-RkR3Y50xeylfSYpIlggt1VvIgLDE0DngUG7T3bLLn7lBFa3u3fEw_1goICG0wY';

export const registration = (): Registration => ({
  credential_id: base64url(random(32)),
  public_key: SOUND_KEY,
  counter: 0,
  transports: ['internal'],
  device_type: 'multiDevice',
  backed_up: true,
  aaguid: '00000000-0000-0000-0000-000000000000',
  name: 'software',
});

export interface Somebody {
  org: Founded;
  user: string;
  passkey: string;
  credential_id: string;
  session: Credential;
}

type Token = Parameters<Organization['enrolFirst']>[0]['token'];

/** The Worker's call that enrols a first passkey with a link. */
export function firstEnrolment(org: Founded, token: Token, intent: JsonObject = {}) {
  const full = {
    v: 1,
    kind: 'enrol',
    organization: org.id,
    rp_id: env.RP_ID,
    user: null,
    token: token.id,
    ...ceremony(),
  };
  const made = registration();
  // After a recovery the new key signs for itself.
  const proof = token.purpose === 'recovery' ? { adds: addedPasskey(made) } : {};
  return {
    token,
    registration: made,
    intent: { ...full, ...proof, ...intent } as JsonObject,
    response: {},
    session_digest: freshDigest(),
    session_expires_at: instantAt(Date.now() + 3_600_000),
  };
}

export async function enrolled(org: Founded, token: Token): Promise<Somebody> {
  const call = firstEnrolment(org, token);
  const { user, passkey } = await value(org.object.enrolFirst(call));
  const session: Credential = { kind: 'session', digest: call.session_digest };
  return { org, user: user.id, passkey: passkey.id, credential_id: passkey.credential_id, session };
}

export const setUpToken = (): Token => ({ id: base64url(random(16)), purpose: 'setup', exp: null });
export const owner = (org: Founded): Promise<Somebody> => enrolled(org, setUpToken());

export const verified = (passkey: string, intent: JsonObject): VerifiedAssertion => ({
  intent,
  assertion: {},
  passkey,
  new_counter: 0,
  backed_up: true,
});

/** A change as a person signs it; fields of `bent` replace what was signed. */
export function signature(by: Somebody, change: Change, bent: JsonObject = {}) {
  const about = { organization: by.org.id, rp_id: env.RP_ID, signer: by.user, change };
  const intent = { ...changeIntent(about, ceremony()), ...bent } as unknown as JsonObject;
  return { credential: by.session, id: change.id, verified: verified(by.passkey, intent) };
}

type Kind = Change['kind'];

export async function proposed(by: Somebody, kind: Kind, wish: JsonObject, target?: string): Promise<Change> {
  const call = { credential: by.session, kind, value: wish, ...(target === undefined ? {} : { target }) };
  return (await value(by.org.object.proposeChange(call))).change;
}

/** Proposes and signs, alone. */
export async function changed(by: Somebody, kind: Kind, wish: JsonObject, target?: string) {
  const change = await proposed(by, kind, wish, target);
  return value(by.org.object.signChange(signature(by, change)));
}

/** Somebody invited and enrolled; `second` signs too where two must. */
export async function invited(by: Somebody, email: string, roles: Role[], second?: Somebody): Promise<Somebody> {
  const change = await proposed(by, 'invitation', { name: email, email, roles });
  let applied = await value(by.org.object.signChange(signature(by, change)));
  if (second) applied = await value(by.org.object.signChange(signature(second, change)));
  if (applied.secret?.kind !== 'link') throw new Error('the invitation gave no link');
  return enrolled(by.org, { id: applied.secret.claims.jti, purpose: 'invitation' });
}

/** A further passkey of a signed-in person, vouched for by the one that is there. */
export function furtherEnrolment(by: Somebody, bent: JsonObject = {}) {
  const made = registration();
  const about = { v: 1, kind: 'enrol', organization: by.org.id, rp_id: env.RP_ID, user: by.user, token: null };
  const intent = { ...about, adds: addedPasskey(made), ...ceremony(), ...bent } as JsonObject;
  return { credential: by.session, verified: verified(by.passkey, intent), registration: made };
}

/** A sign-in of somebody with the passkey that was enrolled first. */
export function signIn(by: Somebody, bent: JsonObject = {}) {
  const intent = { v: 1, kind: 'sign-in', organization: '', rp_id: env.RP_ID, user: null, ...ceremony(), ...bent };
  const session_digest = freshDigest();
  const expires_at = instantAt(Date.now() + 3_600_000);
  return { verified: verified(by.passkey, intent as JsonObject), user: by.user, session_digest, expires_at };
}

export const hash = (text: string): string => hex(sha256(new TextEncoder().encode(text)));

/** A proposal as the Worker asks to admit it. */
export const asking = (org: Founded, more: Partial<Parameters<Organization['admit']>[0]> = {}) => ({
  credential: org.agent,
  config_version: 1,
  request: newId('apr', Date.now(), random(10)),
  actor: 'service-account:release-bot',
  risk: 'low' as const,
  verdict: 'require_approval' as const,
  judged_by: 1,
  draw: null,
  pending_limit: 50,
  fingerprint: crypto.randomUUID(),
  ...more,
});
