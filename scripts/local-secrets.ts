// The secrets of a local stack, generated once into `.dev.vars`, which git ignores. Deployed stacks have theirs in
// Worker secrets. Invariant: a secret that is there is never replaced, or keys, links and checkpoints would die.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { base64url } from '../core/encoding.ts';
import type { MacSecret } from '../core/mac.ts';
import { DEFAULT_PORT, type Place } from './place.ts';

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

async function privateJwk(algorithm: 'Ed25519' | 'P-256'): Promise<JsonWebKey> {
  const parameters = algorithm === 'P-256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' };
  const pair = (await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])) as CryptoKeyPair;
  const exported = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey;
  const { key_ops: _operations, ext: _extractable, ...jwk } = exported;
  return jwk;
}

/** Name → how it is made. */
const SECRETS: Record<string, () => Promise<unknown>> = {
  LEDGER_KEY: () => privateJwk('Ed25519'),
  RECEIPT_KEY: () => privateJwk('P-256'),
  CAPABILITY_KEYS: async () => [
    { ...(await privateJwk('P-256')), kid: base64url(random(9)), alg: 'ES256', use: 'sig' },
  ],
  MAC_SECRETS: async () => [{ kid: 1, secret: base64url(random(32)) }],
};

/** `NAME='value'` lines → pairs. */
function parse(text: string): Map<string, string> {
  const lines = text.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^([A-Z_]+)='?(.*?)'?$/.exec(line) ?? [];
    return name === '' ? [] : [[name, value] as const];
  });
  return new Map(lines);
}

const readVars = (place: Place): Map<string, string> =>
  existsSync(place.dev_vars) ? parse(readFileSync(place.dev_vars, 'utf8')) : new Map();

/** Generates what is missing and says which origin the stack has. */
export async function ensureSecrets(place: Place): Promise<void> {
  const vars = readVars(place);
  for (const [name, make] of Object.entries(SECRETS)) {
    if (!vars.has(name)) vars.set(name, JSON.stringify(await make()));
  }
  // The default origin stands in wrangler.toml; another port is said here, which wins over it.
  if (place.port === DEFAULT_PORT) vars.delete('BASE_URL');
  else vars.set('BASE_URL', place.base_url);
  const text = [...vars].map(([name, value]) => `${name}='${value}'\n`).join('');
  writeFileSync(place.dev_vars, text, { mode: 0o600 });
}

/** The MAC secrets of a place; throws if it has none yet. */
export function macSecrets(place: Place): MacSecret[] {
  const value = readVars(place).get('MAC_SECRETS');
  if (value === undefined) throw new Error('There are no local secrets yet: run `npm start` once.');
  return JSON.parse(value) as MacSecret[];
}
