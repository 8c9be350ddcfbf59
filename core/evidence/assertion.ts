// A WebAuthn assertion, verified again with nothing but hashes and a signature (WebAuthn level 3, section 7.2): the
// challenge is the intent's, the page and the relying party are the pinned ones, a person was there and was verified.
import { sha256 } from '#sha256';
import { userHandle } from '../credential.ts';
import { concatBytes, equalBytes, fromBase64Url, fromUtf8, utf8 } from '../encoding.ts';
import {
  type BreakGlassIntent,
  type BreakGlassReviewIntent,
  type ChangeIntent,
  challengeText,
  type DecisionIntent,
  type EditIntent,
} from '../intent.ts';
import type { JsonObject } from '../json.ts';
import { rawSignature } from '../receipt.ts';
import { parseStrictJson } from '../strict-json.ts';
import { keyOfCose } from './cose.ts';
import type { EvidenceCrypto, EvidenceKey } from './forms.ts';

export interface Asserted {
  intent: DecisionIntent | EditIntent | BreakGlassIntent | BreakGlassReviewIntent | ChangeIntent;
  /** AuthenticationResponseJSON. */
  assertion: JsonObject;
  /** COSE, base64url. */
  public_key: string;
  origin: string;
  rp_id: string;
}

/** rpIdHash, flags and counter; extensions may follow (section 6.1). */
const AUTHENTICATOR_DATA_BYTES = 37;
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

export interface AssertionFault {
  /** JSON Pointer inside the assertion. */
  field: string;
  detail: string;
}

/** What is wrong with an assertion; null when the key signed exactly this intent on the pinned page. */
export async function faultOfAssertion(of: Asserted, crypto: EvidenceCrypto): Promise<AssertionFault | null> {
  const response = of.assertion.response as JsonObject;
  const [client, data, signature] = (['clientDataJSON', 'authenticatorData', 'signature'] as const).map((field) => {
    const bytes = typeof response?.[field] === 'string' ? fromBase64Url(response[field]) : null;
    if (bytes === null) throw new Error(`response.${field} is not base64url`);
    return bytes;
  }) as [Uint8Array, Uint8Array, Uint8Array];
  const fault =
    faultOfClient(client, of) ?? faultOfData(data, of.rp_id) ?? faultOfHandle(response.userHandle, of.intent);
  if (fault !== null) return fault;
  const key = keyOfCose(of.public_key);
  const plain = plainSignature(key, signature);
  const signed = concatBytes(data, sha256(client));
  const holds = plain !== null && (await crypto.verify(key, signed, plain));
  return holds ? null : { field: '/response/signature', detail: 'the signature is not of the enrolled key over this' };
}

/** DER for ECDSA (section 6.5.5), as it is for the others. */
const plainSignature = (key: EvidenceKey, signature: Uint8Array): Uint8Array | null =>
  key.kty === 'EC' ? rawSignature(signature) : signature;

function faultOfClient(bytes: Uint8Array, { intent, origin }: Asserted): AssertionFault | null {
  const field = '/response/clientDataJSON';
  const parsed = parseStrictJson(fromUtf8(bytes) ?? '');
  const data = parsed.ok ? (parsed.value as JsonObject) : {};
  const wanted = { type: 'webauthn.get', challenge: challengeText(intent), origin };
  for (const [name, value] of Object.entries(wanted))
    if (data[name] !== value) return { field, detail: `${name} is ${JSON.stringify(data[name])}, not ${value}` };
  const framed = (data.crossOrigin ?? false) !== false || data.topOrigin !== undefined;
  return framed ? { field, detail: 'it was made in a frame of another origin' } : null;
}

function faultOfData(data: Uint8Array, rp_id: string): AssertionFault | null {
  const field = '/response/authenticatorData';
  if (data.length < AUTHENTICATOR_DATA_BYTES) return { field, detail: 'it is too short' };
  if (!equalBytes(data.subarray(0, 32), sha256(utf8(rp_id)))) return { field, detail: `it is not for ${rp_id}` };
  const flags = data[32]!;
  if ((flags & USER_PRESENT) === 0) return { field, detail: 'nobody was present (UP)' };
  return (flags & USER_VERIFIED) === 0 ? { field, detail: 'the person was not verified (UV)' } : null;
}

function faultOfHandle(handle: unknown, intent: Asserted['intent']): AssertionFault | null {
  const { organization } = intent;
  const reviewer = intent.kind === 'change' ? intent.signer : intent.reviewer;
  if (handle === undefined || handle === null || handle === userHandle(organization, reviewer)) return null;
  return { field: '/response/userHandle', detail: 'the passkey says that it is of somebody else' };
}
