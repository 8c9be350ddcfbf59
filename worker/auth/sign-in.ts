// Signing in with a discoverable passkey: nothing is known before its answer, whose user handle names organisation and
// person. Every failure looks the same outside, so that nobody learns who exists.
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { parseUserHandle } from '../../core/credential.ts';
import type { SignInIntent } from '../../core/intent.ts';
import { ok, type Result } from '../../core/problems.ts';
import type { Ctx } from '../context.ts';
import { organizationOf } from '../organization.ts';
import { macKeysOf } from '../secrets.ts';
import { clientOf } from './acting.ts';
import { type Ceremony, offerAssertion } from './ceremony.ts';
import type { Signed } from './change-ceremony.ts';
import { freshCeremony, inTime, openIntent } from './intent-token.ts';
import { type NewSession, sessionFrom } from './session.ts';
import { ceremonyFailed, siteOf, verifyAssertion } from './webauthn.ts';

/** Offers anybody to sign in. */
export async function offerSignIn(c: Ctx): Promise<Ceremony<unknown>> {
  const site = siteOf(c.env);
  const frame = { v: 1, kind: 'sign-in', organization: '', rp_id: site.rp_id, user: null } as const;
  const intent: SignInIntent = { ...frame, ...freshCeremony(Date.now()) };
  return offerAssertion({ site, keys: macKeysOf(c.env, 'intent') }, intent, []);
}

/** Refusals that would tell who exists become the one refusal; what can be repeated stays what it is. */
const REPEATABLE = new Set(['unavailable', 'not-sealed-yet', 'nonce-used', 'intent-expired']);

function vague<T>(result: Result<T>): Result<T> {
  if (result.ok || REPEATABLE.has(result.problem.code)) return result;
  return ceremonyFailed(`${result.problem.code}: ${result.problem.reason ?? result.problem.detail}`);
}

/** Takes a signed sign-in: the session that it opens. */
export async function takeSignIn(c: Ctx, signed: Signed): Promise<Result<NewSession>> {
  const offered = openIntent(macKeysOf(c.env, 'intent'), 'sign-in', signed);
  if (!offered.ok) return offered;
  const { intent } = offered.value;
  const open = inTime(intent, Date.now());
  if (!open.ok) return open;
  const response = signed.assertion as AuthenticationResponseJSON;
  const user_handle = response.response.userHandle ?? '';
  const holder = parseUserHandle(user_handle);
  if (holder === null) return ceremonyFailed('user handle is none of ours');
  const organization = organizationOf(c.env, holder.organization);
  const found = vague(await organization.standingByCredential({ credential_id: response.id, user_handle }));
  if (!found.ok) return found;
  const signer = { ...holder, handle_required: true };
  const verified = await verifyAssertion(siteOf(c.env), intent, response, found.value.passkey, signer);
  if (!verified.ok) return verified;
  const session = sessionFrom(c, holder.organization, intent, signed.assertion);
  const call = { verified: verified.value, user: holder.user, client: clientOf(c) };
  const opened = vague(
    await organization.openSession({ ...call, session_digest: session.digest, expires_at: session.expires_at }),
  );
  return opened.ok ? ok(session) : opened;
}
