// A WebAuthn assertion, verified again with nothing but hashes and a signature (WebAuthn level 3, section 7.2): the
// challenge is the intent's, the page and the relying party are the pinned ones, a person was there and was verified. The
// server accepts no assertion that does not pass here first, so that every assertion it accepted can be verified later.
import { sha256 } from '#sha256';
import { userHandle } from '../credential.ts';
import { concatBytes, fromBase64Url } from '../encoding.ts';
import { challengeText, type Intent } from '../intent.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { faultOfAuthenticatorData } from '../passkey/authenticator-data.ts';
import { faultOfClientData } from '../passkey/client-data.ts';
import { plainSignature } from '../passkey/signature-form.ts';
import { keyOfCose } from './cose.ts';
import type { EvidenceCrypto, EvidenceKey } from './forms.ts';

export interface Asserted {
  intent: Intent;
  /** AuthenticationResponseJSON. */
  assertion: JsonObject;
  /** COSE, base64url. */
  public_key: string;
  origin: string;
  rp_id: string;
  /** Whose passkey it is; absent: the person whom the intent names. */
  signer?: { organization: string; user: string };
}

export interface AssertionFault {
  /** JSON Pointer inside the assertion. */
  field: string;
  detail: string;
}

/**
 * What is wrong with an assertion; null when the key signed exactly this intent on the pinned page.
 *
 * @throws where its parts or the key are not readable
 */
export async function faultOfAssertion(of: Asserted, crypto: EvidenceCrypto): Promise<AssertionFault | null> {
  const { client, data, signature } = partsOf(of.assertion);
  const fault = faultOfSaid(of);
  if (fault !== null) return fault;
  const holds = await isSignedBy(keyOfCose(of.public_key), concatBytes(data, sha256(client)), signature, crypto);
  return holds ? null : faultAt('signature', 'the signature is not of the enrolled key over this');
}

function partsOf(assertion: JsonObject): { client: Uint8Array; data: Uint8Array; signature: Uint8Array } {
  const response = isObject(assertion.response) ? assertion.response : {};
  const [client, data, signature] = (['clientDataJSON', 'authenticatorData', 'signature'] as const).map((field) => {
    const bytes = typeof response[field] === 'string' ? fromBase64Url(response[field]) : null;
    if (bytes === null) throw new Error(`response.${field} is not base64url`);
    return bytes;
  }) as [Uint8Array, Uint8Array, Uint8Array];
  return { client, data, signature };
}

/** Everything but the signature: what was signed says this ceremony, this page, this person. @throws as above */
export function faultOfSaid(of: Omit<Asserted, 'public_key'>): AssertionFault | null {
  const { client, data } = partsOf(of.assertion);
  const { intent, origin, rp_id } = of;
  const wanted = { type: 'webauthn.get', challenge: challengeText(intent), origin } as const;
  const { userHandle: handle } = of.assertion.response as JsonObject;
  return (
    faultAt('clientDataJSON', faultOfClientData(client, wanted)) ??
    faultAt('authenticatorData', faultOfAuthenticatorData(data, rp_id)) ??
    faultAt('userHandle', faultOfHandle(handle, of))
  );
}

const faultAt = (field: string, detail: string | null): AssertionFault | null =>
  detail === null ? null : { field: `/response/${field}`, detail };

async function isSignedBy(key: EvidenceKey, signed: Uint8Array, signature: Uint8Array, crypto: EvidenceCrypto) {
  const plain = plainSignature(key, signature);
  return plain !== null && (await crypto.verify(key, signed, plain));
}

function faultOfHandle(handle: Json | undefined, of: Pick<Asserted, 'intent' | 'signer'>): string | null {
  if (handle === undefined || handle === null) return null;
  const signer = of.signer ?? signerOf(of.intent);
  const own = signer !== null && handle === userHandle(signer.organization, signer.user);
  return own ? null : 'the passkey says that it is of somebody else';
}

/** The signer that an intent names; null for a sign-in and a first key, which name none. */
function signerOf(intent: Intent): { organization: string; user: string } | null {
  const { organization } = intent;
  if (intent.kind === 'change') return { organization, user: intent.signer };
  if (intent.kind === 'enrol' || intent.kind === 'sign-in')
    return intent.user === null ? null : { organization, user: intent.user };
  return { organization, user: intent.reviewer };
}
