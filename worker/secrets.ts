// The deployment's secrets, parsed once per isolate. A secret that cannot be read is a broken deployment: it throws, and
// the caller sees `internal` without a word about it.
import { type MacKeys, type MacPurpose, type MacSecret, macKeys } from '../core/mac.ts';
import type { Env } from '../durable-objects/env.ts';

/** An EC P-256 private key as configured; `kid` names it in tokens. */
export interface CapabilityKey {
  kid: string;
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
  d: string;
}

const MAX_KEPT = 16;

/** Remembers by the text that it was made from; bounded, because tests bring many. */
function remembered<T>(make: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    if (kept.size >= MAX_KEPT) kept.clear();
    const made = make(text);
    kept.set(text, made);
    return made;
  };
}

const allMacKeys = remembered((text) => {
  const secrets = JSON.parse(text) as MacSecret[];
  const of = (purpose: MacPurpose): [MacPurpose, MacKeys] => [purpose, macKeys(secrets, purpose)];
  return new Map([of('api-key'), of('intent'), of('link'), of('session'), of('delivery')]);
});

/** The keys of one purpose, from `MAC_SECRETS`. */
export const macKeysOf = (env: Pick<Env, 'MAC_SECRETS'>, purpose: MacPurpose): MacKeys =>
  allMacKeys(env.MAC_SECRETS).get(purpose)!;

const parsedCapabilityKeys = remembered((text) => {
  const keys = JSON.parse(text) as CapabilityKey[];
  if (keys.length === 0) throw new Error('CAPABILITY_KEYS holds no key');
  return keys;
});

/** The keys that sign capabilities; the first signs, all are published. */
export const capabilityKeysOf = (env: Pick<Env, 'CAPABILITY_KEYS'>): readonly CapabilityKey[] =>
  parsedCapabilityKeys(env.CAPABILITY_KEYS);

/** The public half, as a JWKS shows it. */
export const publicHalf = ({ kid, kty, crv, x, y }: CapabilityKey) => ({
  kty,
  crv,
  x,
  y,
  kid,
  alg: 'ES256',
  use: 'sig',
});
