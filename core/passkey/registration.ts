// A new passkey as the browser's answer shows it (WebAuthn level 3, section 7.1), read strictly and judged: a key that the
// evidence verifier would refuse is never enrolled. That its owner can sign with it is another ceremony's to show.
import { base64url, fromBase64Url } from '../encoding.ts';
import { faultOfNewKey } from '../evidence/cose.ts';
import { readAttestationObject } from './attestation-object.ts';
import { FLAGS, faultOfAuthenticatorData } from './authenticator-data.ts';
import { faultOfClientData } from './client-data.ts';

export interface RegistrationAnswer {
  /** base64url, all of them. */
  id: string;
  clientDataJSON: string;
  attestationObject: string;
  /** A second copy of what the attestation object holds, where the browser gives one. */
  authenticatorData?: string;
}

export interface NewKey {
  /** base64url. */
  credential_id: string;
  /** COSE, base64url. */
  public_key: string;
  counter: number;
  backed_up: boolean;
}

/** The new key; a text with the reason where it is not enrolled. */
export function readRegistration(
  answer: RegistrationAnswer,
  wanted: { challenge: string; origin: string; rp_id: string },
): NewKey | string {
  const [client, object] = [fromBase64Url(answer.clientDataJSON), fromBase64Url(answer.attestationObject)];
  if (client === null || object === null) return 'the answer is not base64url';
  const { challenge, origin, rp_id } = wanted;
  const said = faultOfClientData(client, { type: 'webauthn.create', challenge, origin });
  if (said !== null) return `client data: ${said}`;
  const attestation = readAttestationObject(object);
  if (typeof attestation === 'string') return `attestation: ${attestation}`;
  const fault = faultOfAuthenticatorData(attestation.authenticator_data, rp_id);
  if (fault !== null) return `authenticator data: ${fault}`;
  const { attested, counter, flags } = attestation.read;
  const credential_id = base64url(attested.credential_id);
  if (credential_id !== answer.id) return 'the answer names another credential than it attests';
  const again = answer.authenticatorData ?? base64url(attestation.authenticator_data);
  if (again !== base64url(attestation.authenticator_data)) return 'the answer holds two different authenticator data';
  const public_key = base64url(attested.public_key);
  const unsound = faultOfNewKey(public_key);
  return unsound ?? { credential_id, public_key, counter, backed_up: (flags & FLAGS.backed_up) !== 0 };
}
