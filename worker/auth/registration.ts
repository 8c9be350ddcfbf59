// A new passkey, verified in the Worker twice: by the one strict reader (core/passkey) and by @simplewebauthn/server, which
// must have read the same. Nothing is consumed here: objects do that.
import { type RegistrationResponseJSON, verifyRegistrationResponse } from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import type { Registration } from '../../core/authority.ts';
import { base64url, fromBase64Url } from '../../core/encoding.ts';
import { challengeText, type Intent } from '../../core/intent.ts';
import { type NewKey, readRegistration } from '../../core/passkey/registration.ts';
import { ok, type Result } from '../../core/problems.ts';
import { ALGORITHMS, attempt, ceremonyFailed, expectations, type Site } from './webauthn.ts';

/** A passkey as its registration shows it; its name is the person's to give. */
export type MadePasskey = Omit<Registration, 'name'>;

/** A registration over `intent` → the new passkey. */
export async function verifyRegistration(
  site: Site,
  intent: Intent,
  answer: RegistrationResponseJSON,
): Promise<Result<MadePasskey>> {
  const { id, response } = answer;
  const made = readRegistration({ id, ...response }, { challenge: challengeText(intent), ...site });
  if (typeof made === 'string') return ceremonyFailed(made);
  const fault = faultOfAttestation(response.attestationObject);
  if (fault !== null) return ceremonyFailed(fault);
  const verified = await attempt(() =>
    verifyRegistrationResponse({
      response: answer,
      ...expectations(site, intent),
      requireUserPresence: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!verified.ok) return verified;
  // "verified: false" is a return value of the library, not an exception.
  if (!verified.value.verified) return ceremonyFailed('registration not verified');
  const { credential, credentialDeviceType, credentialBackedUp, aaguid } = verified.value.registrationInfo;
  const { public_key, credential_id, counter } = made;
  if (!isSame(made, credential, credentialBackedUp)) return ceremonyFailed('two readers saw two passkeys');
  return ok({
    credential_id,
    public_key,
    counter,
    transports: (response.transports ?? []).slice(0, 8),
    device_type: credentialDeviceType,
    backed_up: credentialBackedUp,
    aaguid,
  });
}

/** Whether the library read what we read. */
const isSame = (made: NewKey, library: { id: string; publicKey: Uint8Array; counter: number }, backed_up: boolean) =>
  library.id === made.credential_id &&
  base64url(library.publicKey) === made.public_key &&
  library.counter === made.counter &&
  backed_up === made.backed_up;

/**
 * We ask for no attestation, and take none: checking a certificate chain would fetch revocation lists from addresses
 * that the enrolling device names. Without a chain there is `none`, or `packed` signed by the key itself.
 */
function faultOfAttestation(text: string): string | null {
  try {
    const object = decodeAttestationObject(new Uint8Array(fromBase64Url(text)!));
    const format = object.get('fmt');
    if (format === 'none') return null;
    return format === 'packed' && object.get('attStmt').get('x5c') === undefined ? null : 'attestation not asked for';
  } catch {
    return 'attestation not readable';
  }
}
