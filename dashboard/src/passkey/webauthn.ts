// WebAuthn's JSON forms to the browser's objects and back (WebAuthn level 3, section 5.1.10). Written out, because
// `toJSON`, `parse…FromJSON` and the functions that read parts of an answer are missing or broken in browsers and key
// managers still in use: only what level 1 has is taken as given, and whatever else is missing is said in a sentence. The
// challenge is never the server's text: the caller gives the bytes that it computed itself.
import { base64url, fromBase64Url } from '../../../core/encoding.ts';
import { readAttestationObject } from '../../../core/passkey/attestation-object.ts';
import { PasskeyRefusal } from './refusal.ts';

interface Descriptor {
  id: string;
  type: 'public-key';
  transports?: AuthenticatorTransport[];
}

export interface RequestOptionsJson {
  challenge: string;
  rpId?: string;
  timeout?: number;
  allowCredentials?: Descriptor[];
}

export interface CreationOptionsJson
  extends Omit<PublicKeyCredentialCreationOptions, 'challenge' | 'user' | 'excludeCredentials'> {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: Descriptor[];
}

type Bytes = Uint8Array<ArrayBuffer>;

const text = (bytes: ArrayBuffer): string => base64url(new Uint8Array(bytes));
const bytes = (encoded: string): Bytes => {
  const value = fromBase64Url(encoded);
  if (value === null) throw new PasskeyRefusal('mismatch', 'The server sent an identifier that is not base64url.');
  return new Uint8Array(value);
};
const descriptors = (list: Descriptor[] = []): PublicKeyCredentialDescriptor[] =>
  list.map((one) => ({ ...one, id: bytes(one.id) }));

/** Asks for an assertion over `challenge`; the person is always verified. Gives AuthenticationResponseJSON. */
export async function assertPasskey(options: RequestOptionsJson, challenge: Uint8Array): Promise<unknown> {
  const credential = await ceremony('get', () =>
    navigator.credentials.get({
      publicKey: {
        challenge: new Uint8Array(challenge),
        rpId: options.rpId,
        timeout: options.timeout,
        allowCredentials: descriptors(options.allowCredentials),
        userVerification: 'required',
      },
    }),
  );
  return read(() => {
    const response = credential.response as AuthenticatorAssertionResponse;
    return {
      ...common(credential),
      response: {
        authenticatorData: text(response.authenticatorData),
        clientDataJSON: text(response.clientDataJSON),
        signature: text(response.signature),
        ...(response.userHandle?.byteLength ? { userHandle: text(response.userHandle) } : {}),
      },
    };
  });
}

export interface MadePasskey {
  /** Credential id, base64url. */
  id: string;
  /** COSE key, as the attestation object holds it. */
  publicKey: Uint8Array;
  /** RegistrationResponseJSON. */
  response: unknown;
}

/** Makes a discoverable passkey over `challenge`. */
export async function createPasskey(options: CreationOptionsJson, challenge: Uint8Array): Promise<MadePasskey> {
  const credential = await ceremony('create', () =>
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: new Uint8Array(challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: descriptors(options.excludeCredentials),
      },
    }),
  );
  return read(() => {
    const response = credential.response as AuthenticatorAttestationResponse;
    const object = readAttestationObject(new Uint8Array(response.attestationObject));
    if (typeof object === 'string') throw new Error(object);
    const { attestationObject, clientDataJSON } = response;
    const made = { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON) };
    return {
      id: credential.id,
      publicKey: object.read.attested.public_key,
      response: { ...common(credential), response: { ...made, transports: transportsOf(response) } },
    };
  });
}

/** A hint and nothing more: what cannot be told is left out. */
function transportsOf(response: AuthenticatorAttestationResponse): string[] {
  try {
    return [...(response.getTransports?.() ?? [])].map(String).slice(0, 8);
  } catch {
    return [];
  }
}

const common = (credential: PublicKeyCredential) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  clientExtensionResults: credential.getClientExtensionResults?.() ?? {},
  ...(credential.authenticatorAttachment ? { authenticatorAttachment: credential.authenticatorAttachment } : {}),
});

/** What the device or key manager answered, in our form; it may be in none that anybody can read. */
function read<T>(answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown reason';
    throw new PasskeyRefusal('failed', `${UNREADABLE} (${why})`);
  }
}

async function ceremony(does: 'get' | 'create', run: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  // Undefined on http, and in browsers whose owner switched it off: the types know neither.
  const credentials = navigator.credentials as Partial<CredentialsContainer> | undefined;
  if (typeof credentials?.[does] !== 'function' || !('PublicKeyCredential' in window))
    throw new PasskeyRefusal('unsupported', NO_PASSKEYS);
  try {
    const credential = await run();
    if (credential) return credential as PublicKeyCredential;
  } catch (error) {
    throw refusalOf(error);
  }
  throw new PasskeyRefusal('cancelled', CANCELLED);
}

const UNREADABLE =
  'The device or key manager answered in a form that this page cannot read. Nothing was signed; try another one.';
const NO_PASSKEYS = 'This browser has no passkeys, or the page was not opened over https. Use a current browser.';
const CANCELLED = 'The passkey prompt was closed or timed out. Nothing was signed; try again.';
const EXPLAINED: Record<string, [PasskeyRefusal['code'], string]> = {
  NotAllowedError: ['cancelled', CANCELLED],
  AbortError: ['cancelled', CANCELLED],
  InvalidStateError: ['enrolled-already', 'This device already holds a passkey of yours. Use another device or key.'],
  SecurityError: ['mismatch', 'The browser refused: the address of this page does not belong to the passkey’s site.'],
  NotSupportedError: ['unsupported', 'This device cannot make a passkey of the kind that is needed.'],
};

function refusalOf(error: unknown): PasskeyRefusal {
  const name = error instanceof Error ? error.name : '';
  const [code, detail] = EXPLAINED[name] ?? [
    'failed',
    `The passkey could not be used (${name || 'unknown reason'}). Nothing was signed; try again, or use another device.`,
  ];
  return new PasskeyRefusal(code, detail);
}
