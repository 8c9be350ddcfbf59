// An OpenID provider in a test's hands: its keys are made here, its documents are served by the board. `jose` signs, as
// real providers do.
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { inject } from 'vitest';
import type { JsonObject } from '../../../core/json.ts';
import type { Pinned } from '../../support/provider-board.ts';

export const BOARD = inject('provider_board');

/** Serves a document at an address of the board. */
export async function pin(url: string, pinned: Pinned): Promise<void> {
  await fetch(url, { method: 'PUT', body: JSON.stringify(pinned) });
}

/** How often an address of the board was asked for. */
export const heard = async (url: string): Promise<number> =>
  Number(await (await fetch(url.replace(BOARD, `${BOARD}/heard`))).text());

const now_s = (): number => Math.floor(Date.now() / 1_000);

export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  jwk: JWK;
}

export async function signingKey(alg = 'RS256', kid: string = crypto.randomUUID()): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export class Provider {
  readonly issuer: string;
  readonly key: SigningKey;

  private constructor(issuer: string, key: SigningKey) {
    this.issuer = issuer;
    this.key = key;
  }

  static async open(alg = 'RS256'): Promise<Provider> {
    const provider = new Provider(`${BOARD}/${crypto.randomUUID()}`, await signingKey(alg));
    await provider.publish([provider.key.jwk]);
    return provider;
  }

  get discovery_url(): string {
    return `${this.issuer}/.well-known/openid-configuration`;
  }

  get jwks_uri(): string {
    return `${this.issuer}/jwks`;
  }

  async publish(keys: JWK[]): Promise<void> {
    const { issuer, jwks_uri } = this;
    await pin(this.discovery_url, { body: JSON.stringify({ issuer, jwks_uri }) });
    await pin(jwks_uri, { body: JSON.stringify({ keys }) });
  }

  /** A token of now, five minutes long; fields of `claims` replace those, undefined ones are left out. */
  async token(
    claims: Record<string, unknown>,
    header: Partial<JWTHeaderParameters> = {},
    key: SigningKey = this.key,
  ): Promise<string> {
    const said = { iss: this.issuer, iat: now_s(), exp: now_s() + 300, ...claims };
    const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as JsonObject;
    return new SignJWT(given).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
  }
}
