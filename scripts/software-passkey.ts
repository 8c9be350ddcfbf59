// A passkey in software, on WebCrypto (ES256 unless another is asked for): for tests, CI and the virtual demo, on Node and in workerd. Without
// attestation it looks like any other passkey, which is why test organisations exist. Not a client for people: it
// shows nothing and asks nobody. The knobs let tests break one thing at a time.
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { sha256 } from '#sha256';
import { base64url, concatBytes, fromBase64Url, utf8 } from '../core/encoding.ts';
import { PASSKEY_ALGORITHMS, type PasskeyAlgorithm } from './software-algorithms.ts';

/** What a test may get wrong on purpose; all absent: an honest authenticator on an honest page. */
export interface Knobs {
  origin?: string;
  rpId?: string;
  type?: string;
  /** base64url. */
  challenge?: string;
  userVerified?: boolean;
  userPresent?: boolean;
  bogusSignature?: boolean;
  counter?: number;
  crossOrigin?: boolean;
  topOrigin?: string;
  /** base64url; null leaves it out. */
  userHandle?: string | null;
  /** A synced key says that it may be and is backed up. */
  backupEligible?: boolean;
  backedUp?: boolean;
  /** The id that the answer names. */
  credentialId?: string;
  /** The bytes in the place of honest ones; what is signed is the bent form. */
  bendClient?: Bend;
  bendData?: Bend;
  /** After signing. */
  bendSignature?: Bend;
  /** Of a new passkey: its COSE key, and the whole attestation object. */
  bendKey?: Bend;
  bendAttestation?: Bend;
}

type Bend = (honest: Uint8Array) => Uint8Array;

const asItIs: Bend = (bytes) => bytes;

const FLAGS = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 };

/** CBOR (RFC 8949) of the few shapes that WebAuthn needs. */
function cbor(value: unknown): Uint8Array {
  if (typeof value === 'number') return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
  if (typeof value === 'string') return concatBytes(cborHead(3, utf8(value).length), utf8(value));
  if (value instanceof Uint8Array) return concatBytes(cborHead(2, value.length), value);
  const entries = [...(value as Map<unknown, unknown>)];
  return concatBytes(cborHead(5, entries.length), ...entries.flatMap(([key, member]) => [cbor(key), cbor(member)]));
}

function cborHead(major: number, count: number): Uint8Array {
  if (count < 24) return Uint8Array.of((major << 5) | count);
  if (count < 256) return Uint8Array.of((major << 5) | 24, count);
  return Uint8Array.of((major << 5) | 25, count >> 8, count & 0xff);
}

const bigEndian = (value: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (value / 256 ** (length - 1 - at)) & 0xff);

/** A passkey's whole state, as JSON: what `--virtual` keeps between runs. */
export interface SoftwarePasskeyState {
  credentialId: string;
  userHandle: string | null;
  privateKey: JsonWebKey;
}

export class SoftwarePasskey {
  readonly origin: string;
  credentialId: string;
  userHandle: string | null = null;
  /** 0 for ever, as synced passkeys have it, unless a test counts. */
  counter = 0;
  private readonly keys: CryptoKeyPair;

  private readonly algorithm: PasskeyAlgorithm;

  private constructor(
    origin: string,
    keys: CryptoKeyPair,
    credentialId: string,
    algorithm: PasskeyAlgorithm = 'ES256',
  ) {
    this.origin = origin;
    this.keys = keys;
    this.algorithm = algorithm;
    this.credentialId = credentialId;
  }

  /** A new key. `origin` is the page that it pretends to be on, such as `http://localhost:8787`. */
  static async make(origin: string, algorithm: PasskeyAlgorithm = 'ES256'): Promise<SoftwarePasskey> {
    const { key } = PASSKEY_ALGORITHMS[algorithm];
    const keys = (await crypto.subtle.generateKey(key, true, ['sign', 'verify'])) as CryptoKeyPair;
    return new SoftwarePasskey(origin, keys, base64url(crypto.getRandomValues(new Uint8Array(32))), algorithm);
  }

  /** A key of ES256 from what `save` gave. */
  static async load(origin: string, state: SoftwarePasskeyState): Promise<SoftwarePasskey> {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const { d: _secret, key_ops: _operations, ...publicJwk } = state.privateKey;
    const keys = {
      privateKey: await crypto.subtle.importKey('jwk', state.privateKey, algorithm, true, ['sign']),
      publicKey: await crypto.subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']),
    };
    const loaded = new SoftwarePasskey(origin, keys, state.credentialId);
    loaded.userHandle = state.userHandle;
    return loaded;
  }

  /** Its state, private key included: for a file that is ignored by git. */
  async save(): Promise<SoftwarePasskeyState> {
    const privateKey = (await crypto.subtle.exportKey('jwk', this.keys.privateKey)) as JsonWebKey;
    return { credentialId: this.credentialId, userHandle: this.userHandle, privateKey };
  }

  /** `navigator.credentials.create` in JSON form. */
  async create(options: PublicKeyCredentialCreationOptionsJSON, knobs: Knobs = {}): Promise<RegistrationResponseJSON> {
    this.userHandle = options.user.id;
    const id = knobs.credentialId ?? this.credentialId;
    const idBytes = fromBase64Url(id)!;
    const attested = concatBytes(
      new Uint8Array(16),
      bigEndian(idBytes.length, 2),
      idBytes,
      (knobs.bendKey ?? asItIs)(await this.coseKey()),
    );
    const authData = this.authenticatorData(knobs.rpId ?? options.rp.id ?? '', FLAGS.attested, knobs, attested);
    const attestation: [string, unknown][] = [
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ];
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: base64url(this.clientData('webauthn.create', options.challenge, knobs)),
        attestationObject: base64url((knobs.bendAttestation ?? asItIs)(cbor(new Map(attestation)))),
        transports: ['internal'],
      },
    };
  }

  /** `navigator.credentials.get` in JSON form. */
  async get(options: PublicKeyCredentialRequestOptionsJSON, knobs: Knobs = {}): Promise<AuthenticationResponseJSON> {
    const authData = this.authenticatorData(knobs.rpId ?? options.rpId ?? '', 0, knobs, new Uint8Array());
    const clientData = this.clientData('webauthn.get', options.challenge, knobs);
    const signed = concatBytes(authData, sha256(clientData));
    const honest = await this.sign(knobs.bogusSignature ? concatBytes(signed, Uint8Array.of(0)) : signed);
    const signature = (knobs.bendSignature ?? asItIs)(honest);
    const id = knobs.credentialId ?? this.credentialId;
    const handle = knobs.userHandle === undefined ? this.userHandle : knobs.userHandle;
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: base64url(clientData),
        authenticatorData: base64url(authData),
        signature: base64url(signature),
        ...(handle === null ? {} : { userHandle: handle }),
      },
    };
  }

  private async sign(bytes: Uint8Array): Promise<Uint8Array> {
    const { signing, form } = PASSKEY_ALGORITHMS[this.algorithm];
    return form(new Uint8Array(await crypto.subtle.sign(signing, this.keys.privateKey, bytes as BufferSource)));
  }

  /** The public key in COSE form. */
  private async coseKey(): Promise<Uint8Array> {
    const jwk = (await crypto.subtle.exportKey('jwk', this.keys.publicKey)) as JsonWebKey;
    return cbor(new Map(PASSKEY_ALGORITHMS[this.algorithm].cose(jwk)));
  }

  private clientData(type: string, challenge: string, knobs: Knobs): Uint8Array {
    const text = JSON.stringify({
      type: knobs.type ?? type,
      challenge: knobs.challenge ?? challenge,
      origin: knobs.origin ?? this.origin,
      crossOrigin: knobs.crossOrigin ?? false,
      ...(knobs.topOrigin === undefined ? {} : { topOrigin: knobs.topOrigin }),
    });
    return (knobs.bendClient ?? asItIs)(utf8(text));
  }

  private authenticatorData(rpId: string, extra: number, knobs: Knobs, attested: Uint8Array): Uint8Array {
    const flags =
      extra |
      (knobs.userPresent === false ? 0 : FLAGS.userPresent) |
      (knobs.userVerified === false ? 0 : FLAGS.userVerified) |
      (knobs.backupEligible ? FLAGS.backupEligible : 0) |
      (knobs.backedUp ? FLAGS.backedUp : 0);
    const counter = bigEndian(knobs.counter ?? this.counter, 4);
    const data = concatBytes(sha256(utf8(rpId)), Uint8Array.of(flags), counter, attested);
    return (knobs.bendData ?? asItIs)(data);
  }
}
