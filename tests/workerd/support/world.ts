// Organisations, machines and people for tests, made the way everybody makes them: genesis with the set-up secret, a
// set-up or invitation link, a passkey ceremony. Each world is a fresh organisation, so that tests do not meet.

import type { KeyScope } from '../../../core/authority.ts';
import { credentialDigest, formatApiKey, type OrganizationKind } from '../../../core/credential.ts';
import { utf8 } from '../../../core/encoding.ts';
import { newId } from '../../../core/ids.ts';
import { INTERNAL_HEADER, internalHeader } from '../../../core/internal-call.ts';
import type { JsonObject } from '../../../core/json.ts';
import { type MacSecret, macKeys } from '../../../core/mac.ts';
import { type Knobs, SoftwarePasskey } from '../../../scripts/software-passkey.ts';
import { type Answer, BASE, call, env, post, success } from './house.ts';

const secrets = JSON.parse(env.MAC_SECRETS) as MacSecret[];
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
export const fresh = (): string => crypto.randomUUID();

export const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: never, match: { action: "iam.**" }, verdict: deny, message: Never. }
  - { id: reads, match: { action: "read.**" }, verdict: allow, risk: low }
  - { id: returnable, match: { action: handed.back }, verdict: require_approval, risk: low, capability: { enforce: introspect } }
  - { id: reasons, match: { action: with.reasons }, verdict: require_approval, risk: low, require: [comment] }
`;

export interface Key {
  id: string;
  text: string;
}

export interface World {
  organization: string;
  kind: OrganizationKind;
  service_account: string;
  actor: string;
  /** `requests:write`, `requests:read`. */
  agent: Key;
  /** As `agent`, another key of the same account. */
  twin: Key;
  verifier: Key;
  /** `requests:write`, `requests:read_all`, `admin:read`, `changes:propose`. */
  admin: Key;
  /** `requests:write`, `requests:read` of another service account. */
  stranger: Key;
}

const WRITER: KeyScope[] = ['requests:write', 'requests:read'];
const KEYS: Record<'agent' | 'twin' | 'verifier' | 'admin', { scopes: KeyScope[]; audience?: string }> = {
  agent: { scopes: WRITER },
  twin: { scopes: WRITER },
  verifier: { scopes: ['capabilities:verify'], audience: 'service:billing-api' },
  admin: { scopes: ['requests:write', 'requests:read_all', 'admin:read', 'changes:propose'] },
};

/** A call that only whoever deployed the server can make. */
export async function internal(path: string, body: JsonObject): Promise<Answer> {
  const text = JSON.stringify(body);
  const signed = { method: 'POST', path, body: utf8(text) };
  const proof = internalHeader(macKeys(secrets, 'link'), signed, Math.floor(Date.now() / 1_000));
  const headers = { [INTERNAL_HEADER]: proof };
  return call('POST', path, { raw: text, headers });
}

function minted(kind: OrganizationKind, organization: string, name: string, scopes: KeyScope[], audience?: string) {
  const key = newId('key', Date.now(), random(10));
  const text = formatApiKey(macKeys(secrets, 'api-key'), { kind, organization, key }, random(16));
  const said = { name, key, digest: credentialDigest(text), scopes, ...(audience === undefined ? {} : { audience }) };
  return { said, kept: { id: key, text } };
}

/** A fresh organisation with two service accounts, their keys and a policy; nobody has enrolled yet. */
export async function found(kind: OrganizationKind = 'live', policy = POLICY): Promise<World> {
  const id = newId('org', Date.now(), random(10));
  const keys = Object.entries(KEYS).map(([name, { scopes, audience }]) => minted(kind, id, name, scopes, audience));
  const strange = minted(kind, id, 'stranger', WRITER);
  await success(
    internal('/v1/internal/genesis', {
      organization: { id, kind, name: 'Test', rp_id: env.RP_ID },
      policy_source: policy,
      service_accounts: [
        { name: 'release-bot', keys: keys.map(({ said }) => said) },
        { name: 'stranger', actors: ['service-account:stranger', 'service-account:release-bot'], keys: [strange.said] },
      ],
    }),
  );
  const [agent, twin, verifier, admin] = keys.map(({ kept }) => kept) as [Key, Key, Key, Key];
  const born = await success(post('/v1/approval-requests', { key: agent.text, body: ASK, idempotency: fresh() }));
  const actor = 'service-account:release-bot';
  const service_account = born.requester.id ?? born.requester;
  return { organization: id, kind, actor, service_account, agent, twin, verifier, admin, stranger: strange.kept };
}

export const ASK = {
  ...{ action: 'deployment.execute', resource: 'service:billing-api', params: { version: 'v2.1.0' } },
  context: { reason: 'a test' },
};

let versions = 0;
/** Params that no other request has: the same request, once rejected, would be refused. */
export const unique = () => ({ params: { version: `v${versions++}` } });

/** A member of an organisation at a browser. */
export interface Member {
  world: World;
  user: string;
  passkey: SoftwarePasskey;
  cookie: string;
}

/** The token of a set-up, invitation or recovery link. */
export const tokenOf = (url: string): string => new URL(url).hash.replace('#token=', '');
export const cookieOf = (answer: Answer): string => (answer.headers.get('set-cookie') ?? '').split(';')[0]!;

/** Enrols a first passkey with a link, which opens a session. */
export async function enrol(world: World, link: string, knobs: Knobs = {}): Promise<Member> {
  const passkey = await SoftwarePasskey.make(BASE);
  const offered = await success(post('/v1/passkeys/options', { body: { token: tokenOf(link) } }));
  const { intent, intent_token } = offered;
  const response = await passkey.create(offered.public_key, knobs);
  const made = await post('/v1/passkeys', { body: { intent, intent_token, response, name: 'software' } as never });
  const answer = made.status === 202 ? await proved(passkey, made) : made;
  const body = await success(answer);
  return { world, user: body.user?.id ?? body.passkey?.user, passkey, cookie: cookieOf(answer) };
}

/** Signs in with a passkey, or with what a test makes of it. */
export async function signIn(passkey: SoftwarePasskey, knobs: Knobs = {}): Promise<Answer> {
  const { intent, intent_token, public_key } = await success(post('/v1/session/options', { body: {} }));
  const assertion = await passkey.get(public_key, knobs);
  return post('/v1/session', { body: { intent, intent_token, assertion } as never });
}

/** After a recovery the new passkey signs once before the old ones end. */
export async function proved(passkey: SoftwarePasskey, { body }: Answer): Promise<Answer> {
  const { intent, intent_token, public_key } = body;
  const assertion = await passkey.get(public_key);
  return post('/v1/passkeys', { body: { intent, intent_token, assertion } as never });
}

/** The organisation's owner, through a set-up link. */
export async function owner(world: World): Promise<Member> {
  const { url } = await success(internal('/v1/internal/setup-link', { organization: world.organization }));
  return enrol(world, url);
}

/** Proposes a change in the member's session and signs it with the passkey; answers with the change and its secret. */
export async function change(
  member: Member,
  kind: string,
  value: JsonObject,
  target?: string,
): Promise<Answer['body']> {
  const { cookie } = member;
  const body = { kind, value, ...(target === undefined ? {} : { target }) };
  const proposed = await success(post('/v1/changes', { cookie, body }));
  const offer = await success(post(`/v1/changes/${proposed.id}/options`, { cookie, body: {} }));
  const assertion = await member.passkey.get(offer.public_key);
  const signed = { intent: offer.intent, intent_token: offer.intent_token, assertion } as never;
  return success(post(`/v1/changes/${proposed.id}/sign`, { cookie, body: signed }));
}

/** Somebody new, invited by an owner or admin and enrolled through the link. */
export async function member(by: Member, email: string, roles: string[]): Promise<Member> {
  const { secret } = await change(by, 'invitation', { name: email, email, roles });
  return enrol(by.world, secret);
}

/** A request, as `agent` proposes it; fields of `more` replace those of the example. */
export async function propose(world: World, more: JsonObject = {}, key: Key = world.agent): Promise<Answer['body']> {
  return success(post('/v1/approval-requests', { key: key.text, body: { ...ASK, ...more }, idempotency: fresh() }));
}

export interface Deciding {
  decision?: 'approve' | 'reject';
  comment?: string;
  scope?: JsonObject;
  external_ref?: string;
}

/** What the server offers to be signed. */
export async function offered(member: Member, request: string, deciding: Deciding = {}): Promise<Answer> {
  const body = { decision: 'approve', ...deciding } as JsonObject;
  return post(`/v1/approval-requests/${request}/decisions/options`, { cookie: member.cookie, body });
}

/** What a test may do on the way: break the ceremony, bend what is sent, send it as somebody else. */
export interface Twist {
  knobs?: Knobs;
  bend?: (body: Answer['body']) => Answer['body'];
  comment?: string;
  cookie?: string;
  key?: string;
}

/** Signs what was offered and sends it. */
export async function sign(member: Member, request: string, offer: Answer['body'], twist: Twist = {}): Promise<Answer> {
  const assertion = await member.passkey.get(offer.public_key, twist.knobs);
  const comment = twist.comment === undefined ? {} : { comment: twist.comment };
  const body = { intent: offer.intent, intent_token: offer.intent_token, assertion, ...comment };
  const caller = twist.key === undefined ? { cookie: twist.cookie ?? member.cookie } : { key: twist.key };
  return post(`/v1/approval-requests/${request}/decisions`, { ...caller, body: (twist.bend ?? ((it) => it))(body) });
}

/** Options, touch, decision. */
export async function decide(
  member: Member,
  request: string,
  deciding: Deciding = {},
  twist: Twist = {},
): Promise<Answer> {
  const offer = await offered(member, request, deciding);
  if (offer.status >= 300) return offer;
  const comment = deciding.comment === undefined ? {} : { comment: deciding.comment };
  return sign(member, request, offer.body, { ...comment, ...twist });
}

/** A request that is approved by the member. */
export async function approved(member: Member, more: JsonObject = {}): Promise<Answer['body']> {
  const { id } = await propose(member.world, more);
  return success(decide(member, id));
}

/** An exchange as `agent` calls it; fields of `more` replace or add. */
export function exchange(
  world: World,
  request: string,
  more: JsonObject = {},
  key: Key = world.agent,
): Promise<Answer> {
  const body = { request, actor: world.actor, nonce: 'nonce-1', ...more };
  return post('/v1/capabilities/exchange', { key: key.text, body });
}
