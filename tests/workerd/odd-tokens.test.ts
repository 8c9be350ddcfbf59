// A provider's token in a form that two readers could read differently, or under a key that proves nothing: refused by the
// server, because whoever verifies the evidence of a vote by it refuses it (core/oidc/token.ts, the same functions).
import { describe, expect, it } from 'vitest';
import { base64url, fromBase64Url, utf8 } from '../../core/encoding.ts';
import { asJson, type JsonObject } from '../../core/json.ts';
import type { OidcIssuer, TokenAlgorithm } from '../../core/oidc/issuer.ts';
import { tokenKey } from '../../core/oidc/token.ts';
import { verifyToken } from '../../worker/auth/oidc/verify-token.ts';
import { UNFIT, WEAK } from '../support/odd-keys.ts';
import { BASE } from './support/house.ts';
import { Provider, type SigningKey } from './support/provider.ts';

const AUDIENCE = 'assentry-approvals';
const settings = ({ issuer }: Provider, alg: TokenAlgorithm): OidcIssuer => ({
  id: 'iss_1',
  name: 'Company',
  issuer,
  purpose: 'people',
  audience: AUDIENCE,
  algorithms: [alg],
  leeway_seconds: 30,
  jwks_uri: null,
  group_claim: null,
  group_mappings: {},
  rules: [],
});
const SIGNING: Record<string, Parameters<SubtleCrypto['sign']>[0]> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
};

/** Signs texts as they are, whatever they hold. */
async function signed(key: SigningKey, header: string, claims: string): Promise<string> {
  const body = `${base64url(utf8(header))}.${base64url(utf8(claims))}`;
  const signature = await crypto.subtle.sign(SIGNING[key.alg]!, key.privateKey, utf8(body) as BufferSource);
  return `${body}.${base64url(new Uint8Array(signature))}`;
}

const now_s = (): number => Math.floor(Date.now() / 1_000);
const claimsOf = ({ issuer }: Provider): string =>
  JSON.stringify({ iss: issuer, aud: AUDIENCE, sub: 'ada', iat: now_s(), exp: now_s() + 300 });
const headerOf = ({ kid, alg }: SigningKey): string => JSON.stringify({ alg, kid });

type Bend = (json: string) => string;
const more =
  (members: string): Bend =>
  (json) =>
    `${json.slice(0, -1)},${members}}`;
const before =
  (members: string): Bend =>
  (json) =>
    `{${members},${json.slice(1)}`;
const asItIs: Bend = (json) => json;

/** What is odd, in the header and in the claims. */
const FORMS: readonly (readonly [string, Bend, Bend])[] = [
  ['the algorithm twice', before('"alg":"none"'), asItIs],
  ['the algorithm twice, once escaped', before('"\\u0061lg":"none"'), asItIs],
  ['the key id twice', before('"kid":"other"'), asItIs],
  ['a critical extension', more('"crit":["b64"],"b64":true'), asItIs],
  ['b64', more('"b64":true'), asItIs],
  ['__proto__ in the header', more('"__proto__":{"alg":"none"}'), asItIs],
  ['the subject twice', asItIs, before('"sub":"eve"')],
  ['the subject twice, once escaped', asItIs, before('"s\\u0075b":"eve"')],
  ['the nonce twice', asItIs, more('"nonce":"a","nonce":"b"')],
  ['an audience twice', asItIs, before('"aud":"other"')],
  ['__proto__ in the claims', asItIs, more('"__proto__":{"sub":"eve"}')],
  ['an integer that loses digits', asItIs, more('"x":9007199254740993')],
  ['half a surrogate pair', asItIs, more('"x":"\\ud800"')],
  ['a byte order mark', asItIs, (json) => `\ufeff${json}`],
  ['something after the claims', asItIs, (json) => `${json}{}`],
  ['another key, named in the header', more('"jwk":{"kty":"oct"},"typ":"at+jwt"'), asItIs],
];

describe.each(['RS256', 'ES256'] as const)('a token of %s', (alg) => {
  it('is refused in every form that two readers could read differently, and taken in the honest one', async () => {
    const provider = await Provider.open(alg);
    const ask = (text: string) => verifyToken(text, settings(provider, alg), BASE, Date.now());
    const taken: string[] = [];
    for (const [name, header, claims] of FORMS) {
      const text = await signed(provider.key, header(headerOf(provider.key)), claims(claimsOf(provider)));
      if ((await ask(text)).ok) taken.push(name);
    }
    const honest = await signed(provider.key, headerOf(provider.key), claimsOf(provider));
    const [head, body, mac] = honest.split('.') as [string, string, string];
    const loose = {
      padding: `${head}.${body}.${mac}=`,
      blanks: `${head}.${body}. ${mac}`,
      'a stray bit': bent(honest),
    };
    for (const [name, text] of Object.entries(loose)) if ((await ask(text)).ok) taken.push(name);
    expect(taken).toEqual([]);
    expect((await ask(honest)).ok).toBe(true);
  });
});

/** Another last character for the same bytes. */
function bent(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const next = alphabet[alphabet.indexOf(token.at(-1)!) + 1]!;
  expect(fromBase64Url(`${token.split('.')[2]!.slice(0, -1)}${next}`), 'stray bits').toBeNull();
  return `${token.slice(0, -1)}${next}`;
}

describe('a provider’s key', () => {
  it('of 1024 bits, or in another text than its one, is nobody’s', async () => {
    const { publicKey } = (await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' },
      true,
      ['sign', 'verify'],
    )) as CryptoKeyPair;
    const short = (await crypto.subtle.exportKey('jwk', publicKey)) as JsonWebKey;
    expect(tokenKey(asJson(short) as JsonObject, 'RS256')).toBeNull();
    const { jwk } = (await Provider.open('ES256')).key;
    expect(tokenKey(jwk as JsonObject, 'ES256')).not.toBeNull();
    expect(tokenKey({ ...jwk, x: `${jwk.x}=` } as JsonObject, 'ES256')).toBeNull();
    expect(tokenKey({ ...jwk, x: jwk.y! } as JsonObject, 'ES256')).toBeNull();
  });

  it('that is a point of small order signs nothing', () => {
    for (const [name, key] of WEAK.filter(([odd]) => odd.includes('Ed25519'))) {
      const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(key.slice(-32)) };
      expect(tokenKey(jwk, 'EdDSA'), name).toBeNull();
    }
    expect(UNFIT.length).toBeGreaterThan(WEAK.length);
  });
});
