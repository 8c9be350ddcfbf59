// WebAuthn, verified in the Worker through @simplewebauthn/server, with everything that the library leaves to us
// (trust.md). Origin and RP id come from the configuration, challenges are computed from the intent. Every failure is
// `ceremony-failed` with the same words outside and its reason inside. Nothing is consumed here: objects do that.
import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import type { Passkey, Registration, VerifiedAssertion } from '../../core/authority.ts';
import { userHandle } from '../../core/credential.ts';
import { base64url, fromBase64Url, fromUtf8 } from '../../core/encoding.ts';
import { challengeText, type Intent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
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

/** A passkey as its registration shows it; its name is the person's to give. */
export type MadePasskey = Omit<Registration, 'name'>;

/** EdDSA, ES256, RS256: what authenticators in use make and offline verifiers know. */
export const ALGORITHMS = [-8, -7, -257];

export const ceremonyFailed = (reason: string) =>
  fail('ceremony-failed', 'The passkey could not be verified. Nothing was done; try again.', { reason });

/** A registration over `intent` → the new passkey. */
export async function verifyRegistration(
  site: Site,
  intent: Intent,
  response: RegistrationResponseJSON,
): Promise<Result<MadePasskey>> {
  const fault = faultOfClientData(response.response.clientDataJSON, 'webauthn.create') ?? faultOfAttestation(response);
  if (fault !== null) return ceremonyFailed(fault);
  const verified = await attempt(() =>
    verifyRegistrationResponse({
      response,
      ...expectations(site, intent),
      requireUserPresence: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!verified.ok) return verified;
  // "verified: false" is a return value of the library, not an exception.
  if (!verified.value.verified) return ceremonyFailed('registration not verified');
  const { credential, credentialDeviceType, credentialBackedUp, aaguid } = verified.value.registrationInfo;
  if (credential.id !== response.id) return ceremonyFailed('the answer names another credential than it attests');
  return ok({
    credential_id: credential.id,
    public_key: base64url(credential.publicKey),
    counter: credential.counter,
    transports: (response.response.transports ?? []).slice(0, 8),
    device_type: credentialDeviceType,
    backed_up: credentialBackedUp,
    aaguid,
  });
}

/** Whose passkey has to sign. `handle_required` at sign-in, where nothing else says who it is. */
export interface Signer {
  organization: string;
  user: string;
  handle_required?: boolean;
}

/** An assertion over `intent` by one of the signer's passkeys → what objects consume. */
export async function verifyAssertion(
  site: Site,
  intent: Intent,
  response: AuthenticationResponseJSON,
  passkey: Passkey,
  signer: Signer,
): Promise<Result<VerifiedAssertion>> {
  const fault =
    faultOfBelonging(response, passkey, signer) ?? faultOfClientData(response.response.clientDataJSON, 'webauthn.get');
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

const expectations = (site: Site, intent: Intent) => ({
  expectedChallenge: challengeText(intent),
  expectedOrigin: site.origin,
  expectedRPID: site.rp_id,
  requireUserVerification: true,
});

/** The library throws for most refusals: here they become values. */
async function attempt<T>(verify: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await verify());
  } catch (error) {
    return ceremonyFailed(error instanceof Error ? error.message : 'not readable');
  }
}

function faultOfBelonging(response: AuthenticationResponseJSON, passkey: Passkey, signer: Signer): string | null {
  const handle = response.response.userHandle;
  const expected = userHandle(signer.organization, signer.user);
  if (passkey.status !== 'active') return 'passkey revoked';
  if (passkey.user !== signer.user) return 'passkey of somebody else';
  if (response.id !== passkey.credential_id) return 'another credential';
  if (handle === undefined || handle === null) return signer.handle_required ? 'user handle missing' : null;
  return handle === expected ? null : 'user handle of somebody else';
}

/** The library lets `crossOrigin: true` pass when no `topOrigin` says whose frame it was. We are never framed. */
function faultOfClientData(text: string, type: 'webauthn.create' | 'webauthn.get'): string | null {
  const data = clientData(text);
  if (data === null) return 'client data is not JSON';
  if (data.type !== type) return `client data of type ${String(data.type).slice(0, 40)}`;
  if (data.crossOrigin !== undefined && data.crossOrigin !== false) return 'cross-origin';
  return data.topOrigin === undefined ? null : 'top origin';
}

function clientData(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(fromUtf8(fromBase64Url(text)!)!);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/**
 * We ask for no attestation, and take none: checking a certificate chain would fetch revocation lists from addresses
 * that the enrolling device names. Without a chain there is `none`, or `packed` signed by the key itself.
 */
function faultOfAttestation(response: RegistrationResponseJSON): string | null {
  try {
    const bytes = fromBase64Url(response.response.attestationObject)!;
    const object = decodeAttestationObject(new Uint8Array(bytes));
    const format = object.get('fmt');
    if (format === 'none') return null;
    return format === 'packed' && object.get('attStmt').get('x5c') === undefined ? null : 'attestation not asked for';
  } catch {
    return 'attestation not readable';
  }
}
