// WebAuthn, verified in the Worker twice: by the functions that verify evidence later (core/evidence, core/passkey), so that
// what was accepted here can be proved, and by @simplewebauthn/server with everything that it leaves to us (trust.md).
// Origin and RP id come from the configuration, challenges are computed from the intent. Failures are `ceremony-failed` with
// the same words outside and their reason inside. Nothing is consumed here: objects do that.
import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { Passkey, VerifiedAssertion } from '../../core/authority.ts';
import { userHandle } from '../../core/credential.ts';
import { fromBase64Url } from '../../core/encoding.ts';
import { type AssertionFault, faultOfAssertion, faultOfSaid } from '../../core/evidence/assertion.ts';
import { evidenceCrypto } from '../../core/evidence/web-crypto.ts';
import { challengeText, type Intent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { type KeyStanding, standingOfKey } from '../../core/passkey/enrolled-key.ts';
import { fail, ok, type Result } from '../../core/problems.ts';

/** The page that ceremonies happen on, as configured. */
export interface Site {
  origin: string;
  rp_id: string;
}

export const siteOf = (env: { BASE_URL: string; RP_ID: string }): Site => ({
  origin: new URL(env.BASE_URL).origin,
  rp_id: env.RP_ID,
});

/** EdDSA, ES256, RS256: what authenticators in use make and offline verifiers know. */
export const ALGORITHMS = [-8, -7, -257];

export const ceremonyFailed = (reason: string) =>
  fail('ceremony-failed', 'The passkey could not be verified. Nothing was done; try again.', { reason });

/** Whose passkey has to sign. `handle_required` at sign-in, where nothing else says who it is. */
export interface Signer {
  organization: string;
  user: string;
  handle_required?: boolean;
}

const verifiersCrypto = evidenceCrypto(() => crypto.subtle);

/** What of a passkey an assertion is judged by. */
export type SigningKey = Pick<
  Passkey,
  'id' | 'user' | 'status' | 'credential_id' | 'public_key' | 'counter' | 'device_type'
>;

/** An assertion over `intent` by one of the signer's passkeys → what objects consume. */
export async function verifyAssertion(
  site: Site,
  intent: Intent,
  response: AuthenticationResponseJSON,
  passkey: SigningKey,
  signer: Signer,
): Promise<Result<VerifiedAssertion>> {
  const belonging = faultOfBelonging(response, passkey, signer);
  if (belonging !== null) return ceremonyFailed(belonging);
  const able = mayStillSign(standingOfKey(passkey.public_key), intent);
  if (!able.ok) return able;
  const { organization, user } = signer;
  const asserted = { intent, assertion: response as unknown as JsonObject, signer: { organization, user }, ...site };
  const fault = await faultForVerifiers(() =>
    able.value.fault === null
      ? faultOfAssertion({ ...asserted, public_key: passkey.public_key }, verifiersCrypto)
      : faultOfSaid(asserted),
  );
  if (fault !== null) return ceremonyFailed(fault);
  const publicKey = fromBase64Url(passkey.public_key)!;
  // Counter 0 here: the library refuses an equal counter too, and then a repeat of a recorded signature would fail. A
  // shrinking one is refused below; an equal one the object refuses, unless it knows the nonce.
  const credential = { id: passkey.credential_id, publicKey: new Uint8Array(publicKey), counter: 0 };
  const verified = await attempt(() =>
    verifyAuthenticationResponse({ response, ...expectations(site, intent), credential }),
  );
  if (!verified.ok) return verified;
  if (!verified.value.verified) return ceremonyFailed('signature does not verify');
  const { newCounter, credentialBackedUp, credentialDeviceType, userVerified } = verified.value.authenticationInfo;
  if (!userVerified) return ceremonyFailed('user not verified');
  const shrank = passkey.device_type === 'singleDevice' && newCounter < passkey.counter;
  if (shrank) return ceremonyFailed(`counter of ${passkey.id} shrank: a copy of the key may exist`);
  // Backup eligibility is fixed at creation (WebAuthn level 3, section 6.1.3): a change means another authenticator.
  if (credentialDeviceType !== passkey.device_type) return ceremonyFailed('backup eligibility changed');
  return ok({
    intent: intent as unknown as JsonObject,
    assertion: response as unknown as JsonObject,
    passkey: passkey.id,
    new_counter: newCounter,
    backed_up: credentialBackedUp,
  });
}

/** What the evidence verifier finds wrong; its functions throw where a part is not readable. */
async function faultForVerifiers(judge: () => Promise<AssertionFault | null> | AssertionFault | null) {
  try {
    const fault = await judge();
    return fault === null ? null : `${fault.field}: ${fault.detail}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'not readable';
  }
}

/** A key from before keys were judged: its successor's enrolment is the one thing that it may still sign. */
function mayStillSign(key: KeyStanding, intent: Intent): Result<KeyStanding> {
  const succeeds = intent.kind === 'enrol' && intent.adds !== undefined;
  if (key.fault === null || (succeeds && key.vouches)) return ok(key);
  const way = key.vouches
    ? 'It may only vouch for a new passkey: add one under “You”, or sign in with another one'
    : 'Sign with another passkey';
  return fail(
    'passkey-unverifiable',
    `Nobody else could verify what this passkey signs: ${key.fault}. ${way}, or ask an administrator for a recovery link.`,
  );
}

export const expectations = (site: Site, intent: Intent) => ({
  expectedChallenge: challengeText(intent),
  expectedOrigin: site.origin,
  expectedRPID: site.rp_id,
  requireUserVerification: true,
});

/** The library throws for most refusals: here they become values. */
export async function attempt<T>(verify: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await verify());
  } catch (error) {
    return ceremonyFailed(error instanceof Error ? error.message : 'not readable');
  }
}

function faultOfBelonging(response: AuthenticationResponseJSON, passkey: SigningKey, signer: Signer): string | null {
  const handle = response.response.userHandle;
  const expected = userHandle(signer.organization, signer.user);
  if (passkey.status !== 'active') return 'passkey revoked';
  if (passkey.user !== signer.user) return 'passkey of somebody else';
  if (response.id !== passkey.credential_id) return 'another credential';
  if (handle === undefined || handle === null) return signer.handle_required ? 'user handle missing' : null;
  return handle === expected ? null : 'user handle of somebody else';
}
